//! Basic groups and what becomes of them, pinned messages, and what bots hear of members.

use telewire_sandbox::Options;
use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::types;

use super::common::Bench;
use super::people::{as_peer, bot, channel, flat, group, invite, person, place};
use super::rights::{nothing, promote};
use super::{peer, say, updates};

#[test]
fn a_basic_group_has_admins_and_becomes_a_supergroup() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let id = group(&mut ada, &mut bench, &[1, 2]);
    let chat: types::InputPeer = types::InputPeerChat::new(id).into();
    say(&mut ada, &mut bench, chat.clone(), "before").unwrap();
    let friend = person(&mut ada, &mut bench, 1);
    let alan = person(&mut grace, &mut bench, 2);
    let remove = fm::DeleteChatUser::new(id, alan);
    assert_eq!(
        grace.call(&mut bench, &remove).unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
    let own = person(&mut grace, &mut bench, 1);
    assert_eq!(
        grace
            .call(&mut bench, &fm::EditChatAdmin::new(id, own, true))
            .unwrap_err(),
        "USER_ID_INVALID"
    );
    updates(&mut grace, &mut bench);
    assert_eq!(
        ada.call(
            &mut bench,
            &fm::EditChatAdmin::new(id, friend.clone(), true)
        ),
        Ok(true)
    );
    let told = flat(updates(&mut grace, &mut bench));
    let [types::Update::ChatParticipants(list)] = &told[..] else {
        panic!("{told:?}")
    };
    let types::ChatParticipants::ChatParticipants(list) = &list.participants else {
        panic!("{list:?}")
    };
    assert!(
        list.participants
            .iter()
            .any(|p| matches!(p, types::ChatParticipant::Admin(p) if p.user_id == friend.user_id))
    );
    grace.call(&mut bench, &remove).unwrap();
    assert_eq!(
        grace
            .call(&mut bench, &fm::MigrateChat::new(id))
            .unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
    let moved = ada.call(&mut bench, &fm::MigrateChat::new(id)).unwrap();
    let own = super::people::channel_in(&moved).expect("a supergroup");
    let actions: Vec<_> = flat(vec![moved]).into_iter().filter_map(action).collect();
    assert!(
        matches!(&actions[..], [types::MessageAction::ChatMigrateTo(a), types::MessageAction::ChannelMigrateFrom(b)]
        if a.channel_id == own.channel_id && b.chat_id == id),
        "{actions:?}"
    );
    assert_eq!(
        say(&mut ada, &mut bench, chat.clone(), "late").unwrap_err(),
        "CHAT_WRITE_FORBIDDEN"
    );
    let told = updates(&mut grace, &mut bench);
    let theirs = told
        .iter()
        .find_map(super::people::channel_in)
        .expect("told");
    say(&mut grace, &mut bench, place(&theirs), "after").unwrap();
    let chats = ada.call(&mut bench, &fm::GetChats::new(vec![id])).unwrap();
    let types::messages::Chats::Chats(chats) = chats else {
        panic!("{chats:?}")
    };
    assert!(
        matches!(&chats.chats[..], [types::Chat::Chat(c)] if c.deactivated && c.migrated_to.is_some())
    );
    let about = f::channels::GetParticipant::new(own, as_peer(&friend));
    let listed = ada.call(&mut bench, &about).unwrap().participant;
    assert!(
        matches!(listed, types::ChannelParticipant::Admin(_)),
        "{listed:?}"
    );
    // What was said before is still read where it was said.
    let history = fm::GetHistory::new(chat, 0, 0, 0, 100, 0, 0, 0);
    assert!(grace.call(&mut bench, &history).is_ok());
}

/// What a service message tells of.
fn action(update: types::Update) -> Option<types::MessageAction> {
    let message = match update {
        types::Update::NewMessage(u) => u.message,
        types::Update::NewChannelMessage(u) => u.message,
        _ => return None,
    };
    match message {
        types::Message::Service(m) => Some(m.action),
        _ => None,
    }
}

#[test]
fn pinning_is_told_and_counted() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let own = channel(&mut ada, &mut bench, false);
    let theirs = invite(&mut ada, &mut bench, &own, 1, &mut grace);
    let friend = peer(&mut ada, &mut bench, "grace_hopper");
    say(&mut ada, &mut bench, friend.clone(), "keep this").unwrap();
    say(&mut ada, &mut bench, place(&own), "and this").unwrap();
    updates(&mut grace, &mut bench);
    let id = {
        let history = fm::GetHistory::new(friend.clone(), 0, 0, 0, 1, 0, 0, 0);
        match ada.call(&mut bench, &history).unwrap() {
            types::messages::Messages::Messages(m) => match &m.messages[0] {
                types::Message::Message(m) => m.id,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    ada.call(
        &mut bench,
        &fm::UpdatePinnedMessage::new(friend.clone(), id),
    )
    .unwrap();
    let told = flat(updates(&mut grace, &mut bench));
    assert!(
        matches!(&told[..], [types::Update::PinnedMessages(u), types::Update::NewMessage(_)] if u.pinned),
        "{told:?}"
    );
    ada.call(&mut bench, &fm::UpdatePinnedMessage::new(place(&own), 3))
        .unwrap();
    let told = flat(updates(&mut grace, &mut bench));
    let [
        types::Update::PinnedChannelMessages(pin),
        types::Update::NewChannelMessage(said),
    ] = &told[..]
    else {
        panic!("{told:?}")
    };
    assert!(pin.pinned && pin.messages == [3] && said.pts == pin.pts + 1);
    let types::Message::Service(said) = &said.message else {
        panic!("{said:?}")
    };
    assert!(
        matches!(&said.reply_to, Some(types::MessageReplyHeader::MessageReplyHeader(h)) if h.reply_to_msg_id == Some(3))
    );
    let quiet = nothing().pin_messages(true);
    ada.call(
        &mut bench,
        &fm::EditChatDefaultBannedRights::new(place(&own), quiet),
    )
    .unwrap();
    let again = grace.call(&mut bench, &fm::UnpinAllMessages::new(place(&theirs)));
    assert_eq!(again.unwrap_err(), "CHAT_ADMIN_REQUIRED");
    let gone = ada
        .call(&mut bench, &fm::UnpinAllMessages::new(place(&own)))
        .unwrap();
    assert_eq!(gone.pts_count, 1);
}

#[test]
fn bots_are_told_of_members_where_they_are_admins() {
    let mut bench = Bench::new();
    let (mut ada, mut bot) = (bench.signed_in(1, 0), bot(&mut bench, 2));
    let own = channel(&mut ada, &mut bench, false);
    let helper = peer(&mut ada, &mut bench, "telewire_bot");
    let types::InputPeer::User(helper) = helper else {
        panic!("{helper:?}")
    };
    let helper = types::InputUserData::new(helper.user_id, helper.access_hash);
    let before = bot.call(&mut bench, &f::updates::GetState).unwrap();
    let bring = |user: &types::InputUserData| {
        f::channels::InviteToChannel::new(own.clone(), vec![user.clone().into()])
    };
    ada.call(&mut bench, &bring(&helper)).unwrap();
    let told = flat(updates(&mut bot, &mut bench));
    let itself = |u: &types::Update| matches!(u, types::Update::ChannelParticipant(u) if u.user_id == helper.user_id && u.prev_participant.is_none() && u.qts == before.qts + 1);
    assert!(told.iter().any(itself), "{told:?}");
    // Of others it hears once it is an admin.
    let (grace, alan) = (
        person(&mut ada, &mut bench, 1),
        person(&mut ada, &mut bench, 2),
    );
    ada.call(&mut bench, &bring(&grace)).unwrap();
    let of = |told: &[types::Update], user: i64| {
        told.iter()
            .any(|u| matches!(u, types::Update::ChannelParticipant(u) if u.user_id == user))
    };
    assert!(!of(&flat(updates(&mut bot, &mut bench)), grace.user_id));
    promote(
        &mut ada,
        &mut bench,
        (&own, &helper),
        types::ChatAdminRights::new().ban_users(true),
    )
    .unwrap();
    ada.call(&mut bench, &bring(&alan)).unwrap();
    assert!(of(&flat(updates(&mut bot, &mut bench)), alan.user_id));
    let after = bot.call(&mut bench, &f::updates::GetState).unwrap();
    assert_eq!(after.qts, before.qts + 3);
}

#[test]
fn a_channel_has_room_for_so_many_people() {
    // rule: updates.rights_errors
    let mut bench = Bench::with(Options {
        channel_size: 2,
        ..Options::default()
    });
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let own = channel(&mut ada, &mut bench, false);
    invite(&mut ada, &mut bench, &own, 1, &mut grace);
    let third = person(&mut ada, &mut bench, 2);
    let add = f::channels::InviteToChannel::new(own, vec![third.into()]);
    assert_eq!(ada.call(&mut bench, &add).unwrap_err(), "USERS_TOO_MUCH");
}
