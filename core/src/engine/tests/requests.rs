//! What becomes of requests when the server refuses them.

use std::time::Duration;

use telewire_schema::functions;
use telewire_schema::types;

use super::bench::{Bench, me, settings};
use crate::dc::DcId;
use crate::engine::dc::DcKey;
use crate::engine::{Request, RequestId, Value};
use crate::error::Error;
use crate::session::SessionChange;
use crate::time::Mono;

const SECOND: Duration = Duration::from_secs(1);

type Probe = functions::help::GetNearestDc;

fn probe(bench: &mut Bench) -> RequestId {
    bench.invoke(&functions::help::GetNearestDc {})
}

fn refuse(bench: &mut Bench, code: i32, text: &str) {
    let id = bench.peer().take::<Probe>().expect("the request was sent");
    bench.peer().refuse(id, code, text);
    bench.drain();
}

fn sent(bench: &mut Bench) -> bool {
    let there = bench.peer().requests.len();
    there > 0
}

#[test]
fn a_phone_of_another_data_centre_moves_the_account() {
    // parity: M-base.call.migrate, M-base.call.switch_dc
    let mut bench = Bench::ready(settings(), None);
    let id = probe(&mut bench);
    refuse(&mut bench, 303, "PHONE_MIGRATE_4");
    assert!(bench.peers.is_empty(), "the old connection is closed");
    assert_eq!(bench.accept().to_string(), "127.0.0.4:40");
    bench.greet();
    let again = bench
        .peer()
        .take::<Probe>()
        .expect("sent to the new data centre");
    assert!(bench.peer().take::<Probe>().is_none(), "once");
    bench.peer().answer(again, b"fine");
    bench.drain();
    assert!(bench.result(id).unwrap().is_ok());
    assert_eq!(bench.engine.session().home, Some(DcId(4)));
    let moved = |c: &SessionChange| matches!(c, SessionChange::Home(DcId(4)));
    let moved = bench.stored.iter().position(moved);
    // Whoever opens the session in between finds the way to its data centre.
    let learnt = |c: &SessionChange| matches!(c, SessionChange::Dc(o) if o.id == DcId(4));
    let learnt = bench.stored.iter().position(learnt);
    assert!(learnt.is_some() && learnt < moved);
}

#[test]
fn what_was_answered_before_a_move_does_not_run_again() {
    let mut bench = Bench::ready(settings(), None);
    let moved = [probe(&mut bench), probe(&mut bench)];
    let answered = bench.invoke(&functions::help::GetCdnConfig {});
    let peer = bench.peer();
    let cdn = peer.take::<functions::help::GetCdnConfig>().unwrap();
    for _ in moved {
        let id = peer.take::<Probe>().unwrap();
        peer.refuse(id, 303, "PHONE_MIGRATE_4");
    }
    // All of them arrive before any is looked at.
    peer.answer(cdn, b"fine");
    bench.drain();
    assert!(matches!(bench.result(answered), Some(Ok(_))));
    bench.accept();
    bench.greet();
    for _ in moved {
        let again = bench.peer().take::<Probe>().expect("sent on");
        bench.peer().answer(again, b"fine");
    }
    assert!(!sent(&mut bench), "nothing is sent twice");
    bench.drain();
    for id in moved {
        assert!(bench.result(id).unwrap().is_ok());
    }
}

#[test]
fn somebody_who_is_signed_in_is_moved_by_the_account_only() {
    // parity: M-base.call.migrate
    for name in ["PHONE_MIGRATE", "NETWORK_MIGRATE"] {
        let mut bench = Bench::ready(settings(), Some(me()));
        let id = probe(&mut bench);
        refuse(&mut bench, 303, &format!("{name}_4"));
        let error = bench.result(id).unwrap().unwrap_err();
        assert!(error.is(&format!("{name}_X")), "{error}");
        assert_eq!(bench.engine.session().home, Some(DcId(2)));
    }
}

#[test]
fn a_sign_in_goes_on_where_the_account_lives() {
    let mut bench = Bench::ready(settings(), None);
    bench.engine.sign_in_at(bench.now, DcId(4));
    bench.drain();
    assert_eq!(bench.accept().to_string(), "127.0.0.4:40");
    bench.greet();
    probe(&mut bench);
    assert!(bench.peer().take::<Probe>().is_some(), "it is home now");
    assert_eq!(bench.engine.session().home, Some(DcId(4)));
    // Somebody who is signed in stays.
    let mut bench = Bench::ready(settings(), Some(me()));
    bench.engine.sign_in_at(bench.now, DcId(4));
    bench.drain();
    assert_eq!(bench.engine.session().home, Some(DcId(2)));
    assert!(bench.is_ready());
}

#[test]
fn data_centres_that_point_at_each_other_are_noticed() {
    let mut bench = Bench::ready(settings(), None);
    let id = probe(&mut bench);
    for i in 0..10 {
        if bench.peers.is_empty() {
            bench.until_opening();
            bench.accept();
            bench.greet();
        }
        if bench.results.contains_key(&id) {
            break;
        }
        let to = if i % 2 == 0 { 4 } else { 2 };
        refuse(&mut bench, 303, &format!("NETWORK_MIGRATE_{to}"));
    }
    assert!(bench.result(id).unwrap().is_err());
}

#[test]
fn a_deadline_says_whether_the_request_was_sent() {
    let mut bench = Bench::ready(settings(), None);
    let in_five = |now: Mono| Some(now + 5 * SECOND);
    let mut request = Request::new(&functions::help::GetNearestDc {});
    request.deadline = in_five(bench.now.mono);
    let id = bench.engine.invoke(bench.now, request);
    bench.drain();
    bench.pass(5 * SECOND);
    assert!(matches!(
        bench.result(id),
        Some(Err(Error::Deadline { sent: true, .. }))
    ));

    bench.cut();
    let mut bench = Bench::new(settings());
    bench.engine.connect(bench.now);
    let mut request = Request::new(&functions::help::GetNearestDc {});
    request.deadline = in_five(bench.now.mono);
    let id = bench.engine.invoke(bench.now, request);
    bench.drain();
    bench.pass(5 * SECOND);
    assert!(matches!(
        bench.result(id),
        Some(Err(Error::Deadline { sent: false, .. }))
    ));
}

#[test]
fn a_forgotten_request_that_was_not_sent_never_is() {
    let mut bench = Bench::new(settings());
    bench.engine.connect(bench.now);
    let id = probe(&mut bench);
    bench.engine.forget(bench.now, id);
    bench.accept();
    bench.greet();
    assert!(!sent(&mut bench));
    assert!(bench.result(id).is_none());
}

#[test]
fn the_answer_to_a_forgotten_request_is_consumed_silently() {
    let mut bench = Bench::ready(settings(), None);
    let id = probe(&mut bench);
    bench.engine.forget(bench.now, id);
    let request = bench.peer().take::<Probe>().unwrap();
    bench.peer().answer(request, b"fine");
    bench.drain();
    assert!(bench.result(id).is_none());
    assert!(bench.is_ready());
}

#[test]
fn answers_that_carry_updates_come_decoded() {
    let mut bench = Bench::ready(settings(), None);
    let id = bench.invoke(&functions::messages::DeleteMessages::new(vec![5]));
    let request = bench
        .peer()
        .take::<functions::messages::DeleteMessages>()
        .unwrap();
    let affected = types::messages::AffectedMessages::new(10, 1);
    bench
        .peer()
        .answer(request, &telewire_schema::Serialize::to_bytes(&affected));
    bench.drain();
    let value = bench.result(id).unwrap().unwrap();
    assert!(matches!(value, Value::Decoded(..)));
    assert_eq!(
        value.decode::<types::messages::AffectedMessages>().unwrap(),
        affected
    );
}

#[test]
fn logging_out_is_done_when_the_server_has_it() {
    // parity: N-mt.logout
    let mut bench = Bench::ready(settings(), Some(me()));
    let id = bench.invoke(&functions::auth::LogOut {});
    let request = bench.peer().take::<functions::auth::LogOut>().unwrap();
    let ack = telewire_schema::mtproto::types::MsgsAck::new(vec![request]);
    bench
        .peer()
        .push(&telewire_schema::Serialize::to_bytes(&ack));
    bench.drain();
    let value = bench.result(id).unwrap().unwrap();
    assert!(value.decode::<types::auth::LoggedOut>().is_ok());
}

#[test]
fn frames_in_one_read_and_parts_that_wait_are_batches() {
    let mut bench = Bench::ready(settings(), None);
    let batches = |bench: &Bench| {
        let dc = &bench.engine.dcs[&DcKey::main(DcId(2))];
        dc.session.as_ref().expect("it is ready").batches()
    };
    let before = batches(&bench);
    assert!(before.opened < 4 && before.sealed < 4, "{before:?}");

    let probes: Vec<_> = (0..4).map(|_| probe(&mut bench)).collect();
    for _ in &probes {
        let peer = bench.peer();
        let id = peer.take::<Probe>().expect("the request was sent");
        peer.answer(id, b"fine");
    }
    let bytes = std::mem::take(&mut bench.peer().outgoing);
    let link = *bench.peers.keys().next().unwrap();
    bench.engine.receive_buffer(link)[..bytes.len()].copy_from_slice(&bytes);
    bench.engine.handle_received(bench.now, link, bytes.len());
    bench.drain();
    for id in probes {
        assert!(bench.result(id).unwrap().is_ok());
    }
    assert!(batches(&bench).opened >= 4, "{:?}", batches(&bench));

    for _ in 0..4 {
        let mut part = Request::new(&functions::upload::SaveFilePart::new(1, 0, Vec::new()));
        part.head.truncate(part.head.len() - 4);
        part.tail = Some(vec![1; 512 * 1024].into());
        bench.engine.invoke(bench.now, part);
    }
    bench.drain();
    assert!(batches(&bench).sealed >= 4, "{:?}", batches(&bench));
    let parts = &bench.peer().requests;
    assert_eq!(parts.len(), 4);
    assert!(parts.iter().all(|(_, body)| body.len() > 512 * 1024));
}
