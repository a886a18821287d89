//! Paging against a server that keeps a history, compared with what a list would give.

mod wire;

use proptest::prelude::*;
use telewire_schema::types;

use crate::client::testing::{Stage, value};
use crate::client::{Client, MessageIter};
use crate::engine::{Request, Value};
use crate::error::Error;

const OWN: i64 = 77;

fn message(id: i32) -> types::Message {
    types::MessageData::new(
        id,
        types::PeerUser::new(OWN),
        1_000 + id,
        format!("message {id}"),
    )
    .into()
}

fn slice(ids: &[i32], count: usize) -> Result<Value, Error> {
    let messages: Vec<_> = ids.iter().copied().map(message).collect();
    let count = i32::try_from(count).unwrap();
    let slice = types::messages::MessagesSlice::new(count, messages, vec![], vec![], vec![]);
    value(&types::messages::Messages::from(slice))
}

/// The numbers of a `messages.getHistory` for oneself: offset_id, offset_date, add_offset, limit.
fn numbers(request: &Request) -> [i32; 4] {
    assert_eq!(request.name, "messages.getHistory");
    std::array::from_fn(|n| i32::from_le_bytes(request.head[8 + 4 * n..][..4].try_into().unwrap()))
}

/// Answers as the server does: everything is sorted by id, the offset is a place in that order.
fn serve(newest_first: &[i32], request: &Request) -> Result<Value, Error> {
    let [offset_id, offset_date, add_offset, limit] = numbers(request);
    let older = |id: &i32| match (offset_id, offset_date) {
        (0, 0) => true,
        (0, date) => 1_000 + id < date,
        (offset, _) => *id < offset,
    };
    let place = newest_first
        .iter()
        .position(older)
        .unwrap_or(newest_first.len());
    let place = i32::try_from(place).unwrap() + add_offset;
    let (from, to) = (place.max(0), (place + limit).max(0));
    let cut = |n: i32| usize::try_from(n).unwrap().min(newest_first.len());
    slice(&newest_first[cut(from)..cut(to)], newest_first.len())
}

/// The ids that come out, and how many requests that took.
fn fetch(
    newest_first: &[i32],
    ask: impl FnOnce(MessageIter) -> MessageIter + Send,
) -> (Vec<i32>, Option<usize>, usize) {
    let mut requests = 0;
    let (ids, total) = Stage::new().run(
        |client| async move {
            let mut iter = ask(client.iter_messages("me"));
            let mut ids = Vec::new();
            while let Some(message) = iter.next().await.unwrap() {
                ids.push(message.id());
            }
            (ids, iter.total())
        },
        |request| {
            requests += 1;
            serve(newest_first, request)
        },
    );
    (ids, total, requests)
}

#[test]
fn a_long_history_comes_in_pages_of_a_hundred() {
    let all: Vec<i32> = (1..=250).rev().collect();
    let (ids, total, requests) = fetch(&all, |iter| iter);
    assert_eq!((ids, total, requests), (all.clone(), Some(250), 3));
    let (ids, _, requests) = fetch(&all, |iter| iter.limit(120));
    assert_eq!((ids.as_slice(), requests), (&all[..120], 2));
}

#[test]
fn oldest_first_begins_with_the_first_message() {
    let all: Vec<i32> = (1..=250).rev().collect();
    let (ids, ..) = fetch(&all, MessageIter::reverse);
    assert!(ids.iter().copied().eq(1..=250));
    let (ids, _, requests) = fetch(&all, |iter| iter.reverse().limit(3));
    assert_eq!((ids, requests), (vec![1, 2, 3], 1));
}

#[test]
fn a_limit_of_nothing_still_tells_the_total() {
    assert_eq!(
        fetch(&[3, 2, 1], |iter| iter.limit(0)),
        (vec![], Some(3), 1)
    );
}

#[test]
fn an_empty_range_takes_no_request() {
    let all = [5, 4, 3, 2, 1];
    assert_eq!(
        fetch(&all, |iter| iter.min_id(3).max_id(4)),
        (vec![], None, 0)
    );
    assert_eq!(
        fetch(&all, |iter| iter.min_id(3).max_id(4).reverse()),
        (vec![], None, 0)
    );
}

#[test]
fn dates_are_places_in_both_directions() {
    let all: Vec<i32> = (1..=9).rev().collect();
    let date = crate::time::Unix::from_secs(1_005);
    assert_eq!(fetch(&all, |iter| iter.offset_date(date)).0, [4, 3, 2, 1]);
    assert_eq!(
        fetch(&all, |iter| iter.offset_date(date).reverse()).0,
        [6, 7, 8, 9]
    );
}

#[test]
fn ids_that_come_twice_end_it() {
    // parity: M-messages.iter_messages.dup
    let mut page = 0;
    let ids = Stage::new().run(
        |client| async move { ids_of(&client).await },
        |_| {
            page += 1;
            // The same page for ever.
            assert!(page < 5, "it does not end");
            slice(&[900, 899, 898], 900)
        },
    );
    assert_eq!(ids, [900, 899, 898]);
}

async fn ids_of(client: &Client) -> Vec<i32> {
    client
        .iter_messages("me")
        .collect()
        .await
        .unwrap()
        .iter()
        .map(crate::objects::Message::id)
        .collect()
}

#[test]
fn after_an_error_the_same_page_is_asked_for_again() {
    let mut fail = true;
    let found = Stage::new().run(
        |client| async move {
            let mut iter = client.iter_messages("me");
            assert!(iter.next().await.is_err());
            iter.next().await.unwrap().map(|m| m.id())
        },
        |request| {
            if std::mem::take(&mut fail) {
                return Err(Error::Disconnected);
            }
            serve(&[2, 1], request)
        },
    );
    assert_eq!(found, Some(2));
}

#[test]
fn long_lists_are_fetched_slowly_unless_told_otherwise() {
    let all: Vec<i32> = (1..=250).rev().collect();
    for (wait, slept) in [(None, 2), (Some(5), 10), (Some(0), 0)] {
        let mut stage = Stage::new();
        let ask = |iter: MessageIter| match wait {
            Some(seconds) => iter.wait_time(std::time::Duration::from_secs(seconds)),
            None => iter,
        };
        stage.run(
            |client| async move {
                ask(client.iter_messages("me"))
                    .collect()
                    .await
                    .unwrap()
                    .len()
            },
            |request| serve(&all, request),
        );
        assert_eq!(stage.slept.as_secs(), slept);
    }
}

#[test]
fn a_search_keeps_its_text_and_looks_for_the_sender_itself_in_private_chats() {
    let mut texts = 0;
    let ids = Stage::new().run(
        |client| async move {
            let iter =
                client.iter_messages(types::InputPeer::from(types::InputPeerUser::new(OWN, 1)));
            let other = types::InputPeer::from(types::InputPeerUser::new(5, 6));
            iter.search("x")
                .from_user(other)
                .collect()
                .await
                .unwrap()
                .len()
        },
        |request| {
            assert_eq!(request.name, "messages.search");
            texts += usize::from(request.head.windows(2).any(|w| w == [1, b'x']));
            slice(&[3, 2, 1], 3)
        },
    );
    // All three are from somebody else.
    assert_eq!((ids, texts), (0, 1));
}

#[test]
fn a_rare_sender_is_looked_for_in_whole_pages() {
    let mut pages = 0;
    Stage::new().run(
        |client| async move {
            let user = |id| types::InputPeer::from(types::InputPeerUser::new(id, 1));
            let iter = client.iter_messages(user(OWN)).from_user(user(5)).limit(1);
            assert!(iter.collect().await.unwrap().is_empty());
        },
        |request| {
            pages += 1;
            assert_eq!(request.name, "messages.search");
            let size = i32::from_le_bytes(request.head[52..56].try_into().unwrap());
            assert_eq!(size, 100);
            slice(&[3, 2, 1], 3)
        },
    );
    assert_eq!(pages, 1);
}

#[test]
fn a_search_everywhere_needs_a_text() {
    let text = Stage::new().run(
        |client| async move {
            client
                .search_messages("")
                .collect()
                .await
                .unwrap_err()
                .to_string()
        },
        |_| unreachable!("nothing is to be sent"),
    );
    assert!(text.contains("needs a text"), "{text}");
}

#[test]
fn ids_keep_their_places() {
    let found = Stage::new().run(
        |client| async move {
            let peer = types::InputPeer::from(types::InputPeerUser::new(OWN, 1));
            let ids: Vec<i32> = (1..=150).collect();
            client.get_messages_by_id(peer, &ids).await.unwrap()
        },
        |request| {
            assert_eq!(request.name, "messages.getMessages");
            let asked = (request.head.len() - 12) / 8;
            assert!(asked <= 100, "too many at once");
            // 7 is in another chat, 9 does not exist, and the order is not kept.
            let other = types::MessageData::new(7, types::PeerUser::new(1), 0, "").into();
            let messages = vec![
                message(120),
                types::MessageEmpty::new(9).into(),
                message(2),
                other,
                message(1),
            ];
            value(&types::messages::Messages::from(
                types::messages::MessagesData::new(messages, vec![], vec![], vec![]),
            ))
        },
    );
    assert_eq!(found.len(), 150);
    let there: Vec<_> = found
        .iter()
        .enumerate()
        .filter_map(|(n, m)| Some((n, m.as_ref()?.id())))
        .collect();
    assert_eq!(there, [(0, 1), (1, 2), (119, 120)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_range_gives_what_a_list_would(
        gaps in prop::collection::vec(1..4i32, 0..330),
        offset in 0..700i32, min in 0..700i32, max in 0..700i32,
        use_offset: bool, use_min: bool, use_max: bool, reverse: bool, limit in 0..330usize,
    ) {
        let mut id = 0;
        let oldest_first: Vec<i32> = gaps.iter().map(|gap| { id += gap; id }).collect();
        let newest_first: Vec<i32> = oldest_first.iter().rev().copied().collect();
        let pick = |on: bool, n: i32| if on { n } else { 0 };
        let (offset, min, max) = (pick(use_offset, offset), pick(use_min, min), pick(use_max, max));
        let expected: Vec<i32> = if reverse {
            let from = offset.max(min);
            oldest_first.iter().copied().filter(|id| *id > from && (max == 0 || *id < max)).take(limit).collect()
        } else {
            let before = offset.max(max);
            newest_first.iter().copied().filter(|id| *id > min && (before == 0 || *id < before)).take(limit).collect()
        };
        let (ids, ..) = fetch(&newest_first, |iter| {
            let iter = iter.offset_id(offset).min_id(min).max_id(max).limit(limit);
            if reverse { iter.reverse() } else { iter }
        });
        prop_assert_eq!(ids, expected);
    }
}
