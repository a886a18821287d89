//! Accounts that move to another data centre, and what moves with them.

use std::time::Duration;

use telewire_schema::{Identifiable, Serialize, functions, types};

use super::bench::{Bench, me, settings};
use crate::dc::DcId;
use crate::engine::{LinkId, RequestId};
use crate::error::Error;
use crate::session::SessionChange;

const SECOND: Duration = Duration::from_secs(1);

type Probe = functions::help::GetNearestDc;
type Other = functions::help::GetCdnConfig;
type Export = functions::auth::ExportAuthorization;
type Import = functions::auth::ImportAuthorization;

fn probe(bench: &mut Bench) -> RequestId {
    bench.invoke(&functions::help::GetNearestDc {})
}

fn refuse<R: Identifiable>(bench: &mut Bench, code: i32, text: &str) {
    let id = bench.peer().take::<R>().expect("the request was sent");
    bench.peer().refuse(id, code, text);
    bench.drain();
}

/// A bench whose signed-in account has just been said to live at data centre 4, with the two connections: to where it
/// lives now, and to where it lived.
fn moving() -> (Bench, RequestId, LinkId, LinkId) {
    let mut bench = Bench::ready(settings(), Some(me()));
    let id = probe(&mut bench);
    refuse::<Probe>(&mut bench, 303, "USER_MIGRATE_4");
    assert_eq!(bench.accept().to_string(), "127.0.0.4:40");
    bench.greet();
    let new = *bench.peers.last_key_value().unwrap().0;
    // The authorization is still where the account came from.
    assert!(bench.peer().take::<Probe>().is_none());
    assert_eq!(bench.accept().to_string(), "127.0.0.1:10");
    bench.greet();
    let old = *bench.peers.last_key_value().unwrap().0;
    (bench, id, new, old)
}

fn export(bench: &mut Bench, at: LinkId) {
    let old = bench.peers.get_mut(&at).unwrap();
    let asked = old.take::<Export>().expect("it is handed out");
    let bytes = bytes::Bytes::from_static(b"authorization");
    let exported = types::auth::ExportedAuthorization::new(7, bytes);
    old.answer(asked, &exported.to_bytes());
    bench.drain();
}

fn import(bench: &mut Bench, at: LinkId, answer: Result<(), (i32, &str)>) {
    let new = bench.peers.get_mut(&at).unwrap();
    let asked = new.take::<Import>().expect("it is taken along");
    let user = types::User::Empty(types::UserEmpty::new(777));
    let taken = types::auth::Authorization::from(types::auth::AuthorizationData::new(user));
    match answer {
        Ok(()) => new.answer(asked, &taken.to_bytes()),
        Err((code, text)) => new.refuse(asked, code, text),
    }
    bench.drain();
}

fn is_home(dc: DcId) -> impl Fn(&SessionChange) -> bool {
    move |change| matches!(change, SessionChange::Home(home) if *home == dc)
}

// rule: signin.user_migrate
#[test]
fn an_account_that_moves_takes_its_authorization_along() {
    // parity: M-base.call.migrate
    let (mut bench, id, new, old) = moving();
    assert!(
        !bench.stored.iter().any(is_home(DcId(4))),
        "whoever opens the session now still finds the account"
    );
    export(&mut bench, old);
    import(&mut bench, new, Ok(()));
    let peer = bench.peers.get_mut(&new).unwrap();
    let again = peer.take::<Probe>().expect("sent on");
    peer.answer(again, b"fine");
    bench.drain();
    assert!(bench.result(id).unwrap().is_ok());
    assert_eq!(bench.engine.session().home, Some(DcId(4)));
    assert!(bench.stored.iter().any(is_home(DcId(4))));
    assert!(bench.engine.session().user.is_some());
    assert!(bench.engine.session().keys.contains_key(&DcId(2)));
    // The old one is foreign now, and left when there is nothing to do there.
    bench.pass(120 * SECOND);
    assert!(!bench.peers.contains_key(&old) && bench.peers.contains_key(&new));
}

#[test]
fn an_account_moves_for_its_updates_too() {
    let mut bench = Bench::ready(settings(), Some(me()));
    refuse::<functions::updates::GetState>(&mut bench, 303, "USER_MIGRATE_4");
    assert_eq!(bench.accept().to_string(), "127.0.0.4:40");
    bench.greet();
    let new = *bench.peers.last_key_value().unwrap().0;
    bench.accept();
    bench.greet();
    let old = *bench.peers.last_key_value().unwrap().0;
    export(&mut bench, old);
    import(&mut bench, new, Ok(()));
    let peer = bench.peers.get_mut(&new).unwrap();
    assert!(peer.take::<functions::updates::GetState>().is_some());
}

#[test]
fn a_home_that_knows_the_account_already_is_asked_directly() {
    let (mut bench, id, new, old) = moving();
    let peer = bench.peers.get_mut(&old).unwrap();
    let asked = peer.take::<Export>().unwrap();
    peer.refuse(asked, 303, "USER_MIGRATE_4");
    bench.drain();
    let peer = bench.peers.get_mut(&new).unwrap();
    let again = peer.take::<Probe>().expect("it may know better");
    peer.answer(again, b"fine");
    bench.drain();
    assert!(bench.result(id).unwrap().is_ok());
    assert_eq!(bench.engine.session().home, Some(DcId(4)));
}

// rule: signin.export
#[test]
fn an_authorization_that_came_too_late_is_handed_out_again() {
    let (mut bench, id, new, old) = moving();
    for _ in 0..2 {
        export(&mut bench, old);
        import(&mut bench, new, Err((400, "AUTH_BYTES_INVALID")));
    }
    export(&mut bench, old);
    import(&mut bench, new, Ok(()));
    let peer = bench.peers.get_mut(&new).unwrap();
    assert!(peer.take::<Probe>().is_some());
    assert!(bench.result(id).is_none());
    // But not for ever.
    let (mut bench, _, new, old) = moving();
    for _ in 0..3 {
        export(&mut bench, old);
        import(&mut bench, new, Err((400, "AUTH_BYTES_INVALID")));
    }
    assert!(
        bench
            .peers
            .get_mut(&old)
            .unwrap()
            .take::<Export>()
            .is_none()
    );
}

// rule: signin.phone_migrate, signin.network_migrate
#[test]
fn before_anybody_is_signed_in_there_is_nothing_to_take_along() {
    for name in ["PHONE_MIGRATE_4", "NETWORK_MIGRATE_4", "USER_MIGRATE_4"] {
        let mut bench = Bench::ready(settings(), None);
        let id = probe(&mut bench);
        refuse::<Probe>(&mut bench, 303, name);
        assert_eq!(bench.accept().to_string(), "127.0.0.4:40");
        bench.greet();
        let again = bench.peer().take::<Probe>().expect("at once");
        bench.peer().answer(again, b"fine");
        bench.drain();
        assert!(bench.result(id).unwrap().is_ok());
        assert!(bench.stored.iter().any(is_home(DcId(4))));
        assert_eq!(bench.peers.len(), 1);
    }
}

#[test]
fn what_waits_for_a_time_goes_on_waiting_after_a_move() {
    let mut bench = Bench::ready(settings(), None);
    bench.invoke(&functions::help::GetCdnConfig {});
    refuse::<Other>(&mut bench, 420, "FLOOD_WAIT_30");
    let failing = bench.invoke(&functions::help::GetInviteText {});
    refuse::<functions::help::GetInviteText>(&mut bench, 500, "RPC_CALL_FAIL");
    probe(&mut bench);
    refuse::<Probe>(&mut bench, 303, "PHONE_MIGRATE_4");
    bench.accept();
    bench.greet();
    let peer = bench.peer();
    assert!(peer.take::<Probe>().is_some());
    assert!(peer.take::<Other>().is_none(), "the flood is not over");
    assert!(peer.take::<functions::help::GetInviteText>().is_none());
    bench.pass(2 * SECOND);
    let peer = bench.peer();
    assert!(peer.take::<functions::help::GetInviteText>().is_some());
    assert!(bench.result(failing).is_none());
    bench.pass(27 * SECOND);
    assert!(bench.peer().take::<Other>().is_none());
    bench.pass(SECOND);
    assert!(bench.peer().take::<Other>().is_some(), "at its new home");
}

#[test]
fn what_may_have_run_before_a_move_does_not_run_again() {
    let mut bench = Bench::ready(settings(), None);
    let sent = bench.invoke(&functions::contacts::ResetSaved {});
    assert!(
        bench
            .peer()
            .take::<functions::contacts::ResetSaved>()
            .is_some()
    );
    probe(&mut bench);
    refuse::<Probe>(&mut bench, 303, "PHONE_MIGRATE_4");
    assert!(matches!(
        bench.result(sent),
        Some(Err(Error::OutcomeUnknown { .. }))
    ));
}

#[test]
fn signing_out_counts_even_if_a_move_comes_with_it() {
    let mut bench = Bench::ready(settings(), Some(me()));
    let out = bench.invoke(&functions::auth::LogOut {});
    probe(&mut bench);
    let peer = bench.peer();
    let request = peer.take::<functions::auth::LogOut>().unwrap();
    let moved = peer.take::<Probe>().unwrap();
    // Both arrive before either is looked at.
    peer.refuse(moved, 303, "USER_MIGRATE_4");
    let ack = telewire_schema::mtproto::types::MsgsAck::new(vec![request]);
    peer.push(&ack.to_bytes());
    bench.drain();
    let value = bench.result(out).expect("it is over").unwrap();
    assert!(value.decode::<types::auth::LoggedOut>().is_ok());
}
