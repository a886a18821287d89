//! Sessions as strings.

use telewire_core::objects::Message;
use telewire_core::session::{MemorySession, SessionStore, StringSession};
use telewire_core::{Client, Error};
use telewire_sqlite::SqliteSession;
use telewire_tests::account::{client, client_with, run, sign_in};
use telewire_tests::sim::Sim;

async fn opened(sim: &Sim, text: &str) -> Client {
    let store = StringSession::new(text).unwrap();
    let client = client_with(sim, store, sim.config());
    client.connect().await.unwrap();
    client
}

#[test]
fn a_string_is_all_that_signing_in_takes() {
    run(1, async |sim, first| {
        let me = first.get_me().await.unwrap();
        first.send_message("me", "before").await.unwrap();
        let text = first.session_string().await.unwrap();
        first.disconnect().await;

        let second = opened(sim, text.as_str()).await;
        assert!(second.is_user_authorized().await.unwrap());
        // Whose session it is was asked for: nobody has to be told what the string leaves out.
        assert!(!second.is_bot().await.unwrap());
        let sent = second.send_message("me", "after").await.unwrap();
        assert!(sent.out() && sent.id() > 1);
        let messages = second.iter_messages("me").limit(2).collect().await.unwrap();
        let texts: Vec<_> = messages.iter().map(Message::text).collect();
        assert_eq!(texts, ["after", "before"]);
        assert_eq!(second.get_me().await.unwrap().id, me.id);
        // Nothing of it changes by being used.
        assert_eq!(
            second.session_string().await.unwrap().as_str(),
            text.as_str()
        );
        second.disconnect().await;
    });
}

#[test]
fn every_kind_of_session_has_a_string() {
    // parity: S-string.save_other
    let stores: [fn() -> Box<dyn SessionStore>; 3] = [
        || Box::new(MemorySession::new()),
        || Box::new(StringSession::new("").unwrap()),
        || Box::new(SqliteSession::in_memory().unwrap()),
    ];
    for store in stores {
        let sim = Sim::new(2);
        sim.run(async {
            let client = client_with(&sim, store(), sim.config());
            let id = sign_in(&sim, &client, 0).await;
            let text = client.session_string().await.unwrap();
            assert_eq!(text.as_str().len(), 353);
            client.disconnect().await;
            let again = opened(&sim, text.as_str()).await;
            assert_eq!(again.get_me().await.unwrap().id, id);
        });
    }
}

#[test]
fn the_string_is_empty_until_there_is_a_key() {
    let sim = Sim::new(3);
    sim.run(async {
        let client = client(&sim);
        assert!(client.session_string().await.unwrap().is_empty());
        client.connect().await.unwrap();
        let text = client.session_string().await.unwrap();
        assert!(!text.is_empty());
        client.disconnect().await;
        // It can still be asked for, and nobody is signed in with it.
        assert_eq!(
            client.session_string().await.unwrap().as_str(),
            text.as_str()
        );
        let again = opened(&sim, text.as_str()).await;
        assert!(!again.is_user_authorized().await.unwrap());
        sign_in(&sim, &again, 0).await;
        assert!(again.is_user_authorized().await.unwrap());
        assert_eq!(
            again.session_string().await.unwrap().as_str(),
            text.as_str()
        );
        assert!(again.log_out().await.unwrap());
        assert!(again.session_string().await.unwrap().is_empty());
    });
}

#[test]
fn updates_come_to_a_session_that_began_as_a_string() {
    run(4, async |sim, first| {
        let text = first.session_string().await.unwrap();
        first.disconnect().await;
        let client = opened(sim, text.as_str()).await;
        let other = client_with(sim, MemorySession::new(), sim.config());
        sign_in(sim, &other, 1).await;
        let me = client.get_me().await.unwrap();
        let (sender, mut received) = futures::channel::mpsc::unbounded();
        client.on(
            telewire_core::events::NewMessage::new().incoming(),
            move |event| {
                let sender = sender.clone();
                async move {
                    sender.unbounded_send(event.text().to_owned()).unwrap();
                    Ok::<_, Error>(())
                }
            },
        );
        let name = me.username.unwrap();
        let (_, text) = futures::join!(
            async { other.send_message(&*name, "hello").await.unwrap() },
            async {
                use futures::StreamExt;
                let running = client.run_until_disconnected();
                let running = std::pin::pin!(running);
                match futures::future::select(received.next(), running).await {
                    futures::future::Either::Left((text, _)) => text.unwrap(),
                    futures::future::Either::Right(_) => panic!("the client has gone"),
                }
            }
        );
        assert_eq!(text, "hello");
    });
}
