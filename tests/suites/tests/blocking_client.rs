//! What only synchronous programs do: calls from several threads, compound calls, downloads as an iterator.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use telewire_blocking::events::NewMessage;
use telewire_blocking::objects::Clicked;
use telewire_blocking::{
    Archive, Button, Client, Error, Forward, InputMessage, Read, Start, Upload,
};
use telewire_sandbox::Sandbox;
use telewire_tests::script;

fn signed_in(sandbox: &Sandbox) -> Client {
    let client = Client::builder(sandbox.api_id(), sandbox.api_hash())
        .network(sandbox.network())
        .connect()
        .unwrap();
    let start = Start::new().phone("+99966 2 8888").code(sandbox.code());
    client.start(start).unwrap();
    client
}

#[test]
fn compound_calls_and_threads_run_side_by_side() {
    let sandbox = Sandbox::start().unwrap();
    let client = signed_in(&sandbox);
    let ids: BTreeSet<i32> = client
        .block_on(async {
            let client = client.as_async();
            let all = (0..20).map(|i| client.send_message("me", format!("number {i}")));
            let sent = futures::future::try_join_all(all).await?;
            Ok(sent.into_iter().map(|m| m.id()).collect())
        })
        .unwrap();
    assert_eq!(ids.len(), 20);
    let threads: Vec<_> = (0..4)
        .map(|i| {
            let client = client.clone();
            thread::spawn(move || {
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
    assert_eq!(sandbox.executed("messages.sendMessage"), 24);
}

#[test]
fn messages_change_move_and_go_without_async() {
    let sandbox = Sandbox::start().unwrap();
    let client = signed_in(&sandbox);
    let sent = client.send_message("me", "one").unwrap();
    let edited = sent.edit("two").unwrap().unwrap();
    assert_eq!((edited.id(), edited.raw_text()), (sent.id(), "two"));
    let edited = client.edit_message("me", &sent, "three").unwrap();
    assert_eq!(edited.raw_text(), "three");
    let both = Forward::from(&edited).and(sent.id()).from_peer("me");
    let forwarded = client.forward_messages("me", both).unwrap();
    let texts: Vec<_> = forwarded.iter().flatten().map(|m| m.raw_text()).collect();
    assert_eq!(texts, ["three", "three"]);
    let again = edited.forward_to("me").unwrap();
    assert!(client.send_read_acknowledge("me", Read::all()).unwrap());
    again.delete().unwrap();
    let gone = client.delete_messages("me", [&sent, &edited]).unwrap();
    assert_eq!(gone[0].pts_count, 1, "it is one message, named twice");
    let left = client.get_messages("me", 10).unwrap();
    assert_eq!(left.len(), 2);
}

#[test]
fn buttons_are_pressed_without_async() {
    let sandbox = Sandbox::start().unwrap();
    let client = signed_in(&sandbox);
    let bot = Client::builder(sandbox.api_id(), sandbox.api_hash())
        .network(sandbox.network())
        .connect()
        .unwrap();
    let tokens = sandbox.bots().into_iter();
    let mut tokens = tokens.filter(|b| b.username == "telewire_bot");
    bot.sign_in_bot(&tokens.next().unwrap().token).unwrap();
    client.send_message("@telewire_bot", "/start").unwrap();
    let me = client.get_me().unwrap().id;
    let choice = [Button::text("Tea"), Button::text("Milk")];
    let question = InputMessage::from("Which?").buttons(choice);
    bot.send_message(me, question).unwrap();
    let got = client.get_messages("@telewire_bot", 1).unwrap();
    let got = got.first().unwrap();
    assert_eq!(got.get_buttons().unwrap()[0].len(), 2);
    let Some(Clicked::Sent(sent)) = got.click("Milk").unwrap() else {
        panic!("it sends its text")
    };
    assert_eq!(sent.reply_to_msg_id(), Some(got.id()));
    let pressed = got.buttons()[0][0].click().unwrap();
    assert!(matches!(pressed, Some(Clicked::Sent(sent)) if sent.raw_text() == "Tea"));
}

#[test]
fn a_download_is_an_iterator_over_its_pieces() {
    let sandbox = Sandbox::start().unwrap();
    let client = signed_in(&sandbox);
    let content = script::content();
    let sent = client
        .send_file("me", Upload::bytes(content.clone()).name("file.bin"))
        .unwrap();
    let mut pieces = Vec::new();
    for piece in client.iter_download(&sent).unwrap() {
        pieces.push(piece.unwrap());
    }
    assert!(pieces.len() > 1);
    assert!(pieces.concat() == content);
}

#[test]
fn a_conversation_is_a_list_of_plain_calls() {
    let sandbox = Sandbox::start().unwrap();
    let client = signed_in(&sandbox);
    let talk = client.conversation("@echo_bot").unwrap();
    let again = client.conversation("@echo_bot").unwrap_err();
    assert!(matches!(again, Error::AlreadyInConversation));
    let event = talk.wait_event(NewMessage::new().incoming());
    let asked = talk.send_message("Who is **there**?").unwrap();
    assert_eq!(talk.get_response().unwrap().text(), "Who is **there**?");
    assert_eq!(event.wait().unwrap().raw_text(), "Who is there?");
    let short = talk.after(&asked).within(Duration::from_millis(50));
    assert!(matches!(short.get_edit(), Err(Error::Deadline { .. })));
    assert!(talk.mark_read().unwrap());
    drop(talk);
    drop(short);
    assert!(client.conversation("@echo_bot").is_ok());
}

#[test]
fn dialogs_and_drafts_are_changed_by_plain_calls() {
    let sandbox = Sandbox::start().unwrap();
    let client = signed_in(&sandbox);
    client.send_message("@echo_bot", "hello").unwrap();
    let find = || {
        let dialogs = client.iter_dialogs().map(Result::unwrap);
        dialogs.into_iter().find(|dialog| dialog.name() == "Echo")
    };
    let dialog = find().unwrap();
    let mut draft = dialog.draft();
    assert!(draft.set_message("not **yet**").unwrap());
    let drafts = client.get_drafts().unwrap();
    assert_eq!(drafts[0].text(), "not **yet**");
    assert_eq!(drafts[0].get_entity().unwrap().id(), dialog.id());
    let sent = draft.send().unwrap();
    assert_eq!(sent.chat_id(), Some(dialog.id()));
    assert!(client.iter_drafts().next().is_none());
    dialog.archive(1).unwrap();
    assert!(find().unwrap().archived());
    client.archive(Archive::unpack(1)).unwrap();
    assert!(!find().unwrap().archived());
    dialog.delete().unwrap();
    assert!(find().is_none());
}

#[test]
fn iterators_are_plain_iterators_and_messages_can_be_changed() {
    // parity: O-iter.sync
    let sandbox = Sandbox::start().unwrap();
    let client = signed_in(&sandbox);
    for text in ["one", "two", "three"] {
        client.send_message("me", text).unwrap();
    }
    let texts: Vec<String> = client
        .iter_messages("me")
        .map(|message| message.unwrap().text())
        .collect();
    assert_eq!(texts, ["three", "two", "one"]);
    let ids: Vec<i32> = client
        .get_messages("me", None)
        .unwrap()
        .iter()
        .map(|message| message.id())
        .collect();
    let by_id: Vec<Option<i32>> = client
        .iter_messages("me")
        .reversed()
        .ids([ids[2], 99_999, ids[0]])
        .map(|message| message.unwrap().map(|message| message.id()))
        .collect();
    assert_eq!(by_id, [Some(ids[0]), None, Some(ids[2])]);
    let mut message = client.get_message_by_id("me", ids[0]).unwrap().unwrap();
    message.set_text("**three**");
    assert_eq!(message.entities().len(), 1);
    assert!(message.reload().unwrap());
    assert_eq!((message.raw_text(), message.entities().len()), ("three", 0));
}
