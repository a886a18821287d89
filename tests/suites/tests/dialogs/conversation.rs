//! Conversations: what they hear, what they hand out, and how they end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join;
use telewire_core::client::ConversationOptions;
use telewire_core::events::NewMessage;
use telewire_core::objects::Conversation;
use telewire_core::peers::PeerId;
use telewire_core::runtime::Runtime as _;
use telewire_core::{Client, Error};
use telewire_tests::account::{client_with, newest, run, run_pair, sign_in, signed_in};
use telewire_tests::sim::Sim;

use crate::{ADA, BOT, GRACE, NEWS};

const SECOND: Duration = Duration::from_secs(1);

/// How long something took, in seconds of the world.
async fn seconds<T>(sim: &Sim, wait: impl Future<Output = T>) -> (u64, T) {
    let before = sim.now().mono;
    let value = wait.await;
    (sim.now().mono.since(before).as_secs(), value)
}

async fn pass(sim: &Sim, d: Duration) {
    let at = sim.now().mono + d;
    sim.runtime().sleep_until(at).await;
}

fn is_timeout<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Deadline { .. }))
}

#[test]
fn a_bot_is_talked_to_without_any_handler() {
    run(51, async |_, client| {
        // parity: M-dialogs.conversation, O-conversation.with, H-12.conversation
        let talk = client.conversation(BOT).await.unwrap();
        // parity: O-conversation.send_message, O-conversation.get_response
        talk.send_message("**one**").await.unwrap();
        assert_eq!(talk.get_response().await.unwrap().text(), "**one**");
        let two = talk.send_message("two").await.unwrap();
        talk.send_message("three").await.unwrap();
        // parity: O-conversation.get_response.queue
        let after_two = talk.after(&two);
        assert_eq!(after_two.get_response().await.unwrap().text(), "two");
        assert_eq!(after_two.get_response().await.unwrap().text(), "three");
        // parity: O-conversation.send_file
        let file = telewire_core::client::Attachment::bytes("a.txt", "abc").caption("a file");
        let sent = talk.send_file(file).await.unwrap();
        let echoed = talk.get_response().await.unwrap();
        assert!(echoed.id() > sent.id() && echoed.media().is_some());
        assert_eq!(echoed.text(), "a file");
    });
}

#[test]
fn waits_take_as_long_as_they_may() {
    run(52, async |sim, client| {
        let talk = client.conversation(GRACE).await.unwrap();
        talk.send_message("Hello?").await.unwrap();
        // parity: M-dialogs.conversation.timeout, O-conversation.timeout, H-155.conv_timeouts
        let (took, end) = seconds(sim, talk.get_response()).await;
        assert!(took == 60 && is_timeout(&end), "{took}: {end:?}");
        let (took, end) = seconds(sim, talk.within(5 * SECOND).get_reply()).await;
        assert!(took == 5 && is_timeout(&end), "{took}: {end:?}");
        let (took, end) = seconds(sim, talk.within(7 * SECOND).get_edit()).await;
        assert!(took == 7 && is_timeout(&end), "{took}: {end:?}");
        let (took, end) = seconds(sim, talk.within(2 * SECOND).wait_read()).await;
        assert!(took == 2 && is_timeout(&end), "{took}: {end:?}");
        let event = talk.within(3 * SECOND).wait_event(NewMessage::new());
        let (took, end) = seconds(sim, event).await;
        assert!(took == 3 && is_timeout(&end), "{took}");
        drop(talk);

        // parity: M-dialogs.conversation.total_timeout, O-conversation.timeout
        let options = ConversationOptions::with(GRACE)
            .timeout(None)
            .total_timeout(90 * SECOND);
        let talk = client.conversation(options).await.unwrap();
        let begun = sim.now().mono;
        talk.send_message("Still there?").await.unwrap();
        let (took, _) = seconds(sim, talk.within(50 * SECOND).get_response()).await;
        assert_eq!(took, 50);
        let end = talk.within(50 * SECOND).get_response().await;
        assert!(is_timeout(&end));
        assert_eq!(sim.now().mono.since(begun).as_secs(), 90);
        // Nothing is left for anything else.
        let (took, end) = seconds(sim, talk.get_response()).await;
        assert!(took == 0 && is_timeout(&end));
    });
}

#[test]
fn without_any_limit_a_wait_is_patient() {
    run_pair(53, async |sim, ada, grace| {
        let options = ConversationOptions::with(GRACE).timeout(None);
        let talk = ada.conversation(options).await.unwrap();
        talk.send_message("Take your time").await.unwrap();
        let later = async {
            pass(sim, 3600 * SECOND).await;
            grace.send_message(ADA, "Done").await.unwrap();
        };
        let (answer, ()) = join(talk.get_response(), later).await;
        assert_eq!(answer.unwrap().text(), "Done");
    });
}

#[test]
fn replies_edits_and_reads_are_waited_for() {
    run_pair(54, async |_, ada, grace| {
        let talk = ada.conversation(GRACE).await.unwrap();
        let question = talk.send_message("A question").await.unwrap();
        let there = newest(&grace, ADA).await;
        let other_side = async {
            let aside = grace.send_message(ADA, "Wait …").await.unwrap();
            there.reply("An answer").await.unwrap();
            grace.edit_message(ADA, &aside, "Waited").await.unwrap();
        };
        // parity: O-conversation.get_reply, O-conversation.get_edit
        let (reply, ()) = join(talk.get_reply(), other_side).await;
        let reply = reply.unwrap();
        assert_eq!(
            (reply.text().as_str(), reply.reply_to_msg_id()),
            ("An answer", Some(question.id()))
        );
        assert_eq!(talk.get_edit().await.unwrap().text(), "Waited");

        // parity: O-conversation.wait_read
        talk.send_message("Read this").await.unwrap();
        let unread = talk.within(SECOND).wait_read().await;
        assert!(is_timeout(&unread));
        let reading = grace.send_read_acknowledge(ADA, telewire_core::client::Read::all());
        let (read, done) = join(talk.wait_read(), reading).await;
        assert!(read.is_ok() && done.unwrap());
        talk.wait_read().await.unwrap();

        // parity: O-conversation.mark_read
        let unread = async || crate::dialog(&ada, "Grace Hopper").await.unread_count();
        assert_eq!(unread().await, 0);
        grace.send_message(ADA, "zero").await.unwrap();
        assert_eq!(unread().await, 1);
        assert!(talk.mark_read().await.unwrap());
        assert_eq!(unread().await, 0);
        grace.send_message(ADA, "one").await.unwrap();
        grace.send_message(ADA, "two").await.unwrap();
        talk.get_response().await.unwrap();
        let one = talk.get_response().await.unwrap();
        assert_eq!(one.text(), "one");
        assert!(talk.after(&one).mark_read().await.unwrap());
        assert_eq!(unread().await, 1);
    });
}

#[test]
fn only_what_comes_behind_a_message_answers_it() {
    run_pair(55, async |_, ada, grace| {
        let talk = ada.conversation(GRACE).await.unwrap();
        // parity: O-conversation.nosent
        for end in [
            talk.get_response().await,
            talk.get_reply().await,
            talk.get_edit().await,
        ] {
            assert!(matches!(end, Err(Error::Misuse(text)) if text.contains("after()")));
        }
        assert!(matches!(talk.wait_read().await, Err(Error::Misuse(_))));
        grace.send_message(ADA, "before").await.unwrap();
        talk.send_message("Now!").await.unwrap();
        // parity: O-conversation.get_response, O-conversation.ignore_out
        grace.send_message(ADA, "after").await.unwrap();
        assert_eq!(talk.get_response().await.unwrap().text(), "after");
        let first = talk.after(0).get_response().await.unwrap();
        assert_eq!(first.text(), "before");
    });
}

#[test]
fn an_event_may_be_named_before_it_is_brought_about() {
    run_pair(56, async |_, ada, grace| {
        let talk = ada.conversation(BOT).await.unwrap();
        // parity: O-conversation.wait_event, H-142.conv_custom
        let wanted = NewMessage::new().incoming().chats([GRACE]);
        let handle = talk.wait_event(wanted.matching(|text| text.starts_with("go")));
        grace.send_message(ADA, "no").await.unwrap();
        grace.send_message(ADA, "go on").await.unwrap();
        talk.send_message("something else").await.unwrap();
        talk.get_response().await.unwrap();
        assert_eq!(handle.await.unwrap().text(), "go on");
        // parity: O-conversation.exit
        let never = talk.wait_event(NewMessage::new());
        drop(talk);
        assert!(matches!(never.await, Err(Error::ConversationCancelled)));
    });
}

#[test]
fn a_chat_has_one_conversation_unless_both_agree() {
    run(57, async |_, client| {
        let first = client.conversation(GRACE).await.unwrap();
        // parity: M-dialogs.conversation.exclusive, H-14.exclusive
        let second = client.conversation("Grace Hopper").await;
        assert!(matches!(second, Err(Error::AlreadyInConversation)));
        // parity: O-conversation.many
        let elsewhere = client.conversation(BOT).await.unwrap();
        let open = || ConversationOptions::with(GRACE).exclusive(false);
        let beside = client.conversation(open()).await.unwrap();
        beside.send_message("to Grace").await.unwrap();
        elsewhere.send_message("to the bot").await.unwrap();
        assert_eq!(elsewhere.get_response().await.unwrap().text(), "to the bot");
        // parity: O-conversation.exit
        drop(first);
        assert!(client.conversation(GRACE).await.is_err());
        let derived = beside.after(1);
        drop(beside);
        assert!(client.conversation(GRACE).await.is_err());
        drop(derived);
        assert!(client.conversation(GRACE).await.is_ok());
    });
}

#[test]
fn a_cancelled_conversation_is_over() {
    run(58, async |sim, client| {
        let talk = client.conversation(GRACE).await.unwrap();
        talk.send_message("Never mind").await.unwrap();
        let other = talk.clone();
        let cancelling = async {
            pass(sim, 10 * SECOND).await;
            other.cancel();
        };
        // parity: O-conversation.cancel, H-14.conv_cancel
        let (took, (end, ())) = seconds(sim, join(talk.get_response(), cancelling)).await;
        assert!(took == 10 && matches!(end, Err(Error::ConversationCancelled)));
        assert!(matches!(
            talk.get_reply().await,
            Err(Error::ConversationCancelled)
        ));
        assert!(client.conversation(GRACE).await.is_ok());
    });
}

#[test]
fn too_many_messages_end_all_waits() {
    run_pair(59, async |_, ada, grace| {
        let options = ConversationOptions::with(GRACE).max_messages(2);
        let talk = ada.conversation(options).await.unwrap();
        talk.send_message("Go").await.unwrap();
        let flood = async {
            for n in 0..3 {
                grace.send_message(ADA, n.to_string()).await.unwrap();
            }
        };
        // parity: M-dialogs.conversation.max_messages, O-conversation.too_many
        let (edit, ()) = join(talk.get_edit(), flood).await;
        assert!(matches!(edit, Err(Error::Misuse(text)) if text.contains("more than 2")));
        assert!(matches!(talk.get_response().await, Err(Error::Misuse(_))));
    });
}

#[test]
fn a_conversation_knows_its_chat() {
    run_pair(60, async |sim, ada, grace| {
        let id = PeerId::User(grace.get_me().await.unwrap().id);
        let talk = ada.conversation(GRACE).await.unwrap();
        // parity: O-conversation.chatgetter
        assert_eq!(
            (talk.chat_id(), talk.get_input_chat().await.unwrap()),
            (id, talk.input_chat())
        );
        assert!(talk.is_private() && !talk.is_group() && !talk.is_channel());
        assert!(talk.chat().is_none());
        assert_eq!(talk.get_chat().await.unwrap().id(), id);
        let asked = sim.server(|server, _| server.executed_all());
        assert_eq!(talk.chat().unwrap().username(), Some("grace_hopper"));
        assert_eq!(talk.get_chat().await.unwrap().id(), id);
        assert_eq!(sim.server(|server, _| server.executed_all()), asked);
        ada.send_message(&talk, "to the same chat").await.unwrap();
        let news = ada.conversation(NEWS).await.unwrap();
        assert!(news.is_channel() && !news.is_private());
        news.get_chat().await.unwrap();
        assert!(!news.is_group());
    });
}

/// A client with handlers that are run one update at a time.
async fn sequential(sim: &Sim) -> Client {
    let mut config = sim.config();
    config.sequential_updates = true;
    let client = client_with(sim, telewire_core::session::MemorySession::new(), config);
    sign_in(sim, &client, 0).await;
    client
}

#[test]
fn a_handler_may_hold_a_conversation_although_its_slot_is_the_only_one() {
    let sim = Sim::new(61);
    sim.run(async {
        let (ada, grace) = (sequential(&sim).await, signed_in(&sim, 1).await);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let list = heard.clone();
        ada.on(NewMessage::new().incoming().chats([GRACE]), move |event| {
            let list = list.clone();
            async move {
                let talk: Conversation = event.client().conversation(GRACE).await?;
                talk.send_message("What is your name?").await?;
                let name = talk.get_response().await?.text();
                talk.send_message("And your age?").await?;
                let age = talk.get_response().await?.text();
                list.lock().unwrap().push(format!("{name}, {age}"));
                Ok::<_, Error>(())
            }
        });
        let running = ada.clone();
        sim.runtime().spawn(async move {
            running.run_until_disconnected().await.unwrap();
        });
        // parity: E-dispatch.conversations_first
        let answers = grace.conversation(ADA).await.unwrap();
        answers.send_message("Hello").await.unwrap();
        assert_eq!(
            answers.get_response().await.unwrap().text(),
            "What is your name?"
        );
        answers.send_message("Grace").await.unwrap();
        assert_eq!(
            answers.get_response().await.unwrap().text(),
            "And your age?"
        );
        answers.send_message("85").await.unwrap();
        pass(&sim, 2 * SECOND).await;
        assert_eq!(*heard.lock().unwrap(), ["Grace, 85"]);
        ada.disconnect().await;
    });
}

#[test]
fn what_a_handler_is_given_a_conversation_has_heard_already() {
    let sim = Sim::new(62);
    sim.run(async {
        let (ada, grace) = (signed_in(&sim, 0).await, signed_in(&sim, 1).await);
        let talk = ada.conversation(GRACE).await.unwrap();
        talk.send_message("Go").await.unwrap();
        let found = Arc::new(Mutex::new(None));
        let (list, inner) = (found.clone(), talk.clone());
        ada.on(NewMessage::new().incoming().chats([GRACE]), move |event| {
            let (list, talk) = (list.clone(), inner.clone());
            async move {
                let now = talk.within(Duration::ZERO).get_response().await;
                let same = now.map(|message| message.id() == event.message().id());
                *list.lock().unwrap() = Some(same);
            }
        });
        let running = ada.clone();
        sim.runtime().spawn(async move {
            running.run_until_disconnected().await.unwrap();
        });
        grace.send_message(ADA, "Here").await.unwrap();
        pass(&sim, 2 * SECOND).await;
        // parity: E-dispatch.conversations_first
        let found = found.lock().unwrap().take();
        assert!(matches!(found, Some(Ok(true))), "{found:?}");
        ada.disconnect().await;
    });
}

#[test]
fn a_wait_ends_with_the_connection() {
    run(63, async |sim, client| {
        let options = ConversationOptions::with(GRACE).timeout(None);
        let talk = client.conversation(options).await.unwrap();
        talk.send_message("Bye").await.unwrap();
        let leaving = async {
            pass(sim, 10 * SECOND).await;
            client.disconnect().await;
        };
        let (end, ()) = join(talk.get_response(), leaving).await;
        assert!(matches!(end, Err(Error::Disconnected)), "{end:?}");
    });
}
