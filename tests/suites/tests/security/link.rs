//! Transport errors: four bytes that anybody on the way can send.

use std::time::Duration;

use telewire_core::error::{Error, TransportError};
use telewire_core::session::SessionChange;
use telewire_schema::functions::help::GetNearestDc;
use telewire_tests::evil::{HOME, Kind, World, answer, settings};

fn forgets_a_key(change: &SessionChange) -> bool {
    matches!(change, SessionChange::Key(_, None))
}

// rule: transport.unknown_key, transport.unauthenticated
#[test]
fn four_bytes_never_cost_a_permanent_key() {
    let mut world = World::signed_in(settings());
    let key = world.engine.session().keys[&HOME].clone();
    world.server.hint = Some(-404);
    world.connect();
    world.until_settled();
    let refused = TransportError::Refused(-404);
    assert_eq!(
        world.ended().map(ToString::to_string),
        Some(refused.to_string()),
        "the user is told"
    );
    assert_eq!(world.engine.session().keys.get(&HOME), Some(&key));
    assert!(world.engine.session().user.is_some());
    assert!(!world.stored.iter().any(forgets_a_key));
    // Whoever sent them is gone: everything is as it was.
    world.server.hint = None;
    world.connect();
    assert!(world.is_ready());
    assert_eq!(world.server.made, 0, "no other key was made");
}

// rule: transport.unknown_key
#[test]
fn one_connection_alone_does_not_make_a_key_unknown() {
    let mut world = World::signed_in(settings());
    world.server.hint = Some(-404);
    world.connect();
    world.server.hint = None;
    assert!(world.ended().is_none());
    world.until_settled();
    assert!(world.is_ready());
}

// rule: transport.unauthenticated
#[test]
fn a_connection_that_worked_is_replaced_and_its_requests_are_kept() {
    for code in [-404, -429, -444, i32::MIN] {
        let mut world = World::ready();
        let (request, question) = world.ask(&GetNearestDc {});
        for _ in 0..4 {
            world.server.replay(HOME, &i32::to_le_bytes(code));
            world.settle();
            world.until_settled();
            assert!(world.is_ready(), "{code}");
        }
        assert!(world.result(request).is_none(), "{code}");
        world
            .server
            .send(HOME, Kind::Answer, &answer(question, b"here"));
        world.settle();
        assert_eq!(world.result(request).unwrap().unwrap(), "here");
        assert!(!world.stored.iter().any(forgets_a_key));
    }
}

#[test]
fn key_creation_gets_over_them() {
    for code in [-404, -429, -444] {
        let mut world = World::blank(settings());
        world.server.hint = Some(code);
        world.connect();
        world.pass(Duration::from_millis(1));
        assert!(world.ended().is_none());
        world.server.hint = None;
        world.until_settled();
        assert!(world.is_ready(), "{code}");
    }
}

#[test]
fn trying_ends_with_the_servers_reason() {
    let mut world = World::blank(settings());
    world.server.hint = Some(-429);
    world.connect();
    world.until_settled();
    let why = world.ended();
    assert!(
        matches!(why, Some(Error::Transport(TransportError::Refused(-429)))),
        "{why:?}"
    );
}
