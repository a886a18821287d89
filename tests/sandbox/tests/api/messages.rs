//! Messages: their way to the others, their limits, and the differences that bring what was missed.

use telewire_sandbox::Options;
use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::types;

use super::common::Bench;
use super::{peer, say, updates};

#[test]
fn a_message_reaches_all_sessions_once() {
    let mut bench = Bench::new();
    let (mut ada, mut desk, mut grace) = (
        bench.signed_in(1, 0),
        bench.signed_in(2, 0),
        bench.signed_in(3, 1),
    );
    for client in [&mut ada, &mut desk, &mut grace] {
        client.call(&mut bench, &f::updates::GetState).unwrap();
    }
    let to = peer(&mut ada, &mut bench, "grace_hopper");
    // What signing in brought along is not looked at.
    for client in [&mut ada, &mut desk, &mut grace] {
        client.poll(&mut bench);
    }
    let send = fm::SendMessage::new(to.clone(), " hello @ada_lovelace ", 42);
    let sent = ada.call(&mut bench, &send).unwrap();
    let types::Updates::UpdateShortSentMessage(sent) = sent else {
        panic!("{sent:?}")
    };
    assert_eq!(sent.entities.as_ref().map(Vec::len), Some(1));
    assert!(
        updates(&mut ada, &mut bench).is_empty(),
        "the sender has the answer"
    );
    for client in [&mut desk, &mut grace] {
        let came = updates(client, &mut bench);
        let [types::Updates::Updates(u)] = &came[..] else {
            panic!("{came:?}")
        };
        let types::Update::NewMessage(new) = &u.updates[0] else {
            panic!("{u:?}")
        };
        let types::Message::Message(m) = &new.message else {
            panic!("{new:?}")
        };
        assert_eq!(m.message, "hello @ada_lovelace");
        let ada = bench.server.users()[0].id;
        let is_ada = |u: &types::User| matches!(u, types::User::User(u) if u.id == ada);
        assert!(u.users.iter().any(is_ada), "the author comes along");
    }
    say(&mut ada, &mut bench, to, "again").unwrap();
    let came = updates(&mut grace, &mut bench);
    assert!(
        matches!(&came[..], [types::Updates::UpdateShortMessage(m)] if m.message == "again"),
        "{came:?}"
    );
    // The same random identifier sends nothing.
    assert_eq!(
        ada.call(&mut bench, &send).unwrap_err(),
        "RANDOM_ID_DUPLICATE"
    );
    assert_eq!(bench.server.executed_with(42), 1);
    assert!(updates(&mut grace, &mut bench).is_empty());
}

// rule: updates.message_errors
#[test]
fn texts_have_limits() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let me = || types::InputPeer::Self_;
    assert_eq!(
        say(&mut ada, &mut bench, me(), " \n ").unwrap_err(),
        "MESSAGE_EMPTY"
    );
    assert_eq!(
        say(&mut ada, &mut bench, me(), &"😀".repeat(4097)).unwrap_err(),
        "MESSAGE_TOO_LONG"
    );
    assert!(say(&mut ada, &mut bench, me(), &"😀".repeat(4096)).is_ok());
    let edit =
        |id: i32, text: &str| fm::EditMessage::new(types::InputPeer::Self_, id).message(text);
    assert_eq!(
        ada.call(&mut bench, &edit(99_999, "x")).unwrap_err(),
        "MESSAGE_ID_INVALID"
    );
    let mut grace = bench.signed_in(2, 1);
    let news = peer(&mut grace, &mut bench, "telewire_news");
    assert_eq!(
        say(&mut grace, &mut bench, news.clone(), "x").unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
    let foreign = fm::EditMessage::new(news, 5).message("x");
    assert_eq!(
        grace.call(&mut bench, &foreign).unwrap_err(),
        "MESSAGE_AUTHOR_REQUIRED"
    );
}

#[test]
fn a_difference_brings_what_was_missed_in_slices() {
    let mut bench = Bench::with(Options {
        difference_slice: 4,
        difference_limit: 20,
        ..Options::default()
    });
    let mut ada = bench.signed_in(1, 0);
    let state = ada.call(&mut bench, &f::updates::GetState).unwrap();
    let (grace, me) = (bench.server.users()[1].id, bench.server.users()[0].id);
    for n in 0..10 {
        bench
            .server
            .write(bench.now, grace, me, &format!("text {n}"))
            .unwrap();
    }
    let to = peer(&mut ada, &mut bench, "grace_hopper");
    ada.call(&mut bench, &fm::ReadHistory::new(to, 0)).unwrap();
    let mut pts = state.pts;
    let (mut texts, mut others, mut rounds) = (Vec::new(), 0, 0);
    loop {
        rounds += 1;
        let difference = ada
            .call(
                &mut bench,
                &f::updates::GetDifference::new(pts, state.date, 0),
            )
            .unwrap();
        let (new, other, state, last) = match difference {
            types::updates::Difference::Slice(d) => {
                (d.new_messages, d.other_updates, d.intermediate_state, false)
            }
            types::updates::Difference::Difference(d) => {
                (d.new_messages, d.other_updates, d.state, true)
            }
            other => panic!("{other:?}"),
        };
        assert!(state.pts > pts);
        pts = state.pts;
        others += other.len();
        texts.extend(new.into_iter().map(|m| match m {
            types::Message::Message(m) => m.message,
            other => panic!("{other:?}"),
        }));
        if last {
            break;
        }
    }
    assert_eq!(
        texts,
        (0..10).map(|n| format!("text {n}")).collect::<Vec<_>>()
    );
    assert_eq!((others, rounds), (1, 3));
    let done = ada
        .call(
            &mut bench,
            &f::updates::GetDifference::new(pts, state.date, 0),
        )
        .unwrap();
    assert!(matches!(done, types::updates::Difference::Empty(_)));
    for n in 0..21 {
        bench
            .server
            .write(bench.now, grace, me, &format!("more {n}"))
            .unwrap();
    }
    let done = ada
        .call(
            &mut bench,
            &f::updates::GetDifference::new(pts, state.date, 0),
        )
        .unwrap();
    assert!(
        matches!(&done, types::updates::Difference::TooLong(t) if t.pts == pts + 21),
        "{done:?}"
    );
}

#[test]
fn deleting_and_reading_reach_the_other_side() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    grace.call(&mut bench, &f::updates::GetState).unwrap();
    let to = peer(&mut ada, &mut bench, "grace_hopper");
    let back = peer(&mut grace, &mut bench, "ada_lovelace");
    let sent = say(&mut ada, &mut bench, to, "hello").unwrap();
    let types::Updates::UpdateShortSentMessage(sent) = sent else {
        panic!("{sent:?}")
    };
    updates(&mut grace, &mut bench);
    updates(&mut ada, &mut bench);
    grace
        .call(&mut bench, &fm::ReadHistory::new(back, 0))
        .unwrap();
    let read = updates(&mut ada, &mut bench);
    let is_read = |u: &types::Updates| match u {
        types::Updates::Updates(u) => {
            matches!(&u.updates[0], types::Update::ReadHistoryOutbox(r) if r.max_id == sent.id && r.pts == sent.pts + 1)
        }
        _ => false,
    };
    assert!(read.iter().any(is_read), "{read:?}");
    let affected = ada
        .call(
            &mut bench,
            &fm::DeleteMessages::new(vec![sent.id]).revoke(true),
        )
        .unwrap();
    assert_eq!((affected.pts, affected.pts_count), (sent.pts + 2, 1));
    let gone = updates(&mut grace, &mut bench);
    let is_gone = |u: &types::Updates| match u {
        types::Updates::Updates(u) => matches!(&u.updates[0], types::Update::DeleteMessages(_)),
        _ => false,
    };
    assert!(gone.iter().any(is_gone), "{gone:?}");
}

// rule: updates.boxes
#[test]
fn a_channel_has_its_own_pts() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let types::InputPeer::Channel(news) = peer(&mut grace, &mut bench, "telewire_news") else {
        panic!("no channel")
    };
    let channel = types::InputChannelData::new(news.channel_id, news.access_hash);
    let full = grace
        .call(
            &mut bench,
            &f::channels::GetFullChannel::new(channel.clone()),
        )
        .unwrap();
    let types::ChatFull::ChannelFull(full) = full.full_chat else {
        panic!("no channel")
    };
    let own = peer(&mut ada, &mut bench, "telewire_news");
    say(&mut ada, &mut bench, own, "breaking").unwrap();
    let came = updates(&mut grace, &mut bench);
    let is_post = |u: &types::Updates| match u {
        types::Updates::Updates(u) => {
            matches!(&u.updates[0], types::Update::NewChannelMessage(m) if m.pts == full.pts + 1)
        }
        _ => false,
    };
    assert!(came.iter().any(is_post), "{came:?}");
    let ask = |pts| {
        f::updates::GetChannelDifference::new(
            channel.clone(),
            types::ChannelMessagesFilter::Empty,
            pts,
            100,
        )
    };
    let missed = grace.call(&mut bench, &ask(full.pts)).unwrap();
    let types::updates::ChannelDifference::ChannelDifference(missed) = missed else {
        panic!("{missed:?}")
    };
    assert_eq!(
        (missed.new_messages.len(), missed.pts, missed.final_),
        (1, full.pts + 1, true)
    );
    let missed = grace.call(&mut bench, &ask(full.pts + 1)).unwrap();
    assert!(matches!(
        missed,
        types::updates::ChannelDifference::Empty(_)
    ));
}
