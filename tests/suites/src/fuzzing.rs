//! What the fuzz targets run. `tests/fuzz_replay.rs` runs the same functions over what the fuzzers have found, and over
//! generated input.
//!
//! Each takes arbitrary bytes and must neither panic nor hang; where there is a law, it is asserted.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use regex::Regex;
use telewire_core::internals::mtproto::envelope::{self, Header};
use telewire_core::internals::mtproto::{RequestBody, Session, Setup};
use telewire_core::internals::{AuthKey, Side};
use telewire_core::rand::{Rng, Seed};
use telewire_core::text::{self, Style, TextFormat as _};
use telewire_core::time::{Mono, Now, Unix};
use telewire_core::transport::{Codec, Framing, Mode, Packet};
use telewire_schema::{Reader, Serialize, Value, any};

/// A target: its name (that of its file in `fuzz/fuzz_targets`) and its body.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("schema", schema),
    ("transport", transport),
    ("session", session),
    ("markdown", markdown),
    ("html", html),
];

/// Any constructor of the schema: what decodes must encode, and then decode to itself.
pub fn schema(data: &[u8]) {
    let source = Bytes::copy_from_slice(data);
    let Ok(object) = any::object(&mut Reader::new(&source)) else {
        return;
    };
    let _ = (object.stringify(), object.to_json());
    let again = Bytes::from(object.to_bytes());
    let twice = any::object(&mut Reader::new(&again)).map(|o| o.to_bytes());
    assert_eq!(
        twice.as_deref(),
        Ok(&*again),
        "an encoded value decodes to itself"
    );
}

/// Bytes from the network, into either end of every transport. The first byte picks the end, the second how the rest
/// arrives: the frames must not depend on that.
pub fn transport(data: &[u8]) {
    let [end, step, stream @ ..] = data else {
        return;
    };
    let modes = [
        Mode::Full,
        Mode::Abridged,
        Mode::Intermediate,
        Mode::Padded,
        Mode::Obfuscated(Framing::Intermediate),
    ];
    let codec = || {
        let mut rng = Rng::new(Seed::new([7; 32]));
        match modes.get(usize::from(*end)) {
            Some(mode) => Codec::client(*mode, &mut rng),
            None => Codec::server(),
        }
    };
    let whole = frames(codec(), stream, stream.len());
    let pieces = frames(codec(), stream, usize::from(*step).max(1));
    assert_eq!(whole, pieces, "frames depend on how the bytes arrived");
}

/// A server that holds the key and says anything: the input is cut into messages (a byte for what kind of id each has, two for
/// its length), each sealed properly, so that what is tested lies behind the envelope. Requests of ours are in flight.
pub fn session(data: &[u8]) {
    let mut now = Now {
        mono: Mono::from_origin(Duration::from_secs(1)),
        wall: Unix::from_secs(1_750_000_000),
    };
    let key = AuthKey::new([0x5A; 256]);
    let setup = Setup {
        key: key.clone(),
        salt: 1,
        time_offset: Some(0),
    };
    let mut session = Session::new(now, setup, Rng::new(Seed::new([3; 32])));
    let mut rng = Rng::new(Seed::new([4; 32]));
    for i in 0..3_u32 {
        session.invoke(RequestBody::new(vec![0; 4 + 4 * i as usize]));
    }
    session.handle_link_up(now);
    let mut rest = data;
    let mut id = now.wall.secs() << 32;
    while let [kind, low, high, tail @ ..] = rest {
        let len = usize::from(u16::from_le_bytes([*low, *high])).min(tail.len());
        let (body, tail) = tail.split_at(len);
        rest = tail;
        while session.poll_packet(now).is_some() {}
        id += 4;
        let header = Header {
            salt: 1,
            session_id: session.id(),
            msg_id: id + i64::from(kind & 3),
            seq_no: i32::from(kind >> 2),
        };
        let mut packet = Packet::new(body.len());
        packet.extend_from_slice(body);
        envelope::wrap(&mut packet, &header, &mut rng);
        envelope::seal_batch(&key, Side::Server, std::slice::from_mut(&mut packet));
        session.handle_frames(now, vec![BytesMut::from(packet.as_ref())]);
        while session.poll_event().is_some() {}
        now = now.after(Duration::from_millis(700));
        if session.poll_timeout().is_some_and(|at| at <= now.mono) {
            session.handle_timeout(now);
        }
        // A session that gave its link up goes on with the next.
        if session.poll_timeout().is_none() {
            session.handle_link_up(now);
        }
    }
}

/// The Markdown dialect: any text parses, and entities stay inside of it.
pub fn markdown(data: &[u8]) {
    dialect(data, text::parse_markdown, text::unparse_markdown);
    // Delimiters that share a beginning, one of them of several bytes a character, and links of a pattern.
    let own = text::Markdown::new()
        .delimiters([("*", Style::Bold), ("**", Style::Strike), ("é", Style::Pre)])
        .link_regex(Regex::new(r"(?s)<(.*?)\|(.*?)>").expect("it is a pattern"))
        .expect("it has two groups");
    dialect(
        data,
        |text| own.parse(text),
        |text, entities| own.unparse(text, entities),
    );
}

/// The HTML dialect.
pub fn html(data: &[u8]) {
    dialect(data, text::parse_html, text::unparse_html);
}

type Entities = Vec<telewire_core::types::MessageEntity>;

fn dialect(
    data: &[u8],
    parse: impl Fn(&str) -> (String, Entities),
    unparse: impl Fn(&str, &[telewire_core::types::MessageEntity]) -> String,
) {
    let source = String::from_utf8_lossy(data);
    let (plain, entities) = parse(&source);
    let length = text::utf16_len(&plain);
    for entity in &entities {
        let (offset, len) = text::span(entity);
        assert!(
            offset >= 0 && len >= 0 && offset + len <= length,
            "{entity:?} leaves the text"
        );
    }
    let _ = parse(&unparse(&plain, &entities));
}

/// What a codec makes of `stream` when `step` bytes arrive at a time, up to and including the first error.
fn frames(mut codec: Codec, mut stream: &[u8], step: usize) -> Vec<String> {
    let mut seen = Vec::new();
    while !stream.is_empty() {
        let mut now = step.min(stream.len());
        while now > 0 {
            let room = codec.receive_buffer();
            let n = room.len().min(now);
            room[..n].copy_from_slice(&stream[..n]);
            codec.received(n);
            stream = &stream[n..];
            now -= n;
            loop {
                match codec.poll_frame() {
                    Ok(Some(frame)) => seen.push(format!("{frame:?}")),
                    Ok(None) => break,
                    Err(error) => {
                        seen.push(format!("{error:?}"));
                        return seen;
                    }
                }
            }
        }
    }
    seen
}
