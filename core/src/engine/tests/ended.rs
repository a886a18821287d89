//! What ends an account, and what does not.

use telewire_schema::{Identifiable, Serialize, functions, types};

use super::bench::{Bench, me, settings};
use crate::dc::DcId;
use crate::engine::{RequestId, State};
use crate::error::Error;
use crate::session::SessionChange;

type Probe = functions::help::GetNearestDc;

const ENDING: [&str; 6] = [
    "AUTH_KEY_UNREGISTERED",
    "AUTH_KEY_INVALID",
    "SESSION_REVOKED",
    "SESSION_EXPIRED",
    "USER_DEACTIVATED",
    "USER_DEACTIVATED_BAN",
];

fn probe(bench: &mut Bench) -> RequestId {
    bench.invoke(&functions::help::GetNearestDc {})
}

fn refuse<R: Identifiable>(bench: &mut Bench, code: i32, text: &str) {
    let id = bench.peer().take::<R>().expect("the request was sent");
    bench.peer().refuse(id, code, text);
    bench.drain();
}

/// A bench whose server has shown that it knows who is signed in.
fn at_work() -> Bench {
    let mut bench = Bench::ready(settings(), Some(me()));
    let state = bench.peer().take::<functions::updates::GetState>().unwrap();
    let answer = types::updates::State::new(1, 1, 1, 1, 0);
    bench.peer().answer(state, &answer.to_bytes());
    bench.drain();
    bench
}

fn forgotten(bench: &Bench) -> bool {
    let gone = |c: &SessionChange| matches!(c, SessionChange::User(None));
    bench.engine.session().user.is_none() && bench.stored.iter().any(gone)
}

// rule: signin.before_401
#[test]
fn before_signing_in_nothing_ends() {
    for name in ENDING {
        let mut bench = Bench::ready(settings(), None);
        let id = probe(&mut bench);
        refuse::<Probe>(&mut bench, 401, name);
        assert!(matches!(bench.result(id).unwrap(), Err(Error::Rpc { .. })));
        assert!(bench.is_ready());
    }
}

// rule: signin.ended
#[test]
fn an_account_that_has_ended_before_leaves_room_for_the_next() {
    for name in ENDING {
        let mut bench = Bench::ready(settings(), Some(me()));
        let id = probe(&mut bench);
        refuse::<Probe>(&mut bench, 401, name);
        assert!(matches!(
            bench.result(id).unwrap(),
            Err(Error::AccountEnded(_))
        ));
        assert!(forgotten(&bench));
        assert!(bench.engine.session().keys.contains_key(&DcId(2)));
        assert!(bench.is_ready(), "one can sign in again");
    }
}

// rule: signin.ended
#[test]
fn an_account_that_is_ended_while_it_is_used_ends_the_connection() {
    for name in ENDING {
        let mut bench = at_work();
        let (id, other) = (probe(&mut bench), probe(&mut bench));
        refuse::<Probe>(&mut bench, 401, name);
        for id in [id, other] {
            assert!(matches!(
                bench.result(id).unwrap(),
                Err(Error::AccountEnded(_))
            ));
        }
        assert!(forgotten(&bench) && bench.peers.is_empty());
        assert!(matches!(bench.ended(), Some(Error::AccountEnded(_))));
        assert!(bench.engine.session().keys.contains_key(&DcId(2)));
        // Somebody else may sign in.
        bench.engine.connect(bench.now);
        bench.accept();
        bench.greet();
        assert!(bench.is_ready());
    }
}

// rule: signin.password_needed
#[test]
fn other_errors_401_end_nothing() {
    for name in [
        "SESSION_PASSWORD_NEEDED",
        "AUTH_KEY_PERM_EMPTY",
        "SOMETHING_NEW",
    ] {
        let mut bench = at_work();
        let id = probe(&mut bench);
        refuse::<Probe>(&mut bench, 401, name);
        let error = bench.result(id).unwrap().unwrap_err();
        assert!(matches!(error, Error::Rpc { .. }) && error.is(name));
        assert!(bench.is_ready() && bench.engine.session().user.is_some());
    }
}

// rule: signin.not_acceptable
#[test]
fn an_error_406_is_returned_and_not_tried_again() {
    for name in [
        "AUTH_KEY_DUPLICATED",
        "UPDATE_APP_TO_LOGIN",
        "FRESH_CHANGE_PHONE_FORBIDDEN",
    ] {
        let mut bench = at_work();
        let id = probe(&mut bench);
        refuse::<Probe>(&mut bench, 406, name);
        let error = bench.result(id).unwrap().unwrap_err();
        assert!(matches!(error, Error::Rpc { .. }) && error.is(name));
        bench.pass(std::time::Duration::from_secs(60));
        assert!(bench.peer().take::<Probe>().is_none());
        assert!(bench.engine.session().user.is_some());
        assert!(bench.engine.session().keys.contains_key(&DcId(2)));
        assert!(matches!(bench.engine.state(), State::Ready));
    }
}
