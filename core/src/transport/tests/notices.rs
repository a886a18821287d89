//! What is no packet: transport errors and quick acknowledgements.

use super::*;

// rule: transport.short_frame
#[test]
fn transport_errors_are_told_from_packets_in_every_mode() {
    for mode in MODES {
        let (mut client, mut server) = met(mode, 1);
        for code in [-404, -429, i32::MIN] {
            let stream = encoded(&mut server, &code.to_le_bytes(), &mut rng(2));
            assert_eq!(
                feed(&mut client, &stream, &[1]),
                (vec![Frame::Error(code)], None),
                "{mode:?}"
            );
        }
    }
}

// rule: transport.short_frame
#[test]
fn quick_acknowledgements_are_told_from_packets() {
    let token = 0x8123_4567_u32;
    let padded = [
        &14_u32.to_le_bytes()[..],
        &[0xff; 4],
        &token.to_le_bytes(),
        &[7; 6],
    ]
    .concat();
    for (mode, stream) in [
        (Mode::Abridged, token.to_be_bytes().to_vec()),
        (Mode::Intermediate, token.to_le_bytes().to_vec()),
        (Mode::Padded, padded),
    ] {
        let mut client = Codec::client(mode, &mut rng(1));
        let twice = [&stream[..], &stream].concat();
        let expected = vec![Frame::QuickAck(token), Frame::QuickAck(token)];
        assert_eq!(
            feed(&mut client, &twice, &[3]),
            (expected, None),
            "{mode:?}"
        );
    }
}

#[test]
fn a_client_that_asks_for_quick_acknowledgements_is_understood() {
    for (mut stream, at) in [
        (
            encoded(
                &mut Codec::client(Mode::Abridged, &mut rng(1)),
                &payload(1, 2),
                &mut rng(1),
            ),
            1,
        ),
        (
            encoded(
                &mut Codec::client(Mode::Abridged, &mut rng(1)),
                &payload(1, 99),
                &mut rng(1),
            ),
            1,
        ),
        (
            encoded(
                &mut Codec::client(Mode::Intermediate, &mut rng(1)),
                &payload(1, 2),
                &mut rng(1),
            ),
            7,
        ),
        (
            encoded(
                &mut Codec::client(Mode::Padded, &mut rng(1)),
                &payload(1, 2),
                &mut rng(1),
            ),
            7,
        ),
    ] {
        stream[at] |= 0x80;
        let (frames, error) = feed(&mut Codec::server(), &stream, &[usize::MAX]);
        assert_eq!((frames.len(), error), (1, None));
    }
}
