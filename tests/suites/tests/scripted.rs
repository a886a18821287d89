//! The scripted session on every runtime, over IPv4 and over IPv6: one body, told in `telewire_tests::script`. The account
//! lives at another data centre than the one that clients begin at.

use telewire_core::Client;
use telewire_core::runtime::Runtime as _;
use telewire_tests::script::{self, Shared, only};
use telewire_tests::scripted_session;
use telewire_tests::sim::Sim;

/// Runs the script with what an adapter brings: its extension of the builder, and its runtime.
macro_rules! on_sandbox {
    ($adapter:path, $runtime:expr) => {{
        use $adapter as _;
        for ipv6 in [false, true] {
            let Some((sandbox, network)) = script::over(ipv6) else {
                continue;
            };
            let folder = tempfile::tempdir().unwrap();
            script::run(&sandbox, folder.path().to_owned(), $runtime, async || {
                let session = folder.path().join("account");
                let builder = Client::builder(sandbox.api_id(), sandbox.api_hash());
                let builder = builder.network(network.clone()).session_file(session)?;
                builder.connect().await
            })
            .await;
        }
    }};
}

#[tokio::test]
async fn scripted_session_on_tokio() {
    on_sandbox!(
        telewire_tokio::BuilderExt,
        telewire_tokio::TokioRuntime::current()
    );
}

#[test]
fn scripted_session_on_smol() {
    smol::block_on(async {
        on_sandbox!(telewire_smol::BuilderExt, telewire_smol::SmolRuntime::new());
    });
}

#[test]
fn scripted_session_on_async_std() {
    async_std::task::block_on(async {
        on_sandbox!(
            telewire_smol::async_std::BuilderExt,
            telewire_smol::async_std::AsyncStdRuntime::new()
        );
    });
}

#[test]
fn scripted_session_in_virtual_time() {
    for ipv6 in [false, true] {
        let sim = Sim::new(11);
        let config = {
            let mut config = sim.config();
            config.network = only(sim.network(), ipv6);
            config
        };
        sim.server(|server, _| server.keep_family(ipv6));
        let session = Shared::default();
        sim.run(script::run(
            &sim,
            "/downloads".into(),
            sim.runtime(),
            async || {
                let (client, driver) =
                    Client::with_driver(sim.runtime(), session.clone(), config.clone());
                sim.runtime().spawn(driver);
                client.connect().await?;
                Ok(client)
            },
        ));
    }
}

#[test]
fn scripted_session_on_threads() {
    use telewire_blocking::events::NewMessage;
    use telewire_blocking::{Client, Error};

    for ipv6 in [false, true] {
        let Some((sandbox, network)) = script::over(ipv6) else {
            continue;
        };
        let folder = tempfile::tempdir().unwrap();

        macro_rules! client {
            () => {
                Client::builder(sandbox.api_id(), sandbox.api_hash())
                    .network(network.clone())
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
                    let text = event.raw_text().to_owned();
                    event.respond(format!("You said: {text}"))?;
                    let _ = $sender.unbounded_send(text);
                    Ok::<_, Error>(())
                })
            };
        }
        macro_rules! beside {
            ($client:ident) => {{
                let client = $client.clone();
                let handlers = std::thread::spawn(move || client.run_until_disconnected());
                async { handlers.join().unwrap().unwrap() }
            }};
        }
        let path = folder.path().to_owned();
        scripted_session!(&sandbox, path, client, wait, hear, answer, beside);
    }
}
