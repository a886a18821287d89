//! The scripted session on plain threads, through the blocking twins.

use std::thread;

use telewire_blocking::events::NewMessage;
use telewire_blocking::{Client, Error};
use telewire_sandbox::Sandbox;
use telewire_tests::scripted_session;

#[test]
fn scripted_session_on_threads() {
    let sandbox = Sandbox::start().unwrap();
    let folder = tempfile::tempdir().unwrap();

    macro_rules! client {
        () => {
            Client::builder(sandbox.api_id(), sandbox.api_hash())
                .network(sandbox.network())
                .session_file(folder.path().join("account"))
                .unwrap()
                .connect()
                .unwrap()
        };
    }
    macro_rules! wait {
        ($e:expr) => {
            $e
        };
    }
    macro_rules! hear {
        ($e:expr) => {
            telewire_blocking::block_on($e)
        };
    }
    macro_rules! answer {
        ($client:ident, $sender:ident) => {
            $client.on(NewMessage::new().incoming(), move |event| {
                let text = event.message.raw_text().to_owned();
                event.message.respond(format!("You said: {text}"))?;
                let _ = $sender.unbounded_send(text);
                Ok::<_, Error>(())
            })
        };
    }
    macro_rules! beside {
        ($client:ident) => {{
            let client = $client.clone();
            let handlers = thread::spawn(move || client.run_until_disconnected());
            async { handlers.join().unwrap().unwrap() }
        }};
    }
    scripted_session!(
        &sandbox,
        folder.path().to_owned(),
        client,
        wait,
        hear,
        answer,
        beside
    );
}
