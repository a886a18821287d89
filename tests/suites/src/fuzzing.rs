//! What the fuzz targets run. `tests/fuzz_replay.rs` runs the same functions over what the fuzzers have found, and over
//! generated input.
//!
//! Each takes arbitrary bytes and must neither panic nor hang; where there is a law, it is asserted.

use bytes::Bytes;
use telewire_core::rand::{Rng, Seed};
use telewire_core::text;
use telewire_core::transport::{Codec, Framing, Mode};
use telewire_schema::{Reader, Serialize, Value, any};

/// A target: its name (that of its file in `fuzz/fuzz_targets`) and its body.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("schema", schema),
    ("transport", transport),
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

/// The Markdown dialect: any text parses, and entities stay inside of it.
pub fn markdown(data: &[u8]) {
    dialect(data, text::parse_markdown, text::unparse_markdown);
}

/// The HTML dialect.
pub fn html(data: &[u8]) {
    dialect(data, text::parse_html, text::unparse_html);
}

type Entities = Vec<telewire_core::types::MessageEntity>;

fn dialect(
    data: &[u8],
    parse: fn(&str) -> (String, Entities),
    unparse: fn(&str, &[telewire_core::types::MessageEntity]) -> String,
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
