mod notices;

use proptest::prelude::*;

use super::*;
use crate::rand::{Rng, Seed};

const MODES: [Mode; 7] = [
    Mode::Full,
    Mode::Abridged,
    Mode::Intermediate,
    Mode::Padded,
    Mode::Obfuscated(Framing::Abridged),
    Mode::Obfuscated(Framing::Intermediate),
    Mode::Obfuscated(Framing::Padded),
];

fn rng(seed: u8) -> Rng {
    Rng::new(Seed::new([seed; 32]))
}

fn packet(bytes: &[u8]) -> Packet {
    let mut packet = Packet::new(bytes.len());
    packet.extend_from_slice(bytes);
    packet
}

fn encoded(codec: &mut Codec, bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut packet = packet(bytes);
    codec.encode(&mut packet, rng).unwrap();
    packet.bytes().to_vec()
}

/// Feeds `stream` in pieces of the given sizes (the last size repeats) and polls after each.
fn feed(codec: &mut Codec, mut stream: &[u8], sizes: &[usize]) -> (Vec<Frame>, Option<FrameError>) {
    let mut frames = Vec::new();
    let mut sizes = sizes.iter().copied();
    let mut size = 1;
    while !stream.is_empty() {
        size = sizes.next().unwrap_or(size).max(1);
        let room = codec.receive_buffer();
        assert!(!room.is_empty());
        let n = size.min(room.len()).min(stream.len());
        room[..n].copy_from_slice(&stream[..n]);
        codec.received(n);
        stream = &stream[n..];
        loop {
            match codec.poll_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
    }
    (frames, None)
}

/// An encrypted packet's shape: not zero at first, 24 bytes and whole blocks.
fn payload(fill: u8, blocks: usize) -> Vec<u8> {
    vec![fill | 1; 24 + 16 * blocks]
}

fn packets(frames: Vec<Frame>) -> Vec<Vec<u8>> {
    let packet = |frame| match frame {
        Frame::Packet(bytes) => bytes.to_vec(),
        other => panic!("{other:?}"),
    };
    frames.into_iter().map(packet).collect()
}

/// A server that has read a client's first packet in that mode.
fn met(mode: Mode, seed: u8) -> (Codec, Codec) {
    let mut rng = rng(seed);
    let mut client = Codec::client(mode, &mut rng);
    let mut server = Codec::server();
    let hello = encoded(&mut client, &payload(1, 2), &mut rng);
    let (frames, error) = feed(&mut server, &hello, &[usize::MAX]);
    assert_eq!((packets(frames), error), (vec![payload(1, 2)], None));
    assert_eq!(server.mode(), Some(mode));
    (client, server)
}

proptest! {
    #[test]
    fn any_split_gives_the_same_frames_on_both_sides(
        mode in prop::sample::select(&MODES),
        seed: u8,
        sizes in prop::collection::vec((any::<u8>(), 0_usize..600), 1..8),
        splits in prop::collection::vec(1_usize..3000, 0..20),
    ) {
        let sent: Vec<_> = sizes.iter().map(|(fill, blocks)| payload(*fill, *blocks)).collect();
        for sizes in [&[usize::MAX][..], &[1], &splits] {
            let mut rng = rng(seed);
            let mut client = Codec::client(mode, &mut rng);
            let stream: Vec<u8> = sent.iter().flat_map(|p| encoded(&mut client, p, &mut rng)).collect();
            let mut server = Codec::server();
            let (frames, error) = feed(&mut server, &stream, sizes);
            prop_assert_eq!(error, None);
            prop_assert_eq!(&packets(frames), &sent);
            let stream: Vec<u8> = sent.iter().flat_map(|p| encoded(&mut server, p, &mut rng)).collect();
            let (frames, error) = feed(&mut client, &stream, sizes);
            prop_assert_eq!(error, None);
            prop_assert_eq!(&packets(frames), &sent);
        }
    }

    #[test]
    fn random_bytes_never_panic_and_split_the_same(
        mode in prop::sample::select(&MODES),
        bytes in prop::collection::vec(any::<u8>(), 0..500),
        // Small first words get past the checks of lengths more often.
        short in any::<bool>(),
        splits in prop::collection::vec(1_usize..40, 0..20),
    ) {
        let mut bytes = bytes;
        if short {
            bytes.iter_mut().skip(1).step_by(4).for_each(|b| *b = 0);
            bytes.iter_mut().skip(2).step_by(4).for_each(|b| *b = 0);
            bytes.iter_mut().skip(3).step_by(4).for_each(|b| *b = 0);
        }
        let run = |sizes: &[usize], server: bool| {
            let mut codec = if server { Codec::server() } else { Codec::client(mode, &mut rng(3)) };
            feed(&mut codec, &bytes, sizes)
        };
        for server in [false, true] {
            let whole = run(&[usize::MAX], server);
            prop_assert_eq!(&run(&[1], server), &whole);
            prop_assert_eq!(&run(&splits, server), &whole);
        }
    }

    #[test]
    fn a_flipped_bit_in_full_framing_is_noticed(at in 0_usize..(12 + 56), bit in 0_u8..8) {
        let mut client = Codec::client(Mode::Full, &mut rng(1));
        let mut stream = encoded(&mut client, &payload(1, 2), &mut rng(1));
        stream[at] ^= 1 << bit;
        let mut other = Codec::client(Mode::Full, &mut rng(1));
        let (frames, error) = feed(&mut other, &stream, &[usize::MAX]);
        // A longer length may also leave the frame unfinished.
        prop_assert_eq!(frames, vec![]);
        prop_assert!(error.is_some() || at < 4);
    }
}

// parity: N-conn.intermediate
// rule: transport.first_bytes
#[test]
fn plain_modes_begin_with_their_tag() {
    let first = |mode| {
        let mut rng = rng(1);
        let mut codec = Codec::client(mode, &mut rng);
        let mut stream = encoded(&mut codec, &payload(1, 0), &mut rng);
        let again = encoded(&mut codec, &payload(1, 0), &mut rng);
        stream.truncate(5);
        (stream, again.len())
    };
    assert_eq!(first(Mode::Full), (vec![36, 0, 0, 0, 0], 36));
    assert_eq!(first(Mode::Abridged), (vec![0xef, 6, 1, 1, 1], 25));
    assert_eq!(
        first(Mode::Intermediate),
        (vec![0xee, 0xee, 0xee, 0xee, 24], 28)
    );
    assert_eq!(first(Mode::Padded).0[..4], [0xdd; 4]);
}

// parity: N-conn.abridged
#[test]
fn abridged_lengths_switch_form_at_127_words() {
    let (mut client, _) = met(Mode::Abridged, 1);
    let header =
        |codec: &mut Codec, len: usize| encoded(codec, &vec![1; len], &mut rng(1))[..4].to_vec();
    assert_eq!(header(&mut client, 126 * 4), [126, 1, 1, 1]);
    assert_eq!(header(&mut client, 127 * 4), [127, 127, 0, 0]);
    assert_eq!(header(&mut client, 65536 * 4 - 4), [127, 255, 255, 0]);
}

// rule: transport.bad_frames
// parity: N-conn.full
#[test]
fn full_framing_counts_its_frames_and_checks_the_count() {
    let mut client = Codec::client(Mode::Full, &mut rng(1));
    let first = encoded(&mut client, &payload(1, 0), &mut rng(1));
    let second = encoded(&mut client, &payload(1, 0), &mut rng(1));
    assert_eq!((first[4], second[4]), (0, 1));
    for (stream, expected) in [
        ([&first[..], &second].concat(), (2, None)),
        (
            [&first[..], &first].concat(),
            (1, Some(FrameError::Sequence)),
        ),
        (second, (0, Some(FrameError::Sequence))),
    ] {
        let mut codec = Codec::client(Mode::Full, &mut rng(1));
        let (frames, error) = feed(&mut codec, &stream, &[usize::MAX]);
        assert_eq!((frames.len(), error), expected);
    }
}

// parity: N-conn.full
// rule: transport.bad_frames
#[test]
fn a_wrong_checksum_ends_the_stream_for_good() {
    let mut client = Codec::client(Mode::Full, &mut rng(1));
    let mut stream = encoded(&mut client, &payload(1, 0), &mut rng(1));
    *stream.last_mut().unwrap() ^= 1;
    let mut codec = Codec::client(Mode::Full, &mut rng(1));
    assert_eq!(
        feed(&mut codec, &stream, &[7]),
        (vec![], Some(FrameError::Checksum))
    );
    assert_eq!(codec.poll_frame(), Err(FrameError::Checksum));
}

// rule: transport.bad_frames, transport.inbound_cap, transport.short_frame
#[test]
fn impossible_lengths_are_refused_at_once() {
    let word = |n: u32| n.to_le_bytes().to_vec();
    let over = u32::try_from(MAX_INBOUND).unwrap();
    for (mode, stream, expected) in [
        (Mode::Full, word(11), FrameError::Length),
        (Mode::Full, word(over + 13), FrameError::TooLong),
        (Mode::Full, word(u32::MAX), FrameError::TooLong),
        (Mode::Intermediate, word(over + 1), FrameError::TooLong),
        (Mode::Intermediate, word(0), FrameError::Length),
        (
            Mode::Intermediate,
            [word(8), vec![9; 8]].concat(),
            FrameError::Length,
        ),
        (
            Mode::Intermediate,
            [word(26), vec![9; 26]].concat(),
            FrameError::Length,
        ),
        (
            Mode::Intermediate,
            [word(4), vec![1, 0, 0, 0]].concat(),
            FrameError::Length,
        ),
        (Mode::Padded, word(over + 1), FrameError::TooLong),
        (Mode::Padded, word(0x7fff_ffff), FrameError::TooLong),
        (
            Mode::Padded,
            [word(3), vec![9; 3]].concat(),
            FrameError::Length,
        ),
        (
            Mode::Padded,
            [word(4), vec![1, 0, 0, 0]].concat(),
            FrameError::Length,
        ),
        (
            Mode::Abridged,
            vec![0x7f, 0xff, 0xff, 0xff],
            FrameError::TooLong,
        ),
        (Mode::Abridged, vec![0], FrameError::Length),
    ] {
        let mut codec = Codec::client(mode, &mut rng(1));
        assert_eq!(
            feed(&mut codec, &stream, &[1]),
            (vec![], Some(expected)),
            "{mode:?} {:?}",
            &stream[..4.min(stream.len())]
        );
    }
}

// rule: transport.inbound_cap
#[test]
fn the_largest_frames_pass_and_larger_ones_do_not() {
    for mode in MODES {
        let (mut client, mut server) = met(mode, 1);
        let part = payload(1, 1024 * 1024 / 16 + 10);
        let stream = encoded(&mut server, &part, &mut rng(2));
        let (frames, error) = feed(&mut client, &stream, &[usize::MAX]);
        assert_eq!(
            (packets(frames), error),
            (vec![part.clone()], None),
            "{mode:?}"
        );
        let mut refused = packet(&part);
        assert_eq!(
            client.encode(&mut refused, &mut rng(2)),
            Err(FrameError::TooLong)
        );
        assert_eq!(refused.bytes(), part);
    }
}

// rule: transport.bad_frames
#[test]
fn a_server_refuses_frames_above_its_limit() {
    let mut server = Codec::server();
    let stream = [&[0xee; 4][..], &0x0010_0001_u32.to_le_bytes()].concat();
    assert_eq!(
        feed(&mut server, &stream, &[1]),
        (vec![], Some(FrameError::TooLong))
    );
}

#[test]
fn odd_lengths_are_not_sent() {
    let (mut client, _) = met(Mode::Full, 1);
    for len in [0, 1, 26] {
        let mut packet = packet(&vec![1; len]);
        assert_eq!(
            client.encode(&mut packet, &mut rng(1)),
            Err(FrameError::Length)
        );
    }
}

// rule: transport.padding
#[test]
fn padding_is_taken_off_by_block_or_by_the_plain_length() {
    let frame = |payload: &[u8]| {
        let mut stream = u32::try_from(payload.len()).unwrap().to_le_bytes().to_vec();
        stream.extend_from_slice(payload);
        feed(&mut Codec::client(Mode::Padded, &mut rng(1)), &stream, &[5])
    };
    let lengths = |(frames, error): (Vec<Frame>, _)| {
        (
            packets(frames).iter().map(Vec::len).collect::<Vec<_>>(),
            error,
        )
    };
    assert_eq!(lengths(frame(&[1; 24 + 32])), (vec![56], None));
    assert_eq!(lengths(frame(&[1; 24 + 32 + 15])), (vec![56], None));

    let plain = |len: u32, total: usize| {
        let mut payload = vec![0; total];
        payload[8..16].fill(9);
        payload[16..20].copy_from_slice(&len.to_le_bytes());
        payload
    };
    assert_eq!(lengths(frame(&plain(40, 60))), (vec![60], None));
    assert_eq!(lengths(frame(&plain(40, 75))), (vec![60], None));
    assert_eq!(frame(&plain(40, 76)).1, Some(FrameError::Length));
    assert_eq!(frame(&plain(41, 64)).1, Some(FrameError::Length));
    assert_eq!(frame(&plain(44, 60)).1, Some(FrameError::Length));
    assert_eq!(frame(&plain(u32::MAX, 60)).1, Some(FrameError::Length));
}

// parity: N-conn.randomized
// rule: transport.padding
#[test]
fn clients_pad_by_up_to_15_bytes_and_servers_by_up_to_3() {
    let (mut client, mut server) = met(Mode::Padded, 1);
    let mut rng = rng(9);
    let mut padding = |codec: &mut Codec| -> Vec<usize> {
        let mut seen: Vec<_> = (0..400)
            .map(|_| encoded(codec, &payload(1, 1), &mut rng).len() - 44)
            .collect();
        seen.sort_unstable();
        seen.dedup();
        seen
    };
    assert_eq!(padding(&mut client), (0..16).collect::<Vec<_>>());
    assert_eq!(padding(&mut server), (0..4).collect::<Vec<_>>());
}

// rule: transport.first_bytes
#[test]
fn unknown_first_bytes_are_refused() {
    let (_, error) = feed(&mut Codec::server(), &[7; 64], &[1]);
    assert_eq!(error, Some(FrameError::Unknown));
    let (_, error) = feed(
        &mut Codec::server(),
        b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n.........................................",
        &[64],
    );
    assert_eq!(error, Some(FrameError::Unknown));
}

#[test]
fn debug_shows_no_bytes() {
    let mut codec = Codec::client(Mode::Full, &mut rng(1));
    codec.receive_buffer()[0] = 0x5a;
    codec.received(1);
    let text = format!("{codec:?} {:?}", packet(&[0x5a; 4]));
    assert!(text.contains("1 bytes") && !text.contains("90"), "{text}");
}
