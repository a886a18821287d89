//! Passwords against a server that does its half of the arithmetic.

use std::sync::{Arc, Mutex};

use telewire_schema::{Identifiable as _, Serialize as _};

use super::*;
use crate::client::auth::tests::{ada, signed_in};
use crate::client::testing::{Stage, refuse, value};
use crate::crypto::dh::KNOWN_PRIME;
use crate::crypto::srp::{Algorithm, Verification};
use crate::engine::{Request, Value};
use crate::rand::{Rng, Seed};

type Algo = types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow;

/// An account that may have a password.
struct Account {
    rng: Rng,
    /// The password it has, as the server knows it.
    known: Option<(Algorithm, [u8; 256])>,
    /// What a new password is to be made with.
    offered: Algorithm,
    /// How many answers to the challenge are refused as stale.
    stale: u32,
    /// The code that was sent by mail.
    mailed: Option<&'static str>,
    challenge: Option<Verification>,
    asked: Vec<&'static str>,
    last: Vec<u8>,
}

impl Account {
    fn new() -> Self {
        let mut rng = Rng::new(Seed::new([1; 32]));
        let offered = Algorithm {
            salt1: rng.array::<8>().to_vec(),
            salt2: rng.array::<16>().to_vec(),
            g: 3,
            p: KNOWN_PRIME.to_vec(),
        };
        Self {
            rng,
            known: None,
            offered,
            stale: 0,
            mailed: None,
            challenge: None,
            asked: Vec::new(),
            last: Vec::new(),
        }
    }

    fn with(password: &str) -> Self {
        let mut account = Self::new();
        let algorithm = account.offered.clone().salted(&mut account.rng);
        let verifier = algorithm
            .verifier(password.as_bytes(), &mut account.rng)
            .unwrap();
        account.known = Some((algorithm, verifier));
        account
    }

    fn answer(&mut self, request: &Request) -> Result<Value, Error> {
        self.asked.push(request.name);
        self.last.clone_from(&request.head);
        match request.name {
            "users.getUsers" => refuse(401, "SESSION_PASSWORD_NEEDED"),
            "account.getPassword" => value(&self.password()),
            "auth.checkPassword" => {
                self.check(request)?;
                value(&signed_in())
            }
            "account.updatePasswordSettings" => {
                if self.known.is_some() {
                    self.check(request)?;
                }
                match self.mailed {
                    Some(code) => refuse(400, &format!("EMAIL_UNCONFIRMED_{}", code.len())),
                    None => value(&true),
                }
            }
            "account.confirmPasswordEmail" if self.mailed.is_some_and(|c| contains(request, c)) => {
                value(&true)
            }
            "account.confirmPasswordEmail" => refuse(400, "CODE_INVALID"),
            "account.resendPasswordEmail" | "account.cancelPasswordEmail" => value(&true),
            "auth.requestPasswordRecovery" => {
                value(&types::auth::PasswordRecovery::new("a***@example.org"))
            }
            "auth.recoverPassword" => value(&signed_in()),
            other => panic!("{other} is not expected"),
        }
    }

    fn password(&mut self) -> types::account::Password {
        let algo = |a: &Algorithm| {
            types::PasswordKdfAlgo::from(Algo::new(
                a.salt1.clone(),
                a.salt2.clone(),
                a.g,
                a.p.clone(),
            ))
        };
        let secure = types::SecurePasswordKdfAlgo::Unknown;
        let mut out = types::account::Password::new(algo(&self.offered), secure, vec![1]);
        if let Some((algorithm, verifier)) = &self.known {
            out.has_password = true;
            out.current_algo = Some(algo(algorithm));
            out.srp_id = Some(3);
            // Of unsound parameters nothing can be made, and any value shows whether they are noticed.
            let challenge = Verification::new(algorithm.clone(), *verifier, &mut self.rng).ok();
            let b = challenge
                .as_ref()
                .map_or(vec![0x55; 256], |c| c.public_value().to_vec());
            out.srp_b = Some(b.into());
            self.challenge = challenge;
        }
        out
    }

    /// The answer to a challenge is the last 256 + 32 bytes before what follows it.
    fn check(&mut self, request: &Request) -> Result<(), Error> {
        if self.stale > 0 {
            self.stale -= 1;
            refuse(400, "SRP_ID_INVALID")?;
        }
        let challenge = self.challenge.take().expect("it was asked for");
        // The identifiers of the request and of the answer, the challenge's, then a long and a short byte string.
        let body = &request.head[4 + 4 + 8..];
        let (a, rest) = body[4..].split_at(256);
        if challenge.accepts(a, &rest[1..33]) {
            Ok(())
        } else {
            refuse(400, "PASSWORD_HASH_INVALID").map(drop)
        }
    }
}

fn contains(request: &Request, part: &str) -> bool {
    let bytes = part.as_bytes();
    request.head.windows(bytes.len()).any(|w| w == bytes)
}

fn run<T, F>(account: &mut Account, f: impl FnOnce(Client) -> F) -> T
where
    F: Future<Output = T> + Send,
{
    Stage::new().run(f, |request| account.answer(request))
}

fn edit(account: &mut Account, edit: Edit2fa) -> Result<bool, Error> {
    run(account, |client| async move { client.edit_2fa(edit).await })
}

const CHECK: [&str; 2] = ["account.getPassword", "auth.checkPassword"];
const UPDATE: [&str; 2] = ["account.getPassword", "account.updatePasswordSettings"];

#[test]
fn a_password_is_proven_without_being_sent() {
    // parity: M-auth.sign_in.password
    let mut account = Account::with("secret");
    let user = run(&mut account, |client| async move {
        let error = client.check_password("Secret").await.unwrap_err();
        // parity: M-auth.sign_in.raises
        assert!(error.is("PASSWORD_HASH_INVALID"), "{error}");
        assert!(
            error.to_string().contains("the password is wrong"),
            "{error}"
        );
        client.check_password("secret").await
    });
    assert_eq!(user.unwrap(), ada());
    assert_eq!(account.asked[1..3], CHECK);
    assert!(!account.last.windows(6).any(|w| w == b"secret"));
}

#[test]
fn a_stale_challenge_is_fetched_again() {
    let mut account = Account::with("secret");
    account.stale = 1;
    run(&mut account, |client| async move {
        client.check_password("secret").await.unwrap();
    });
    assert_eq!(account.asked[1..], [CHECK, CHECK].concat());
    let mut account = Account::with("secret");
    account.stale = 1;
    assert!(edit(&mut account, Edit2fa::new().current("secret")).unwrap());
    assert_eq!(account.asked, [UPDATE, UPDATE].concat());
}

#[test]
fn unsound_parameters_end_it() {
    // parity: M-auth.edit_2fa.slow
    let mut account = Account::with("secret");
    account.known.as_mut().unwrap().0.p = vec![0xC7; 256];
    let result = run(&mut account, |client| async move {
        client.check_password("secret").await
    });
    assert!(matches!(result, Err(Error::Protocol(_))));
    assert_eq!(
        account.asked[1..],
        ["account.getPassword"],
        "nothing is answered to an unsound challenge"
    );
    let mut account = Account::new();
    account.offered.g = 1;
    let result = edit(&mut account, Edit2fa::new().new_password("bombe"));
    assert!(matches!(result, Err(Error::Protocol(_))));
    assert_eq!(
        account.asked,
        ["account.getPassword"],
        "nor is a password made with it"
    );
}

#[test]
fn neither_password_asks_for_nothing() {
    // parity: M-auth.edit_2fa.none
    let mut account = Account::with("secret");
    assert!(!edit(&mut account, Edit2fa::new().hint("?")).unwrap());
    assert!(account.asked.is_empty());
}

/// The settings that went out, by taking away what comes before them.
fn settings(account: &Account, known: bool) -> Vec<u8> {
    let proof = if known { 4 + 8 + 4 + 256 + 36 } else { 4 };
    account.last[4 + proof..].to_vec()
}

#[test]
fn a_password_is_set_with_a_salt_of_our_own() {
    // parity: M-auth.edit_2fa, M-auth.edit_2fa.salt, M-auth.edit_2fa.ignored
    for ignored in [None, Some("whatever")] {
        let mut account = Account::new();
        let mut wanted = Edit2fa::new().new_password("bombe").hint("a machine");
        if let Some(current) = ignored {
            wanted = wanted.current(current);
        }
        assert!(edit(&mut account, wanted).unwrap());
        assert_eq!(account.asked, UPDATE);
        let sent = settings(&account, false);
        // After the identifier, the flags and the algorithm's identifier: 8 of the server's bytes and 32 of ours.
        assert_eq!(sent[12], 40);
        let salt1 = sent[13..53].to_vec();
        assert_eq!(salt1[..8], account.offered.salt1[..]);
        assert_ne!(salt1[8..], [0; 32]);
        let algorithm = Algorithm {
            salt1: salt1.clone(),
            ..account.offered.clone()
        };
        let verifier = algorithm.verifier(b"bombe", &mut account.rng).unwrap();
        let algo = Algo::new(salt1, algorithm.salt2, 3, KNOWN_PRIME.to_vec());
        let mut expected = types::account::PasswordInputSettings::new();
        expected.new_algo = Some(algo.into());
        expected.new_password_hash = Some(verifier.to_vec().into());
        expected.hint = Some("a machine".into());
        assert_eq!(sent, expected.to_bytes());
    }
}

#[test]
fn a_password_is_changed_and_removed_by_the_one_there_is() {
    // parity: M-auth.edit_2fa, M-auth.edit_2fa.remove
    let change = || Edit2fa::new().current("secret").new_password("bombe");
    assert!(edit(&mut Account::with("secret"), change()).unwrap());
    let error = edit(&mut Account::with("other"), change()).unwrap_err();
    assert!(error.is("PASSWORD_HASH_INVALID"), "{error}");
    let mut account = Account::with("secret");
    let error = edit(&mut account, Edit2fa::new().new_password("bombe")).unwrap_err();
    assert!(error.to_string().contains("Edit2fa::current"), "{error}");
    assert_eq!(account.asked, ["account.getPassword"]);

    let mut account = Account::with("secret");
    assert!(edit(&mut account, Edit2fa::new().current("secret")).unwrap());
    let mut expected = types::account::PasswordInputSettings::new();
    expected.new_algo = Some(types::PasswordKdfAlgo::Unknown);
    expected.new_password_hash = Some(Vec::new().into());
    expected.hint = Some(String::new());
    assert_eq!(settings(&account, true), expected.to_bytes());
}

#[test]
fn an_address_is_confirmed_by_its_code() {
    // parity: M-auth.edit_2fa.email, M-auth.edit_2fa.email_code
    let asked: Arc<Mutex<Vec<usize>>> = Arc::default();
    let copy = asked.clone();
    let note = move |length: usize| {
        copy.lock().unwrap().push(length);
        "1234567"
    };
    let new = || Edit2fa::new().new_password("bombe");
    for wanted in [
        new().email("a@example.org", note),
        new().email("a@example.org", |_| 1_234_567),
        new().email("a@example.org", EmailCode::future(|_| async { "1234567" })),
    ] {
        let mut account = Account::new();
        account.mailed = Some("1234567");
        assert!(edit(&mut account, wanted).unwrap());
        assert_eq!(account.asked[..2], UPDATE);
        assert_eq!(account.asked[2..], ["account.confirmPasswordEmail"]);
        let confirm = functions::account::ConfirmPasswordEmail::new("1234567");
        assert_eq!(account.last, confirm.to_bytes());
    }
    assert_eq!(
        *asked.lock().unwrap(),
        [7],
        "the callback gets the length of the code"
    );
    let mut account = Account::new();
    account.mailed = Some("1234567");
    let error = edit(&mut account, new().email("a@example.org", |_| "1")).unwrap_err();
    assert!(error.is("CODE_INVALID"), "{error}");
    // Without an address there is nobody to ask.
    let error = edit(&mut account, new()).unwrap_err();
    assert!(error.is("EMAIL_UNCONFIRMED_7"), "{error}");
}

#[test]
fn an_address_alone_leaves_the_password() {
    let mut account = Account::with("secret");
    let wanted = Edit2fa::new()
        .current("secret")
        .email("a@example.org", |_| "");
    assert!(edit(&mut account, wanted).unwrap());
    let expected = types::account::PasswordInputSettings::new().email("a@example.org");
    assert_eq!(settings(&account, true), expected.to_bytes());
}

#[test]
fn what_waits_for_a_mail_is_sent_again_given_up_or_used_to_recover() {
    let mut account = Account::with("secret");
    run(&mut account, |client| async move {
        assert!(client.resend_password_email().await.unwrap());
        assert!(client.cancel_password_email().await.unwrap());
        let pattern = client.request_password_recovery().await.unwrap();
        assert_eq!(pattern, "a***@example.org");
        assert_eq!(client.recover_password(123_456).await.unwrap(), ada());
        assert!(client.state().authorized());
    });
    let last = functions::auth::RecoverPassword::new("123456");
    assert_eq!(account.last, last.to_bytes());
    assert_eq!(
        *account.asked.last().unwrap(),
        functions::auth::RecoverPassword::NAME
    );
}

#[test]
fn passwords_are_not_shown() {
    let edit = Edit2fa::new().current("hunter2").new_password("hunter3");
    let edit = edit.email("a@example.org", |_| "9876");
    let shown = format!("{edit:?} {:?}", EmailCode::from(|_| "9876"));
    assert!(
        !shown.contains("hunter") && !shown.contains("example"),
        "{shown}"
    );
}
