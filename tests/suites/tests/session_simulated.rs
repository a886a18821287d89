//! The scripted session on an in-memory pair, in virtual time.

use telewire_core::events::NewMessage;
use telewire_core::runtime::Runtime as _;
use telewire_core::{Client, Error};
use telewire_tests::script::Shared;
use telewire_tests::scripted_session;
use telewire_tests::sim::Sim;

#[test]
fn scripted_session_in_virtual_time() {
    let sim = Sim::new(11);
    let session = Shared::default();

    macro_rules! client {
        () => {{
            let (client, driver) =
                Client::with_driver(sim.runtime(), session.clone(), sim.config());
            sim.runtime().spawn(driver);
            client.connect().await.unwrap();
            client
        }};
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
            let (ended, end) = futures::channel::oneshot::channel();
            sim.runtime().spawn(async move {
                let _ = ended.send(client.run_until_disconnected().await);
            });
            async { end.await.unwrap().unwrap() }
        }};
    }
    sim.run(async {
        scripted_session!(
            &sim,
            "/downloads".into(),
            client,
            wait,
            wait,
            answer,
            beside
        );
    });
}
