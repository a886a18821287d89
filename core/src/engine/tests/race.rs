//! Two addresses at a time.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::bench::{Bench, settings};
use crate::config::{Config, Network};
use crate::dc::DcId;
use crate::engine::LinkEvent;
use crate::engine::race::HEAD_START;
use crate::exchange::RsaKeys;
use crate::session::DcOption;

const SHORT: Duration = Duration::from_millis(50);

/// A data centre with an address of each family.
fn both(use_ipv6: bool) -> Config {
    let four = DcOption::new(DcId(2), Ipv4Addr::LOCALHOST.into(), 4);
    let six = DcOption::new(DcId(2), Ipv6Addr::LOCALHOST.into(), 6);
    let mut config = settings();
    config.use_ipv6 = use_ipv6;
    config.network = Network::Custom {
        default_dc: DcId(2),
        dcs: vec![four, six],
        keys: RsaKeys::default(),
    };
    config
}

fn racing(use_ipv6: bool) -> Bench {
    let mut bench = Bench::new(both(use_ipv6));
    bench.engine.connect(bench.now);
    bench.drain();
    bench
}

fn opening(bench: &Bench) -> Vec<u16> {
    bench.opening.iter().map(|(_, to)| to.port).collect()
}

#[test]
fn the_second_family_is_tried_after_a_head_start() {
    let mut bench = racing(false);
    assert_eq!(opening(&bench), [4]);
    bench.pass(HEAD_START - SHORT);
    assert_eq!(opening(&bench), [4]);
    bench.pass(SHORT);
    assert_eq!(opening(&bench), [4, 6]);
    // Nothing changes for those who prefer the other.
    let mut bench = racing(true);
    assert_eq!(opening(&bench), [6]);
    bench.pass(HEAD_START);
    assert_eq!(opening(&bench), [6, 4]);
}

#[test]
fn one_that_stands_in_time_has_no_rival() {
    let mut bench = racing(false);
    bench.accept();
    bench.greet();
    bench.pass(HEAD_START * 4);
    assert!(bench.is_ready() && bench.opening.is_empty());
    assert_eq!(bench.peers.len(), 1);
}

#[test]
fn the_first_that_stands_wins_and_the_other_says_nothing() {
    for winner in [0, 1] {
        let mut bench = racing(false);
        bench.pass(HEAD_START);
        let (loser, _) = bench.opening[1 - winner].clone();
        bench.opening.swap(0, winner);
        let at = bench.accept();
        assert_eq!(at.port, [4, 6][winner]);
        assert!(bench.opening.is_empty(), "the other is closed");
        // It stood before it heard of that.
        bench
            .engine
            .handle_link(bench.now, loser, LinkEvent::Connected);
        assert!(bench.engine.poll_packet(bench.now, loser).is_none());
        assert!(bench.engine.receive_buffer(loser).is_empty());
        bench
            .engine
            .handle_link(bench.now, loser, LinkEvent::Lost("closed".into()));
        bench.drain();
        bench.greet();
        assert!(bench.is_ready());
        assert_eq!(bench.peers.len(), 1);
    }
}

#[test]
fn a_refusal_ends_the_head_start() {
    let mut bench = racing(true);
    assert_eq!(bench.refuse().port, 6);
    assert_eq!(opening(&bench), [4], "at once");
    bench.accept();
    bench.greet();
    assert!(bench.is_ready());
}

#[test]
fn either_may_fail_while_the_other_is_being_made() {
    for failing in [0, 1] {
        let mut bench = racing(false);
        bench.pass(HEAD_START);
        bench.opening.swap(0, failing);
        bench.refuse();
        assert_eq!(opening(&bench), [[6], [4]][failing]);
        bench.accept();
        bench.greet();
        assert!(bench.is_ready());
    }
}

#[test]
fn two_refusals_are_one_attempt_and_both_are_named() {
    let mut config = both(false);
    config.connection_retries = Some(0);
    let mut bench = Bench::new(config);
    bench.engine.connect(bench.now);
    bench.refuse();
    assert!(bench.ended().is_none());
    bench.refuse();
    let text = bench.ended().unwrap().to_string();
    assert!(
        text.contains("127.0.0.1:4") && text.contains("[::1]:6"),
        "{text}"
    );
}

#[test]
fn an_attempt_has_one_time_limit_for_both() {
    let mut bench = racing(false);
    bench.pass(HEAD_START);
    let ids: Vec<_> = bench.opening.iter().map(|(link, _)| *link).collect();
    bench.pass(Duration::from_secs(10) - HEAD_START);
    assert!(
        bench.opening.iter().all(|(link, _)| !ids.contains(link)),
        "both are given up"
    );
    bench.until_opening();
    assert_eq!(opening(&bench), [4]);
}

#[test]
fn disconnecting_closes_both() {
    let mut bench = racing(false);
    bench.pass(HEAD_START);
    bench.engine.disconnect(bench.now);
    bench.drain();
    assert!(bench.opening.is_empty());
}
