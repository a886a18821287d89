//! All of it in one call.

use super::*;

use std::io;
use std::sync::{Arc, Mutex};

use telewire_core::client::{Console, Prompt, Start};

#[test]
fn it_connects_and_signs_in() {
    // parity: M-auth.start, M-auth.start.connects, M-auth.start.phone, M-auth.start.code_callback
    let sim = Sim::new(1);
    sim.run(async {
        let client = client(&sim);
        assert!(!client.is_connected());
        let start = Start::new().phone(|| ADA).code(|| 22222);
        assert_eq!(name(&client.start(start).await.unwrap()), "Ada");
        assert!(client.is_connected());
        // It goes on from there.
        client.send_message("me", "hello").await.unwrap();
    });
}

#[test]
fn whoever_is_signed_in_is_asked_nothing() {
    // parity: M-auth.start.already
    run(2, async |sim, _| {
        let client = signed_in(sim, ADA).await;
        let sent = asked(sim, "auth.sendCode");
        let never = || -> String { unreachable!("nothing is to be asked") };
        let start = Start::new().phone(never).code(never);
        assert_eq!(name(&client.start(start).await.unwrap()), "Ada");
        let other = Start::new().phone("9996620002");
        assert_eq!(
            name(&client.start(other).await.unwrap()),
            "Ada",
            "whoever it is"
        );
        assert_eq!(asked(sim, "auth.sendCode"), sent);
    });
}

#[test]
fn wrong_and_empty_codes_cost_an_attempt_each() {
    // parity: M-auth.start.badcode, M-auth.start.max_attempts, M-auth.start.exhaust
    run(3, async |sim, client| {
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let notes = told.clone();
        let mut codes = [WRONG, "", CODE].into_iter();
        let start = Start::new()
            .phone("9996629999")
            .code(move || codes.next().expect("asked three times"))
            .first_name("Mary")
            .last_name("Shelley")
            .notify(move |text| notes.lock().unwrap().push(text.to_owned()));
        assert_eq!(name(&client.start(start).await.unwrap()), "Mary");
        let told = told.lock().unwrap();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(
            told[0].contains("wrong") && told[1].contains("empty"),
            "{told:?}"
        );
        assert!(
            told[2].contains("Be kind"),
            "the terms of service: {told:?}"
        );
        assert_eq!(asked(sim, "auth.signIn"), 2, "an empty code is never sent");
    });
    run(4, async |sim, client| {
        let start = Start::new().phone(ADA).code(|| WRONG).max_attempts(2);
        let error = client.start(start).await.unwrap_err();
        assert!(error.is("PHONE_CODE_INVALID"), "{error}");
        assert_eq!(asked(sim, "auth.signIn"), 2);
    });
}

#[test]
fn a_new_number_is_signed_up_by_name() {
    // parity: M-auth.start.signup, M-auth.start.names
    run(5, async |sim, client| {
        let start = Start::new().phone("9996629999").code(CODE);
        let user = client.start(start).await.unwrap();
        assert_eq!((name(&user), user.last_name.as_deref()), ("New User", None));
        assert_eq!(asked(sim, "help.acceptTermsOfService"), 1);
    });
}

#[test]
fn an_expired_code_is_replaced_by_a_new_one() {
    run(6, async |sim, client| {
        let runtime = sim.runtime();
        let mut slow = true;
        let ask = Prompt::future(move || {
            let pause = Duration::from_secs(if std::mem::take(&mut slow) { 301 } else { 1 });
            let runtime = runtime.clone();
            async move {
                let at = runtime.now().mono + pause;
                runtime.sleep_until(at).await;
                CODE
            }
        });
        client
            .start(Start::new().phone(ADA).code(ask))
            .await
            .unwrap();
        assert_eq!(asked(sim, "auth.sendCode"), 2);
    });
}

#[test]
fn force_sms_is_passed_on() {
    // parity: M-auth.start.force_sms
    run(7, async |sim, client| {
        let start = Start::new().phone(ADA).code(CODE).force_sms();
        client.start(start).await.unwrap();
        // Once too early, and once after the wait that the server asks for.
        assert_eq!(asked(sim, "auth.resendCode"), 2);
    });
}

#[test]
fn accounts_of_the_test_servers_need_no_code() {
    // parity: N-ctor.test_dc
    run(8, async |_, client| {
        let user = client
            .start(Start::new().phone("99966 2 0001"))
            .await
            .unwrap();
        assert_eq!(name(&user), "Ada");
    });
}

/// Somebody at a keyboard.
struct Keyboard(Mutex<Vec<&'static str>>);

impl Console for Keyboard {
    fn ask(&self, _: &str) -> io::Result<String> {
        let typed = self.0.lock().unwrap().pop();
        typed
            .map(Into::into)
            .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn ask_secret(&self, question: &str) -> io::Result<String> {
        self.ask(question)
    }

    fn tell(&self, _: &str) {}

    fn announce(&self, text: &str) {
        assert_eq!(text, "Signed in as Alan Turing.");
    }
}

#[test]
fn a_console_is_asked_for_everything() {
    // parity: M-auth.start, M-auth.start.print
    let sim = Sim::new(9);
    sim.run(async {
        let config = sim.config();
        // The last one first. The code of a test number is known.
        let typed = vec![PASSWORD, "wrong", ALAN, "34600123456x"];
        let (client, driver) = Client::builder(config.api_id, config.api_hash.clone())
            .network(config.network.clone())
            .console(Keyboard(Mutex::new(typed)))
            .with_driver(sim.runtime())
            .unwrap();
        sim.runtime().spawn(driver);
        let user = client.start(Start::new()).await.unwrap();
        assert_eq!(name(&user), "Alan");
    });
}

#[test]
fn what_cannot_work_is_told_before_anything_is_sent() {
    // parity: M-auth.start.none, M-auth.start.bot_token
    let sim = Sim::new(10);
    sim.run(async {
        let client = client(&sim);
        for start in [Start::new(), Start::new().phone("+1").bot_token("1:a")] {
            let error = client.start(start).await.unwrap_err();
            assert!(matches!(error, Error::Misuse(_)), "{error}");
        }
        assert!(!client.is_connected());
    });
}
