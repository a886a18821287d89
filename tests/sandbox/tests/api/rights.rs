//! Who may do what in groups, supergroups and channels, and how they are told that they may not.

use std::time::Duration;

use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::types;

use super::common::{Bench, Client};
use super::people::{as_peer, channel, flat, group, invite, person, place};
use super::{say, updates};

pub(super) fn nothing() -> types::ChatBannedRights {
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

pub(super) fn promote(
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

// rule: updates.rights_errors
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

// rule: updates.rights_errors, peers.private_channel
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

// rule: updates.rights_errors
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

// rule: updates.rights_errors
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
