//! Who may do what in groups, supergroups and channels, and how they are told that they may not.

use std::time::Duration;

use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::types;

use super::common::{Bench, Client};
use super::people::{as_peer, bot, channel, flat, group, invite, person, place};
use super::{peer, say, updates};

fn nothing() -> types::ChatBannedRights {
    types::ChatBannedRights::new(0)
}

fn ban(
    client: &mut Client,
    bench: &mut Bench,
    (channel, user): (&types::InputChannelData, &types::InputUserData),
    rights: types::ChatBannedRights,
) -> Result<types::Updates, String> {
    let ban = f::channels::EditBanned::new(channel.clone(), as_peer(user), rights);
    client.call(bench, &ban)
}

fn promote(
    client: &mut Client,
    bench: &mut Bench,
    (channel, user): (&types::InputChannelData, &types::InputUserData),
    rights: types::ChatAdminRights,
) -> Result<types::Updates, String> {
    let edit = f::channels::EditAdmin::new(channel.clone(), user.clone(), rights);
    client.call(bench, &edit)
}

fn listed(
    client: &mut Client,
    bench: &mut Bench,
    channel: &types::InputChannelData,
    filter: impl Into<types::ChannelParticipantsFilter>,
) -> Result<Vec<types::ChannelParticipant>, String> {
    let ask = f::channels::GetParticipants::new(channel.clone(), filter, 0, 200, 0);
    match client.call(bench, &ask)? {
        types::channels::ChannelParticipants::ChannelParticipants(p) => {
            let count = usize::try_from(p.count).unwrap();
            assert_eq!(count, p.participants.len());
            Ok(p.participants)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn somebody_banned_may_not_write_until_it_is_over() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let own = channel(&mut ada, &mut bench, false);
    let theirs = invite(&mut ada, &mut bench, &own, 1, &mut grace);
    let friend = person(&mut ada, &mut bench, 1);
    let until = i32::try_from(bench.now.wall.secs()).unwrap() + 100;
    let quiet = types::ChatBannedRights::new(until).send_messages(true);
    let alan = person(&mut ada, &mut bench, 2);
    assert_eq!(
        ban(&mut grace, &mut bench, (&theirs, &alan), quiet.clone()).unwrap_err(),
        "PEER_ID_INVALID",
        "a hash of somebody else's"
    );
    let me = person(&mut grace, &mut bench, 0);
    let refused = ban(&mut grace, &mut bench, (&theirs, &me), quiet.clone());
    assert_eq!(refused.unwrap_err(), "CHAT_ADMIN_REQUIRED");
    ban(&mut ada, &mut bench, (&own, &friend), quiet).unwrap();
    let told = flat(updates(&mut grace, &mut bench));
    assert!(
        told.iter().any(|u| matches!(u, types::Update::Channel(_))),
        "{told:?}"
    );
    let refused = say(&mut grace, &mut bench, place(&theirs), "hello");
    assert_eq!(refused.unwrap_err(), "USER_BANNED_IN_CHANNEL");
    let banned = types::ChannelParticipantsBanned::new("");
    let all = listed(&mut ada, &mut bench, &own, banned.clone()).unwrap();
    assert!(
        matches!(&all[..], [types::ChannelParticipant::Banned(p)] if !p.left && p.banned_rights.until_date == until)
    );
    assert_eq!(
        listed(&mut grace, &mut bench, &theirs, banned.clone()).unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
    bench.pass(Duration::from_secs(101));
    say(&mut grace, &mut bench, place(&theirs), "hello again").unwrap();
    assert_eq!(listed(&mut ada, &mut bench, &own, banned).unwrap(), []);
}

#[test]
fn somebody_kicked_cannot_even_read() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let own = channel(&mut ada, &mut bench, false);
    let theirs = invite(&mut ada, &mut bench, &own, 1, &mut grace);
    let friend = person(&mut ada, &mut bench, 1);
    let out = nothing().view_messages(true);
    let answer = ban(&mut ada, &mut bench, (&own, &friend), out).unwrap();
    let left = |u: &types::Update| match u {
        types::Update::NewChannelMessage(u) => {
            matches!(&u.message, types::Message::Service(m) if matches!(m.action, types::MessageAction::ChatDeleteUser(_)))
        }
        _ => false,
    };
    assert!(flat(vec![answer]).iter().any(left));
    let told = updates(&mut grace, &mut bench);
    let forbidden = told.iter().any(|u| match u {
        types::Updates::Updates(u) => u
            .chats
            .iter()
            .any(|c| matches!(c, types::Chat::ChannelForbidden(c) if c.id == own.channel_id)),
        _ => false,
    });
    assert!(forbidden, "{told:?}");
    let history = fm::GetHistory::new(place(&theirs), 0, 0, 0, 10, 0, 0, 0);
    assert_eq!(
        grace.call(&mut bench, &history).unwrap_err(),
        "CHANNEL_PRIVATE"
    );
    let kicked = types::ChannelParticipantsKicked::new("grace");
    assert_eq!(listed(&mut ada, &mut bench, &own, kicked).unwrap().len(), 1);
    let kicked = types::ChannelParticipantsKicked::new("nobody");
    assert_eq!(listed(&mut ada, &mut bench, &own, kicked).unwrap().len(), 0);
    // Being forgiven is not being in.
    ban(&mut ada, &mut bench, (&own, &friend), nothing()).unwrap();
    let about = f::channels::GetParticipant::new(own.clone(), as_peer(&friend));
    assert_eq!(
        ada.call(&mut bench, &about).unwrap_err(),
        "USER_NOT_PARTICIPANT"
    );
    let back = f::channels::InviteToChannel::new(own, vec![friend.into()]);
    ada.call(&mut bench, &back).unwrap();
    assert!(grace.call(&mut bench, &history).is_ok());
}

#[test]
fn admins_do_what_they_were_given_and_no_more() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let own = channel(&mut ada, &mut bench, true);
    let theirs = invite(&mut ada, &mut bench, &own, 1, &mut grace);
    let friend = person(&mut ada, &mut bench, 1);
    let alan = person(&mut ada, &mut bench, 2);
    let post = |grace: &mut Client, bench: &mut Bench| say(grace, bench, place(&theirs), "news");
    assert_eq!(
        post(&mut grace, &mut bench).unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
    assert_eq!(
        listed(
            &mut grace,
            &mut bench,
            &theirs,
            types::ChannelParticipantsFilter::ChannelParticipantsRecent
        )
        .unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
    let poster = types::ChatAdminRights::new()
        .post_messages(true)
        .add_admins(true);
    assert_eq!(
        promote(&mut ada, &mut bench, (&own, &alan), poster.clone()).unwrap_err(),
        "USER_NOT_PARTICIPANT"
    );
    promote(&mut ada, &mut bench, (&own, &friend), poster).unwrap();
    post(&mut grace, &mut bench).unwrap();
    let admins = types::ChannelParticipantsFilter::ChannelParticipantsAdmins;
    let all = listed(&mut ada, &mut bench, &own, admins).unwrap();
    assert!(
        matches!(&all[..], [types::ChannelParticipant::Creator(_), types::ChannelParticipant::Admin(p)] if p.can_edit)
    );
    let title = f::channels::EditTitle::new(theirs.clone(), "Mine");
    assert_eq!(
        grace.call(&mut bench, &title).unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
    let delete = f::channels::DeleteMessages::new(theirs.clone(), vec![1]);
    assert_eq!(
        grace.call(&mut bench, &delete).unwrap_err(),
        "MESSAGE_DELETE_FORBIDDEN"
    );
    let invite = f::channels::InviteToChannel::new(own.clone(), vec![alan.clone().into()]);
    ada.call(&mut bench, &invite).unwrap();
    let alan = person(&mut grace, &mut bench, 2);
    let more = types::ChatAdminRights::new().ban_users(true);
    assert_eq!(
        promote(&mut grace, &mut bench, (&theirs, &alan), more).unwrap_err(),
        "RIGHT_FORBIDDEN"
    );
    let creator = person(&mut grace, &mut bench, 0);
    let less = types::ChatAdminRights::new();
    assert_eq!(
        promote(&mut grace, &mut bench, (&theirs, &creator), less.clone()).unwrap_err(),
        "USER_CREATOR"
    );
    assert_eq!(
        ban(&mut grace, &mut bench, (&theirs, &creator), nothing()).unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
    promote(&mut ada, &mut bench, (&own, &friend), less).unwrap();
    assert_eq!(
        post(&mut grace, &mut bench).unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
}

#[test]
fn slow_mode_makes_members_wait_and_admins_not() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let own = channel(&mut ada, &mut bench, false);
    let theirs = invite(&mut ada, &mut bench, &own, 1, &mut grace);
    let slow =
        |channel: &types::InputChannelData, s| f::channels::ToggleSlowMode::new(channel.clone(), s);
    assert_eq!(
        ada.call(&mut bench, &slow(&own, 7)).unwrap_err(),
        "SECONDS_INVALID"
    );
    assert_eq!(
        grace.call(&mut bench, &slow(&theirs, 30)).unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
    ada.call(&mut bench, &slow(&own, 30)).unwrap();
    assert_eq!(
        ada.call(&mut bench, &slow(&own, 30)).unwrap_err(),
        "CHAT_NOT_MODIFIED"
    );
    say(&mut grace, &mut bench, place(&theirs), "one").unwrap();
    bench.pass(Duration::from_secs(10));
    assert_eq!(
        say(&mut grace, &mut bench, place(&theirs), "two").unwrap_err(),
        "SLOWMODE_WAIT_20"
    );
    for text in ["a", "b"] {
        say(&mut ada, &mut bench, place(&own), text).unwrap();
    }
    bench.pass(Duration::from_secs(21));
    let both = fm::ForwardMessages::new(place(&theirs), vec![4, 5], vec![1, 2], place(&theirs));
    assert_eq!(
        grace.call(&mut bench, &both).unwrap_err(),
        "SLOWMODE_MULTI_MSGS_DISABLED"
    );
    say(&mut grace, &mut bench, place(&theirs), "two").unwrap();
    let full = grace
        .call(&mut bench, &f::channels::GetFullChannel::new(theirs))
        .unwrap();
    let types::ChatFull::ChannelFull(full) = full.full_chat else {
        panic!("a group")
    };
    assert_eq!(full.slowmode_seconds, Some(30));
    assert!(full.slowmode_next_send_date.is_some());
}

#[test]
fn what_nobody_may_is_said_by_name() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let own = channel(&mut ada, &mut bench, false);
    let theirs = invite(&mut ada, &mut bench, &own, 1, &mut grace);
    let table = group(&mut ada, &mut bench, &[1]);
    let table: types::InputPeer = types::InputPeerChat::new(table).into();
    updates(&mut grace, &mut bench);
    let defaults = |to: types::InputPeer, rights| fm::EditChatDefaultBannedRights::new(to, rights);
    for (a, b) in [(place(&own), place(&theirs)), (table.clone(), table)] {
        let quiet = nothing().send_messages(true).change_info(true);
        assert_eq!(
            grace
                .call(&mut bench, &defaults(b.clone(), quiet.clone()))
                .unwrap_err(),
            "CHAT_ADMIN_REQUIRED"
        );
        ada.call(&mut bench, &defaults(a.clone(), quiet)).unwrap();
        let told = flat(updates(&mut grace, &mut bench));
        assert!(
            matches!(&told[..], [types::Update::ChatDefaultBannedRights(_)]),
            "{told:?}"
        );
        assert_eq!(
            say(&mut grace, &mut bench, b.clone(), "x").unwrap_err(),
            "CHAT_WRITE_FORBIDDEN"
        );
        let about = fm::EditChatAbout::new(b.clone(), "mine");
        assert_eq!(
            grace.call(&mut bench, &about).unwrap_err(),
            "CHAT_ADMIN_REQUIRED"
        );
        say(&mut ada, &mut bench, a.clone(), "admins speak").unwrap();
        updates(&mut grace, &mut bench);
        ada.call(&mut bench, &defaults(a.clone(), nothing().send_plain(true)))
            .unwrap();
        assert_eq!(
            say(&mut grace, &mut bench, b.clone(), "x").unwrap_err(),
            "CHAT_SEND_PLAIN_FORBIDDEN"
        );
        assert_eq!(grace.call(&mut bench, &about), Ok(true));
        assert_eq!(
            grace.call(&mut bench, &about).unwrap_err(),
            "CHAT_ABOUT_NOT_MODIFIED"
        );
        ada.call(&mut bench, &defaults(a, nothing())).unwrap();
        say(&mut grace, &mut bench, b, "x").unwrap();
        updates(&mut grace, &mut bench);
    }
}

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
