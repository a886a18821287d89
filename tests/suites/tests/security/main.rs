//! What a server, or somebody on the way to it, must not get away with.
//!
//! Every test drives a real engine against the scripted server of `telewire_tests::evil`, which keeps to all rules but
//! one; the two checks of a password challenge that no engine takes part in are called by themselves. Where a refusal
//! has a text, the tests compare it, so that a second line of defence is not mistaken for the first.
//!
//! A test of this kind is worth something only if it fails without the check that it is about. That was tried for each:
//! a copy of the core got a switch in front of every check, read from the environment, so that one build served all. With one
//! check switched off the suite has to fail in the test for that check and nowhere else. Whoever adds a check or a test
//! repeats this for it. The exceptions:
//!
//! - The checks of a Diffie-Hellman group and the range of a public value serve key creation and passwords alike; the switches
//!   stood where each of the two calls them.
//! - A message that is longer than its packet has no room for padding either, so that the least padding had to be switched
//!   off with it. A value above the modulus is no residue of it either; switching both off together was not tried.
//! - A plain message on an encrypted connection, and updates before there is a key, are refused by no single check: no switch
//!   was tried for these two tests.
//! - The nesting of types was tried with a higher limit, since without any the program runs out of stack. A client that drops
//!   its key at once for four bytes fails two more tests of the link, because the key is really gone.
//! - That secrets are compared in constant time and that the search for factors is bounded shows in no reaction. For the
//!   latter there is a test beside the code.

mod envelope;
mod exchange;
mod group;
mod limits;
mod link;
mod password;
mod session;
mod updates;

use telewire_schema::functions::help::GetNearestDc;
use telewire_tests::evil::{HOME, Kind, Script, World, answer, settings, typing};

/// If this fails, no other test here says anything.
#[test]
fn a_server_that_keeps_every_rule_is_taken_as_it_is() {
    let mut world = World::blank(settings());
    world.server.script = Script::default();
    world.server.ahead = 3600;
    world.connect();
    assert!(world.is_ready());
    assert_eq!(
        world.engine.session().keys.get(&HOME),
        world.server.key(HOME)
    );
    let (request, question) = world.ask(&GetNearestDc {});
    assert!(world.result(request).is_none());
    world
        .server
        .send(HOME, Kind::Answer, &answer(question, b"here"));
    world.server.send(HOME, Kind::Push, &typing(5));
    world.settle();
    assert_eq!(world.result(request).unwrap().unwrap(), "here");
    assert_eq!(world.typists(), [5]);
    assert_eq!((world.opened, world.closed), (1, 0));
}
