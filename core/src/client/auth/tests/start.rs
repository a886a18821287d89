//! All of it in one call.

use std::sync::{Arc, Mutex};

use super::*;
use crate::client::{Prompt, Start};

pub(super) fn stage() -> Stage {
    let stage = Stage::new();
    stage.client.shared().set_state(crate::engine::State::Ready);
    stage
}

pub(super) fn start(server: &mut Server, options: Start) -> Result<types::UserData, Error> {
    stage().run(
        |client| async move { client.start(options).await },
        |request| server.answer(request),
    )
}

/// A question that gets these answers one after the other.
fn answers(list: &[&str]) -> impl FnMut() -> String + Send + 'static {
    let mut list: Vec<String> = list.iter().rev().map(|s| (*s).to_owned()).collect();
    move || list.pop().expect("asked too often")
}

/// Options, and what they are told.
fn noting(options: Start) -> (Start, Arc<Mutex<Vec<String>>>) {
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let copy = told.clone();
    let options = options.notify(move |text| copy.lock().unwrap().push(text.to_owned()));
    (options, told)
}

#[test]
fn a_phone_and_a_code_sign_in() {
    // parity: M-auth.start, M-auth.start.phone, M-auth.start.code_callback
    let options = [
        Start::new()
            .phone("+34 600-123-456")
            .code(answers(&["22222"])),
        Start::new().phone(34600123456).code(|| 22222),
        Start::new()
            .phone(|| "34600123456")
            .code(Prompt::future(|| async { 22222 })),
        Start::new()
            .phone(Prompt::future(|| async { "34600123456".to_owned() }))
            .code("22222"),
    ];
    for options in options {
        let mut server = Server::default();
        assert_eq!(start(&mut server, options).unwrap(), ada());
        assert_eq!(
            server.asked,
            ["users.getUsers", "auth.sendCode", "auth.signIn"]
        );
    }
}

#[test]
fn whoever_is_signed_in_is_asked_nothing() {
    // parity: M-auth.start.already
    let mut server = Server {
        known: true,
        ..Server::default()
    };
    let never = || -> String { unreachable!("nothing is to be asked") };
    // Not even whether it is the same account.
    let options = Start::new().phone(never).code(never);
    assert_eq!(start(&mut server, options).unwrap(), ada());
    let other = Start::new().phone("4411122233");
    assert_eq!(start(&mut server, other).unwrap(), ada());
    assert_eq!(server.asked, ["users.getUsers"; 2]);
}

#[test]
fn phones_are_asked_for_until_one_can_be_one() {
    // parity: M-auth.start.phone
    let many = ["what?", "", "12a", "", "x", "y", "z", "+", "34600123456"];
    let (options, told) = noting(Start::new().phone(answers(&many)).code("22222"));
    start(&mut Server::default(), options).unwrap();
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 8, "{told:?}");
    assert!(told[0].contains("not a phone number"), "{told:?}");
    // A value cannot change, and silence is no answer.
    let error = start(&mut Server::default(), Start::new().phone("what?")).unwrap_err();
    assert!(error.to_string().contains("international form"), "{error}");
    let error = start(
        &mut Server::default(),
        Start::new().phone(answers(&["", "", ""])),
    );
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("no phone number was entered")
    );
}

#[test]
fn wrong_codes_are_told_and_asked_for_again() {
    // parity: M-auth.start.badcode
    let options = Start::new()
        .phone("34600123456")
        .code(answers(&["11111", "", "22222"]));
    let (options, told) = noting(options);
    let mut server = Server::default();
    start(&mut server, options).unwrap();
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].contains("code is wrong") && told[1].contains("empty"),
        "{told:?}"
    );
    let given = server.asked.iter().filter(|name| **name == "auth.signIn");
    assert_eq!(given.count(), 2, "an empty code is never sent");
    for name in [
        "PHONE_CODE_EMPTY",
        "PHONE_CODE_HASH_EMPTY",
        "PHONE_CODE_INVALID",
    ] {
        let mut server = Server {
            first: vec![("auth.signIn", 400, name)],
            ..Server::default()
        };
        let options = Start::new()
            .phone("34600123456")
            .code(answers(&["1", "22222"]));
        assert_eq!(start(&mut server, options).unwrap(), ada(), "{name}");
    }
}

#[test]
fn an_expired_code_is_replaced() {
    // parity: M-auth.start.badcode
    let mut server = Server {
        first: vec![
            ("auth.resendCode", 400, "PHONE_CODE_EXPIRED"),
            ("auth.signIn", 400, "PHONE_CODE_EXPIRED"),
        ],
        ..Server::default()
    };
    let options = Start::new()
        .phone("34600123456")
        .code(answers(&["1", "22222"]));
    let (options, told) = noting(options);
    start(&mut server, options).unwrap();
    assert!(told.lock().unwrap()[0].contains("too old"));
    let names = [
        "auth.signIn",
        "auth.resendCode",
        "auth.sendCode",
        "auth.signIn",
    ];
    assert_eq!(server.asked[2..], names);
}

#[test]
fn after_the_last_attempt_the_servers_answer_is_the_error() {
    // parity: M-auth.start.exhaust, M-auth.start.max_attempts
    let options = Start::new()
        .phone("34600123456")
        .code(answers(&["1", "2"]))
        .max_attempts(2);
    let error = start(&mut Server::default(), options).unwrap_err();
    assert!(error.is("PHONE_CODE_INVALID"), "{error}");
    let options = Start::new()
        .phone("34600123456")
        .code(answers(&["1", "2", "3"]));
    assert!(
        start(&mut Server::default(), options).is_err(),
        "three by default"
    );
    // A value cannot change, so it is tried once.
    let fixed = Start::new().phone("34600123456").code("1");
    let mut server = Server::default();
    let error = start(&mut server, fixed).unwrap_err();
    assert!(error.is("PHONE_CODE_INVALID"), "{error}");
    assert!(
        error.to_string().contains("enter the newest one"),
        "{error}"
    );
    assert_eq!(server.asked.len(), 3);
}

#[test]
fn a_new_number_is_signed_up_and_agrees_to_the_terms() {
    // parity: M-auth.start.signup, M-auth.start.names, M-auth.sign_up.tos
    let mut server = Server {
        new: true,
        ..Server::default()
    };
    let options = Start::new()
        .phone("34600123456")
        .code(Prompt::future(|| async { "22222".to_owned() }))
        .first_name("Grace")
        .last_name("Hopper");
    let (options, told) = noting(options);
    start(&mut server, options).unwrap();
    assert_eq!(
        server.asked[2..],
        ["auth.signIn", "auth.signUp", "help.acceptTermsOfService"]
    );
    assert_eq!(
        *told.lock().unwrap(),
        ["**Be** nice"],
        "in the client's format"
    );
    // The names are for new accounts only.
    let mut server = Server::default();
    let options = Start::new()
        .phone("34600123456")
        .code("22222")
        .first_name("Grace");
    assert_eq!(
        start(&mut server, options).unwrap().first_name.as_deref(),
        Some("Ada")
    );
}

#[test]
fn signing_in_and_up_change_places_as_the_server_wants_it() {
    // parity: M-auth.start.signup, M-auth.start.max_attempts
    let named = || {
        Start::new()
            .phone("34600123456")
            .code(answers(&["22222"]))
            .first_name("Grace")
            .last_name("Hopper")
    };
    // Nobody has it, says the server in an older way.
    let mut server = Server {
        first: vec![("auth.signIn", 400, "PHONE_NUMBER_UNOCCUPIED")],
        ..Server::default()
    };
    start(&mut server, named()).unwrap();
    assert_eq!(server.asked[2..], ["auth.signIn", "auth.signUp"]);
    // Somebody has, after all.
    let mut server = Server {
        first: vec![
            ("auth.signUp", 400, "PHONE_NUMBER_OCCUPIED"),
            ("auth.signIn", 400, "PHONE_NUMBER_UNOCCUPIED"),
        ],
        ..Server::default()
    };
    start(&mut server, named()).unwrap();
    assert_eq!(
        server.asked[2..],
        ["auth.signIn", "auth.signUp", "auth.signIn"]
    );
    // Not for ever.
    let mut server = Server {
        first: [
            ("auth.signUp", 400, "PHONE_NUMBER_OCCUPIED"),
            ("auth.signIn", 400, "PHONE_NUMBER_UNOCCUPIED"),
        ]
        .repeat(9),
        ..Server::default()
    };
    let error = start(&mut server, named()).unwrap_err();
    assert!(error.is("PHONE_NUMBER_OCCUPIED"), "{error}");
    assert_eq!(server.asked.len(), 2 + 2 * 3);
}

#[test]
fn bots_sign_in_with_their_token_however_it_is_given() {
    // parity: M-auth.start.bot_token, M-auth.start.phone.token
    for options in [
        Start::new().bot_token("1:good"),
        Start::new().phone("1:good"),
        Start::new().phone(|| "1:good"),
        Start::new().phone(|| "+1").bot_token("1:good"),
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
fn force_sms_asks_for_another_way_and_takes_a_no() {
    // parity: M-auth.start.force_sms
    let options = || {
        Start::new()
            .phone("34600123456")
            .code(answers(&["22222"]))
            .force_sms()
    };
    let mut server = Server::default();
    start(&mut server, options()).unwrap();
    let names = ["auth.sendCode", "auth.resendCode", "auth.signIn"];
    assert_eq!(server.asked[1..], names);
    let mut server = Server {
        first: vec![("auth.resendCode", 406, "SEND_CODE_UNAVAILABLE")],
        ..Server::default()
    };
    let (options, told) = noting(options());
    start(&mut server, options).unwrap();
    assert!(told.lock().unwrap()[0].contains("by SMS"));
}

#[test]
fn what_is_missing_is_named() {
    // parity: M-auth.start.none, M-auth.start.2fa
    let error = start(&mut Server::default(), Start::new()).unwrap_err();
    assert!(error.to_string().contains("Start::phone"), "{error}");
    let error = start(&mut Server::default(), Start::new().phone("34600123456")).unwrap_err();
    assert!(error.to_string().contains("Start::code"), "{error}");
    let mut server = Server {
        password: true,
        ..Server::default()
    };
    let options = Start::new().phone("34600123456").code("22222");
    let error = start(&mut server, options).unwrap_err();
    assert!(error.to_string().contains("Start::password"), "{error}");
    assert!(
        error.to_string().contains("a machine"),
        "the hint is shown: {error}"
    );
}

#[test]
fn failing_questions_end_it_with_their_reason() {
    let ask = Prompt::fallible(|| Err::<String, _>("the window was closed"));
    let error = start(&mut Server::default(), Start::new().phone(ask)).unwrap_err();
    assert!(
        error.to_string().contains("the window was closed"),
        "{error}"
    );
}

#[test]
fn every_way_of_a_code_is_told() {
    use types::auth as t;
    let place = |kind: t::SentCodeType| {
        let sent = t::SentCode::from(t::SentCodeData::new(kind, "h"));
        sent::Way::of(&sent).map(|way| (way.place, way.length))
    };
    let known: Vec<t::SentCodeType> = vec![
        t::SentCodeTypeApp::new(5).into(),
        t::SentCodeTypeSms::new(5).into(),
        t::SentCodeTypeCall::new(5).into(),
        t::SentCodeTypeFlashCall::new("*").into(),
        t::SentCodeTypeMissedCall::new("+34", 5).into(),
        t::SentCodeTypeEmailCode::new("a***@example.org", 6).into(),
        t::SentCodeTypeFragmentSms::new("https://fragment.com", 5).into(),
        t::SentCodeTypeFirebaseSms::new(5).into(),
        t::SentCodeTypeSmsWord::new().into(),
        t::SentCodeTypeSmsPhrase::new().beginning("To be").into(),
    ];
    for kind in known {
        let (place, length) = place(kind.clone()).unwrap();
        assert!(
            !place.is_empty() && length.is_none_or(|n| n >= 5),
            "{kind:?}"
        );
    }
    assert_eq!(place(t::SentCodeTypeSetUpEmailRequired::new().into()), None);
    let mut server = Server {
        kind: Some(t::SentCodeTypeSetUpEmailRequired::new().into()),
        ..Server::default()
    };
    let options = Start::new().phone("34600123456").code("22222");
    let error = start(&mut server, options).unwrap_err();
    assert!(error.to_string().contains("own app first"), "{error}");
}
