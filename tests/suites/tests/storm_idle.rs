//! An account that nobody uses for thirty days: the last days cost what the first ones did.

use std::time::Duration;

use telewire_core::Client;
use telewire_core::config::CatchUp;
use telewire_core::dc::DcId;
use telewire_core::internals::{AuthKey, Testing};
use telewire_core::runtime::Runtime as _;
use telewire_core::session::{MemorySession, Session};
use telewire_tests::sim::Sim;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// What one day came to.
#[derive(Clone, Copy, Debug)]
struct Day {
    polls: u64,
    packets: u64,
    bytes: u64,
    connections: u64,
    unacknowledged: usize,
}

fn idle(sim: &Sim) -> Client {
    let key = AuthKey::new([7; 256]);
    let dc = sim.server(|server, now| {
        let user = server.users()[0].id;
        server.admit(now, user, key.clone());
        server.options().dc
    });
    let mut session = Session {
        home: Some(DcId(dc)),
        ..Session::default()
    };
    session.keys.insert(DcId(dc), key);
    let mut config = sim.config().testing(Testing::default().watched());
    config.catch_up = CatchUp::All;
    let store = MemorySession::with(session);
    let (client, driver) = Client::with_driver(sim.runtime(), store, config);
    sim.runtime().spawn(driver);
    client
}

fn day(sim: &Sim) -> Day {
    let (polls, before) = (sim.polls(), sim.traffic());
    for _ in 0..2 {
        sim.pass(DAY / 2);
    }
    let after = sim.traffic();
    Day {
        polls: sim.polls() - polls,
        packets: after.up_chunks + after.down_chunks - before.up_chunks - before.down_chunks,
        bytes: after.up_bytes + after.down_bytes - before.up_bytes - before.down_bytes,
        connections: after.connections - before.connections,
        unacknowledged: sim.server(|server, _| server.unacknowledged()),
    }
}

#[test]
fn thirty_idle_days_cost_the_same_each() {
    let sim = Sim::new(30);
    let client = idle(&sim);
    sim.run(client.connect()).unwrap();
    let _first = day(&sim);
    let usual = day(&sim);
    assert!(usual.packets > 0, "{usual:?}");
    for n in 3..=30 {
        let today = day(&sim);
        let near = |a: u64, b: u64| a.abs_diff(b) * 50 <= b;
        assert!(
            near(today.packets, usual.packets),
            "day {n}: {today:?}, not {usual:?}"
        );
        assert!(
            near(today.bytes, usual.bytes),
            "day {n}: {today:?}, not {usual:?}"
        );
        assert!(
            near(today.polls, usual.polls),
            "day {n}: {today:?}, not {usual:?}"
        );
        assert!(
            today.connections <= usual.connections + 1,
            "day {n}: {today:?}"
        );
        // One answer may be on its way, or wait for what its acknowledgement travels with.
        assert!(today.unacknowledged <= 1, "day {n}: {today:?}");
    }
    assert!(client.is_connected());
    assert_eq!(sim.server(|server, _| server.connections().len()), 1);
}
