//! What was read.

use telewire_core::client::Read;
use telewire_core::{InputMessage, types};
use telewire_tests::account::run_pair;

use super::{OTHER, Seen, channel, chat};

const ADA: &str = "@ada_lovelace";

async fn unread(client: &telewire_core::Client, name: &str) -> (i32, i32) {
    let mut dialogs = client.iter_dialogs();
    loop {
        let dialog = dialogs.next().await.unwrap().expect("it is listed");
        if dialog.name() == name {
            return (dialog.unread_count(), dialog.unread_mentions_count());
        }
    }
}

#[test]
fn a_chat_is_read_up_to_a_message_or_wholly() {
    // parity: M-messages.send_read_acknowledge, M-messages.send_read_acknowledge.all
    // parity: M-messages.send_read_acknowledge.message
    run_pair(1, async |sim, one, other| {
        for n in 0..5 {
            one.send_message(OTHER, n.to_string()).await.unwrap();
        }
        let seen = Seen::by(sim, &one);
        let got = other.get_messages(ADA, 5).await.unwrap();
        // Newest first: the oldest of them by itself.
        assert!(other.send_read_acknowledge(ADA, &got[4]).await.unwrap());
        assert_eq!(unread(&other, "Ada Lovelace").await.0, 4);
        // Of several the newest counts.
        other.send_read_acknowledge(ADA, &got[2..4]).await.unwrap();
        assert_eq!(unread(&other, "Ada Lovelace").await.0, 2);
        other
            .send_read_acknowledge(ADA, Read::up_to(got[1].id()))
            .await
            .unwrap();
        assert_eq!(unread(&other, "Ada Lovelace").await.0, 1);
        let none: [i32; 0] = [];
        other.send_read_acknowledge(ADA, none).await.unwrap();
        assert_eq!(
            unread(&other, "Ada Lovelace").await.0,
            1,
            "nothing was named"
        );
        other.send_read_acknowledge(ADA, Read::all()).await.unwrap();
        assert_eq!(unread(&other, "Ada Lovelace").await.0, 0);
        let told = seen.all(sim, |u| match u {
            types::Update::ReadHistoryOutbox(u) => Some(u.max_id),
            _ => None,
        });
        assert_eq!(told.await.len(), 4, "the author learns how far each time");
    });
}

#[test]
fn channels_are_read_by_a_request_of_their_own() {
    // parity: M-messages.send_read_acknowledge.channel
    run_pair(2, async |sim, one, other| {
        let (here, there) = channel(&one, &other, false).await;
        one.send_message(here.clone(), "a").await.unwrap();
        let last = one.send_message(here, "b").await.unwrap();
        let seen = Seen::by(sim, &one);
        assert!(unread(&other, "Harbour").await.0 >= 2);
        assert!(other.send_read_acknowledge(there, last.id()).await.unwrap());
        assert_eq!(unread(&other, "Harbour").await.0, 0);
        assert_eq!(sim.server(|s, _| s.executed("channels.readHistory")), 1);
        assert_eq!(sim.server(|s, _| s.executed("messages.readHistory")), 0);
        let told = seen.all(sim, |u| match u {
            types::Update::ReadChannelOutbox(u) => Some(u.max_id),
            _ => None,
        });
        assert_eq!(told.await, [last.id()]);
    });
}

#[test]
fn mentions_are_read_only_if_it_is_said() {
    // parity: M-messages.send_read_acknowledge.clear_mentions
    run_pair(3, async |sim, one, other| {
        const HIKES: &str = "Weekend hikes";
        let (here, there) = (chat(&one, HIKES).await, chat(&other, HIKES).await);
        one.send_message(here.clone(), "@grace_hopper, look")
            .await
            .unwrap();
        let own = other.send_message(there.clone(), "at what?").await.unwrap();
        let theirs = one.get_messages(here.clone(), 1).await.unwrap();
        assert_eq!(theirs[0].raw_text(), own.raw_text());
        let reply = InputMessage::from("at this").reply_to(&theirs[0]);
        one.send_message(here.clone(), reply).await.unwrap();
        let (_, mentions) = unread(&other, HIKES).await;
        assert_eq!(mentions, 2, "a reply mentions, too");

        other
            .send_read_acknowledge(there.clone(), Read::all())
            .await
            .unwrap();
        assert_eq!(unread(&other, HIKES).await, (0, 2));
        one.send_message(here, "anybody?").await.unwrap();
        // Nothing else was named, so that nothing else happens.
        other
            .send_read_acknowledge(there.clone(), Read::mentions())
            .await
            .unwrap();
        assert_eq!(unread(&other, HIKES).await, (1, 0));
        let before = sim.server(|s, _| s.executed("messages.readMentions"));
        let both = Read::all().clear_mentions();
        other.send_read_acknowledge(there, both).await.unwrap();
        assert_eq!(unread(&other, HIKES).await, (0, 0));
        assert_eq!(
            sim.server(|s, _| s.executed("messages.readMentions")),
            before + 1
        );
    });
}
