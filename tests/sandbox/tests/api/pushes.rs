//! What is told without being asked for: who is there, who types, what was read; and how it is counted.

use std::time::Duration;

use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::types;

use super::common::{Bench, Client};
use super::people::{as_peer, bot, channel, flat, group, invite, person, place};
use super::{peer, say, updates};

fn state(client: &mut Client, bench: &mut Bench) -> types::updates::State {
    client.call(bench, &f::updates::GetState).unwrap()
}

fn difference(
    client: &mut Client,
    bench: &mut Bench,
    from: &types::updates::State,
) -> types::updates::Difference {
    let ask = f::updates::GetDifference::new(from.pts, from.date, from.qts);
    client.call(bench, &ask).unwrap()
}

#[test]
fn friends_see_who_is_online() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    state(&mut ada, &mut bench);
    let (me, friend) = (bench.server.users()[0].id, bench.server.users()[1].id);
    // Nobody hears of somebody they never spoke to.
    let here = |offline| f::account::UpdateStatus::new(offline);
    grace.call(&mut bench, &here(false)).unwrap();
    assert!(updates(&mut ada, &mut bench).is_empty());
    bench.server.write(bench.now, me, friend, "hello").unwrap();
    updates(&mut ada, &mut bench);
    grace.call(&mut bench, &here(false)).unwrap();
    let now = i32::try_from(bench.now.wall.secs()).unwrap();
    let came = flat(updates(&mut ada, &mut bench));
    let online: types::UserStatus = types::UserStatusOnline { expires: now + 300 }.into();
    let expected = types::UpdateUserStatus::new(friend, online.clone());
    assert_eq!(came, [expected.into()]);
    let seen = person(&mut ada, &mut bench, 1);
    let status = |ada: &mut Client, bench: &mut Bench| {
        let all = ada.call(bench, &f::users::GetUsers::new(vec![seen.clone().into()]));
        match &all.unwrap()[..] {
            [types::User::User(u)] => u.status.clone(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(status(&mut ada, &mut bench), Some(online));
    bench.pass(Duration::from_secs(301));
    let gone = types::UserStatusOffline {
        was_online: now + 300,
    };
    assert_eq!(status(&mut ada, &mut bench), Some(gone.into()));
    grace.call(&mut bench, &here(false)).unwrap();
    grace.call(&mut bench, &here(true)).unwrap();
    let came = flat(updates(&mut ada, &mut bench));
    let left = types::UserStatusOffline {
        was_online: now + 301,
    };
    assert_eq!(
        came.last(),
        Some(&types::UpdateUserStatus::new(friend, left).into())
    );
}

#[test]
fn typing_is_seen_in_all_kinds_of_chats_and_not_made_up_for() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    for client in [&mut ada, &mut grace] {
        state(client, &mut bench);
    }
    let me = bench.server.users()[0].id;
    let friend = as_peer(&person(&mut ada, &mut bench, 1));
    let table = group(&mut ada, &mut bench, &[1]);
    let round = channel(&mut ada, &mut bench, false);
    invite(&mut ada, &mut bench, &round, 1, &mut grace);
    let before = state(&mut grace, &mut bench);
    updates(&mut grace, &mut bench);
    let action = types::SendMessageAction::SendMessageTypingAction;
    for chat in [
        friend,
        types::InputPeerChat::new(table).into(),
        place(&round),
    ] {
        let typing = fm::SetTyping::new(chat, action.clone());
        assert_eq!(ada.call(&mut bench, &typing), Ok(true));
    }
    let from: types::Peer = types::PeerUser { user_id: me }.into();
    let came = flat(updates(&mut grace, &mut bench));
    let expected: [types::Update; 3] = [
        types::UpdateUserTyping::new(me, action.clone()).into(),
        types::UpdateChatUserTyping::new(table, from, action.clone()).into(),
        types::UpdateChannelUserTyping::new(round.channel_id, from, action).into(),
    ];
    assert_eq!(came, expected);
    assert_eq!(
        state(&mut grace, &mut bench).seq,
        before.seq,
        "typing has no number"
    );
}

#[test]
fn packets_without_pts_are_numbered_for_each_authorization() {
    let mut bench = Bench::new();
    let (mut ada, mut desk) = (bench.signed_in(1, 0), bench.signed_in(2, 0));
    let before = state(&mut desk, &mut bench);
    let own = state(&mut ada, &mut bench);
    // A name, then two lists in one request's wake: one number each.
    ada.call(
        &mut bench,
        &f::account::UpdateUsername::new("ada_of_engines"),
    )
    .unwrap();
    let came = updates(&mut desk, &mut bench);
    let [types::Updates::Updates(u)] = &came[..] else {
        panic!("{came:?}")
    };
    assert_eq!(u.seq, before.seq + 1);
    assert_eq!(state(&mut desk, &mut bench).seq, u.seq);
    assert_eq!(
        state(&mut ada, &mut bench).seq,
        own.seq,
        "who did it is not told"
    );
    // A message is counted by its pts and has no number.
    let echo = peer(&mut ada, &mut bench, "echo_bot");
    say(&mut ada, &mut bench, echo, "hi").unwrap();
    for packet in updates(&mut desk, &mut bench) {
        assert!(!matches!(packet, types::Updates::Updates(u) if u.seq != 0));
    }
    assert_eq!(state(&mut desk, &mut bench).seq, before.seq + 1);
}

#[test]
fn what_only_seq_counts_comes_with_the_difference_once() {
    let mut bench = Bench::new();
    let (mut ada, mut desk) = (bench.signed_in(1, 0), bench.signed_in(2, 0));
    let before = state(&mut desk, &mut bench);
    ada.call(
        &mut bench,
        &f::account::UpdateUsername::new("ada_of_engines"),
    )
    .unwrap();
    updates(&mut desk, &mut bench);
    // It was delivered within the same second: nothing is missing.
    let same = difference(&mut desk, &mut bench, &before);
    assert!(
        matches!(&same, types::updates::Difference::Empty(d) if d.seq == before.seq + 1),
        "{same:?}"
    );
    bench.server.handle_lost(bench.now, desk.conn);
    bench.pass(Duration::from_secs(5));
    ada.call(
        &mut bench,
        &f::account::UpdateUsername::new("ada_of_numbers"),
    )
    .unwrap();
    bench.pass(Duration::from_secs(5));
    desk.reconnect(&mut bench);
    let types::updates::Difference::Difference(missed) = difference(&mut desk, &mut bench, &before)
    else {
        panic!("nothing")
    };
    let names: Vec<_> = missed
        .other_updates
        .iter()
        .filter(|u| matches!(u, types::Update::UserName(_)))
        .collect();
    assert_eq!(names.len(), 1, "{missed:?}");
    assert_eq!(missed.state.seq, before.seq + 2);
    let again = difference(&mut desk, &mut bench, &missed.state);
    assert!(
        matches!(again, types::updates::Difference::Empty(_)),
        "{again:?}"
    );
}

#[test]
fn bots_count_what_people_do_to_them() {
    let mut bench = Bench::new();
    let (mut ada, mut bot) = (bench.signed_in(1, 0), bot(&mut bench, 2));
    let before = state(&mut bot, &mut bench);
    let them = peer(&mut ada, &mut bench, "telewire_bot");
    ada.call(&mut bench, &f::contacts::Block::new(them.clone()))
        .unwrap();
    let came = flat(updates(&mut bot, &mut bench));
    let me = bench.server.users()[0].id;
    assert!(
        matches!(&came[..], [types::Update::BotStopped(u)] if u.user_id == me && u.stopped && u.qts == before.qts + 1),
        "{came:?}"
    );
    // Blocking twice changes nothing.
    assert_eq!(
        ada.call(&mut bench, &f::contacts::Block::new(them.clone())),
        Ok(false)
    );
    ada.call(&mut bench, &f::contacts::Unblock::new(them))
        .unwrap();
    assert_eq!(state(&mut bot, &mut bench).qts, before.qts + 2);
    let types::updates::Difference::Difference(all) = difference(&mut bot, &mut bench, &before)
    else {
        panic!("nothing")
    };
    assert_eq!(all.other_updates.len(), 2);
    assert_eq!(all.state.qts, before.qts + 2);
    let after = types::updates::State {
        qts: before.qts + 1,
        ..before
    };
    let types::updates::Difference::Difference(one) = difference(&mut bot, &mut bench, &after)
    else {
        panic!("nothing")
    };
    assert!(
        matches!(&one.other_updates[..], [types::Update::BotStopped(u)] if !u.stopped),
        "{one:?}"
    );
}

#[test]
fn a_difference_names_the_channels_to_ask_about() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let round = channel(&mut ada, &mut bench, false);
    let theirs = invite(&mut ada, &mut bench, &round, 1, &mut grace);
    bench.pass(Duration::from_secs(2));
    let before = state(&mut grace, &mut bench);
    bench.server.handle_lost(bench.now, grace.conn);
    bench.pass(Duration::from_secs(2));
    say(&mut ada, &mut bench, place(&round), "while you were out").unwrap();
    grace.reconnect(&mut bench);
    let types::updates::Difference::Difference(missed) =
        difference(&mut grace, &mut bench, &before)
    else {
        panic!("nothing")
    };
    assert_eq!(missed.new_messages, []);
    let named = |u: &types::Update| matches!(u, types::Update::ChannelTooLong(u) if u.channel_id == theirs.channel_id && u.pts.is_some());
    assert!(
        matches!(&missed.other_updates[..], [u] if named(u)),
        "{missed:?}"
    );
    assert!(!missed.chats.is_empty(), "the channel comes along");
    bench.pass(Duration::from_secs(2));
    let rest = difference(&mut grace, &mut bench, &missed.state);
    assert!(matches!(
        rest,
        types::updates::Difference::Difference(_) | types::updates::Difference::Empty(_)
    ));
}

#[test]
fn the_author_learns_that_a_voice_message_was_played() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    for client in [&mut ada, &mut grace] {
        state(client, &mut bench);
    }
    let round = channel(&mut ada, &mut bench, false);
    let theirs = invite(&mut ada, &mut bench, &round, 1, &mut grace);
    let (me, friend) = (bench.server.users()[0].id, bench.server.users()[1].id);
    let document = types::DocumentData::new(
        1,
        2,
        Vec::new(),
        0,
        "audio/ogg",
        10,
        2,
        vec![types::DocumentAttributeAudio::new(3).voice(true).into()],
    );
    let voice = || {
        let media = types::MessageMediaDocument::new()
            .document(document.clone())
            .voice(true);
        types::MessageData::new(0, types::PeerUser { user_id: me }, 0, "").media(media)
    };
    let id = bench.server.post(bench.now, me, friend, voice()).unwrap();
    let in_round = bench
        .server
        .post(
            bench.now,
            me,
            -1_000_000_000_000 - round.channel_id,
            voice(),
        )
        .unwrap();
    for client in [&mut ada, &mut grace] {
        updates(client, &mut bench);
    }
    let read = grace
        .call(&mut bench, &fm::ReadMessageContents::new(vec![id]))
        .unwrap();
    assert_eq!(read.pts_count, 1);
    let came = flat(updates(&mut ada, &mut bench));
    assert!(
        matches!(&came[..], [types::Update::ReadMessagesContents(u)] if u.pts_count == 1),
        "{came:?}"
    );
    let again = grace
        .call(&mut bench, &fm::ReadMessageContents::new(vec![id]))
        .unwrap();
    assert_eq!(again.pts_count, 0);
    let heard = f::channels::ReadMessageContents::new(theirs, vec![in_round]);
    assert_eq!(grace.call(&mut bench, &heard), Ok(true));
    let came = flat(updates(&mut ada, &mut bench));
    assert!(
        matches!(&came[..], [types::Update::ChannelReadMessagesContents(u)] if u.messages == [in_round]),
        "{came:?}"
    );
}

#[test]
fn reading_reaches_the_author_in_groups_and_supergroups() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    for client in [&mut ada, &mut grace] {
        state(client, &mut bench);
    }
    let table = group(&mut ada, &mut bench, &[1]);
    let round = channel(&mut ada, &mut bench, false);
    let theirs = invite(&mut ada, &mut bench, &round, 1, &mut grace);
    let chat: types::InputPeer = types::InputPeerChat::new(table).into();
    say(&mut ada, &mut bench, chat.clone(), "one").unwrap();
    say(&mut ada, &mut bench, place(&round), "two").unwrap();
    updates(&mut ada, &mut bench);
    grace
        .call(&mut bench, &fm::ReadHistory::new(chat, 0))
        .unwrap();
    grace
        .call(&mut bench, &f::channels::ReadHistory::new(theirs, 0))
        .unwrap();
    let came = flat(updates(&mut ada, &mut bench));
    let both = matches!(&came[..], [types::Update::ReadHistoryOutbox(a), types::Update::ReadChannelOutbox(b)]
        if a.peer == types::Peer::from(types::PeerChat { chat_id: table }) && b.channel_id == round.channel_id);
    assert!(both, "{came:?}");
}
