//! Requests for data centres other than the account's own.

use std::time::Duration;

use telewire_schema::{Serialize, functions, types};

use super::bench::{Bench, me, settings};
use crate::dc::DcId;
use crate::engine::dc::DcKey;
use crate::engine::tasks::Task;
use crate::engine::{Answer, Output, Request, RequestId, Target, TaskId, TimerId};
use crate::error::{Error, StoreError};
use crate::session::DcOption;

type Probe = functions::help::GetNearestDc;

fn ask(bench: &mut Bench, target: Target) -> RequestId {
    let mut request = Request::new(&functions::help::GetNearestDc {});
    request.dc = target;
    let id = bench.engine.invoke(bench.now, request);
    bench.drain();
    id
}

/// Lets the home data centre hand an authorization out.
fn export(bench: &mut Bench) {
    let home = bench.peers.first_entry().unwrap().into_mut();
    let asked = home
        .take::<functions::auth::ExportAuthorization>()
        .expect("home is asked");
    let exported =
        types::auth::ExportedAuthorization::new(7, bytes::Bytes::from_static(b"authorization"));
    home.answer(asked, &exported.to_bytes());
    bench.drain();
}

fn import(bench: &mut Bench) {
    let peer = bench.peer();
    let asked = peer
        .take::<functions::auth::ImportAuthorization>()
        .expect("the other takes it");
    let user = types::User::Empty(types::UserEmpty::new(777));
    let taken = types::auth::Authorization::from(types::auth::AuthorizationData::new(user));
    peer.answer(asked, &taken.to_bytes());
    bench.drain();
}

#[test]
fn the_account_is_introduced_before_its_first_request() {
    // parity: M-base.borrow
    let mut bench = Bench::ready(settings(), Some(me()));
    let id = ask(&mut bench, Target::Of(DcId(4)));
    assert_eq!(bench.accept().to_string(), "127.0.0.4:40");
    bench.greet();
    assert!(bench.peer().take::<Probe>().is_none());
    export(&mut bench);
    import(&mut bench);
    let asked = bench.peer().take::<Probe>().expect("now it may go");
    bench.peer().answer(asked, b"fine");
    bench.drain();
    assert!(bench.result(id).unwrap().is_ok());
    assert!(bench.is_ready(), "home is as it was");
}

#[test]
fn without_an_account_there_is_nothing_to_introduce() {
    let mut bench = Bench::ready(settings(), None);
    ask(&mut bench, Target::Of(DcId(4)));
    bench.accept();
    bench.greet();
    assert!(bench.peer().take::<Probe>().is_some());
}

#[test]
fn a_forgotten_introduction_is_repeated_once() {
    let mut bench = Bench::ready(settings(), Some(me()));
    let id = ask(&mut bench, Target::Of(DcId(4)));
    bench.accept();
    bench.greet();
    export(&mut bench);
    import(&mut bench);
    let asked = bench.peer().take::<Probe>().unwrap();
    bench.peer().refuse(asked, 401, "AUTH_KEY_UNREGISTERED");
    bench.drain();
    export(&mut bench);
    import(&mut bench);
    let asked = bench.peer().take::<Probe>().unwrap();
    bench.peer().refuse(asked, 401, "AUTH_KEY_UNREGISTERED");
    bench.drain();
    assert!(matches!(bench.result(id).unwrap(), Err(Error::Rpc { .. })));
    assert!(
        bench.engine.session().user.is_some(),
        "the account lives at home"
    );
}

#[test]
fn updates_from_abroad_are_not_ours() {
    // parity: N-life.exported
    let mut bench = Bench::ready(settings(), Some(me()));
    let state = bench.peer().take::<functions::updates::GetState>().unwrap();
    let answer = types::updates::State::new(1, 1, 1, 1, 0).to_bytes();
    bench.peer().answer(state, &answer);
    bench.drain();
    ask(&mut bench, Target::Of(DcId(4)));
    bench.accept();
    bench.greet();
    bench.peer().push(&types::Updates::TooLong.to_bytes());
    bench.drain();
    let home = bench.peers.first_entry().unwrap().into_mut();
    assert!(home.take::<functions::updates::GetDifference>().is_none());
    home.push(&types::Updates::TooLong.to_bytes());
    bench.drain();
    let home = bench.peers.first_entry().unwrap().into_mut();
    assert!(home.take::<functions::updates::GetDifference>().is_some());
}

#[test]
fn an_unreachable_one_fails_its_own_requests_only() {
    let mut bench = Bench::ready(settings(), None);
    let id = ask(&mut bench, Target::Of(DcId(4)));
    for _ in 0..6 {
        bench.until_opening();
        bench.refuse();
    }
    assert!(matches!(
        bench.result(id).unwrap(),
        Err(Error::Transport(_))
    ));
    assert!(bench.is_ready());
    let id = ask(&mut bench, Target::Of(DcId(9)));
    let text = bench.result(id).unwrap().unwrap_err().to_string();
    assert!(text.contains("DC 9"), "{text}");
}

#[test]
fn a_connection_without_work_is_closed() {
    // parity: M-base.borrow
    let mut bench = Bench::ready(settings(), Some(me()));
    ask(&mut bench, Target::Of(DcId(4)));
    bench.accept();
    bench.greet();
    export(&mut bench);
    import(&mut bench);
    let asked = bench.peer().take::<Probe>().unwrap();
    bench.pass(Duration::from_secs(100));
    assert_eq!(bench.peers.len(), 2, "work is pending");
    bench.peer().answer(asked, b"fine");
    bench.drain();
    bench.pass(Duration::from_secs(61));
    assert_eq!(bench.peers.len(), 1);
    // And made again when it is needed, with the key that knows the account.
    ask(&mut bench, Target::Of(DcId(4)));
    bench.accept();
    bench.greet();
    assert!(bench.peer().take::<Probe>().is_some());
}

#[test]
fn statistics_are_asked_for_where_they_are() {
    let mut bench = Bench::ready(settings(), None);
    ask(&mut bench, Target::Home);
    let asked = bench.peer().take::<Probe>().unwrap();
    bench.peer().refuse(asked, 303, "STATS_MIGRATE_4");
    bench.drain();
    assert_eq!(bench.accept().to_string(), "127.0.0.4:40");
    bench.greet();
    assert!(bench.peer().take::<Probe>().is_some());
    assert!(bench.is_ready());
}

#[test]
fn a_flood_wait_on_the_introduction_fails_what_waits_for_it() {
    let mut bench = Bench::ready(settings(), Some(me()));
    let id = ask(&mut bench, Target::Of(DcId(4)));
    bench.accept();
    bench.greet();
    let home = bench.peers.first_entry().unwrap().into_mut();
    let asked = home
        .take::<functions::auth::ExportAuthorization>()
        .expect("home is asked");
    home.refuse(asked, 420, "FLOOD_WAIT_100");
    bench.drain();
    assert!(bench.result(id).unwrap().unwrap_err().is("FLOOD_WAIT"));
    // The wait is known by now, so home is not even asked.
    let id = ask(&mut bench, Target::Of(DcId(4)));
    let error = bench.result(id).expect("it does not hang").unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(100)));
    // It works again once the wait is over.
    bench.pass(Duration::from_secs(50));
    ask(&mut bench, Target::Of(DcId(4)));
    bench.pass(Duration::from_secs(50));
    export(&mut bench);
    import(&mut bench);
    assert!(bench.peer().take::<Probe>().is_some());
}

/// A bench that knows the address of a file server.
fn with_file_server() -> Bench {
    let mut bench = Bench::ready(settings(), None);
    let mut option = DcOption::new(DcId(4), std::net::Ipv4Addr::new(127, 0, 0, 5).into(), 50);
    option.media_only = true;
    bench.engine.session.dcs.push(option);
    bench
}

#[test]
fn a_file_server_without_a_key_is_retried_and_given_up() {
    let mut bench = with_file_server();
    bench.engine.session.keys.remove(&DcId(4));
    let id = ask(&mut bench, Target::Media(DcId(4)));
    for _ in 0..6 {
        for _ in 0..60 {
            if bench.opening.is_empty() {
                bench.pass(Duration::from_secs(1));
            }
        }
        assert!(!bench.opening.is_empty(), "the key is still needed");
        assert_eq!(bench.refuse().to_string(), "127.0.0.4:40");
    }
    assert!(matches!(
        bench.result(id).expect("it does not hang"),
        Err(Error::Transport(_))
    ));
    assert!(bench.is_ready());
}

/// A request for a file server, whose connection stands while the key is still being stored.
fn while_storing() -> (Bench, RequestId, TaskId) {
    let mut bench = with_file_server();
    let task = Task::StoreKey(DcKey::main(DcId(4)));
    let task = bench
        .engine
        .start_task(bench.now, task, |_| Output::Woke(TimerId(0)));
    let id = ask(&mut bench, Target::Media(DcId(4)));
    assert_eq!(bench.accept().to_string(), "127.0.0.5:50");
    assert!(bench.peer().requests.is_empty());
    (bench, id, task)
}

#[test]
fn a_file_server_is_greeted_once_the_key_is_stored() {
    let (mut bench, _, task) = while_storing();
    bench
        .engine
        .handle_answer(bench.now, Answer::Stored(task, Ok(())));
    bench.drain();
    bench.greet();
    assert!(bench.peer().take::<Probe>().is_some());
}

#[test]
fn a_file_server_fails_with_the_key_that_cannot_be_stored() {
    let (mut bench, id, task) = while_storing();
    let full = Err(StoreError::new("the disk is full"));
    bench
        .engine
        .handle_answer(bench.now, Answer::Stored(task, full));
    bench.drain();
    assert!(matches!(
        bench.result(id).expect("it does not hang"),
        Err(Error::Store(_))
    ));
    assert_eq!(bench.peers.len(), 1, "its connection is closed");
}
