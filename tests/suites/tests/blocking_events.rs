//! Handlers that are plain functions: on the threads of the pool, with twins of the events, on several clients.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use telewire_blocking::events::{
    ChatAction, Handler, MessageDeleted, MessageEdited, MessageRead, NewMessage, Raw, UserUpdate,
};
use telewire_blocking::{Client, Error, Start, functions, types};
use telewire_core::client::Read;
use telewire_core::events::{ChatActionEvent, UserUpdateEvent};
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

#[test]
fn what_others_do_has_twins_that_wait() {
    let sandbox = Sandbox::start().unwrap();
    let (ada, grace) = pair(&sandbox);
    let (noted, heard) = channel();
    let read = noted.clone();
    grace.on(MessageRead::new(), move |event| {
        assert!(event.get_messages()?.is_empty() && event.get_chat()?.is_user());
        assert!(event.to_string().starts_with("MessageRead.Event("));
        let _ = read.send(format!("read {}", event.is_read(event.max_id())));
        Ok::<_, Error>(())
    });
    let typed = noted.clone();
    grace.on(
        UserUpdate::new().func(UserUpdateEvent::typing),
        move |event| {
            let user = event.get_user()?;
            assert_eq!(event.get_sender()?, user);
            assert_eq!(event.get_input_user()?, event.get_input_sender()?);
            let _ = typed.send(format!("{} types", user.username().unwrap_or_default()));
            Ok::<_, Error>(())
        },
    );
    grace.on(
        ChatAction::new().func(ChatActionEvent::new_pin),
        move |event| {
            let pinned = event.get_pinned_message()?.expect("it is there");
            let by = event.get_user()?.expect("somebody has pinned it");
            assert_eq!(event.get_users()?.len(), event.get_input_users()?.len());
            assert!(event.get_input_user()?.is_some());
            assert_eq!(
                (event.get_added_by()?, event.get_kicked_by()?),
                (None, None)
            );
            let action = event.action_message().expect("a service message").id();
            event.respond("thanks")?;
            assert_eq!(event.reply("indeed")?.reply_to_msg_id(), Some(action));
            assert!(!event.delete()?.is_empty());
            let by = by.username().unwrap_or_default().to_owned();
            let _ = noted.send(format!("{by} pins {}", pinned.raw_text()));
            Ok::<_, Error>(())
        },
    );
    let running = run(&grace);
    grace.send_message("ada_lovelace", "seen?").unwrap();
    ada.send_read_acknowledge("grace_hopper", Read::all())
        .unwrap();
    assert_eq!(next(&heard), "read true");
    let peer = ada.get_input_entity("grace_hopper").unwrap();
    let typing = types::SendMessageAction::SendMessageTypingAction;
    ada.invoke(&functions::messages::SetTyping::new(peer.clone(), typing))
        .unwrap();
    assert_eq!(next(&heard), "ada_lovelace types");
    let sent = ada.send_message("grace_hopper", "worth it").unwrap();
    ada.invoke(&functions::messages::UpdatePinnedMessage::new(
        peer,
        sent.id(),
    ))
    .unwrap();
    assert_eq!(next(&heard), "ada_lovelace pins worth it");
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
