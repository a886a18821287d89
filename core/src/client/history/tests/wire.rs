//! What goes over the wire, page by page.

use super::*;

/// The numbers of a search for `x` by oneself: min_date, max_date, offset_id, add_offset, limit.
fn search_numbers(request: &Request) -> [i32; 5] {
    assert_eq!(request.name, "messages.search");
    std::array::from_fn(|n| i32::from_le_bytes(request.head[20 + 4 * n..][..4].try_into().unwrap()))
}

/// What a search asks for, while the server has `newest_first`.
fn searched(
    newest_first: &[i32],
    ask: impl FnOnce(MessageIter) -> MessageIter + Send,
) -> Vec<[i32; 5]> {
    let mut asked = Vec::new();
    Stage::new().run(
        |client| async move {
            ask(client.iter_messages("me").search("x"))
                .collect()
                .await
                .unwrap();
        },
        |request| {
            let numbers = search_numbers(request);
            asked.push(numbers);
            let [_, _, offset_id, _, limit] = numbers;
            let older = newest_first
                .iter()
                .filter(|id| offset_id == 0 || **id < offset_id);
            let page: Vec<i32> = older
                .take(usize::try_from(limit).unwrap())
                .copied()
                .collect();
            slice(&page, newest_first.len())
        },
    );
    asked
}

#[test]
fn a_search_sends_its_date_once_and_always_a_size() {
    // parity: M-messages.iter_messages.search_date, M-messages.iter_messages.search_limit
    let all: Vec<i32> = (1..=230).map(|n| n * 10).rev().collect();
    let date = crate::time::Unix::from_secs(1_000_000);
    assert_eq!(
        searched(&all, |iter| iter.offset_date(date)),
        [
            [0, 1_000_000, 0, 0, 100],
            [0, 0, all[99], 0, 100],
            [0, 0, all[199], 0, 100],
            [0, 0, 10, 0, 100]
        ]
    );
    assert_eq!(searched(&all, |iter| iter.limit(0)), [[0, 0, 0, 0, 1]]);
    assert_eq!(
        searched(&all, |iter| iter.limit(130)),
        [[0, 0, 0, 0, 100], [0, 0, all[99], 0, 30]]
    );
}

#[test]
fn backwards_a_page_lies_before_its_offset() {
    // parity: M-messages.iter_messages.add_offset, M-messages.iter_messages.reverse.first
    let mut asked = Vec::new();
    Stage::new().run(
        |client| async move {
            let iter = client.iter_messages("me").reverse().add_offset(3);
            iter.limit(150).collect().await.unwrap();
        },
        |request| {
            let numbers = numbers(request);
            asked.push(numbers);
            let [offset_id, _, _, limit] = numbers;
            let ids: Vec<i32> = (offset_id..offset_id + limit).rev().collect();
            slice(&ids, 5000)
        },
    );
    assert_eq!(asked[0], [1, 0, 3 - 100, 100]);
    assert_eq!(asked[1][0], 101);
    assert_eq!(asked[1][2..], [-50, 50]);
}

#[test]
fn empty_messages_are_skipped_and_a_page_of_them_is_the_end() {
    // parity: M-messages.iter_messages.empty
    let mut pages = 0;
    let ids = Stage::new().run(
        |client| async move { ids_of(&client).await },
        |_| {
            pages += 1;
            let empty = |id| types::Message::from(types::MessageEmpty::new(id));
            let messages = match pages {
                1 => vec![message(900), empty(899), message(898)],
                2 => vec![empty(897), empty(896)],
                _ => unreachable!("it goes on"),
            };
            let slice = types::messages::MessagesSlice::new(900, messages, vec![], vec![], vec![]);
            value(&types::messages::Messages::from(slice))
        },
    );
    assert_eq!((ids, pages), (vec![900, 898], 2));
}

#[test]
fn the_total_is_the_servers_count_or_the_length_of_the_page() {
    // parity: M-messages.iter_messages.total
    let total = |answer: fn() -> types::messages::Messages| {
        Stage::new().run(
            |client| async move {
                let mut iter = client.iter_messages("me");
                iter.next().await.unwrap();
                iter.total()
            },
            |_| value(&answer()),
        )
    };
    assert_eq!(
        total(|| {
            let list = vec![message(9), message(8)];
            types::messages::MessagesData::new(list, vec![], vec![], vec![]).into()
        }),
        Some(2)
    );
    assert_eq!(
        total(|| {
            let list = vec![message(9), message(8)];
            types::messages::ChannelMessages::new(1, 77, list, vec![], vec![], vec![]).into()
        }),
        Some(77)
    );
}

#[test]
fn the_same_page_for_ever_ends_a_search_through_all_chats() {
    // parity: M-messages.iter_messages.dup
    let mut pages = 0;
    let ids = Stage::new().run(
        |client| async move {
            let found = client.search_messages("x").collect().await.unwrap();
            found
                .iter()
                .map(crate::objects::Message::id)
                .collect::<Vec<_>>()
        },
        |_| {
            pages += 1;
            assert!(pages < 5, "it does not end");
            slice(&[900, 899, 898], 900)
        },
    );
    assert_eq!(ids, [900, 899, 898]);
}
