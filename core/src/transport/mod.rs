//! How packets become a byte stream and bytes become packets again.
//!
//! Follows [MTProto transports](https://core.telegram.org/mtproto/mtproto-transports). A [`Codec`] serves one
//! connection in both directions and does no I/O: the socket reads into [`Codec::receive_buffer`], reports the count to
//! [`Codec::received`], and everything that is complete comes out of [`Codec::poll_frame`]. Outgoing [`Packet`]s
//! are framed in place by [`Codec::encode`].
//!
//! How the bytes were cut on their way never shows: fed whole, in pieces or one by one, the frames are the same.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

mod abridged;
mod codec;
mod full;
mod input;
mod intermediate;
mod obfuscated;
mod packet;
pub(crate) mod proxy;
#[cfg(any(test, feature = "internals"))]
mod server;
#[cfg(test)]
mod tests;

use std::fmt;

use bytes::BytesMut;

pub use codec::Codec;
pub use obfuscated::Obfuscation;
pub use packet::Packet;

/// The longest frame taken from a server: a file part of 1 MiB arrives in one frame with room to spare.
pub const MAX_INBOUND: usize = 4 * 1024 * 1024 + 1024;

/// The longest frame sent to a server, which closes the connection on anything above.
pub const MAX_OUTBOUND: usize = 1024 * 1024;

/// How packets are framed on a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// [Full](https://core.telegram.org/mtproto/mtproto-transports#full): length, sequence number and CRC-32.
    #[default]
    Full,
    /// [Abridged](https://core.telegram.org/mtproto/mtproto-transports#abridged): one byte of overhead, or four.
    Abridged,
    /// [Intermediate](https://core.telegram.org/mtproto/mtproto-transports#intermediate): four bytes of length.
    Intermediate,
    /// [Padded intermediate](https://core.telegram.org/mtproto/mtproto-transports#padded-intermediate): the same with
    /// random bytes at the end.
    Padded,
    /// One of the last three inside a
    /// [stream cipher](https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation), which hides
    /// what the stream is but keeps no secret.
    Obfuscated(Framing),
}

/// The framings that an obfuscated connection can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// As [`Mode::Abridged`].
    Abridged,
    /// As [`Mode::Intermediate`].
    Intermediate,
    /// As [`Mode::Padded`].
    Padded,
}

/// What arrived.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame {
    /// One packet, to be opened where it lies.
    Packet(BytesMut),
    /// The server has taken a packet whose sender asked for a
    /// [quick acknowledgement](https://core.telegram.org/mtproto/mtproto-transports#quick-ack); the token names it.
    QuickAck(u32),
    /// A [transport error](https://core.telegram.org/mtproto/mtproto-transports#transport-errors): a negative number
    /// such as −404. Nothing authenticates it, so it is a hint and no more.
    Error(i32),
}

/// The stream cannot be made sense of, or a packet cannot be sent; the connection is of no further use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// A frame or packet above the limit.
    TooLong,
    /// A length that no packet can have.
    Length,
    /// A sequence number out of turn.
    Sequence,
    /// A checksum that does not fit.
    Checksum,
    /// First bytes that name no transport.
    Unknown,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "a frame is longer than allowed",
            Self::Length => "a frame has an impossible length",
            Self::Sequence => "a frame is out of sequence",
            Self::Checksum => "a frame's checksum is wrong",
            Self::Unknown => "the stream follows no known transport",
        })
    }
}

impl std::error::Error for FrameError {}

/// Which end of the connection a codec serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Client,
    #[cfg_attr(not(any(test, feature = "internals")), allow(dead_code))]
    Server,
}

/// What a framing makes of the bytes at the front of the stream.
#[derive(Debug, PartialEq, Eq)]
enum Cut {
    /// Nothing can be said before this many bytes are there.
    Need(usize),
    /// A payload at `start..end` of a frame of `total` bytes.
    Payload {
        start: usize,
        end: usize,
        total: usize,
    },
    /// A quick acknowledgement that stands outside of frames, 4 bytes.
    QuickAck(u32),
}
