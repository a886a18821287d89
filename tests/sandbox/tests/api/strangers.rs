//! People seen from afar, exports, premium, and accounts that are no more.

use std::time::Duration;

use telewire_sandbox::Options;
use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::{Serialize as _, types};

use super::common::Bench;
use super::people::{channel, invite, person, place};
use super::{NEARS, say, updates};

// rule: peers.min
#[test]
fn strangers_come_as_min_and_are_reached_by_their_messages() {
    let mut bench = Bench::with(Options {
        min_from: 2,
        ..Options::default()
    });
    let mut emmy = bench.ready(1);
    emmy.sign_up(&mut bench, "9996620077", "Emmy");
    let mut grace = bench.signed_in(2, 1);
    // They share a group from the start, which would introduce them.
    let group = bench.server.chats(bench.server.users()[1].id);
    let group = group
        .into_iter()
        .find(|id| (-1_000_000_000_000..0).contains(id))
        .unwrap();
    let leave = fm::DeleteChatUser::new(-group, types::InputUser::Self_);
    grace.call(&mut bench, &leave).unwrap();
    let own = channel(&mut emmy, &mut bench, false);
    let theirs = invite(&mut emmy, &mut bench, &own, 1, &mut grace);
    updates(&mut grace, &mut bench);
    say(&mut emmy, &mut bench, place(&own), "who am I?").unwrap();
    let came = updates(&mut grace, &mut bench);
    let [types::Updates::Updates(came)] = &came[..] else {
        panic!("{came:?}")
    };
    let emmy_id = bench.server.users().last().unwrap().id;
    let min = came.users.iter().find_map(|u| match u {
        types::User::User(u) if u.id == emmy_id => Some(u),
        _ => None,
    });
    let min = min.expect("the author comes along");
    assert!(
        min.min && min.phone.is_none() && min.status.is_none(),
        "{min:?}"
    );
    let hash = min.access_hash.unwrap();
    let direct = types::InputPeerUser::new(emmy_id, hash);
    let refused = say(&mut grace, &mut bench, direct.into(), "hello");
    assert_eq!(
        refused.unwrap_err(),
        "PEER_ID_INVALID",
        "such a hash is for photos only"
    );
    let full = f::users::GetFullUser::new(types::InputUserData::new(emmy_id, hash));
    assert_eq!(
        grace.call(&mut bench, &full).unwrap_err(),
        "USER_ID_INVALID"
    );
    let types::Update::NewChannelMessage(new) = &came.updates[0] else {
        panic!("{came:?}")
    };
    let types::Message::Message(message) = &new.message else {
        panic!("{new:?}")
    };
    let seen = types::InputUserFromMessage::new(place(&theirs), message.id, emmy_id);
    let found = grace.call(
        &mut bench,
        &f::users::GetUsers::new(vec![seen.clone().into()]),
    );
    let found = found.unwrap();
    let [types::User::User(full)] = &found[..] else {
        panic!("{found:?}")
    };
    assert!(!full.min && full.access_hash != Some(hash));
    let through = types::InputPeerUserFromMessage::new(place(&theirs), message.id, emmy_id);
    say(&mut grace, &mut bench, through.into(), "hello").unwrap();
    // Whoever was met is no stranger any more.
    say(&mut emmy, &mut bench, place(&own), "and now?").unwrap();
    for packet in updates(&mut grace, &mut bench) {
        if let types::Updates::Updates(u) = packet {
            assert!(
                u.users
                    .iter()
                    .all(|u| matches!(u, types::User::User(u) if !u.min))
            );
        }
    }
}

// rule: floods.takeout_delay
#[test]
fn a_takeout_is_begun_used_and_finished() {
    let mut bench = Bench::with(Options {
        takeout_delay: Duration::from_secs(60),
        flood_limit: Some(1),
        ..Options::default()
    });
    let mut ada = bench.signed_in(1, 0);
    let begin = f::account::InitTakeoutSession::new().contacts(true);
    assert_eq!(
        ada.call(&mut bench, &begin).unwrap_err(),
        "TAKEOUT_INIT_DELAY_60"
    );
    bench.pass(Duration::from_secs(20));
    assert_eq!(
        ada.call(&mut bench, &begin).unwrap_err(),
        "TAKEOUT_INIT_DELAY_40"
    );
    bench.pass(Duration::from_secs(41));
    let id = ada.call(&mut bench, &begin).unwrap().id;
    let within = |id: i64, query: Vec<u8>| f::InvokeWithTakeout::new(id, query).to_bytes();
    let saved = || f::contacts::GetSaved.to_bytes();
    assert_eq!(
        ada.call_bytes(&mut bench, &saved()).unwrap_err(),
        "TAKEOUT_REQUIRED"
    );
    assert_eq!(
        ada.call_bytes(&mut bench, &within(id + 1, saved()))
            .unwrap_err(),
        "TAKEOUT_INVALID"
    );
    // Within it there are no floods.
    for _ in 0..3 {
        ada.call_bytes(&mut bench, &within(id, saved())).unwrap();
    }
    let finish = f::account::FinishTakeoutSession::new().success(true);
    assert_eq!(
        ada.call(&mut bench, &finish).unwrap_err(),
        "TAKEOUT_REQUIRED"
    );
    ada.call_bytes(&mut bench, &within(id, finish.to_bytes()))
        .unwrap();
    assert_eq!(
        ada.call_bytes(&mut bench, &within(id, saved()))
            .unwrap_err(),
        "TAKEOUT_INVALID"
    );
}

// rule: floods.premium
#[test]
fn transfers_are_held_back_without_premium() {
    let mut bench = Bench::with(Options {
        transfer_limit: Some(2),
        ..Options::default()
    });
    let mut ada = bench.signed_in(1, 0);
    let part = |n| f::upload::SaveFilePart::new(1, n, vec![0_u8; 1024]);
    for n in 0..2 {
        ada.call(&mut bench, &part(n)).unwrap();
    }
    assert_eq!(
        ada.refused(&mut bench, &part(2)),
        (420, "FLOOD_PREMIUM_WAIT_11".into())
    );
    let me = bench.server.users()[0].id;
    bench.server.set_premium(me, true);
    ada.call(&mut bench, &part(2)).unwrap();
    let own = person(&mut ada, &mut bench, 0);
    let users = ada
        .call(&mut bench, &f::users::GetUsers::new(vec![own.into()]))
        .unwrap();
    assert!(matches!(&users[..], [types::User::User(u)] if u.premium));
}

#[test]
fn ended_accounts_say_why() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let (a, g) = (bench.server.users()[0].id, bench.server.users()[1].id);
    bench.server.revoke(a);
    assert_eq!(
        ada.refused(&mut bench, &f::updates::GetState),
        (401, "SESSION_REVOKED".into())
    );
    assert!(ada.call(&mut bench, &NEARS).is_ok(), "anybody may ask that");
    ada.sign_in(&mut bench, "9996620001").unwrap();
    bench.server.deactivate(g);
    assert_eq!(
        grace.refused(&mut bench, &f::updates::GetState),
        (401, "USER_DEACTIVATED".into())
    );
    let gone = person(&mut ada, &mut bench, 1);
    let users = ada
        .call(&mut bench, &f::users::GetUsers::new(vec![gone.into()]))
        .unwrap();
    assert!(matches!(&users[..], [types::User::User(u)] if u.deleted));
}
