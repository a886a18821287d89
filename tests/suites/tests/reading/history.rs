//! Where an iteration begins and ends, compared with what a plain list of the chat would give.

use std::time::Duration;

use telewire_core::client::{AllChats, DateLike, MessageIter, MessageQuery};
use telewire_core::objects::Message;
use telewire_core::time::Unix;
use telewire_core::{Error, types};
use telewire_tests::account::{newest, run};

use crate::chat::{BEGIN, Seen, act, calls, group_and_channel, ids, talk, user, write_at};

const FRIEND: &str = "grace_hopper";

fn newest_first(seen: &[Seen]) -> Vec<i32> {
    seen.iter().rev().map(|m| m.id).collect()
}

#[test]
fn a_history_comes_newest_first_in_pages_of_a_hundred() {
    // parity: M-messages.iter_messages, M-messages.iter_messages.limit, M-messages.iter_messages.chunk
    // parity: M-messages.iter_messages.method, M-messages.iter_messages.total, O-iter.total, O-iter.limit
    run(1, async |sim, client| {
        let all = newest_first(&talk(sim, 230));
        let mut iter = client.iter_messages(FRIEND);
        assert_eq!(iter.total(), None, "nothing was asked yet");
        let mut found = Vec::new();
        while let Some(message) = iter.next().await.unwrap() {
            assert_eq!(iter.total(), Some(230));
            found.push(message.id());
        }
        assert_eq!(found, all);
        assert_eq!(calls(sim, "messages.getHistory"), 3);
        assert_eq!(calls(sim, "messages.search"), 0);

        // What is left decides about the size of a page, and None is all.
        assert_eq!(
            ids(client.iter_messages(FRIEND).limit(101)).await,
            all[..101]
        );
        assert_eq!(calls(sim, "messages.getHistory"), 5);
        assert_eq!(
            ids(client.iter_messages(FRIEND).limit(5).limit(None)).await,
            all
        );
        let some = client
            .iter_messages(FRIEND)
            .limit(3)
            .collect()
            .await
            .unwrap();
        assert_eq!((some.len(), some.total()), (3, 230));
    });
}

#[test]
fn a_limit_of_nothing_tells_only_how_many_there_are() {
    // parity: M-messages.iter_messages.limit0
    run(2, async |sim, client| {
        talk(sim, 12);
        for iter in [
            client.iter_messages(FRIEND).limit(0),
            client.iter_messages(FRIEND).search("number").limit(0),
        ] {
            let before = calls(sim, "messages.getHistory") + calls(sim, "messages.search");
            let none = iter.collect().await.unwrap();
            assert_eq!((none.len(), none.total()), (0, 12));
            let after = calls(sim, "messages.getHistory") + calls(sim, "messages.search");
            assert_eq!(after, before + 1);
        }
    });
}

#[test]
fn offsets_and_bounds_are_exclusive_in_both_directions() {
    // parity: M-messages.iter_messages.offset_id, M-messages.iter_messages.max_id, M-messages.iter_messages.min_id
    // parity: M-messages.iter_messages.reverse, M-messages.iter_messages.reverse.first
    run(3, async |sim, client| {
        let seen = talk(sim, 150);
        let id = |n: usize| seen[n].id;
        let asc = |from: usize, to: usize| seen[from..to].iter().map(|m| m.id).collect::<Vec<_>>();
        let desc = |from: usize, to: usize| newest_first(&seen[from..to]);
        let iter = || client.iter_messages(FRIEND);

        assert_eq!(ids(iter().offset_id(id(70))).await, desc(0, 70));
        assert_eq!(ids(iter().offset_id(id(70)).reverse()).await, asc(71, 150));
        assert_eq!(ids(iter().max_id(id(70))).await, desc(0, 70));
        assert_eq!(ids(iter().max_id(id(70)).reverse()).await, asc(0, 70));
        assert_eq!(ids(iter().min_id(id(70))).await, desc(71, 150));
        assert_eq!(ids(iter().min_id(id(70)).reverse()).await, asc(71, 150));
        assert_eq!(
            ids(iter().min_id(id(20)).max_id(id(140))).await,
            desc(21, 140)
        );
        let between = iter().min_id(id(20)).max_id(id(140)).reverse();
        assert_eq!(ids(between).await, asc(21, 140));
        // Backwards and without any offset it is the very first message that comes first.
        assert_eq!(ids(iter().reverse().limit(2)).await, asc(0, 2));
    });
}

#[test]
fn the_greater_of_offset_and_bound_is_where_it_begins() {
    // parity: M-messages.iter_messages.max_id, M-messages.iter_messages.min_id
    run(4, async |sim, client| {
        let seen = talk(sim, 30);
        let iter = || client.iter_messages(FRIEND);
        let both = iter().offset_id(seen[10].id).max_id(seen[20].id);
        assert_eq!(ids(both).await, newest_first(&seen[..20]));
        let both = iter().offset_id(seen[10].id).min_id(seen[20].id).reverse();
        let expected: Vec<i32> = seen[21..].iter().map(|m| m.id).collect();
        assert_eq!(ids(both).await, expected);
    });
}

#[test]
fn an_empty_range_takes_no_request() {
    // parity: M-messages.iter_messages.empty_range
    run(5, async |sim, client| {
        let seen = talk(sim, 9);
        let before = calls(sim, "messages.getHistory");
        let (low, high) = (seen[3].id, seen[3].id + 1);
        let iter = || client.iter_messages(FRIEND).min_id(low);
        assert_eq!(ids(iter().max_id(high)).await, [0; 0]);
        assert_eq!(ids(iter().max_id(high).reverse()).await, [0; 0]);
        assert_eq!(ids(iter().offset_id(high)).await, [0; 0]);
        assert_eq!(ids(iter().max_id(low - 1)).await, [0; 0]);
        assert_eq!(ids(iter().max_id(low - 1).reverse()).await, [0; 0]);
        assert_eq!(calls(sim, "messages.getHistory"), before);
        // A gap in the numbers is only known to the server.
        assert_eq!(
            ids(iter().max_id(high + 1)).await.len(),
            usize::from(seen[4].id == high)
        );
    });
}

#[test]
fn dates_are_exclusive_in_both_directions() {
    // parity: M-messages.iter_messages.offset_date, M-messages.iter_messages.reverse.first
    run(6, async |sim, client| {
        let seen = talk(sim, 130);
        let iter = || client.iter_messages(FRIEND);
        let asc = |from: usize| seen[from..].iter().map(|m| m.id).collect::<Vec<_>>();
        let date = Unix::from_secs(seen[64].date);
        assert_eq!(
            ids(iter().offset_date(date)).await,
            newest_first(&seen[..64])
        );
        assert_eq!(ids(iter().offset_date(date).reverse()).await, asc(65));
        // A second later it is among the older ones.
        let later = seen[64].date + 1;
        assert_eq!(
            ids(iter().offset_date(later)).await,
            newest_first(&seen[..65])
        );
        assert_eq!(ids(iter().offset_date(later).reverse()).await, asc(65));
        // Together with an id both hold.
        let both = iter().offset_id(seen[100].id).offset_date(date);
        assert_eq!(ids(both).await, newest_first(&seen[..64]));
        // A while ago, counted from now.
        let now = sim.now().wall.secs();
        let ago = DateLike::ago(Duration::from_secs(u64::try_from(now - later).unwrap()));
        assert_eq!(
            ids(iter().offset_date(ago)).await,
            newest_first(&seen[..65])
        );
        assert_eq!(ids(iter().offset_date(BEGIN)).await, [0; 0]);
        assert_eq!(
            ids(iter()
                .offset_date(DateLike::ahead(Duration::ZERO))
                .reverse())
            .await,
            [0; 0]
        );
    });
}

#[test]
fn adding_to_the_offset_moves_the_beginning_once() {
    // parity: M-messages.iter_messages.add_offset
    run(7, async |sim, client| {
        let seen = talk(sim, 250);
        let all = newest_first(&seen);
        let iter = || client.iter_messages(FRIEND);
        assert_eq!(ids(iter().add_offset(5)).await, all[5..]);
        let before = iter().offset_id(all[120]);
        assert_eq!(ids(before.add_offset(-21)).await, all[100..]);
        // Backwards, too, it is towards older ones.
        let oldest_first: Vec<i32> = seen.iter().map(|m| m.id).collect();
        let after = iter().offset_id(oldest_first[120]).reverse();
        assert_eq!(ids(after.add_offset(11)).await, oldest_first[110..]);
    });
}

#[test]
fn service_messages_are_messages() {
    // parity: M-messages.iter_messages.service
    run(8, async |sim, client| {
        let (group, _) = group_and_channel(sim);
        let title = types::MessageActionChatEditTitle::new("Weekday hikes");
        act(sim, user(sim, 1), group, title);
        let newest = client.get_messages(group, 1).await.unwrap();
        assert!(matches!(
            newest[0].action(),
            Some(types::MessageAction::ChatEditTitle(a)) if a.title == "Weekday hikes"
        ));
    });
}

#[test]
fn a_chat_is_named_like_any_other_and_none_means_all() {
    // parity: M-messages.iter_messages.entity
    run(9, async |sim, client| {
        talk(sim, 3);
        let friend = client.get_entity(FRIEND).await.unwrap();
        let expected = ids(client.iter_messages(FRIEND)).await;
        assert_eq!(ids(client.iter_messages(&friend)).await, expected);
        assert_eq!(ids(client.iter_messages(user(sim, 1))).await, expected);
        let message = newest(&client, FRIEND).await;
        assert_eq!(ids(client.iter_messages(&message)).await, expected);
        let found = client
            .iter_messages(AllChats)
            .search("number 2")
            .collect()
            .await
            .unwrap();
        assert_eq!(
            found.iter().map(Message::id).collect::<Vec<_>>(),
            expected[..1]
        );
        let unknown = client.iter_messages("nobody_at_all").next().await;
        assert!(unknown.is_err());
    });
}

#[test]
fn long_lists_wait_between_their_pages() {
    // parity: M-messages.iter_messages.wait_time, O-iter.wait
    run(10, async |sim, client| {
        talk(sim, 250);
        // So that resolving the name does not count.
        client.get_messages(FRIEND, 1).await.unwrap();
        let took = async |iter: MessageIter| {
            let begun = sim.now().mono;
            assert_eq!(ids(iter).await.len(), 250);
            sim.now().mono.since(begun)
        };
        let iter = || client.iter_messages(FRIEND);
        let (second, little) = (Duration::from_secs(1), Duration::from_millis(900));
        // Two pauses between three pages, and none before the first.
        let unlimited = took(iter()).await;
        assert!(
            unlimited >= 2 * second && unlimited < 2 * second + little,
            "{unlimited:?}"
        );
        let long = took(iter().limit(3001)).await;
        assert!(long >= 2 * second && long < 2 * second + little, "{long:?}");
        let short = took(iter().limit(3000)).await;
        assert!(short < little, "{short:?}");
        let told = took(iter().wait_time(5 * second)).await;
        assert!(
            told >= 10 * second && told < 10 * second + little,
            "{told:?}"
        );
        let none = took(iter().wait_time(Duration::ZERO)).await;
        assert!(none < little, "{none:?}");
    });
}

#[test]
fn time_that_has_passed_anyway_is_not_waited_for() {
    // parity: M-messages.iter_messages.wait_time
    run(11, async |sim, client| {
        use telewire_core::runtime::Runtime as _;
        talk(sim, 150);
        let mut iter = client
            .iter_messages(FRIEND)
            .wait_time(Duration::from_secs(10));
        for _ in 0..100 {
            iter.next().await.unwrap();
        }
        let begun = sim.now().mono;
        sim.runtime()
            .sleep_until(begun + Duration::from_secs(8))
            .await;
        iter.next().await.unwrap();
        let took = sim.now().mono.since(begun);
        assert!(took < Duration::from_secs(11), "{took:?}");
        assert!(took > Duration::from_secs(9), "{took:?}");
    });
}

#[test]
fn getting_messages_means_one_unless_it_is_said_how_many() {
    // parity: M-messages.get_messages, M-messages.get_messages.limit, M-messages.get_messages.kw_entity
    run(12, async |sim, client| {
        let seen = talk(sim, 40);
        let all = newest_first(&seen);
        let friend = client.get_input_entity(FRIEND).await.unwrap();
        let got = async |query: MessageQuery| {
            let named = client.get_messages(FRIEND, query.clone()).await.unwrap();
            // However the chat is named.
            let resolved = client.get_messages(&friend, query).await.unwrap();
            let of = |list: &[Message]| list.iter().map(Message::id).collect::<Vec<_>>();
            assert_eq!(of(&named), of(&resolved));
            assert_eq!(named.total(), 40);
            of(&named)
        };
        assert_eq!(got(MessageQuery::new()).await, all[..1]);
        assert_eq!(got(MessageQuery::new().reverse()).await, all[39..]);
        assert_eq!(got(7.into()).await, all[..7]);
        assert_eq!(got(None.into()).await, all);
        let (low, high) = (seen[10].id, seen[30].id);
        assert_eq!(got(MessageQuery::new().min_id(low)).await, all[..1]);
        assert_eq!(got(MessageQuery::new().max_id(high)).await, all[10..11]);
        let between = MessageQuery::new().min_id(low).max_id(high);
        assert_eq!(got(between.clone()).await, all[10..29]);
        assert_eq!(got(between.limit(4)).await, all[10..14]);
    });
}

#[test]
fn refusals_of_the_server_come_through() {
    // parity: M-messages.iter_messages.entity
    run(13, async |sim, client| {
        let order =
            telewire_sandbox::Trouble::Refuse(telewire_sandbox::Fault::new(400, "CHANNEL_PRIVATE"));
        sim.server(|server, _| server.order("messages.getHistory", 1, order));
        let mut iter = client.iter_messages("telewire_news");
        let refused = iter.next().await.unwrap_err();
        assert!(matches!(refused, Error::Rpc { .. }) && refused.is("CHANNEL_PRIVATE"));
        // It can be asked again, and goes on where it was.
        assert!(iter.next().await.unwrap().is_some());
    });
}

#[test]
fn what_comes_in_meanwhile_is_neither_skipped_nor_told_twice() {
    // parity: M-messages.iter_messages.dup
    run(15, async |sim, client| {
        let all = newest_first(&talk(sim, 220));
        let mut iter = client.iter_messages(FRIEND).wait_time(Duration::ZERO);
        let mut found = Vec::new();
        while let Some(message) = iter.next().await.unwrap() {
            found.push(message.id());
            if found.len() % 50 == 0 {
                write_at(sim, user(sim, 1), BEGIN + 100_000, "meanwhile");
            }
        }
        assert_eq!(found, all);
    });
}
