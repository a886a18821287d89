//! Signing in against a server that is told what to say.

use std::sync::{Arc, Mutex};

use telewire_schema::{RpcError, Serialize, types};

use super::*;
use crate::client::testing::Stage;
use crate::client::{Prompt, Start};
use crate::engine::{Request, Value};

fn value(result: &impl Serialize) -> Result<Value, Error> {
    Ok(Value::Bytes(result.to_bytes().into()))
}

fn refuse(code: i32, message: &str) -> Result<Value, Error> {
    Err(Error::Rpc {
        request: "",
        error: RpcError::parse(code, message),
    })
}

fn ada() -> types::UserData {
    types::UserData::new(7)
        .access_hash(8)
        .first_name("Ada")
        .self_(true)
}

fn signed_in() -> types::auth::Authorization {
    types::auth::AuthorizationData::new(ada()).into()
}

fn contains(request: &Request, part: &str) -> bool {
    request
        .head
        .windows(part.len())
        .any(|w| w == part.as_bytes())
}

/// Knows the code 22222, and forgets nobody.
#[derive(Default)]
struct Server {
    known: bool,
    password: bool,
    new: bool,
    /// So many times it wants the login to begin anew.
    restarts: u32,
    asked: Vec<&'static str>,
}

impl Server {
    fn answer(&mut self, request: &Request) -> Result<Value, Error> {
        self.asked.push(request.name);
        match request.name {
            "auth.sendCode" if self.restarts > 0 => {
                self.restarts -= 1;
                refuse(500, "AUTH_RESTART")
            }
            "users.getUsers" if self.known => value(&vec![types::User::from(ada())]),
            "users.getUsers" => refuse(401, "AUTH_KEY_UNREGISTERED"),
            "auth.sendCode" | "auth.resendCode" => {
                assert!(
                    contains(request, "34600123456"),
                    "the number goes as digits"
                );
                let code = types::auth::SentCodeData::new(
                    types::auth::SentCodeTypeApp::new(5),
                    "the-hash",
                );
                value(&types::auth::SentCode::from(code))
            }
            "auth.signIn" => {
                assert!(contains(request, "the-hash"));
                if !contains(request, "22222") {
                    refuse(400, "PHONE_CODE_INVALID")
                } else if self.password {
                    refuse(401, "SESSION_PASSWORD_NEEDED")
                } else if self.new {
                    let terms = types::help::TermsOfService::new(
                        types::DataJson::new("tos"),
                        "Be nice",
                        vec![],
                    );
                    let wanted =
                        types::auth::AuthorizationSignUpRequired::new().terms_of_service(terms);
                    value(&types::auth::Authorization::from(wanted))
                } else {
                    self.known = true;
                    value(&signed_in())
                }
            }
            "auth.signUp" => {
                assert!(contains(request, "Grace") && contains(request, "Hopper"));
                self.known = true;
                value(&signed_in())
            }
            "help.acceptTermsOfService" => {
                assert!(contains(request, "tos"));
                value(&true)
            }
            "auth.importBotAuthorization" if contains(request, "1:good") => {
                self.known = true;
                value(&signed_in())
            }
            "auth.importBotAuthorization" => refuse(400, "ACCESS_TOKEN_INVALID"),
            other => panic!("{other} is not expected"),
        }
    }
}

fn start(server: &mut Server, options: Start) -> Result<types::UserData, Error> {
    let mut stage = Stage::new();
    stage.client.shared().set_state(crate::engine::State::Ready);
    stage.run(
        |client| async move { client.start(options).await },
        |request| server.answer(request),
    )
}

/// A question that gets these answers one after the other.
fn answers(list: &[&str]) -> impl FnMut() -> String + Send + 'static {
    let mut list: Vec<String> = list.iter().rev().map(|s| (*s).to_owned()).collect();
    move || list.pop().expect("asked too often")
}

#[test]
fn a_phone_and_a_code_sign_in() {
    let mut server = Server::default();
    let options = Start::new()
        .phone("+34 600-123-456")
        .code(answers(&["22222"]));
    assert_eq!(start(&mut server, options).unwrap(), ada());
    assert_eq!(
        server.asked,
        ["users.getUsers", "auth.sendCode", "auth.signIn"]
    );
}

#[test]
fn whoever_is_signed_in_is_asked_nothing() {
    let mut server = Server {
        known: true,
        ..Server::default()
    };
    let never = || -> String { unreachable!("nothing is to be asked") };
    assert_eq!(
        start(&mut server, Start::new().phone(never).code(never)).unwrap(),
        ada()
    );
    assert_eq!(server.asked, ["users.getUsers"]);
}

#[test]
fn wrong_codes_are_told_and_asked_for_again() {
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let copy = told.clone();
    let options = Start::new()
        .phone(answers(&["what?", "34600123456"]))
        .code(answers(&["11111", "", "22222"]))
        .notify(move |text| copy.lock().unwrap().push(text.to_owned()));
    start(&mut Server::default(), options).unwrap();
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told[0].contains("not a phone number")
            && told[1].contains("code is wrong")
            && told[2].contains("empty")
    );
}

#[test]
fn after_the_last_attempt_the_servers_answer_is_the_error() {
    let options = Start::new()
        .phone("34600123456")
        .code(answers(&["1", "2"]))
        .max_attempts(2);
    let error = start(&mut Server::default(), options).unwrap_err();
    assert!(error.is("PHONE_CODE_INVALID"), "{error}");
    // A value cannot change, so it is tried once.
    let error = start(
        &mut Server::default(),
        Start::new().phone("34600123456").code("1"),
    )
    .unwrap_err();
    assert!(
        error.is("PHONE_CODE_INVALID") && error.to_string().contains("enter the newest one"),
        "{error}"
    );
}

#[test]
fn a_new_number_is_signed_up_and_agrees_to_the_terms() {
    let mut server = Server {
        new: true,
        ..Server::default()
    };
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let copy = told.clone();
    let options = Start::new()
        .phone("34600123456")
        .code(Prompt::future(|| async { "22222".to_owned() }))
        .first_name("Grace")
        .last_name("Hopper")
        .notify(move |text| copy.lock().unwrap().push(text.to_owned()));
    start(&mut server, options).unwrap();
    assert_eq!(
        server.asked[2..],
        ["auth.signIn", "auth.signUp", "help.acceptTermsOfService"]
    );
    assert_eq!(*told.lock().unwrap(), ["Be nice"]);
}

#[test]
fn bots_sign_in_with_their_token_however_it_is_given() {
    for options in [
        Start::new().bot_token("1:good"),
        Start::new().phone("1:good"),
        Start::new().phone(|| "1:good"),
    ] {
        let mut server = Server::default();
        start(&mut server, options).unwrap();
        assert_eq!(
            server.asked,
            ["users.getUsers", "auth.importBotAuthorization"]
        );
    }
    let error = start(&mut Server::default(), Start::new().bot_token("1:bad")).unwrap_err();
    assert!(error.to_string().contains("@BotFather"), "{error}");
}

#[test]
fn what_is_missing_is_named() {
    let error = start(&mut Server::default(), Start::new().phone("34600123456")).unwrap_err();
    assert!(error.to_string().contains("Start::code"), "{error}");
}

#[test]
fn asking_twice_sends_the_code_in_another_way() {
    let mut server = Server::default();
    Stage::new().run(
        |client| async move {
            client.send_code_request("+34 600 123 456").await.unwrap();
            client.send_code_request("34600123456").await.unwrap();
            let error = client.sign_in("+1 23", "22222").await.unwrap_err();
            assert!(error.to_string().contains("send_code_request"), "{error}");
        },
        |request| server.answer(request),
    );
    assert_eq!(server.asked, ["auth.sendCode", "auth.resendCode"]);
}

#[test]
fn a_server_that_never_stops_restarting_is_given_up() {
    let ask = |restarts| {
        let mut server = Server {
            restarts,
            ..Server::default()
        };
        let mut stage = Stage::new();
        let result = stage.run(
            |client| async move { client.send_code_request("34600123456").await },
            |request| server.answer(request),
        );
        (result, server.asked.len(), stage.slept)
    };
    let (result, asked, slept) = ask(2);
    assert!(result.is_ok());
    assert_eq!((asked, slept), (3, Duration::from_secs(2)));
    let (result, asked, slept) = ask(100);
    assert!(result.unwrap_err().is("AUTH_RESTART"));
    assert_eq!((asked, slept), (3, Duration::from_secs(2)));
}

mod password {
    use super::*;
    use crate::rand::{Rng, Seed};

    /// The parameters that Telegram uses, with an account whose password is `secret`.
    struct Account {
        algorithm: types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow,
        stale: bool,
        right: bool,
        asked: Vec<&'static str>,
    }

    impl Account {
        fn answer(&mut self, request: &Request) -> Result<Value, Error> {
            self.asked.push(request.name);
            match request.name {
                "account.getPassword" => {
                    let algorithm = types::PasswordKdfAlgo::from(self.algorithm.clone());
                    let secure = types::SecurePasswordKdfAlgo::Unknown;
                    let mut password =
                        types::account::Password::new(algorithm.clone(), secure, vec![1]);
                    password.current_algo = Some(algorithm);
                    // A server value in the middle of its range.
                    password.srp_b = Some(vec![0x55; 256].into());
                    password.srp_id = Some(3);
                    value(&password)
                }
                "auth.checkPassword" if std::mem::take(&mut self.stale) => {
                    refuse(400, "SRP_ID_INVALID")
                }
                "auth.checkPassword" if self.right => value(&signed_in()),
                "auth.checkPassword" => refuse(400, "PASSWORD_HASH_INVALID"),
                other => panic!("{other} is not expected"),
            }
        }
    }

    fn account() -> Account {
        let mut salt = Rng::new(Seed::new([1; 32]));
        let algorithm =
            types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow::new(
                salt.array::<8>().to_vec(),
                salt.array::<16>().to_vec(),
                3,
                crate::crypto::dh::KNOWN_PRIME.to_vec(),
            );
        Account {
            algorithm,
            stale: false,
            right: true,
            asked: Vec::new(),
        }
    }

    fn check(account: &mut Account) -> Result<types::UserData, Error> {
        Stage::new().run(
            |client| async move { client.check_password("secret").await },
            |request| account.answer(request),
        )
    }

    #[test]
    fn a_stale_challenge_is_fetched_again() {
        let mut account = Account {
            stale: true,
            ..account()
        };
        assert_eq!(check(&mut account).unwrap(), ada());
        let once = ["account.getPassword", "auth.checkPassword"];
        assert_eq!(account.asked, [once, once].concat());
    }

    #[test]
    fn a_wrong_password_says_so() {
        let error = check(&mut Account {
            right: false,
            ..account()
        })
        .unwrap_err();
        assert!(
            error.to_string().contains("the password is wrong"),
            "{error}"
        );
    }

    #[test]
    fn unsound_parameters_end_it() {
        let mut account = account();
        account.algorithm.p = vec![0xC7; 256].into();
        assert!(matches!(check(&mut account), Err(Error::Protocol(_))));
        assert_eq!(
            account.asked,
            ["account.getPassword"],
            "nothing is answered to an unsound challenge"
        );
    }
}
