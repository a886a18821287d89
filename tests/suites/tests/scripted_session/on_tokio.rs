//! On tokio.

use std::path::Path;
use std::time::Duration;

use telewire_core::client::{Attachment, Builder, Download, Start};
use telewire_core::objects::DisplayName;
use telewire_core::{Client, Error};
use telewire_sandbox::{Sandbox, User};
use telewire_tokio::BuilderExt;
use tempfile::tempdir;

use crate::{Progress, content, network, two_users};

fn builder(sandbox: &Sandbox, session: &Path) -> Builder {
    Client::builder(sandbox.api_id(), sandbox.api_hash())
        .network(network(sandbox))
        .session_file(session)
        .unwrap()
}

async fn sign_in(sandbox: &Sandbox, client: &Client, user: &User) {
    let code = sandbox.code();
    let me = client
        .start(
            Start::new()
                .phone(user.phone.clone())
                .code(move || code.clone()),
        )
        .await
        .unwrap();
    assert_eq!(me.id, user.id);
}

#[tokio::test]
async fn whole_session() {
    let test = async {
        let sandbox = Sandbox::start().unwrap();
        let folder = tempdir().unwrap();
        let [alice, bob] = two_users(&sandbox);
        let path = folder.path().join("alice");
        let client = builder(&sandbox, &path).connect().await.unwrap();
        sign_in(&sandbox, &client, &alice).await;

        let message = client
            .send_message("me", "Hello, **myself**")
            .await
            .unwrap();
        let answer = message.reply("and hello back").await.unwrap();
        let listed = client.get_messages("me", 2).await.unwrap();
        assert_eq!(
            [listed[0].id(), listed[1].id()],
            [answer.id(), message.id()]
        );
        let dialogs = client.get_dialogs(100).await.unwrap();
        assert!(
            dialogs
                .iter()
                .any(|dialog| dialog.message().is_some_and(|m| m.id() == answer.id()))
        );

        converse(&sandbox, &client, &folder.path().join("bob"), &alice, &bob).await;
        transfer(&client, folder.path()).await;

        sandbox.close_all();
        assert_eq!(client.get_me().await.unwrap().id, alice.id);

        client.disconnect().await;
        let again = builder(&sandbox, &path).connect().await.unwrap();
        assert_eq!(
            again.start(Start::new().phone("+0")).await.unwrap().id,
            alice.id,
            "nothing is asked for"
        );
        assert!(again.log_out().await.unwrap());
        assert!(!folder.path().join("alice.session").exists());
    };
    tokio::time::timeout(Duration::from_secs(60), test)
        .await
        .expect("the test hangs");
}

async fn converse(
    sandbox: &Sandbox,
    alice: &Client,
    session: &Path,
    alice_is: &User,
    bob_is: &User,
) {
    use futures::StreamExt;
    let (heard, mut hears) = futures::channel::mpsc::unbounded();
    let id = alice.on(
        telewire_tokio::events::NewMessage::new().incoming(),
        move |event| {
            let heard = heard.clone();
            async move {
                event.reply(format!("You said: {}", event.text())).await?;
                heard
                    .unbounded_send(event.get_sender().await?.display_name())
                    .unwrap();
                Ok::<_, Error>(())
            }
        },
    );
    let running = alice.clone();
    let runner = tokio::spawn(async move { running.run_until_disconnected().await });

    let bob = builder(sandbox, session).connect().await.unwrap();
    sign_in(sandbox, &bob, bob_is).await;
    let name = format!("@{}", alice_is.username.as_ref().unwrap());
    bob.send_message(&name, "Hi Alice").await.unwrap();
    assert_eq!(hears.next().await, Some(bob_is.name.clone()));
    let last = bob.get_messages(&name, 1).await.unwrap();
    assert_eq!(last[0].raw_text(), "You said: Hi Alice");

    assert!(alice.remove_handler(id));
    alice.disconnect().await;
    runner.await.unwrap().unwrap();
    alice.connect().await.unwrap();
}

async fn transfer(client: &Client, folder: &Path) {
    let (up, down) = (Progress::default(), Progress::default());
    let path = folder.join("numbers.bin");
    std::fs::write(&path, content()).unwrap();
    let sent = client
        .send_file("me", Attachment::path(&path).progress(up.callback()))
        .await
        .unwrap();
    up.assert_complete();
    let download = Download::of(&sent).progress(down.callback());
    let saved = client
        .download_media(download, folder.join("down/"))
        .await
        .unwrap()
        .unwrap();
    down.assert_complete();
    assert!(std::fs::read(saved).unwrap() == content());
}
