//! Updates come over the account's own encrypted connections or not at all.

use telewire_core::exchange::ExchangeError;
use telewire_core::internals::plain;
use telewire_schema::functions::help::GetNearestDc;
use telewire_tests::evil::{FOREIGN, HOME, Kind, World, typing};

use super::exchange::{refused, rule};

#[test]
fn updates_of_a_foreign_data_centre_are_ignored() {
    let mut world = World::ready();
    world.ask_abroad(&GetNearestDc {});
    world.server.send(FOREIGN, Kind::Push, &typing(5));
    world.server.send(HOME, Kind::Push, &typing(6));
    world.settle();
    assert_eq!(world.typists(), [6]);
    assert_eq!(world.closed, 0);
}

// rule: updates.encrypted_only
#[test]
fn plain_updates_on_an_encrypted_connection_are_refused() {
    let mut world = World::ready();
    let id = world.server.message_id(HOME, Kind::Push);
    let packet = plain::pack(id, &typing(5));
    world.server.replay(HOME, &packet);
    world.settle();
    assert_eq!(world.typists(), [0; 0]);
    assert_eq!(world.closed, 1);
    world.until_settled();
    assert!(world.is_ready());
}

// rule: updates.encrypted_only
#[test]
fn updates_before_there_is_a_key_are_refused() {
    let text = refused(|s| {
        s.envelope = Box::new(|packet| {
            packet.truncate(8 + 8);
            let body = typing(5);
            packet.extend((body.len() as u32).to_le_bytes());
            packet.extend(body);
        });
    });
    assert_eq!(text, rule(ExchangeError::Message));
}
