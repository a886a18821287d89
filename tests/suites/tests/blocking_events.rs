//! Handlers that are plain functions: on the threads of the pool, with twins of the events, on several clients.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use telewire_blocking::events::{Handler, MessageDeleted, MessageEdited, NewMessage, Raw};
use telewire_blocking::{Client, Error, Start, types};
use telewire_sandbox::Sandbox;

/// A client of one of the sandbox's users, which knows the other one.
fn signed_in(sandbox: &Sandbox, n: usize, friend: &str) -> Client {
    let client = Client::builder(sandbox.api_id(), sandbox.api_hash())
        .network(sandbox.network())
        .connect()
        .unwrap();
    let phone = sandbox.users()[n].phone.clone();
    client
        .start(Start::new().phone(phone).code(sandbox.code()))
        .unwrap();
    client.get_input_entity(friend).unwrap();
    client.get_dialogs(20).unwrap();
    client
}

fn pair(sandbox: &Sandbox) -> (Client, Client) {
    (
        signed_in(sandbox, 0, "grace_hopper"),
        signed_in(sandbox, 1, "ada_lovelace"),
    )
}

fn run(client: &Client) -> thread::JoinHandle<Result<(), Error>> {
    let client = client.clone();
    thread::spawn(move || client.run_until_disconnected())
}

fn next(heard: &Receiver<String>) -> String {
    heard
        .recv_timeout(Duration::from_secs(20))
        .expect("something is heard")
}

#[test]
fn every_event_has_a_twin_that_waits() {
    let sandbox = Sandbox::start().unwrap();
    let (ada, grace) = pair(&sandbox);
    let (noted, heard) = channel();
    let new = noted.clone();
    grace.on(
        NewMessage::new().incoming().pattern("(hel+)o").unwrap(),
        move |event| {
            let chat = event.get_chat()?;
            assert_eq!(Some(event.get_input_sender()?), event.input_sender());
            assert_eq!(event.message().id(), event.id());
            assert!(event.to_string().starts_with("NewMessage.Event("));
            let found = event.pattern_match().unwrap().get(1).unwrap().to_owned();
            event.reply("answer")?;
            let _ = new.send(format!("new {found} {}", chat.is_user()));
            Ok::<_, Error>(())
        },
    );
    let edited = noted.clone();
    grace.on(MessageEdited::new(), move |event| {
        let me = event.client().get_me()?;
        let _ = edited.send(format!("edited {} {:?}", event.raw_text(), me.first_name));
        Ok::<_, Error>(())
    });
    let deleted = noted.clone();
    grace.on(MessageDeleted::new(), move |event| {
        assert!(matches!(event.get_chat(), Err(Error::NotFound(_))));
        let _ = deleted.send(format!("deleted {}", event.deleted_ids().len()));
    });
    grace.on(Raw::of::<types::UpdateEditMessage>(), move |event| {
        let edit = event.get::<types::UpdateEditMessage>().unwrap();
        assert!(matches!(edit.message, types::Message::Message(_)));
        let _ = noted.send("raw edit".into());
    });
    let running = run(&grace);
    let sent = ada.send_message("grace_hopper", "hello").unwrap();
    assert_eq!(next(&heard), "new hell true");
    ada.edit_message("grace_hopper", &sent, "changed").unwrap();
    assert_eq!(next(&heard), r#"edited changed Some("Grace")"#);
    assert_eq!(next(&heard), "raw edit");
    ada.delete_messages("grace_hopper", &sent).unwrap();
    assert_eq!(next(&heard), "deleted 1");
    let answers = ada.get_messages("grace_hopper", 1).unwrap();
    assert_eq!(answers[0].raw_text(), "answer");
    grace.disconnect().unwrap();
    running.join().unwrap().unwrap();
}

/// Notes who heard what.
fn noting(noted: Sender<String>) -> Handler {
    Handler::new(NewMessage::new().incoming(), move |event| {
        let me = event.client().get_me()?.first_name.unwrap_or_default();
        let _ = noted.send(format!("{me} {}", event.raw_text()));
        Ok::<_, Error>(())
    })
}

#[test]
fn one_handler_serves_several_clients_and_knows_which_one_it_is_run_for() {
    let sandbox = Sandbox::start().unwrap();
    let (ada, grace) = pair(&sandbox);
    let (noted, heard) = channel();
    let mut handler = noting(noted);
    for client in [&ada, &grace] {
        client.add_event_handler(&handler);
    }
    let running = [run(&ada), run(&grace)];
    ada.send_message("grace_hopper", "one").unwrap();
    assert_eq!(next(&heard), "Grace one");
    grace.send_message("ada_lovelace", "two").unwrap();
    assert_eq!(next(&heard), "Ada two");
    assert_eq!(grace.list_event_handlers(), [handler.clone()]);
    assert_eq!(grace.remove_event_handler(&handler), 1);
    assert_eq!(handler.unregister::<NewMessage>(), 1);
    assert!(!handler.is_handler());
    ada.send_message("grace_hopper", "three").unwrap();
    grace.send_message("ada_lovelace", "four").unwrap();
    assert_eq!(next(&heard), "Ada four", "Grace has no handler any more");
    for client in [&ada, &grace] {
        client.disconnect().unwrap();
    }
    for running in running {
        running.join().unwrap().unwrap();
    }
}
