//! Somebody at a terminal is asked for what is left out.

use std::io;
use std::sync::{Arc, Mutex};

use super::start::{stage, start};
use super::*;
use crate::client::Start;
use crate::client::console::Console;

/// What was said to whoever sits there, and what they answer.
#[derive(Clone, Default)]
struct Person {
    answers: Arc<Mutex<Vec<String>>>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Person {
    fn who_says(answers: &[&str]) -> Self {
        let person = Self::default();
        *person.answers.lock().unwrap() = answers.iter().rev().map(|a| (*a).into()).collect();
        person
    }

    fn hears(&self, what: String) {
        self.heard.lock().unwrap().push(what);
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

impl Console for Person {
    fn ask(&self, question: &str) -> io::Result<String> {
        self.hears(format!("? {question}"));
        let answer = self.answers.lock().unwrap().pop();
        answer.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn ask_secret(&self, question: &str) -> io::Result<String> {
        self.hears(format!("* {question}"));
        let answer = self.answers.lock().unwrap().pop();
        answer.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn tell(&self, text: &str) {
        self.hears(format!("! {text}"));
    }

    fn announce(&self, text: &str) {
        self.hears(format!("= {text}"));
    }
}

/// Signs in with somebody at the terminal.
fn start_before(
    person: &Person,
    server: &mut Server,
    options: Start,
) -> Result<types::UserData, Error> {
    let mut stage = stage();
    stage.client.set_console(Arc::new(person.clone()));
    stage.run(
        |client| async move { client.start(options).await },
        |request| server.answer(request),
    )
}

#[test]
fn the_terminal_is_asked_for_what_is_left_out() {
    // parity: M-auth.start, M-auth.start.code_callback, M-auth.start.print, M-auth.start.badcode
    let person = Person::who_says(&["nonsense", "34600123456", "11111", "22222"]);
    let user = start_before(&person, &mut Server::default(), Start::new()).unwrap();
    assert_eq!(user, ada());
    let heard = person.heard();
    assert_eq!(heard[0], "? Phone number or bot token: ");
    assert!(
        heard[1].starts_with("! this is not a phone number"),
        "{heard:?}"
    );
    assert_eq!(heard[2], heard[0]);
    assert_eq!(
        heard[3],
        "? Code (5 digits, in the Telegram app on another device): "
    );
    assert!(heard[4].starts_with("! PHONE_CODE_INVALID"), "{heard:?}");
    assert_eq!(heard[5], heard[3]);
    assert_eq!(heard[6..], ["= Signed in as Ada Lovelace."]);
    // Who is gone ends it.
    let person = Person::who_says(&["34600123456"]);
    let error = start_before(&person, &mut Server::default(), Start::new()).unwrap_err();
    assert!(
        error.to_string().contains("not answered on the terminal"),
        "{error}"
    );
}

#[test]
fn a_bots_token_may_be_typed_where_a_phone_is_asked_for() {
    // parity: M-auth.start.phone.token
    let person = Person::who_says(&["1:good"]);
    start_before(&person, &mut Server::default(), Start::new()).unwrap();
    assert_eq!(person.heard().len(), 1);
}

#[test]
fn passwords_are_asked_for_in_secret() {
    // parity: M-auth.start.password
    let mut server = Server {
        password: true,
        ..Server::default()
    };
    let person = Person::who_says(&["bombe"]);
    let options = Start::new().phone("34600123456").code("22222");
    // This server has no challenge to check it by.
    start_before(&person, &mut server, options).unwrap_err();
    assert_eq!(person.heard(), ["* Password (its hint is “a machine”): "]);
}

#[test]
fn numbers_of_the_test_servers_need_nobody() {
    // parity: N-ctor.test_dc
    let mut server = Server::default();
    start(&mut server, Start::new().phone("99966 2 1234")).unwrap();
    let digits = |phone, length| sent::test_code(phone, length);
    assert_eq!(digits("9996621234", Some(5)).as_deref(), Some("22222"));
    assert_eq!(digits("9996610000", Some(6)).as_deref(), Some("111111"));
    assert_eq!(digits("9996639999", None).as_deref(), Some("33333"));
    for other in ["34600123456", "999662123", "99966212345", "9996601234", ""] {
        assert_eq!(digits(other, Some(5)), None, "{other}");
    }
    // If the code is another, whoever sits there is asked.
    let mut server = Server::default();
    let person = Person::who_says(&["22222"]);
    start_before(&person, &mut server, Start::new().phone("9996610000")).unwrap();
    assert!(
        person.heard()[1].starts_with("? Code"),
        "{:?}",
        person.heard()
    );
}
