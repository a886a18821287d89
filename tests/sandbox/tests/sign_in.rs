//! QR codes, passwords and their e-mail addresses, with Telegram's own rules and error names.

mod common;

use std::time::Duration;

use common::{Bench, Client};
use telewire_core::internals::srp::Algorithm;
use telewire_schema::Deserialize as _;
use telewire_schema::functions::{account as fa, auth as f};
use telewire_schema::types::{self, auth::LoginToken};

type Algo = types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow;

fn export(client: &mut Client, bench: &mut Bench) -> Result<LoginToken, String> {
    let options = bench.server.options().clone();
    let request = f::ExportLoginToken::new(options.api_id, options.api_hash, Vec::new());
    client.call(bench, &request)
}

fn token(client: &mut Client, bench: &mut Bench) -> types::auth::LoginTokenData {
    match export(client, bench).unwrap() {
        LoginToken::LoginToken(token) => token,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_token_is_accepted_once_and_announced() {
    let mut bench = Bench::new();
    let (mut desk, mut phone) = (bench.ready(1), bench.signed_in(2, 0));
    let shown = token(&mut desk, &mut bench);
    let now = i32::try_from(bench.now.wall.secs()).unwrap();
    assert_eq!(shown.expires, now + 30);
    assert_eq!(
        token(&mut desk, &mut bench).token,
        shown.token,
        "while it is good"
    );
    let accept = f::AcceptLoginToken::new(shown.token.clone());
    let listed = phone.call(&mut bench, &accept).unwrap();
    assert!(!listed.current);
    let heard = desk.poll(&mut bench);
    let told = |m: &common::Got| {
        matches!(
            types::Updates::from_bytes(&m.body),
            Ok(types::Updates::UpdateShort(u)) if matches!(u.update, types::Update::LoginToken)
        )
    };
    assert!(heard.iter().any(told), "{heard:?}");
    assert_eq!(
        phone.call(&mut bench, &accept).unwrap_err(),
        "AUTH_TOKEN_ALREADY_ACCEPTED"
    );
    assert!(matches!(
        export(&mut desk, &mut bench),
        Ok(LoginToken::Success(_))
    ));
    assert_eq!(
        phone.call(&mut bench, &accept).unwrap_err(),
        "AUTH_TOKEN_INVALIDX"
    );
}

#[test]
fn tokens_end_and_belong_to_their_application() {
    let mut bench = Bench::new();
    let (mut desk, mut phone) = (bench.ready(1), bench.signed_in(2, 0));
    let wrong = f::ExportLoginToken::new(1, "x", Vec::new());
    assert_eq!(desk.call(&mut bench, &wrong).unwrap_err(), "API_ID_INVALID");
    let old = token(&mut desk, &mut bench);
    bench.pass(Duration::from_secs(31));
    let new = token(&mut desk, &mut bench);
    assert_ne!(old.token, new.token);
    let accept = |bytes: &bytes::Bytes| f::AcceptLoginToken::new(bytes.clone());
    assert_eq!(
        phone.call(&mut bench, &accept(&old.token)).unwrap_err(),
        "AUTH_TOKEN_EXPIRED"
    );
    assert_eq!(
        desk.call(&mut bench, &accept(&new.token)).unwrap_err(),
        "AUTH_KEY_UNREGISTERED"
    );
    let import = f::ImportLoginToken::new(new.token.clone());
    assert_eq!(
        desk.call(&mut bench, &import).unwrap_err(),
        "AUTH_TOKEN_INVALID"
    );
    phone.call(&mut bench, &accept(&new.token)).unwrap();
    assert!(matches!(
        desk.call(&mut bench, &import),
        Ok(LoginToken::Success(_))
    ));
}

/// The settings of that new password, made as the server wants it.
fn settings(
    client: &mut Client,
    bench: &mut Bench,
    text: &str,
) -> types::account::PasswordInputSettings {
    let known = client.call(bench, &fa::GetPassword).unwrap();
    let types::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algo) =
        known.new_algo
    else {
        panic!("{:?}", known.new_algo)
    };
    let algorithm = Algorithm {
        salt1: algo.salt1.to_vec(),
        salt2: algo.salt2.to_vec(),
        g: algo.g,
        p: algo.p.to_vec(),
    };
    let salted = algorithm.salted(&mut client.rng);
    let verifier = salted.verifier(text.as_bytes(), &mut client.rng).unwrap();
    let algo = Algo::new(salted.salt1, salted.salt2, salted.g, salted.p);
    let mut settings = types::account::PasswordInputSettings::new();
    settings.new_algo = Some(algo.into());
    settings.new_password_hash = Some(verifier.to_vec().into());
    settings.hint = Some("?".into());
    settings
}

fn update(new: types::account::PasswordInputSettings) -> fa::UpdatePasswordSettings {
    let nobody = types::InputCheckPasswordSrp::InputCheckPasswordEmpty;
    fa::UpdatePasswordSettings::new(nobody, new)
}

#[test]
fn new_passwords_are_made_with_the_salt_that_was_given_and_one_more() {
    let mut bench = Bench::new();
    let mut client = bench.signed_in(1, 0);
    let good = settings(&mut client, &mut bench, "one");
    let mut refused = |change: &dyn Fn(&mut Algo, &mut types::account::PasswordInputSettings)| {
        let mut new = good.clone();
        let Some(types::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algo)) =
            new.new_algo.clone()
        else {
            panic!("{:?}", new.new_algo)
        };
        let mut algo = *algo;
        change(&mut algo, &mut new);
        if new.new_algo.is_some() {
            new.new_algo = Some(algo.into());
        }
        client.call(&mut bench, &update(new)).unwrap_err()
    };
    assert_eq!(
        refused(&|a, _| a.salt1 = a.salt1.slice(..8)),
        "NEW_SALT_INVALID"
    );
    assert_eq!(
        refused(&|a, _| a.salt1 = vec![7; 40].into()),
        "NEW_SALT_INVALID"
    );
    assert_eq!(
        refused(&|a, _| a.salt2 = vec![7; 16].into()),
        "NEW_SALT_INVALID"
    );
    assert_eq!(refused(&|a, _| a.g = 2), "NEW_SETTINGS_INVALID");
    assert_eq!(
        refused(&|a, _| a.p = vec![1; 256].into()),
        "NEW_SETTINGS_INVALID"
    );
    assert_eq!(
        refused(&|_, s| s.new_password_hash = Some(vec![1].into())),
        "NEW_SETTINGS_INVALID"
    );
    assert_eq!(
        refused(&|_, s| s.email = Some("nowhere".into())),
        "EMAIL_INVALID"
    );
    let nothing = types::account::PasswordInputSettings::new();
    assert_eq!(
        client
            .call(&mut bench, &update(nothing.clone()))
            .unwrap_err(),
        "NEW_SETTINGS_EMPTY"
    );
    let mut only_mail = nothing;
    only_mail.email = Some("a@example.org".into());
    assert_eq!(
        client.call(&mut bench, &update(only_mail)).unwrap_err(),
        "NEW_SETTINGS_INVALID"
    );

    assert!(client.call(&mut bench, &update(good.clone())).unwrap());
    // Now it takes the password to change it, and a challenge that was not used.
    assert_eq!(
        client.call(&mut bench, &update(good.clone())).unwrap_err(),
        "PASSWORD_HASH_INVALID"
    );
    let stale = types::InputCheckPasswordSrpData::new(1, vec![1; 256], vec![1; 32]);
    let stale = fa::UpdatePasswordSettings::new(stale, good);
    assert_eq!(
        client.call(&mut bench, &stale).unwrap_err(),
        "SRP_ID_INVALID"
    );
    let known = client.call(&mut bench, &fa::GetPassword).unwrap();
    assert!(known.has_password && !known.has_recovery);
    assert_eq!(known.hint.as_deref(), Some("?"));
}

#[test]
fn an_address_counts_once_its_code_was_given() {
    let mut bench = Bench::new();
    let mut client = bench.signed_in(1, 0);
    let confirm = |code: &str| fa::ConfirmPasswordEmail::new(code);
    assert_eq!(
        client.call(&mut bench, &confirm("654321")).unwrap_err(),
        "EMAIL_HASH_EXPIRED"
    );
    let mut new = settings(&mut client, &mut bench, "one");
    new.email = Some("ada@example.org".into());
    assert_eq!(
        client.call(&mut bench, &update(new)).unwrap_err(),
        "EMAIL_UNCONFIRMED_6"
    );
    let known = client.call(&mut bench, &fa::GetPassword).unwrap();
    assert!(!known.has_password);
    assert_eq!(
        known.email_unconfirmed_pattern.as_deref(),
        Some("a***@example.org")
    );
    assert!(client.call(&mut bench, &fa::ResendPasswordEmail).unwrap());
    assert_eq!(
        client.call(&mut bench, &confirm("")).unwrap_err(),
        "CODE_EMPTY"
    );
    assert_eq!(
        client.call(&mut bench, &confirm("1")).unwrap_err(),
        "CODE_INVALID"
    );
    assert!(client.call(&mut bench, &confirm("654321")).unwrap());
    let known = client.call(&mut bench, &fa::GetPassword).unwrap();
    assert!(known.has_password && known.has_recovery);
    assert_eq!(known.email_unconfirmed_pattern, None);
    assert_eq!(
        client
            .call(&mut bench, &fa::CancelPasswordEmail)
            .unwrap_err(),
        "EMAIL_HASH_EXPIRED"
    );
}
