//! Connecting, losing connections, and giving up.

use std::time::Duration;

use telewire_schema::functions;

use super::bench::{Bench, me, settings};
use crate::dc::DcId;
use crate::engine::State;
use crate::error::{Error, TransportError};
use crate::session::SessionChange;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn nothing_is_opened_before_connect() {
    let mut bench = Bench::new(settings());
    bench.drain();
    assert!(bench.opening.is_empty());
    assert_eq!(bench.engine.poll_timeout(), None);
}

#[test]
fn requests_wait_for_the_greeting() {
    let mut bench = Bench::new(settings());
    bench.engine.connect(bench.now);
    let id = bench.invoke(&functions::help::GetNearestDc {});
    bench.accept();
    assert_eq!(bench.peer().take::<functions::help::GetNearestDc>(), None);
    bench.greet();
    let request = bench
        .peer()
        .take::<functions::help::GetNearestDc>()
        .unwrap();
    bench.peer().answer(request, b"anything");
    bench.drain();
    assert!(bench.result(id).unwrap().is_ok());
    assert!(matches!(
        bench.states[..],
        [State::Connecting, State::Ready]
    ));
}

#[test]
fn where_the_home_is_gets_known_by_connecting() {
    let bench = Bench::ready(settings(), None);
    let at =
        |c: &SessionChange| matches!(c, SessionChange::Dc(o) if (o.id, o.port) == (DcId(2), 10));
    assert!(bench.stored.iter().any(at));
    let home = bench.engine.session().home_address().unwrap();
    assert_eq!((home.ip.to_string(), home.port), ("127.0.0.1".into(), 10));
}

#[test]
fn connecting_twice_is_connecting_once() {
    let mut bench = Bench::ready(settings(), None);
    bench.engine.connect(bench.now);
    bench.drain();
    assert!(bench.opening.is_empty());
    assert_eq!(bench.peers.len(), 1);
}

#[test]
fn an_unreachable_server_ends_it_and_is_named() {
    // parity: N-life.dial
    let mut bench = Bench::new(settings());
    bench.engine.connect(bench.now);
    let id = bench.invoke(&functions::help::GetConfig {});
    let mut tried = Vec::new();
    let mut pauses = Vec::new();
    for _ in 0..6 {
        pauses.push(bench.until_opening());
        tried.push(bench.refuse().to_string());
    }
    assert_eq!(tried[..3], ["127.0.0.1:10", "127.0.0.2:20", "127.0.0.1:10"]);
    assert_eq!(pauses[0], Duration::ZERO);
    assert!(
        pauses[1..].is_sorted_by(|a, b| *a * 5 / 4 < *b),
        "{pauses:?}"
    );
    let text = bench.ended().unwrap().to_string();
    assert!(text.contains("127.0.0.1:10: connection refused"), "{text}");
    assert!(text.contains("check the network connection"), "{text}");
    assert!(matches!(
        bench.result(id),
        Some(Err(Error::Transport(TransportError::Unreachable(_))))
    ));
    assert_eq!(bench.engine.poll_timeout(), None);
}

#[test]
fn an_attempt_to_connect_has_a_time_limit() {
    // parity: N-life.dial
    let mut bench = Bench::new(settings());
    bench.engine.connect(bench.now);
    bench.drain();
    let (first, _) = bench.opening[0].clone();
    bench.pass(10 * SECOND);
    assert!(bench.opening.iter().all(|(link, _)| *link != first));
    bench.until_opening();
}

#[test]
fn it_connects_again_after_it_has_ended() {
    let mut config = settings();
    config.connection_retries = Some(0);
    let mut bench = Bench::new(config);
    bench.engine.connect(bench.now);
    bench.refuse();
    assert!(bench.ended().is_some());
    bench.engine.connect(bench.now);
    bench.accept();
    bench.greet();
    assert!(bench.is_ready());
}

#[test]
fn requests_survive_the_connection() {
    // rule: mtproto.inited_every_link, mtproto.session_outlives_links
    let mut bench = Bench::ready(settings(), None);
    bench.pass(20 * SECOND);
    let id = bench.invoke(&functions::help::GetNearestDc {});
    bench.cut();
    assert!(
        bench.until_opening() < SECOND,
        "a good connection is replaced at once"
    );
    bench.accept();
    // On every link the first request says who we are.
    bench.greet();
    assert!(bench.is_ready());
    assert!(bench.result(id).is_none());
}

#[test]
fn connections_that_break_at_once_are_not_made_in_a_tight_loop() {
    let mut bench = Bench::ready(settings(), None);
    let mut waited = Duration::ZERO;
    for _ in 0..20 {
        bench.cut();
        waited += bench.until_opening();
        bench.accept();
        bench.greet();
    }
    assert!(waited > Duration::from_secs(300), "{waited:?}");
}

#[test]
fn without_auto_reconnect_a_lost_connection_is_the_end() {
    let mut config = settings();
    config.auto_reconnect = false;
    let mut bench = Bench::ready(config, None);
    let id = bench.invoke(&functions::help::GetNearestDc {});
    bench.cut();
    assert!(matches!(
        bench.ended(),
        Some(Error::Transport(TransportError::Lost(_)))
    ));
    assert!(matches!(bench.result(id), Some(Err(Error::Transport(_)))));
}

#[test]
fn disconnecting_ends_what_is_pending() {
    let mut bench = Bench::ready(settings(), None);
    let id = bench.invoke(&functions::help::GetNearestDc {});
    bench.engine.disconnect(bench.now);
    bench.drain();
    assert!(matches!(bench.result(id), Some(Err(Error::Disconnected))));
    assert!(bench.peers.is_empty());
    assert!(matches!(bench.engine.state(), State::Ended(None)));
    let id = bench.invoke(&functions::help::GetNearestDc {});
    assert!(matches!(bench.result(id), Some(Err(Error::Disconnected))));
    assert_eq!(bench.engine.poll_timeout(), None);
}

#[test]
fn an_unknown_key_needs_two_witnesses_and_is_kept() {
    let mut bench = Bench::new(settings());
    bench.engine.connect(bench.now);
    bench.accept();
    bench.peer().hint(-404);
    bench.drain();
    assert!(
        bench.ended().is_none(),
        "four bytes from the path cost nothing"
    );
    bench.until_opening();
    bench.accept();
    bench.peer().hint(-404);
    bench.drain();
    assert!(matches!(
        bench.ended(),
        Some(Error::Transport(TransportError::Refused(-404)))
    ));
    assert!(bench.engine.session().keys.contains_key(&DcId(2)));
    assert!(
        !bench
            .stored
            .iter()
            .any(|c| matches!(c, SessionChange::Key(_, None)))
    );
}

#[test]
fn the_last_words_of_a_connection_are_heard() {
    let mut bench = Bench::ready(settings(), None);
    let id = bench.invoke(&functions::help::GetNearestDc {});
    let peer = bench.peer();
    let request = peer.take::<functions::help::GetNearestDc>().unwrap();
    peer.answer(request, b"fine");
    // The answer and the end of the connection in one go.
    let bytes = std::mem::take(&mut bench.peer().outgoing);
    let link = *bench.peers.keys().next().unwrap();
    bench.engine.receive_buffer(link)[..bytes.len()].copy_from_slice(&bytes);
    bench.engine.handle_received(bench.now, link, bytes.len());
    bench.cut();
    assert!(bench.result(id).unwrap().is_ok());
}

#[test]
fn an_unknown_key_on_a_connection_that_worked_is_a_broken_connection() {
    let mut bench = Bench::ready(settings(), None);
    for _ in 0..4 {
        bench.peer().hint(-404);
        bench.drain();
        bench.until_opening();
        bench.accept();
        bench.greet();
    }
    assert!(bench.is_ready());
}

// rule: transport.too_many
#[test]
fn a_crowded_server_gets_time() {
    // parity: N-mt.404.perm
    let mut bench = Bench::new(settings());
    bench.engine.connect(bench.now);
    bench.accept();
    bench.peer().hint(-429);
    bench.drain();
    assert!(bench.until_opening() >= 7 * SECOND);
}

#[test]
fn clocks_that_jump_replace_the_connection_and_keep_the_key() {
    let mut bench = Bench::ready(settings(), Some(me()));
    let old = *bench.peers.keys().next().unwrap();
    bench.now.wall = bench.now.wall + Duration::from_secs(3600);
    bench.engine.handle_timeout(bench.now);
    bench.drain();
    assert!(!bench.peers.contains_key(&old));
    assert_eq!(bench.opening.len(), 1, "without a pause");
    assert!(bench.engine.session().keys.contains_key(&DcId(2)));
}

// rule: mtproto.silence
#[test]
fn a_quiet_account_asks_for_its_state() {
    // parity: N-life.getstate
    type GetState = functions::updates::GetState;
    const MINUTE: Duration = Duration::from_secs(60);
    let mut bench = Bench::ready(settings(), Some(me()));
    // The boxes ask first.
    let state = bench.peer().take::<GetState>().unwrap();
    let answer = telewire_schema::types::updates::State::new(1, 1, 1, 1, 0);
    let answer = telewire_schema::Serialize::to_bytes(&answer);
    bench.peer().answer(state, &answer);
    bench.drain();
    // They look for what they may have missed in silence, which counts as well.
    let mut asked = Vec::new();
    for _ in 0..90 {
        bench.pass(MINUTE);
        asked.push(std::mem::take(&mut bench.peer().requests).len());
    }
    let quiet = asked.split(|n| *n > 0).map(<[_]>::len).max();
    assert!(quiet < Some(30), "{asked:?}");
    // Nobody is signed in, so there is nothing to wait for.
    let mut bench = Bench::ready(settings(), None);
    bench.pass(31 * MINUTE);
    assert!(bench.peer().take::<GetState>().is_none());
}

#[test]
fn a_server_that_does_not_answer_the_greeting_is_left() {
    let mut bench = Bench::new(settings());
    bench.engine.connect(bench.now);
    bench.accept();
    let first = *bench.peers.keys().next().unwrap();
    bench.pass(61 * SECOND);
    assert!(!bench.peers.contains_key(&first));
}

#[test]
fn without_a_key_one_is_made_first() {
    let mut bench = Bench::new(settings());
    let mut session = bench.engine.session().clone();
    session.keys.clear();
    bench.engine = crate::engine::Engine::new(
        settings(),
        session,
        bench.now,
        crate::rand::Seed::new([1; 32]),
    );
    bench.engine.connect(bench.now);
    bench.drain();
    let (link, _) = bench.opening.remove(0);
    bench
        .engine
        .handle_link(bench.now, link, crate::engine::LinkEvent::Connected);
    let packet = bench.engine.poll_packet(bench.now, link).unwrap();
    // Full framing, then a plain message: no key id, an id, a length, req_pq_multi.
    let body = &packet.bytes()[8..];
    assert_eq!(body[..8], [0; 8]);
    assert_eq!(body[20..24], 0xbe7e_8ef1_u32.to_le_bytes());
    assert!(bench.engine.poll_packet(bench.now, link).is_none());
}
