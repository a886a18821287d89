//! The scripted session on tokio.

use telewire_sandbox::Sandbox;
use telewire_tests::scripted_session;
use telewire_tokio::events::NewMessage;
use telewire_tokio::{BuilderExt as _, Client, Error};

#[tokio::test]
async fn scripted_session_on_tokio() {
    let sandbox = Sandbox::start().unwrap();
    let folder = tempfile::tempdir().unwrap();

    macro_rules! client {
        () => {
            Client::builder(sandbox.api_id(), sandbox.api_hash())
                .network(sandbox.network())
                .session_file(folder.path().join("account"))
                .unwrap()
                .connect()
                .await
                .unwrap()
        };
    }
    macro_rules! wait {
        ($e:expr) => {
            $e.await
        };
    }
    macro_rules! answer {
        ($client:ident, $sender:ident) => {
            $client.on(NewMessage::new().incoming(), move |event| {
                let heard = $sender.clone();
                async move {
                    let text = event.message.raw_text().to_owned();
                    event.message.respond(format!("You said: {text}")).await?;
                    let _ = heard.unbounded_send(text);
                    Ok::<_, Error>(())
                }
            })
        };
    }
    macro_rules! beside {
        ($client:ident) => {{
            let client = $client.clone();
            let handlers = tokio::spawn(async move { client.run_until_disconnected().await });
            async { handlers.await.unwrap().unwrap() }
        }};
    }
    scripted_session!(
        &sandbox,
        folder.path().to_owned(),
        client,
        wait,
        wait,
        answer,
        beside
    );
}
