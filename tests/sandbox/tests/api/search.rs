//! Reading and searching: what the real servers answer, bounds and refusals included.

use telewire_schema::functions::{channels as fc, messages as fm};
use telewire_schema::types;

use super::common::{Bench, Client};
use super::{peer, say};

type Messages = types::messages::Messages;

/// The identifiers of a page, its count if it is a part, and where the next one of all chats begins.
fn page(messages: Messages) -> (Vec<i32>, Option<i32>, Option<i32>) {
    let (messages, count, rate) = match messages {
        Messages::Messages(m) => (m.messages, None, None),
        Messages::Slice(m) => (m.messages, Some(m.count), m.next_rate),
        Messages::ChannelMessages(m) => (m.messages, Some(m.count), None),
        Messages::NotModified(m) => (Vec::new(), Some(m.count), None),
    };
    let id = |m: &types::Message| match m {
        types::Message::Message(m) => m.id,
        types::Message::Service(m) => m.id,
        types::Message::Empty(m) => -m.id,
    };
    (messages.iter().map(id).collect(), count, rate)
}

fn history(channel: &types::InputPeer, change: impl Fn(&mut fm::GetHistory)) -> fm::GetHistory {
    let mut request = fm::GetHistory::new(channel.clone(), 0, 0, 0, 10, 0, 0, 0);
    change(&mut request);
    request
}

fn ids(client: &mut Client, bench: &mut Bench, request: &fm::GetHistory) -> Vec<i32> {
    page(client.call(bench, request).unwrap()).0
}

// rule: updates.pages
#[test]
fn a_history_is_cut_as_the_real_servers_cut_it() {
    let mut bench = Bench::new();
    let mut client = bench.signed_in(1, 0);
    let news = peer(&mut client, &mut bench, "telewire_news");
    let mut get = |change: &dyn Fn(&mut fm::GetHistory)| {
        ids(&mut client, &mut bench, &history(&news, change))
    };
    let newest = get(&|_| {});
    assert_eq!((newest.len(), newest[0]), (10, 26));
    // The offset is a place that does not belong to what follows it, whichever way that lies.
    assert_eq!(get(&|r| r.offset_id = 20)[..2], [19, 18]);
    assert_eq!(
        get(&|r| (r.offset_id, r.add_offset) = (20, 3))[..2],
        [16, 15]
    );
    assert_eq!(
        get(&|r| (r.offset_id, r.add_offset, r.limit) = (20, -3, 5)),
        [22, 21, 20, 19, 18]
    );
    // Beyond the newest message there is nothing to fill a page with.
    assert_eq!(get(&|r| (r.offset_id, r.add_offset) = (25, -10)), [26, 25]);
    // Other bounds only leave holes in the page that there would be without them.
    assert_eq!(
        get(&|r| (r.min_id, r.limit) = (20, 10)),
        [26, 25, 24, 23, 22, 21]
    );
    assert_eq!(get(&|r| (r.max_id, r.limit) = (10, 10)), [0; 0]);
    assert_eq!(get(&|r| r.limit = 0), [0; 0]);
}

// rule: updates.pages
#[test]
fn single_messages_keep_their_places() {
    let mut bench = Bench::new();
    let mut client = bench.signed_in(1, 0);
    let news = peer(&mut client, &mut bench, "telewire_news");
    let types::InputPeer::Channel(c) = news else {
        panic!("it is a channel")
    };
    let channel: types::InputChannel =
        types::InputChannelData::new(c.channel_id, c.access_hash).into();
    let by_id = |id| types::InputMessage::from(types::InputMessageId::new(id));
    let request = fc::GetMessages::new(channel.clone(), vec![by_id(5), by_id(900), by_id(3)]);
    assert_eq!(
        page(client.call(&mut bench, &request).unwrap()).0,
        [5, -900, 3]
    );
    for none in [vec![], vec![by_id(0), by_id(-7)]] {
        let request = fc::GetMessages::new(channel.clone(), none);
        let refused = client.call(&mut bench, &request).unwrap_err();
        assert_eq!(refused, "MESSAGE_IDS_EMPTY");
    }
    let own = fm::GetMessages::new(vec![by_id(70_000)]);
    assert_eq!(page(client.call(&mut bench, &own).unwrap()).0, [-70_000]);
}

#[test]
fn neither_bound_of_a_search_belongs_to_it_and_a_filter_alone_has_none() {
    let mut bench = Bench::new();
    let mut client = bench.signed_in(1, 0);
    let news = peer(&mut client, &mut bench, "telewire_news");
    let all = client
        .call(&mut bench, &history(&news, |r| r.limit = 100))
        .unwrap();
    let Messages::ChannelMessages(all) = all else {
        panic!("it is a channel")
    };
    let dates: Vec<(i32, i32)> = all
        .messages
        .iter()
        .map(|m| match m {
            types::Message::Message(m) => (m.id, m.date),
            types::Message::Service(m) => (m.id, m.date),
            types::Message::Empty(m) => (m.id, 0),
        })
        .collect();
    let (low, high) = (dates[20].1, dates[5].1);
    let mut find = |q: &str, filter: types::MessagesFilter| {
        let request = fm::Search::new(news.clone(), q, filter, low, high, 0, 0, 100, 0, 0, 0);
        page(client.call(&mut bench, &request).unwrap()).0
    };
    let between: Vec<i32> = dates[6..20].iter().map(|m| m.0).collect();
    let none = types::MessagesFilter::InputMessagesFilterEmpty;
    assert_eq!(find("#", none), between);
    let links = types::MessagesFilter::InputMessagesFilterUrl;
    assert_eq!(find("", links.clone()), [26, 21, 16, 11, 6]);
    let inside: Vec<i32> = [26, 21, 16, 11, 6]
        .into_iter()
        .filter(|id| between.contains(id))
        .collect();
    assert_eq!(find("notes", links), inside);
}

#[test]
fn all_chats_are_searched_page_by_page() {
    let mut bench = Bench::new();
    let mut client = bench.signed_in(1, 0);
    let echo = peer(&mut client, &mut bench, "grace_hopper");
    for n in 0..5 {
        bench.pass(std::time::Duration::from_secs(60));
        let to = if n % 2 == 0 {
            echo.clone()
        } else {
            types::InputPeer::Self_
        };
        say(&mut client, &mut bench, to, "a rare word").unwrap();
    }
    let none = types::MessagesFilter::InputMessagesFilterEmpty;
    let empty = types::InputPeer::Empty;
    let request =
        |q: &str, rate, peer, id| fm::SearchGlobal::new(q, none.clone(), 0, 0, rate, peer, id, 3);
    let refused = client.call(&mut bench, &request("", 0, empty.clone(), 0));
    assert_eq!(refused.unwrap_err(), "SEARCH_QUERY_EMPTY");
    let first = client
        .call(&mut bench, &request("rare", 0, empty, 0))
        .unwrap();
    let (found, count, rate) = page(first);
    assert_eq!((found.len(), count), (3, Some(5)));
    let next = request("rare", rate.unwrap(), echo, *found.last().unwrap());
    let (rest, count, rate) = page(client.call(&mut bench, &next).unwrap());
    assert_eq!((rest.len(), count, rate), (2, Some(5), None));
    assert!(rest.iter().all(|id| !found.contains(id)));
}

#[test]
fn an_unknown_sender_has_an_error_of_its_own() {
    let mut bench = Bench::new();
    let mut client = bench.signed_in(1, 0);
    let news = peer(&mut client, &mut bench, "telewire_news");
    let none = types::MessagesFilter::InputMessagesFilterEmpty;
    let mut request = fm::Search::new(news, "", none, 0, 0, 0, 0, 10, 0, 0, 0);
    request.from_id = Some(types::InputPeerUser::new(1, 2).into());
    assert_eq!(
        client.call(&mut bench, &request).unwrap_err(),
        "FROM_PEER_INVALID"
    );
}
