//! Chats with something to read.

use telewire_core::client::MessageIter;
use telewire_core::objects::Message;
use telewire_core::time::{Now, Unix};
use telewire_core::types;
use telewire_tests::sim::Sim;

/// When the first message of a made-up chat was sent; before anything that the sandbox begins with.
pub(crate) const BEGIN: i64 = 1_749_000_000;

/// A message as the account has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) id: i32,
    pub(crate) date: i64,
}

/// The identifiers of the n-th ready-made account: 0 is who the tests are signed in as.
pub(crate) fn user(sim: &Sim, n: usize) -> i64 {
    sim.server(|server, _| server.users()[n].id)
}

/// The group and the channel that the account is in.
pub(crate) fn group_and_channel(sim: &Sim) -> (i64, i64) {
    let me = user(sim, 0);
    let chats = sim.server(|server, _| server.chats(me));
    let is_channel = |id: &i64| *id < -1_000_000_000_000;
    let group = chats.iter().find(|id| **id < 0 && !is_channel(id));
    (
        *group.expect("there is a group"),
        chats
            .iter()
            .copied()
            .find(is_channel)
            .expect("there is a channel"),
    )
}

fn at(now: Now, seconds: i64) -> Now {
    Now {
        wall: Unix::from_secs(seconds),
        ..now
    }
}

/// `from` writes to the account, at that second.
pub(crate) fn write_at(sim: &Sim, from: i64, date: i64, text: &str) -> Seen {
    let to = user(sim, 0);
    let id = sim.server(|server, now| server.write(at(now, date), from, to, text));
    Seen {
        id: id.expect("they may write"),
        date,
    }
}

/// `count` messages of a friend, a minute after each other, with gaps between their identifiers. Oldest first.
pub(crate) fn talk(sim: &Sim, count: usize) -> Vec<Seen> {
    let (friend, other) = (user(sim, 1), user(sim, 2));
    let mut seen = Vec::new();
    for n in 0..count {
        let date = BEGIN + 60 * i64::try_from(n).expect("a small number");
        // Somebody else writes in between, and takes identifiers.
        for _ in 0..[0, 2, 1, 0, 0, 3][n % 6] {
            write_at(sim, other, date, "in between");
        }
        seen.push(write_at(sim, friend, date, &format!("number {n}")));
    }
    seen
}

/// A whole message in a chat, which is named as marked identifiers name them.
pub(crate) fn post(sim: &Sim, from: i64, to: i64, message: types::MessageData) -> i32 {
    sim.server(|server, now| server.post(now, from, to, message))
        .expect("it may be sent")
}

/// Something happens in a chat.
pub(crate) fn act(sim: &Sim, from: i64, to: i64, action: impl Into<types::MessageAction>) -> i32 {
    sim.server(|server, now| server.act(now, from, to, action))
        .expect("it may happen")
}

/// A message that says nothing but this.
pub(crate) fn saying(text: &str) -> types::MessageData {
    types::MessageData::new(0, types::PeerUser::new(1), 0, text)
}

/// One with this attached.
pub(crate) fn with(media: impl Into<types::MessageMedia>) -> types::MessageData {
    saying("").media(media)
}

/// A document with these attributes.
pub(crate) fn document(
    mime_type: &str,
    attributes: Vec<types::DocumentAttribute>,
) -> types::MessageMediaDocument {
    let document = types::DocumentData::new(77, 88, Vec::new(), 1, mime_type, 4321, 2, attributes);
    types::MessageMediaDocument::new().document(document)
}

/// A photo with these versions.
pub(crate) fn photo(sizes: Vec<types::PhotoSize>) -> types::PhotoData {
    types::PhotoData::new(99, 88, Vec::new(), 1, sizes, 2)
}

/// How often a method was called so far.
pub(crate) fn calls(sim: &Sim, method: &str) -> usize {
    sim.server(|server, _| server.executed(method))
}

/// The identifiers that come out of an iteration.
pub(crate) async fn ids(messages: MessageIter) -> Vec<i32> {
    let messages = messages.collect().await.expect("it can be read");
    messages.iter().map(Message::id).collect()
}
