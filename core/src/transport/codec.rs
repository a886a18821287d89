//! One connection's framing, in both directions.

use std::fmt;

use bytes::Buf as _;

use super::input::Input;
use super::obfuscated::{self, Obfuscation, Streams};
use super::{
    Cut, End, Frame, FrameError, Framing, MAX_INBOUND, MAX_OUTBOUND, Mode, Packet, abridged, full,
    intermediate,
};
use crate::rand::Rng;

/// The shortest MTProto packet: the header of an unencrypted message and one word.
const MIN_PACKET: usize = 24;

/// Frames and unframes the packets of one connection.
///
/// # Examples
/// ```
/// use telewire_core::rand::{Rng, Seed};
/// use telewire_core::transport::{Codec, Mode, Packet};
///
/// let mut rng = Rng::new(Seed::new([0; 32]));
/// let mut codec = Codec::client(Mode::Intermediate, &mut rng);
/// let mut packet = Packet::new(24);
/// packet.extend_from_slice(&[1; 24]);
/// codec.encode(&mut packet, &mut rng)?;
/// assert_eq!(packet.bytes()[..8], [0xee, 0xee, 0xee, 0xee, 24, 0, 0, 0]);
/// # Ok::<(), telewire_core::transport::FrameError>(())
/// ```
pub struct Codec {
    end: End,
    /// Not known on a server that has not seen the first bytes.
    mode: Option<Mode>,
    streams: Option<Box<Streams>>,
    /// What goes out before the first frame.
    preamble: Vec<u8>,
    seq_in: u32,
    seq_out: u32,
    input: Input,
    failed: Option<FrameError>,
    /// What obfuscated clients of a server have to know.
    #[cfg(any(test, feature = "internals"))]
    secret: Option<[u8; 16]>,
}

impl Codec {
    /// A client's end of a direct connection.
    pub fn client(mode: Mode, rng: &mut Rng) -> Self {
        match mode {
            Mode::Obfuscated(framing) => Self::client_via(framing, Obfuscation::default(), rng),
            Mode::Full => Self::new(End::Client, Some(mode), Vec::new()),
            Mode::Abridged => Self::new(End::Client, Some(mode), vec![abridged::TAG]),
            Mode::Intermediate => Self::new(End::Client, Some(mode), intermediate::TAG.to_vec()),
            Mode::Padded => Self::new(End::Client, Some(mode), intermediate::PADDED_TAG.to_vec()),
        }
    }

    /// A client's end of an obfuscated connection that leads through a proxy.
    pub fn client_via(framing: Framing, with: Obfuscation, rng: &mut Rng) -> Self {
        let (header, streams) = obfuscated::start(framing, with, rng);
        Self {
            streams: Some(Box::new(streams)),
            ..Self::new(
                End::Client,
                Some(Mode::Obfuscated(framing)),
                header.to_vec(),
            )
        }
    }

    /// A server's end, which finds out the mode by the first bytes.
    #[cfg(any(test, feature = "internals"))]
    #[must_use]
    pub fn server() -> Self {
        Self::new(End::Server, None, Vec::new())
    }

    /// The same for clients that hide behind a secret.
    #[cfg(any(test, feature = "internals"))]
    #[must_use]
    pub fn server_behind(secret: [u8; 16]) -> Self {
        Self {
            secret: Some(secret),
            ..Self::server()
        }
    }

    fn new(end: End, mode: Option<Mode>, preamble: Vec<u8>) -> Self {
        Self {
            end,
            mode,
            streams: None,
            preamble,
            seq_in: 0,
            seq_out: 0,
            input: Input::default(),
            failed: None,
            #[cfg(any(test, feature = "internals"))]
            secret: None,
        }
    }

    /// Where the socket reads into: room for what the frame still lacks, or for some bytes of the next. Never empty.
    pub fn receive_buffer(&mut self) -> &mut [u8] {
        self.input.room()
    }

    /// The socket has filled the first `n` bytes of [`receive_buffer`](Self::receive_buffer).
    pub fn received(&mut self, n: usize) {
        let new = self.input.fill(n);
        if let Some(streams) = &mut self.streams {
            streams.incoming.apply(new);
        }
    }

    /// The next complete frame, `None` when more bytes are needed.
    ///
    /// # Errors
    /// When the stream breaks the rules of its transport; every later call fails as well.
    pub fn poll_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.next_frame()
            .inspect_err(|error| self.failed = Some(*error))
    }

    /// Frames a packet in place; from then on its [`bytes`](Packet::bytes) are what the socket has to write. Packets
    /// must be written whole and in the order in which they were encoded.
    ///
    /// # Errors
    /// [`FrameError::TooLong`] above 1 MiB (client) or the inbound limit (server), [`FrameError::Length`] where the length
    /// is not a multiple of four, [`FrameError::Unknown`] on a server that does not know the mode yet. Nothing is changed.
    pub fn encode(&mut self, packet: &mut Packet, rng: &mut Rng) -> Result<(), FrameError> {
        let mode = self.mode.ok_or(FrameError::Unknown)?;
        let limit = match self.end {
            End::Client => MAX_OUTBOUND,
            End::Server => MAX_INBOUND,
        };
        // The longest framing adds 19 bytes.
        if packet.len() > limit.saturating_sub(32) {
            return Err(FrameError::TooLong);
        }
        if packet.is_empty() || !packet.len().is_multiple_of(4) {
            return Err(FrameError::Length);
        }
        match mode {
            Mode::Full => {
                full::encode(packet, self.seq_out)?;
                self.seq_out = self.seq_out.wrapping_add(1);
            }
            Mode::Abridged | Mode::Obfuscated(Framing::Abridged) => abridged::encode(packet)?,
            Mode::Intermediate | Mode::Obfuscated(Framing::Intermediate) => {
                intermediate::encode(packet)?;
            }
            Mode::Padded | Mode::Obfuscated(Framing::Padded) => {
                intermediate::encode_padded(packet, self.end, rng)?;
            }
        }
        if let Some(streams) = &mut self.streams {
            streams.outgoing.apply(packet.payload_mut());
        }
        packet.prepend(&std::mem::take(&mut self.preamble));
        Ok(())
    }

    /// How packets are framed; `None` on a server that has not seen enough to tell.
    pub fn mode(&self) -> Option<Mode> {
        self.mode
    }

    fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let Some(mode) = self.find_mode()? else {
            return Ok(None);
        };
        let limit = match self.end {
            End::Client => MAX_INBOUND,
            End::Server => MAX_OUTBOUND,
        };
        let bytes = self.input.bytes();
        let padded = matches!(mode, Mode::Padded | Mode::Obfuscated(Framing::Padded));
        let cut = match mode {
            Mode::Full => full::cut(bytes, self.seq_in, limit)?,
            Mode::Abridged | Mode::Obfuscated(Framing::Abridged) => abridged::cut(bytes, self.end)?,
            _ => intermediate::cut(bytes, self.end, padded)?,
        };
        match cut {
            Cut::Need(n) => {
                self.input.need(n);
                Ok(None)
            }
            Cut::QuickAck(token) => {
                self.input.take(4);
                Ok(Some(Frame::QuickAck(token)))
            }
            Cut::Payload { start, end, .. } if end.saturating_sub(start) > limit => {
                Err(FrameError::TooLong)
            }
            Cut::Payload { total, .. } if bytes.len() < total => {
                self.input.need(total);
                Ok(None)
            }
            Cut::Payload { start, end, total } => {
                self.seq_in = self.seq_in.wrapping_add(1);
                self.payload(start, end, total, padded).map(Some)
            }
        }
    }

    /// Takes a complete frame off the input and tells what it is.
    fn payload(
        &mut self,
        start: usize,
        end: usize,
        total: usize,
        padded: bool,
    ) -> Result<Frame, FrameError> {
        let mut packet = self.input.take(total);
        packet.truncate(end);
        packet.advance(start.min(packet.len()));
        if padded {
            if self.end == End::Client
                && let Some(short) = intermediate::short_frame(&packet)?
            {
                return Ok(short);
            }
            packet.truncate(intermediate::without_padding(&packet)?);
        } else if self.end == End::Client
            && let Ok(code) = <[u8; 4]>::try_from(&*packet)
        {
            let code = i32::from_le_bytes(code);
            return if code < 0 {
                Ok(Frame::Error(code))
            } else {
                Err(FrameError::Length)
            };
        }
        if packet.len() < MIN_PACKET || !packet.len().is_multiple_of(4) {
            return Err(FrameError::Length);
        }
        Ok(Frame::Packet(packet))
    }

    #[cfg(not(any(test, feature = "internals")))]
    #[allow(clippy::unnecessary_wraps)] // The server's half can fail.
    fn find_mode(&mut self) -> Result<Option<Mode>, FrameError> {
        Ok(self.mode)
    }

    #[cfg(any(test, feature = "internals"))]
    fn find_mode(&mut self) -> Result<Option<Mode>, FrameError> {
        use super::server::{First, detect};

        if self.mode.is_some() {
            return Ok(self.mode);
        }
        match detect(self.input.bytes(), self.secret)? {
            First::Need(n) => {
                self.input.need(n);
                Ok(None)
            }
            First::Is {
                mode,
                used,
                streams,
            } => {
                self.input.take(used);
                self.mode = Some(mode);
                self.streams = streams;
                // What came in the same read behind the first bytes is not decrypted yet.
                if let Some(streams) = &mut self.streams {
                    streams.incoming.apply(self.input.bytes_mut());
                }
                Ok(self.mode)
            }
        }
    }
}

impl fmt::Debug for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codec")
            .field("end", &self.end)
            .field("mode", &self.mode)
            .field("input", &self.input)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
