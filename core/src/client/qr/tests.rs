//! QR codes against a server that is told what to say.

use std::collections::VecDeque;

use telewire_schema::Serialize as _;

use super::*;
use crate::client::auth::tests::{ada, signed_in};
use crate::client::testing::{Stage, refuse, value};
use crate::engine::{Request, Value};

/// In the testing runtime's present, with the usual half minute.
const EXPIRES: i32 = 1_582_979_696 + 30;

fn token(bytes: &[u8]) -> LoginToken {
    types::auth::LoginTokenData::new(EXPIRES, bytes.to_vec()).into()
}

fn success() -> LoginToken {
    types::auth::LoginTokenSuccess::new(signed_in()).into()
}

fn elsewhere(dc: i32) -> LoginToken {
    types::auth::LoginTokenMigrateTo::new(dc, vec![9]).into()
}

/// Says these things one after the other.
struct Server {
    answers: VecDeque<Result<Value, Error>>,
    requests: Vec<Vec<u8>>,
}

impl Server {
    fn new(answers: impl IntoIterator<Item = LoginToken>) -> Self {
        Self {
            answers: answers.into_iter().map(|a| value(&a)).collect(),
            requests: Vec::new(),
        }
    }

    fn answer(&mut self, request: &Request) -> Result<Value, Error> {
        self.requests.push(request.head.clone());
        match request.name {
            "auth.exportLoginToken" | "auth.importLoginToken" => {
                self.answers.pop_front().expect("asked too often")
            }
            "account.getPassword" => {
                let unknown = types::PasswordKdfAlgo::Unknown;
                let secure = types::SecurePasswordKdfAlgo::Unknown;
                let password = types::account::Password::new(unknown, secure, vec![1]);
                value(&password.hint("a machine"))
            }
            other => panic!("{other} is not expected"),
        }
    }
}

fn run<T, F>(server: &mut Server, f: impl FnOnce(Client) -> F) -> (T, Stage)
where
    F: Future<Output = T> + Send,
{
    let mut stage = Stage::new();
    let output = stage.run(f, |request| server.answer(request));
    (output, stage)
}

const HALF: Duration = Duration::from_secs(15);

#[test]
fn a_token_is_shown_as_a_link_and_waited_for() {
    let mut server = Server::new([token(&[0xFB, 0xFF, 1, 2]), token(b"next"), success()]);
    let ((), stage) = run(&mut server, |client| async move {
        let mut login = client.qr_login().await.unwrap();
        assert_eq!(
            login.url(),
            "tg://login?token=-_8BAg",
            "URL-safe, without padding"
        );
        assert_eq!(login.expires().secs(), i64::from(EXPIRES));
        // The testing clock makes every wait short.
        assert!(login.wait(HALF).await.unwrap().is_none());
        assert_eq!(login.url(), "tg://login?token=bmV4dA");
        let done = login.wait(Duration::from_secs(99)).await.unwrap();
        assert!(matches!(done, Some(SignIn::Done(user)) if *user == ada()));
        assert!(client.state().authorized());
        // It stays done.
        assert!(login.wait(HALF).await.unwrap().is_some());
        login.recreate().await.unwrap();
    });
    let export = functions::auth::ExportLoginToken::new(1, "hash", Vec::new());
    assert_eq!(server.requests, vec![export.to_bytes(); 3]);
    let longest = Duration::from_secs(31);
    assert_eq!(
        stage.slept,
        HALF + longest,
        "no longer than the token is good"
    );
}

#[test]
fn an_accepted_token_ends_the_wait_at_once() {
    let mut server = Server::new([token(b"a"), success()]);
    run(&mut server, |client| async move {
        let mut login = client.qr_login().await.unwrap();
        let accepted = Arc::new(Update {
            raw: types::Update::LoginToken,
            peers: Arc::default(),
            date: 1,
            catch_up: false,
            gap: None,
        });
        client.shared().router.offer(&accepted);
        assert!(login.wait(HALF).await.unwrap().is_some());
    });
}

#[test]
fn the_account_may_live_elsewhere() {
    let mut server = Server::new([token(b"a"), elsewhere(4), success()]);
    let ((), stage) = run(&mut server, |client| async move {
        let mut login = client.qr_login().await.unwrap();
        let done = login.wait(HALF).await.unwrap();
        assert!(matches!(done, Some(SignIn::Done(_))));
    });
    assert_eq!(stage.moved, [DcId(4)]);
    let import = functions::auth::ImportLoginToken::new(vec![9]);
    assert_eq!(*server.requests.last().unwrap(), import.to_bytes());
    // Not in circles.
    let mut server = Server::new([1, 2, 3, 4].map(elsewhere));
    let (login, _) = run(&mut server, |client| async move { client.qr_login().await });
    assert!(matches!(login, Err(Error::Protocol(_))));
}

#[test]
fn a_password_may_be_the_next_step() {
    let mut server = Server::new([token(b"a")]);
    server
        .answers
        .push_back(refuse(401, "SESSION_PASSWORD_NEEDED"));
    run(&mut server, |client| async move {
        let mut login = client.qr_login().await.unwrap();
        let next = login.wait(HALF).await.unwrap();
        assert!(matches!(next, Some(SignIn::PasswordNeeded { hint }) if hint == "a machine"));
        assert!(!client.state().authorized());
    });
}

#[test]
fn a_new_code_can_be_asked_for_and_none_is_shown() {
    let mut server = Server::new([token(b"first"), token(b"second")]);
    run(&mut server, |client| async move {
        let mut login = client.qr_login().await.unwrap();
        let first = login.url();
        login.recreate().await.unwrap();
        assert_ne!(login.url(), first);
        let shown = format!("{login:?}");
        assert!(
            !shown.contains("second") && !shown.contains("c2Vjb25k"),
            "{shown}"
        );
    });
}
