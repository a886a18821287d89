//! [Transport obfuscation](https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation): a stream cipher
//! whose keys stand in the stream's first 64 bytes.

use std::fmt;

use super::{Framing, abridged, intermediate};
use crate::crypto::ctr::Ctr;
use crate::crypto::hash::sha256;
use crate::rand::Rng;

/// The length of the first bytes.
pub(super) const HEADER: usize = 64;

/// First words that would be taken for another protocol: HTTP verbs, a TLS record, the plain framings.
const RESERVED: [[u8; 4]; 8] = [
    *b"HEAD",
    *b"POST",
    *b"GET ",
    *b"OPTI",
    *b"PVrG",
    [0x16, 0x03, 0x01, 0x02],
    intermediate::TAG,
    intermediate::PADDED_TAG,
];

/// What the way to the server adds to obfuscation; nothing on a direct connection.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Obfuscation {
    /// The proxy's secret, without the byte that may say which framing it wants.
    pub secret: Option<[u8; 16]>,
    /// The data centre that a proxy is to connect to: 10,000 more for test servers, negative for media.
    pub dc: Option<i16>,
}

impl fmt::Debug for Obfuscation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Obfuscation")
            .field("dc", &self.dc)
            .finish_non_exhaustive()
    }
}

/// Both directions of an obfuscated stream.
pub(super) struct Streams {
    pub(super) incoming: Ctr,
    pub(super) outgoing: Ctr,
}

/// The first bytes of a client's stream, and the ciphers for the rest.
pub(super) fn start(framing: Framing, with: Obfuscation, rng: &mut Rng) -> ([u8; HEADER], Streams) {
    let mut header = loop {
        let bytes: [u8; HEADER] = rng.array();
        if !looks_like_another_protocol(&bytes) {
            break bytes;
        }
    };
    let dc: [u8; 2] = with.dc.map_or_else(|| rng.array(), i16::to_le_bytes);
    for (to, from) in header
        .iter_mut()
        .skip(56)
        .zip(tag(framing).into_iter().chain(dc))
    {
        *to = from;
    }
    let mut streams = ciphers(&header, with.secret);
    let mut hidden = header;
    streams.outgoing.apply(&mut hidden);
    for (to, from) in header.iter_mut().zip(hidden).skip(56) {
        *to = from;
    }
    (header, streams)
}

/// The ciphers of the client that sent this header, and what it hid: framing and data centre.
#[cfg(any(test, feature = "internals"))]
pub(super) fn accept(
    header: &[u8; HEADER],
    secret: Option<[u8; 16]>,
) -> Option<(Framing, i16, Streams)> {
    let Streams {
        incoming: outgoing,
        outgoing: mut incoming,
    } = ciphers(header, secret);
    let mut open = *header;
    incoming.apply(&mut open);
    let [.., a, b, c, d, e, f, _, _] = open;
    let framing = [Framing::Abridged, Framing::Intermediate, Framing::Padded]
        .into_iter()
        .find(|f| tag(*f) == [a, b, c, d])?;
    Some((
        framing,
        i16::from_le_bytes([e, f]),
        Streams { incoming, outgoing },
    ))
}

/// Seen from the client, which keeps the header's order for what it sends and reverses it for what it gets.
fn ciphers(header: &[u8; HEADER], secret: Option<[u8; 16]>) -> Streams {
    let mut reversed = *header;
    reversed.reverse();
    Streams {
        incoming: cipher(&reversed, secret),
        outgoing: cipher(header, secret),
    }
}

fn cipher(header: &[u8; HEADER], secret: Option<[u8; 16]>) -> Ctr {
    let (mut key, mut iv) = ([0; 32], [0; 16]);
    let mut bytes = header.iter().copied().skip(8);
    key.iter_mut()
        .zip(&mut bytes)
        .for_each(|(to, from)| *to = from);
    iv.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    let key = secret.map_or(key, |secret| sha256(&[&key, &secret]));
    Ctr::new(&key, &iv)
}

fn tag(framing: Framing) -> [u8; 4] {
    match framing {
        Framing::Abridged => [abridged::TAG; 4],
        Framing::Intermediate => intermediate::TAG,
        Framing::Padded => intermediate::PADDED_TAG,
    }
}

/// A zero in the second word would be the sequence number of full framing.
fn looks_like_another_protocol(header: &[u8; HEADER]) -> bool {
    let [a, b, c, d, e, f, g, h, ..] = *header;
    a == abridged::TAG || RESERVED.contains(&[a, b, c, d]) || [e, f, g, h] == [0; 4]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rand::Seed;

    // parity: N-conn.obfuscated.second
    #[test]
    fn first_bytes_never_look_like_another_protocol() {
        let mut header = [1; HEADER];
        assert!(!looks_like_another_protocol(&header));
        header[0] = 0xef;
        assert!(looks_like_another_protocol(&header));
        for word in RESERVED {
            header[..4].copy_from_slice(&word);
            assert!(looks_like_another_protocol(&header), "{word:x?}");
        }
        header[..8].copy_from_slice(&[1, 1, 1, 1, 0, 0, 0, 0]);
        assert!(looks_like_another_protocol(&header));
    }

    // parity: N-conn.obfuscated
    #[test]
    fn the_header_carries_both_keys_and_hides_its_tag() {
        let mut rng = Rng::new(Seed::new([3; 32]));
        let (header, mut client) = start(Framing::Abridged, Obfuscation::default(), &mut rng);
        assert_eq!(header.len(), 64);
        assert!(!looks_like_another_protocol(&header));
        // Key and counter lie side by side, and for the way back the other way round.
        let cipher = |bytes: &[u8]| {
            let (key, iv) = bytes[8..56].split_at(32);
            Ctr::new(key.try_into().unwrap(), iv.try_into().unwrap())
        };
        let mut there = cipher(&header);
        let mut open = header;
        there.apply(&mut open);
        assert_eq!(open[56..60], [0xef; 4]);
        let backwards: Vec<u8> = header.iter().rev().copied().collect();
        let mut back = cipher(&backwards);
        let (mut sent, mut expected) = (*b"to the server", *b"to the server");
        client.outgoing.apply(&mut sent);
        there.apply(&mut expected);
        assert_eq!(sent, expected, "the stream goes on behind the header");
        let (mut got, mut expected) = (*b"from the server", *b"from the server");
        back.apply(&mut got);
        client.incoming.apply(&mut expected);
        assert_eq!(got, expected);
    }

    // rule: transport.obfuscated_dc
    #[test]
    fn a_proxy_reads_framing_and_data_centre_with_its_secret_only() {
        let mut rng = Rng::new(Seed::new([1; 32]));
        let with = Obfuscation {
            secret: Some([7; 16]),
            dc: Some(-10_004),
        };
        let (header, mut client) = start(Framing::Padded, with, &mut rng);
        assert!(accept(&header, None).is_none());
        let (framing, dc, mut server) = accept(&header, Some([7; 16])).unwrap();
        assert_eq!((framing, dc), (Framing::Padded, -10_004));
        let mut there = *b"there";
        client.outgoing.apply(&mut there);
        server.incoming.apply(&mut there);
        let mut back = *b"back!";
        server.outgoing.apply(&mut back);
        client.incoming.apply(&mut back);
        assert_eq!((there, back), (*b"there", *b"back!"));
    }

    #[test]
    fn without_a_proxy_nothing_is_said_of_the_data_centre() {
        // rule: transport.obfuscated_dc
        let mut rng = Rng::new(Seed::new([2; 32]));
        let mut said: Vec<_> = (0..200)
            .map(|_| {
                let (header, _) = start(Framing::Padded, Obfuscation::default(), &mut rng);
                accept(&header, None).map(|(_, dc, _)| dc)
            })
            .collect();
        said.sort_unstable();
        said.dedup();
        // Drawn from 65,536 numbers: hardly one comes twice.
        assert!(said.len() > 190, "{}", said.len());
    }

    #[test]
    fn debug_does_not_show_the_secret() {
        let with = Obfuscation {
            secret: Some([0x5a; 16]),
            dc: Some(2),
        };
        assert_eq!(format!("{with:?}"), "Obfuscation { dc: Some(2), .. }");
    }
}
