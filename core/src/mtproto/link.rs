//! One connection: its codec, and the frames that wait.

use std::fmt;

use bytes::BytesMut;

use crate::rand::Rng;
use crate::transport::{Codec, Frame, FrameError, Framing, Mode, Obfuscation, Packet};

/// A connection between a session, or a key exchange, and a server.
///
/// It frames and unframes, and gathers what has arrived so that it is opened as one batch. It knows no keys.
pub struct Link {
    codec: Codec,
    rng: Rng,
    packets: Vec<BytesMut>,
    hints: Vec<Inbound>,
}

/// What has arrived on a connection.
#[derive(Debug, PartialEq, Eq)]
pub enum Inbound {
    /// All packets that wait, in order.
    Packets(Vec<BytesMut>),
    /// The server has taken a packet.
    QuickAck(u32),
    /// A transport error such as −404: a hint, for anybody on the way can send it.
    Error(i32),
}

/// Hints that are kept; nobody needs more.
const MAX_HINTS: usize = 16;

impl Link {
    /// The client's end of a new connection.
    pub fn new(mode: Mode, rng: &mut Rng) -> Self {
        Self {
            codec: Codec::client(mode, rng),
            rng: rng.fork(),
            packets: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// The client's end of a new connection by way of an MTProto proxy.
    pub fn via(framing: Framing, with: Obfuscation, rng: &mut Rng) -> Self {
        Self {
            codec: Codec::client_via(framing, with, rng),
            rng: rng.fork(),
            packets: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// Where the socket reads into, see [`Codec::receive_buffer`].
    pub fn receive_buffer(&mut self) -> &mut [u8] {
        self.codec.receive_buffer()
    }

    /// The socket has read `n` bytes. Complete frames wait for [`poll_inbound`](Self::poll_inbound).
    ///
    /// # Errors
    /// When the stream breaks the rules of its transport: what came before still waits, then the link has to be closed.
    pub fn handle_received(&mut self, n: usize) -> Result<(), FrameError> {
        self.codec.received(n);
        while let Some(frame) = self.codec.poll_frame()? {
            match frame {
                Frame::Packet(packet) => self.packets.push(packet),
                Frame::QuickAck(token) => self.hint(Inbound::QuickAck(token)),
                Frame::Error(code) => self.hint(Inbound::Error(code)),
            }
        }
        Ok(())
    }

    /// What waits: first all packets at once, then the hints one by one.
    pub fn poll_inbound(&mut self) -> Option<Inbound> {
        if !self.packets.is_empty() {
            return Some(Inbound::Packets(std::mem::take(&mut self.packets)));
        }
        (!self.hints.is_empty()).then(|| self.hints.remove(0))
    }

    /// Frames a packet; its bytes are then what the socket has to write, whole and in order.
    ///
    /// # Errors
    /// See [`Codec::encode`]; the packet is unchanged and the link still good.
    pub fn encode(&mut self, packet: &mut Packet) -> Result<(), FrameError> {
        self.codec.encode(packet, &mut self.rng)
    }

    fn hint(&mut self, hint: Inbound) {
        if self.hints.len() < MAX_HINTS {
            self.hints.push(hint);
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("codec", &self.codec)
            .field("packets", &self.packets.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rand::Seed;

    #[test]
    fn frames_of_one_read_come_out_as_one_batch() {
        let mut rng = Rng::new(Seed::new([1; 32]));
        let mut link = Link::new(Mode::Intermediate, &mut rng);
        let mut hello = Packet::new(24);
        hello.extend_from_slice(&[1; 24]);
        link.encode(&mut hello).unwrap();
        let mut server = Codec::server();
        server.receive_buffer()[..32].copy_from_slice(hello.bytes());
        server.received(32);
        assert!(matches!(server.poll_frame(), Ok(Some(Frame::Packet(_)))));

        let mut n = 0;
        for len in [24, 40, 4, 56, 72] {
            let mut packet = Packet::new(len);
            packet.extend_from_slice(&vec![0xfe; len]);
            server.encode(&mut packet, &mut rng).unwrap();
            link.receive_buffer()[n..n + packet.len()].copy_from_slice(packet.bytes());
            n += packet.len();
        }
        link.handle_received(n).unwrap();
        let Some(Inbound::Packets(packets)) = link.poll_inbound() else {
            panic!()
        };
        assert_eq!(
            packets.iter().map(BytesMut::len).collect::<Vec<_>>(),
            [24, 40, 56, 72]
        );
        assert_eq!(
            link.poll_inbound(),
            Some(Inbound::Error(i32::from_le_bytes([0xfe; 4])))
        );
        assert_eq!(link.poll_inbound(), None);
    }
}
