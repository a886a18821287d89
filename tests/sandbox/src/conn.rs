//! One connection: framing, the key exchange, and bytes on their way out.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use telewire_core::rand::Rng;
use telewire_core::time::Mono;
use telewire_core::transport::{Codec, Frame, FrameError, Packet};

use crate::dcs::{Disguise, Entrance};
use crate::handshake::Handshake;

/// A connection's state.
pub(crate) struct Conn {
    codec: Codec,
    pub(crate) handshake: Handshake,
    /// The key that it speaks with.
    pub(crate) key: Option<i64>,
    /// The first encrypted message that came over it.
    pub(crate) first_msg_id: Option<i64>,
    /// What it has to look like.
    disguise: Disguise,
    /// Where it leads. On a media link, several of one key may be open.
    pub(crate) entrance: Entrance,
    /// Closed at this time unless another `ping_delay_disconnect` comes.
    pub(crate) close_at: Option<Mono>,
    /// No more is read; closed once everything is written.
    pub(crate) closing: bool,
    out: VecDeque<Bytes>,
}

impl Conn {
    pub(crate) fn new(entrance: Entrance, disguise: Disguise) -> Self {
        Self {
            codec: match disguise {
                Disguise::Secret(secret) => Codec::server_behind(secret),
                Disguise::None | Disguise::Obfuscated => Codec::server(),
            },
            disguise,
            handshake: Handshake::default(),
            key: None,
            first_msg_id: None,
            entrance,
            close_at: None,
            closing: false,
            out: VecDeque::new(),
        }
    }

    /// Takes bytes off the stream and hands out the packets that are complete.
    pub(crate) fn handle_received(
        &mut self,
        mut bytes: &[u8],
    ) -> Result<Vec<BytesMut>, FrameError> {
        let mut packets = Vec::new();
        while !bytes.is_empty() {
            let room = self.codec.receive_buffer();
            let n = room.len().min(bytes.len());
            let (now, later) = bytes.split_at(n);
            room[..n].copy_from_slice(now);
            self.codec.received(n);
            bytes = later;
            while let Some(frame) = self.codec.poll_frame()? {
                if !self.disguise.permits(self.codec.mode()) {
                    return Err(FrameError::Unknown);
                }
                if let Frame::Packet(packet) = frame {
                    packets.push(packet);
                }
            }
        }
        Ok(packets)
    }

    /// Frames a packet and queues it.
    pub(crate) fn send(&mut self, mut packet: Packet, rng: &mut Rng) {
        match self.codec.encode(&mut packet, rng) {
            Ok(()) => self.out.push_back(Bytes::copy_from_slice(packet.bytes())),
            Err(_) => self.closing = true,
        }
    }

    /// Sends a transport error, after which the connection is closed.
    pub(crate) fn send_error(&mut self, code: i32, rng: &mut Rng) {
        let mut packet = Packet::new(4);
        packet.extend_from_slice(&code.to_le_bytes());
        self.send(packet, rng);
        self.closing = true;
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<Bytes> {
        self.out.pop_front()
    }

    pub(crate) fn is_flushed(&self) -> bool {
        self.out.is_empty()
    }
}
