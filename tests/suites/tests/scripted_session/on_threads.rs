//! With the blocking twins.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use telewire_blocking as blocking;
use telewire_core::Error;
use telewire_core::client::{Attachment, Download, SignIn, Start};
use telewire_core::objects::DisplayName;
use telewire_sandbox::{Sandbox, User};
use telewire_tests::conformance::within_a_minute;
use tempfile::tempdir;

use crate::{Progress, content, network, two_users};

fn client(sandbox: &Sandbox, session: &Path) -> blocking::Client {
    blocking::Client::builder(sandbox.api_id(), sandbox.api_hash())
        .network(network(sandbox))
        .session_file(session)
        .unwrap()
        .connect()
        .unwrap()
}

fn sign_in(sandbox: &Sandbox, client: &blocking::Client, user: &User) {
    let code = sandbox.code();
    let phone = user.phone.clone();
    let me = client
        .start(Start::new().phone(phone).code(move || code.clone()))
        .unwrap();
    assert_eq!(me.id, user.id);
}

#[test]
fn whole_session() {
    within_a_minute(|| {
        let sandbox = Sandbox::start().unwrap();
        let folder = tempdir().unwrap();
        let [alice, bob] = two_users(&sandbox);
        let client = client(&sandbox, &folder.path().join("alice"));
        assert!(!client.is_user_authorized().unwrap());
        sign_in(&sandbox, &client, &alice);
        assert!(client.is_user_authorized().unwrap());

        let message = client.send_message("me", "Hello, **myself**").unwrap();
        assert_eq!(message.text(), "Hello, **myself**");
        let answer = message.reply("and hello back").unwrap();
        assert_eq!(
            answer.get_reply_message().unwrap().unwrap().id(),
            message.id()
        );
        let texts: Vec<_> = client
            .iter_messages("me")
            .limit(2)
            .map(|m| m.unwrap().raw_text().to_owned())
            .collect();
        assert_eq!(texts, ["and hello back", "Hello, myself"]);
        let listed = client.get_messages("me", 1).unwrap();
        assert_eq!((listed.len(), listed.total() >= 2), (1, true));
        assert!(client.iter_dialogs().any(|dialog| {
            dialog
                .unwrap()
                .message()
                .is_some_and(|m| m.id() == answer.id())
        }));

        converse(&sandbox, &client, &folder.path().join("bob"), &alice, &bob);
        transfer(&client, folder.path());

        sandbox.close_all();
        assert_eq!(client.get_me().unwrap().id, alice.id);

        // The messages are handles as well, so dropping the client alone would not close the session.
        client.disconnect().unwrap();
        let again = self::client(&sandbox, &folder.path().join("alice"));
        assert_eq!(
            again.start(Start::new().phone("+0")).unwrap().id,
            alice.id,
            "nothing is asked for"
        );
        assert!(again.log_out().unwrap());
        assert!(!folder.path().join("alice.session").exists());
    });
}

/// Alice answers in a handler what Bob writes.
fn converse(
    sandbox: &Sandbox,
    alice: &blocking::Client,
    session: &Path,
    alice_is: &User,
    bob_is: &User,
) {
    let (heard, hears) = mpsc::channel();
    let id = alice.on(
        blocking::events::NewMessage::new().incoming(),
        move |event| {
            let answer = event.reply(format!("You said: {}", event.text()))?;
            heard
                .send((event.get_sender()?.display_name(), answer.id()))
                .unwrap();
            Ok::<_, Error>(())
        },
    );
    let running = alice.clone();
    let runner = std::thread::spawn(move || running.run_until_disconnected());

    let bob = client(sandbox, session);
    sign_in(sandbox, &bob, bob_is);
    let name = format!("@{}", alice_is.username.as_ref().unwrap());
    bob.send_message(&name, "Hi Alice").unwrap();
    let (sender, _) = hears
        .recv_timeout(Duration::from_secs(20))
        .expect("the handler was not called");
    assert_eq!(sender, bob_is.name);
    let last = bob.get_messages(&name, 1).unwrap();
    assert_eq!(last[0].raw_text(), "You said: Hi Alice");
    assert!(!last[0].out());

    assert!(alice.remove_handler(id));
    alice.disconnect().unwrap();
    runner.join().unwrap().unwrap();
    alice.connect().unwrap();
}

fn transfer(client: &blocking::Client, folder: &Path) {
    let (up, down) = (Progress::default(), Progress::default());
    let path = folder.join("numbers.bin");
    std::fs::write(&path, content()).unwrap();
    let sent = client
        .send_file(
            "me",
            Attachment::path(&path)
                .caption("numbers")
                .progress(up.callback()),
        )
        .unwrap();
    up.assert_complete();
    assert_eq!(sent.text(), "numbers");
    let download = Download::of(&sent).progress(down.callback());
    let saved = client
        .download_media(download, folder.join("down/"))
        .unwrap()
        .unwrap();
    down.assert_complete();
    assert_eq!(saved, folder.join("down/numbers.bin"));
    assert!(std::fs::read(saved).unwrap() == content());
    let mut chunked = Vec::new();
    for chunk in client.iter_download(&sent).unwrap() {
        chunked.extend_from_slice(&chunk.unwrap());
    }
    assert!(chunked == content());
    assert!(client.download_bytes(&sent).unwrap().unwrap() == content());
}

#[test]
fn compound_calls_run_side_by_side() {
    within_a_minute(|| {
        let sandbox = Sandbox::start().unwrap();
        let folder = tempdir().unwrap();
        let [alice, _] = two_users(&sandbox);
        let client = client(&sandbox, &folder.path().join("alice"));
        sign_in(&sandbox, &client, &alice);
        let ids = client
            .block_on(async {
                let client = client.as_async();
                let all = (0..20).map(|i| client.send_message("me", format!("number {i}")));
                let sent = futures::future::try_join_all(all).await?;
                Ok(sent
                    .into_iter()
                    .map(|m| m.id())
                    .collect::<std::collections::BTreeSet<_>>())
            })
            .unwrap();
        assert_eq!(ids.len(), 20);
        let threads: Vec<_> = (0..4)
            .map(|i| {
                let client = client.clone();
                std::thread::spawn(move || {
                    client
                        .send_message("me", format!("thread {i}"))
                        .unwrap()
                        .id()
                })
            })
            .collect();
        assert!(
            threads
                .into_iter()
                .all(|t| !ids.contains(&t.join().unwrap()))
        );
    });
}

#[test]
fn two_step_verification_and_wrong_answers() {
    within_a_minute(|| {
        let sandbox = Sandbox::start().unwrap();
        let folder = tempdir().unwrap();
        let user = sandbox
            .users()
            .into_iter()
            .find(|u| u.password.is_some())
            .unwrap();
        let client = client(&sandbox, &folder.path().join("account"));
        client.send_code_request(&user.phone).unwrap();
        let wrong = client.sign_in(&user.phone, "00000").unwrap_err();
        assert!(wrong.is("PHONE_CODE_INVALID"), "{wrong}");
        let progress = client.sign_in(&user.phone, &sandbox.code()).unwrap();
        assert!(
            matches!(progress, SignIn::PasswordNeeded { .. }),
            "{progress:?}"
        );
        let wrong = client.check_password("not it").unwrap_err();
        assert!(wrong.is("PASSWORD_HASH_INVALID"), "{wrong}");
        let me = client
            .check_password(user.password.as_ref().unwrap())
            .unwrap();
        assert_eq!(me.id, user.id);
        let missing = client.get_entity("@nobody_has_this_name").unwrap_err();
        assert!(matches!(missing, Error::NotFound(_)), "{missing:?}");
    });
}
