//! What all iterators have in common, shown by messages.

use futures::{StreamExt as _, TryStreamExt as _};
use telewire_core::objects::Message;
use telewire_tests::account::run;

use crate::chat::{calls, ids, talk};

const FRIEND: &str = "grace_hopper";

#[test]
fn nothing_is_requested_before_the_first_item() {
    // parity: O-iter.lazy, M-messages.iter_messages
    run(41, async |sim, client| {
        talk(sim, 3);
        let before = sim.server(|server, _| server.executed_all());
        let mut iter = client.iter_messages(FRIEND).limit(10);
        assert_eq!(sim.server(|server, _| server.executed_all()), before);
        iter.next().await.unwrap();
        assert_eq!(calls(sim, "messages.getHistory"), 1);
    });
}

#[test]
fn a_page_is_held_and_stopping_early_requests_no_more() {
    // parity: O-iter.prefetch
    run(42, async |sim, client| {
        talk(sim, 230);
        let mut iter = client.iter_messages(FRIEND);
        for _ in 0..100 {
            iter.next().await.unwrap().unwrap();
            assert_eq!(calls(sim, "messages.getHistory"), 1);
        }
        iter.next().await.unwrap().unwrap();
        assert_eq!(calls(sim, "messages.getHistory"), 2);
        drop(iter);
        assert_eq!(calls(sim, "messages.getHistory"), 2);
    });
}

#[test]
fn reversing_begins_anew_from_the_other_end() {
    // parity: O-iter.reversed
    run(43, async |sim, client| {
        let oldest_first: Vec<i32> = talk(sim, 130).iter().map(|m| m.id).collect();
        let newest_first: Vec<i32> = oldest_first.iter().rev().copied().collect();
        let mut iter = client.iter_messages(FRIEND);
        iter.next().await.unwrap();
        let reversed = iter.reversed();
        assert_eq!(ids(reversed).await, oldest_first);
        let mut iter = client.iter_messages(FRIEND).reverse();
        iter.next().await.unwrap();
        assert_eq!(ids(iter.reversed()).await, newest_first);
    });
}

#[test]
fn restarting_asks_again() {
    // parity: O-iter.restart
    run(44, async |sim, client| {
        let seen = talk(sim, 120);
        let mut iter = client.iter_messages(FRIEND).limit(110);
        for _ in 0..105 {
            iter.next().await.unwrap();
        }
        let before = calls(sim, "messages.getHistory");
        talk(sim, 1);
        iter.restart();
        assert_eq!(iter.total(), None);
        let first = iter.next().await.unwrap().unwrap();
        assert!(first.id() > seen[119].id, "what is new since is there");
        assert_eq!(calls(sim, "messages.getHistory"), before + 1);
        assert_eq!(ids(iter).await.len(), 109);
        // Also after the end.
        let mut iter = client.iter_messages(FRIEND).limit(1);
        let one = iter.next().await.unwrap().unwrap().id();
        assert!(iter.next().await.unwrap().is_none());
        iter.restart();
        assert_eq!(iter.next().await.unwrap().unwrap().id(), one);
    });
}

#[test]
fn collecting_gives_a_list_that_knows_its_total() {
    // parity: O-iter.collect
    run(45, async |sim, client| {
        talk(sim, 12);
        let list = client
            .iter_messages(FRIEND)
            .limit(5)
            .collect()
            .await
            .unwrap();
        assert_eq!((list.len(), list.total()), (5, 12));
        assert!(format!("{list:?}").contains("total: 12"));
        // An iterator is a stream as well.
        let stream = client.iter_messages(FRIEND);
        let few: Vec<Message> = stream.take(3).try_collect().await.unwrap();
        assert_eq!(few.len(), 3);
    });
}
