//! Files up and down, and updates across lost connections, against the sandbox.

use std::collections::BTreeMap;
use std::time::Duration;

use telewire_core::client::{Attachment, Download, SignIn, Upload};
use telewire_core::runtime::Runtime;
use telewire_core::session::MemorySession;
use telewire_core::{Client, Error, InputMessage, types};
use telewire_tests::sim::{Cut, Direction, Place, Sim};

/// A client that is signed in as the user of that number among those without a password.
async fn signed_in(sim: &Sim, which: usize) -> Client {
    let (client, driver) = Client::with_driver(sim.runtime(), MemorySession::new(), sim.config());
    sim.runtime().spawn(driver);
    client.connect().await.unwrap();
    let (phone, code) = sim.server(|server, _| {
        let user = server
            .users()
            .into_iter()
            .filter(|u| u.password.is_none())
            .nth(which);
        (user.unwrap().phone, server.options().code.clone())
    });
    client.send_code_request(&phone).await.unwrap();
    let done = client.sign_in(&phone, &code).await.unwrap();
    assert!(matches!(done, SignIn::Done(_)));
    client
}

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 31 % 251) as u8).collect()
}

#[test]
fn a_file_goes_up_and_comes_down_again() {
    for (size, name) in [
        (1, "tiny.bin"),
        (3_000_000, "three.bin"),
        (11_000_001, "big.bin"),
    ] {
        let sim = Sim::new(1);
        let data = content(size);
        sim.put_file(format!("/out/{name}"), data.clone());
        sim.run(async {
            let client = signed_in(&sim, 0).await;
            let file = Attachment::path(format!("/out/{name}")).caption("**here**");
            let message = client.send_file("me", file).await.unwrap();
            assert_eq!(message.raw_text(), "here");
            let path = client
                .download_media(&message, "/in/")
                .await
                .unwrap()
                .unwrap();
            assert_eq!(path.to_str(), Some(format!("/in/{name}").as_str()));
            assert!(sim.file(&path).unwrap() == data);
            let again = client.download_bytes(&message).await.unwrap().unwrap();
            assert!(again == data);
        });
    }
}

#[test]
fn a_stream_of_unknown_length_arrives_whole() {
    let sim = Sim::new(2);
    let data = content(12_345_678);
    sim.run(async {
        let client = signed_in(&sim, 0).await;
        let reader = futures::io::Cursor::new(data.clone());
        let message = client
            .send_file("me", Upload::reader(reader).name("stream.bin"))
            .await
            .unwrap();
        let whole = client.download_bytes(&message).await.unwrap().unwrap();
        assert!(whole == data);
    });
}

#[test]
fn what_was_sent_before_is_not_uploaded_again() {
    let sim = Sim::new(3);
    sim.run(async {
        let client = signed_in(&sim, 0).await;
        let file = || Attachment::bytes("a.txt", content(500_000));
        client.send_file("me", file()).await.unwrap();
        let before = sim.traffic().up_bytes;
        let message = client.send_file("me", file()).await.unwrap();
        assert!(sim.traffic().up_bytes - before < 10_000);
        let again = client.download_bytes(&message).await.unwrap().unwrap();
        assert!(again == content(500_000));
    });
}

#[test]
fn transfers_survive_lost_connections() {
    let data = content(2_000_000);
    for after in [0, 1, 3, 6] {
        for place in [Place::Before, Place::During, Place::After] {
            let sim = Sim::new(4);
            sim.run(async {
                let client = signed_in(&sim, 0).await;
                sim.cut(Cut {
                    direction: Direction::Up,
                    after,
                    place,
                });
                let file = Attachment::bytes("a.bin", data.clone());
                let message = client.send_file("me", file).await.unwrap();
                sim.cut(Cut {
                    direction: Direction::Down,
                    after,
                    place,
                });
                let whole = client
                    .download_bytes(Download::of(&message))
                    .await
                    .unwrap()
                    .unwrap();
                assert!(whole == data);
            });
            assert_eq!(sim.traffic().cuts, 2, "{after} {place:?}");
        }
    }
}

#[test]
fn an_oversize_part_says_which_sizes_there_are() {
    let sim = Sim::new(5);
    sim.run(async {
        let client = signed_in(&sim, 0).await;
        let upload = Upload::bytes(content(10)).part_size(600 * 1024);
        let error = client.upload_file(upload).await.unwrap_err();
        assert!(matches!(error, Error::Misuse(_)));
        assert!(error.to_string().contains("512 KiB"), "{error}");
    });
}

#[test]
fn messages_arrive_once_whatever_happens_to_the_connection() {
    for seed in 0..6 {
        let sim = Sim::new(seed);
        sim.run(async {
            let (anna, bert) = (signed_in(&sim, 0).await, signed_in(&sim, 1).await);
            let bert_id = bert.get_me().await.unwrap().id;
            let phone = bert.get_me().await.unwrap().phone.unwrap();
            let contact = types::InputPhoneContact::new(1, phone, "Bert", "");
            let import = telewire_core::functions::contacts::ImportContacts::new(vec![contact]);
            anna.invoke(&import).await.unwrap();
            let seen = std::sync::Arc::new(std::sync::Mutex::new(BTreeMap::<String, usize>::new()));
            let log = seen.clone();
            bert.on(
                telewire_core::events::NewMessage::new().incoming(),
                move |event| {
                    let log = log.clone();
                    async move {
                        *log.lock()
                            .unwrap()
                            .entry(event.raw_text().to_owned())
                            .or_default() += 1;
                        Ok::<(), Error>(())
                    }
                },
            );
            let listening = bert.clone();
            sim.runtime().spawn(async move {
                let _ = listening.run_until_disconnected().await;
            });
            for i in 0..12 {
                if i % 3 == 1 {
                    sim.cut(Cut {
                        direction: Direction::Down,
                        after: seed % 4,
                        place: Place::During,
                    });
                }
                let text = InputMessage::text(format!("message {i}"));
                anna.send_message(telewire_core::peers::PeerId::User(bert_id), text)
                    .await
                    .unwrap();
            }
            sim.runtime()
                .sleep_until(sim.now().mono + Duration::from_secs(20 * 60))
                .await;
            let seen = seen.lock().unwrap();
            let wanted: BTreeMap<String, usize> =
                (0..12).map(|i| (format!("message {i}"), 1)).collect();
            assert_eq!(*seen, wanted, "seed {seed}");
            assert!(sim.traffic().cuts > 0, "seed {seed}");
        });
    }
}
