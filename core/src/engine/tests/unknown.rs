//! Servers that do not know a key, or say that they do not.

use std::time::Duration;

use telewire_schema::{functions, types};

use super::bench::{Bench, me, settings};
use crate::config::{Config, Network};
use crate::dc::DcId;
use crate::engine::{LinkEvent, Request, RequestId, State, Target};
use crate::error::{Error, TransportError};
use crate::session::{DcOption, SelfUser, SessionChange};

type Probe = functions::help::GetNearestDc;

const REQ_PQ_MULTI: u32 = 0xbe7e_8ef1;

/// Two addresses for each data centre.
fn config() -> Config {
    let mut config = settings();
    if let Network::Custom { dcs, .. } = &mut config.network {
        let ip = std::net::Ipv4Addr::new(127, 0, 0, 5);
        dcs.push(DcOption::new(DcId(4), ip.into(), 50));
    }
    config
}

fn ask(bench: &mut Bench, dc: i32) -> RequestId {
    let mut request = Request::new(&functions::help::GetNearestDc {});
    request.dc = Target::Of(DcId(dc));
    let id = bench.engine.invoke(bench.now, request);
    bench.drain();
    id
}

/// The next connection is made, and told that the key is unknown.
fn disown(bench: &mut Bench) -> String {
    bench.until_opening();
    let at = bench.accept().to_string();
    bench.peer().hint(-404);
    bench.drain();
    at
}

/// The next connection is made, and what comes over it is the beginning of a key.
fn makes_a_key(bench: &mut Bench) {
    bench.until_opening();
    let (link, _) = bench.opening.remove(0);
    bench
        .engine
        .handle_link(bench.now, link, LinkEvent::Connected);
    let packet = bench.engine.poll_packet(bench.now, link).unwrap();
    let body = &packet.bytes()[8..];
    assert_eq!(body[..8], [0; 8]);
    assert_eq!(body[20..24], REQ_PQ_MULTI.to_le_bytes());
}

fn forgot(bench: &Bench, dc: i32) -> bool {
    let gone = |c: &SessionChange| matches!(c, SessionChange::Key(id, None) if id.0 == dc);
    bench.stored.iter().any(gone)
}

// rule: transport.unknown_key
#[test]
fn a_foreign_key_that_two_addresses_disown_is_made_anew() {
    let mut bench = Bench::ready(config(), Some(me()));
    let id = ask(&mut bench, 4);
    let first = disown(&mut bench);
    assert!(!forgot(&bench, 4), "anybody on the way could have said so");
    assert_ne!(first, disown(&mut bench));
    assert!(forgot(&bench, 4) && !forgot(&bench, 2));
    makes_a_key(&mut bench);
    assert!(bench.result(id).is_none(), "the request waits");
    assert!(bench.is_ready(), "home is as it was");
    assert!(bench.engine.session().user.is_some());
}

#[test]
fn a_server_that_disowns_every_key_is_given_up() {
    let mut bench = Bench::ready(config(), Some(me()));
    let id = ask(&mut bench, 4);
    disown(&mut bench);
    disown(&mut bench);
    // As if it had been made and stored.
    let key = super::bench::auth_key();
    let made = SessionChange::Key(DcId(4), Some(key));
    bench.engine.session.apply(&made);
    disown(&mut bench);
    disown(&mut bench);
    assert!(matches!(
        bench.result(id).expect("it does not hang"),
        Err(Error::Transport(TransportError::Refused(-404)))
    ));
    assert!(bench.is_ready());
}

/// A bench on which nobody is heard of, and whose home disowns the key twice.
fn disowned_home(user: Option<SelfUser>, made_here: bool) -> Bench {
    let mut bench = Bench::with(config(), user);
    if made_here {
        bench.engine.origins.made.insert(DcId(2));
    }
    bench.engine.connect(bench.now);
    disown(&mut bench);
    disown(&mut bench);
    bench
}

// rule: transport.unknown_key
#[test]
fn the_key_of_an_account_is_never_given_up() {
    // parity: N-mt.404
    for (user, made_here) in [
        (Some(me()), true),
        (Some(me()), false),
        // A session may not say who is signed in.
        (None, false),
    ] {
        let bench = disowned_home(user, made_here);
        assert!(matches!(
            bench.ended(),
            Some(Error::Transport(TransportError::Refused(-404)))
        ));
        assert!(!forgot(&bench, 2));
        assert!(bench.engine.session().keys.contains_key(&DcId(2)));
    }
}

#[test]
fn a_key_that_nobody_signed_in_with_is_made_anew() {
    // parity: N-mt.404
    let mut bench = disowned_home(None, true);
    assert!(matches!(bench.engine.state(), State::Connecting));
    makes_a_key(&mut bench);
}

// rule: transport.unknown_key
#[test]
fn a_key_that_an_account_moves_away_from_is_kept() {
    let mut bench = Bench::ready(config(), Some(me()));
    bench.invoke(&functions::help::GetNearestDc {});
    let asked = bench.peer().take::<Probe>().unwrap();
    bench.peer().refuse(asked, 303, "USER_MIGRATE_4");
    bench.drain();
    bench.accept();
    bench.greet();
    // Its old home has the authorization, and disowns the key.
    disown(&mut bench);
    disown(&mut bench);
    assert!(!forgot(&bench, 2));
    assert!(bench.engine.session().keys.contains_key(&DcId(2)));
}

// rule: transport.wrong_dc
#[test]
fn an_address_of_another_data_centre_is_left_for_the_next() {
    let mut bench = Bench::new(config());
    bench.engine.connect(bench.now);
    assert_eq!(bench.accept().to_string(), "127.0.0.1:10");
    bench.peer().hint(-444);
    bench.drain();
    assert!(bench.until_opening() < Duration::from_secs(2));
    assert_eq!(bench.accept().to_string(), "127.0.0.2:20");
    bench.greet();
    assert!(bench.is_ready() && !forgot(&bench, 2));
}

// rule: transport.unauthenticated, transport.too_many
#[test]
fn four_bytes_never_cost_more_than_the_connection() {
    // parity: N-mt.404.perm
    for code in [-404, -429, -444, -1, i32::MIN] {
        let mut bench = Bench::ready(config(), Some(me()));
        let state = bench.peer().take::<functions::updates::GetState>().unwrap();
        let answer = types::updates::State::new(1, 1, 1, 1, 0);
        let answer = telewire_schema::Serialize::to_bytes(&answer);
        bench.peer().answer(state, &answer);
        bench.drain();
        for _ in 0..3 {
            bench.peer().hint(code);
            bench.drain();
            assert!(bench.peers.is_empty(), "{code}");
            bench.until_opening();
            bench.accept();
            bench.greet();
        }
        assert!(bench.is_ready(), "{code}");
        assert!(bench.engine.session().user.is_some());
        assert!(!forgot(&bench, 2));
    }
}
