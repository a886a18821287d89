//! Who is who in the tests of chats.

use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::types;

use super::common::{Bench, Client};

/// The n-th person, as `client` names them.
pub(super) fn person(client: &mut Client, bench: &mut Bench, n: usize) -> types::InputUserData {
    let phone = bench.server.users()[n].phone.clone();
    let found = client.call(bench, &f::contacts::ResolvePhone::new(phone));
    match found.unwrap().users.first() {
        Some(types::User::User(u)) => types::InputUserData::new(u.id, u.access_hash.unwrap()),
        other => panic!("{other:?}"),
    }
}

/// The same as a peer.
pub(super) fn as_peer(user: &types::InputUserData) -> types::InputPeer {
    types::InputPeerUser::new(user.user_id, user.access_hash).into()
}

/// A new channel or supergroup.
pub(super) fn channel(
    client: &mut Client,
    bench: &mut Bench,
    broadcast: bool,
) -> types::InputChannelData {
    let create = f::channels::CreateChannel::new("Round table", "Old business")
        .broadcast(broadcast)
        .megagroup(!broadcast);
    let made = client.call(bench, &create).unwrap();
    channel_in(&made).expect("a channel")
}

/// The first channel that updates bring along.
pub(super) fn channel_in(updates: &types::Updates) -> Option<types::InputChannelData> {
    let chats = match updates {
        types::Updates::Updates(u) => &u.chats,
        types::Updates::Combined(u) => &u.chats,
        _ => return None,
    };
    chats.iter().find_map(|chat| match chat {
        types::Chat::Channel(c) => Some(types::InputChannelData::new(c.id, c.access_hash?)),
        _ => None,
    })
}

/// The same as a peer.
pub(super) fn place(channel: &types::InputChannelData) -> types::InputPeer {
    types::InputPeerChannel::new(channel.channel_id, channel.access_hash).into()
}

/// Puts the n-th person into a channel; what that person calls it.
pub(super) fn invite(
    client: &mut Client,
    bench: &mut Bench,
    to: &types::InputChannelData,
    n: usize,
    guest: &mut Client,
) -> types::InputChannelData {
    let user = person(client, bench, n);
    let invite = f::channels::InviteToChannel::new(to.clone(), vec![user.into()]);
    client.call(bench, &invite).unwrap();
    let told = super::updates(guest, bench);
    told.iter().find_map(channel_in).expect("an invitation")
}

/// A new basic group with the people of these numbers.
pub(super) fn group(client: &mut Client, bench: &mut Bench, with: &[usize]) -> i64 {
    let users: Vec<types::InputUser> = with
        .iter()
        .map(|n| person(client, bench, *n).into())
        .collect();
    let made = client
        .call(bench, &fm::CreateChat::new(users, "Table"))
        .unwrap();
    match &made.updates {
        types::Updates::Updates(u) => match &u.chats[..] {
            [types::Chat::Chat(c)] => c.id,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// The single updates of all that came.
pub(super) fn flat(came: Vec<types::Updates>) -> Vec<types::Update> {
    let parts = came.into_iter().map(|u| match u {
        types::Updates::Updates(u) => u.updates,
        types::Updates::Combined(u) => u.updates,
        types::Updates::UpdateShort(u) => vec![u.update],
        _ => Vec::new(),
    });
    parts.flatten().collect()
}

/// The bot that waits to be signed in as.
pub(super) fn bot(bench: &mut Bench, seed: u8) -> Client {
    let mut bot = bench.ready(seed);
    let options = bench.server.options().clone();
    let token = bench.server.bots()[1].token.clone();
    let enter =
        f::auth::ImportBotAuthorization::new(0, options.api_id, options.api_hash.as_str(), token);
    bot.call(bench, &enter).unwrap();
    bot.call(bench, &f::updates::GetState).unwrap();
    bot
}
