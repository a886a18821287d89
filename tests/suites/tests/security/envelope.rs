//! Encrypted messages: what is checked before anything of them is read.

use telewire_schema::functions::help::GetNearestDc;
use telewire_tests::evil::{Forged, HOME, Kind, World, answer, settings};

/// Key identifier and message key.
const OUTER: usize = 24;

type Forgery = fn(&mut Forged);

/// Sends a wrong answer in a message that has something wrong with it, then the right answer.
fn is_refused(forgery: Forgery) {
    let mut world = World::ready();
    let (request, question) = world.ask(&GetNearestDc {});
    let wrong = answer(question, b"wrong answer");
    world.server.forge(HOME, Kind::Answer, &wrong, forgery);
    world.settle();
    assert!(
        world.result(request).is_none(),
        "the wrong answer was taken"
    );
    assert_eq!(world.closed, 1, "the message was taken for a good one");
    world.until_settled();
    world
        .server
        .send(HOME, Kind::Answer, &answer(question, b"good"));
    world.settle();
    assert_eq!(world.result(request).unwrap().unwrap(), "good");
}

fn other_key(message: &mut Forged) {
    message.sealed = Some(Box::new(|packet| packet[0] ^= 1));
}

fn other_session(message: &mut Forged) {
    message.header.session_id ^= 1;
}

fn other_message_key(message: &mut Forged) {
    message.sealed = Some(Box::new(|packet| packet[OUTER - 1] ^= 1));
}

fn changed_padding(message: &mut Forged) {
    message.plaintext = Some(Box::new(|plain| *plain.last_mut().unwrap() ^= 1));
}

fn negative_length(message: &mut Forged) {
    message.length = Some(-4);
}

fn length_beyond_the_payload(message: &mut Forged) {
    message.length = Some(4096);
}

fn crooked_length(message: &mut Forged) {
    // The body of 24 bytes fits into three less with the message still whole blocks.
    message.length = Some(21);
}

fn short_padding(message: &mut Forged) {
    // 32 + 24 + 8 bytes are four blocks.
    message.padding = Some(8);
}

fn long_padding(message: &mut Forged) {
    message.padding = Some(1032);
}

#[test]
fn a_message_under_another_key_is_refused() {
    is_refused(other_key);
}

#[test]
fn a_message_of_another_session_is_refused() {
    is_refused(other_session);
}

/// The message key covers everything that is encrypted, the padding too, which nothing else depends on.
#[test]
fn a_message_that_does_not_fit_its_message_key_is_refused() {
    is_refused(other_message_key);
    is_refused(changed_padding);
    is_refused(|message| {
        message.plaintext = Some(Box::new(|plain| plain[32 + 12] ^= 1));
    });
}

#[test]
fn a_negative_length_is_refused() {
    is_refused(negative_length);
}

#[test]
fn a_length_beyond_the_payload_is_refused() {
    is_refused(length_beyond_the_payload);
}

#[test]
fn a_length_that_is_no_multiple_of_four_is_refused() {
    is_refused(crooked_length);
}

// rule: mtproto.padding
#[test]
fn less_than_12_bytes_of_padding_are_refused() {
    is_refused(short_padding);
}

// rule: mtproto.padding
#[test]
fn more_than_1024_bytes_of_padding_are_refused() {
    is_refused(long_padding);
}

#[test]
fn the_least_and_the_most_padding_are_taken() {
    for (body, padding) in [(&b"1234567"[..], 12), (b"12345678901", 1024)] {
        let mut world = World::ready();
        let (request, question) = world.ask(&GetNearestDc {});
        let mut body = answer(question, body);
        body.resize(body.len().next_multiple_of(4), 0);
        body.resize(body.len() + (16 - (32 + body.len() + padding) % 16) % 16, 0);
        world.server.forge(HOME, Kind::Answer, &body, |message| {
            message.padding = Some(padding);
        });
        world.settle();
        assert!(world.result(request).is_some(), "{padding}");
        assert_eq!(world.closed, 0);
    }
}

/// Anything that told one failure from another would help to forge the next message. Those that are no failures at all
/// are the business of the tests above.
#[test]
fn every_failure_looks_the_same() {
    let forgeries: [Forgery; 9] = [
        other_key,
        other_session,
        other_message_key,
        changed_padding,
        negative_length,
        length_beyond_the_payload,
        crooked_length,
        short_padding,
        long_padding,
    ];
    let reactions: Vec<_> = forgeries.into_iter().filter_map(reaction).collect();
    assert!(!reactions.is_empty());
    for reaction in &reactions {
        assert_eq!(reaction, &reactions[0]);
    }
}

/// All that can be seen of a refusal; `None` if the message was taken.
fn reaction(forgery: Forgery) -> Option<(usize, usize, usize, String)> {
    let mut config = settings();
    config.auto_reconnect = false;
    let mut world = World::signed_in(config);
    world.connect();
    let (request, question) = world.ask(&GetNearestDc {});
    let wrong = answer(question, b"wrong answer");
    world.server.forge(HOME, Kind::Answer, &wrong, forgery);
    world.settle();
    let result = world.result(request);
    if matches!(result, Some(Ok(_))) || world.closed == 0 {
        return None;
    }
    let texts = (result.map(|r| r.unwrap_err().to_string()), world.ended());
    let received = world.server.received();
    Some((world.opened, world.closed, received, format!("{texts:?}")))
}
