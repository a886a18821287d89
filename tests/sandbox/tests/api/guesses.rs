//! Who guesses codes or passwords is stopped.

use std::time::Duration;

use telewire_core::internals::srp::Algorithm;
use telewire_sandbox::Options;
use telewire_schema::{functions as f, types};

use crate::common::{Bench, Client};

const WINDOW: Duration = Duration::from_secs(60);

/// A server that bears two wrong guesses in a minute.
fn strict() -> Bench {
    Bench::with(Options {
        guess_limit: Some(2),
        guess_window: WINDOW,
        ..Options::default()
    })
}

fn stopped() -> (i32, String) {
    (406, "PHONE_PASSWORD_FLOOD".to_owned())
}

fn bad(name: &str) -> (i32, String) {
    (400, name.to_owned())
}

// rule: signin.password_flood
#[test]
fn too_many_wrong_codes_stop_a_phone_for_a_while() {
    const PHONE: &str = "9996620001";
    let mut bench = strict();
    let mut client = bench.ready(1);
    let give = |code: &str, hash: &str| f::auth::SignIn::new(PHONE, hash).phone_code(code);
    let hash = client.send_code(&mut bench, PHONE).unwrap();
    let wrong = give("11111", &hash);
    assert_eq!(
        client.refused(&mut bench, &wrong),
        bad("PHONE_CODE_INVALID")
    );
    client.call(&mut bench, &give("22222", &hash)).unwrap();
    client.call(&mut bench, &f::auth::LogOut).unwrap();

    // The right code has cleared the count: there are two guesses again. Asking for another code gives no more of them.
    for _ in 0..2 {
        let hash = client.send_code(&mut bench, PHONE).unwrap();
        assert_eq!(
            client.refused(&mut bench, &give("11111", &hash)),
            bad("PHONE_CODE_INVALID")
        );
        bench.pass(WINDOW / 4);
    }
    let mut other = bench.ready(2);
    let options = bench.server.options().clone();
    let settings = types::CodeSettings::new();
    let ask = f::auth::SendCode::new(PHONE, options.api_id, options.api_hash, settings);
    assert_eq!(other.refused(&mut bench, &ask), stopped());
    let elsewhere = other.send_code(&mut bench, "9996620009").unwrap();
    let elsewhere = f::auth::SignIn::new("9996620009", elsewhere).phone_code("22222");
    other
        .call(&mut bench, &elsewhere)
        .expect("other phones go on");

    // The first of the two is forgotten, which makes room for one.
    bench.pass(WINDOW / 2);
    let hash = client.send_code(&mut bench, PHONE).unwrap();
    assert_eq!(
        client.refused(&mut bench, &give("11111", &hash)),
        bad("PHONE_CODE_INVALID")
    );
    assert_eq!(
        client.refused(&mut bench, &give("22222", &hash)),
        stopped(),
        "the right one comes too late"
    );
    bench.pass(WINDOW);
    client.call(&mut bench, &give("22222", &hash)).unwrap();
}

/// What proves, or does not, that the client knows the password.
fn proof(client: &mut Client, bench: &mut Bench, text: &str) -> types::InputCheckPasswordSrpData {
    let challenge = client.call(bench, &f::account::GetPassword).unwrap();
    let Some(types::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algo)) =
        challenge.current_algo
    else {
        panic!("no algorithm");
    };
    let algo = Algorithm {
        salt1: algo.salt1.to_vec(),
        salt2: algo.salt2.to_vec(),
        g: algo.g,
        p: algo.p.to_vec(),
    };
    let srp_b = challenge.srp_b.unwrap();
    let answer = algo
        .answer(&srp_b, text.as_bytes(), &mut client.rng)
        .unwrap();
    let (a, m1) = (answer.a.to_vec(), answer.m1.to_vec());
    types::InputCheckPasswordSrpData::new(challenge.srp_id.unwrap(), a, m1)
}

#[test]
fn too_many_wrong_passwords_stop_an_account_for_a_while() {
    let mut bench = strict();
    let mut users = bench.server.users().into_iter();
    let user = users.find(|u| u.password.is_some()).unwrap();
    let right = user.password.unwrap();
    let enter = |client: &mut Client, bench: &mut Bench, text: &str| {
        let check = f::auth::CheckPassword::new(proof(client, bench, text));
        client.call(bench, &check)
    };
    let guess = |client: &mut Client, bench: &mut Bench, text: &str| {
        let check = f::auth::CheckPassword::new(proof(client, bench, text));
        client.refused(bench, &check)
    };
    let mut client = bench.ready(1);
    let half = |client: &mut Client, bench: &mut Bench| {
        assert_eq!(
            client.sign_in(bench, &user.phone).unwrap_err(),
            "SESSION_PASSWORD_NEEDED"
        );
    };
    half(&mut client, &mut bench);
    let wrong = bad("PASSWORD_HASH_INVALID");
    assert_eq!(guess(&mut client, &mut bench, "no"), wrong);
    enter(&mut client, &mut bench, &right).unwrap();

    // The right password has cleared the count. Those who are in have no more guesses than those who want to be.
    let settings = f::account::GetPasswordSettings::new(proof(&mut client, &mut bench, "not this"));
    assert_eq!(client.refused(&mut bench, &settings), wrong);
    let mut other = bench.ready(2);
    half(&mut other, &mut bench);
    assert_eq!(guess(&mut other, &mut bench, "nor this"), wrong);
    assert_eq!(guess(&mut other, &mut bench, &right), stopped());
    let settings = f::account::GetPasswordSettings::new(proof(&mut client, &mut bench, &right));
    assert_eq!(client.refused(&mut bench, &settings), stopped());

    // An answer to no challenge is no guess, and does not make it longer.
    bench.pass(WINDOW);
    let stray = types::InputCheckPasswordSrpData::new(1, vec![1; 256], vec![2; 32]);
    let stray = f::auth::CheckPassword::new(stray);
    for _ in 0..3 {
        assert_eq!(other.refused(&mut bench, &stray), bad("SRP_ID_INVALID"));
    }
    enter(&mut other, &mut bench, &right).unwrap();
}
