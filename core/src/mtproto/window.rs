//! Packets that are sealed ahead of the socket.

use std::collections::VecDeque;
use std::time::Duration;

use super::seq::Seq;
use crate::time::{Mono, Now};
use crate::transport::Packet;

/// A sealed packet that the socket has not taken after so long is made again with fresh ids.
const STALE: Duration = Duration::from_secs(3);

/// A batch that took longer than this is followed by a smaller one.
const SLOW: Duration = Duration::from_millis(1500);

/// A batch that was taken faster than this may be followed by a larger one.
const QUICK: Duration = Duration::from_millis(500);

/// Packets that are sealed and wait for the socket, and how much of that is good for this connection.
#[derive(Debug)]
pub(super) struct Window {
    sealed: VecDeque<Sealed>,
    /// Bytes to seal ahead; adapted to the speed of the socket.
    bytes: usize,
    sealed_at: Mono,
    /// More was waiting than was sealed.
    full: bool,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) packet: Packet,
    /// Its messages, the container's own among them.
    pub(super) ids: Vec<i64>,
    /// The numbers before it was made, should it be unmade.
    pub(super) seq: Seq,
}

impl Window {
    /// Four file parts of the largest size, enough to seal side by side.
    const START: usize = 4 * 512 * 1024;
    const MOST: usize = 2 * Self::START;
    const LEAST: usize = 64 * 1024;

    /// Takes up what was sealed at once.
    pub(super) fn fill(&mut self, now: Now, sealed: impl Iterator<Item = Sealed>) {
        self.sealed.extend(sealed);
        self.sealed_at = now.mono;
        let bytes = self
            .sealed
            .iter()
            .fold(0_usize, |sum, s| sum.saturating_add(s.packet.len()));
        self.full = bytes >= self.bytes;
    }

    /// The next one is for the socket. When it has taken all there was, the window adapts: quickly taken, then more can be
    /// sealed at a time; slowly, then less.
    pub(super) fn pop(&mut self, now: Now) -> Option<Sealed> {
        let sealed = self.sealed.pop_front()?;
        if self.sealed.is_empty() {
            let took = now.mono.since(self.sealed_at);
            if took > SLOW {
                self.shrink();
            } else if self.full && took < QUICK {
                self.bytes = self.bytes.saturating_mul(2).min(Self::MOST);
            }
        }
        Some(sealed)
    }

    /// Takes all of them back.
    pub(super) fn unseal(&mut self) -> VecDeque<Sealed> {
        std::mem::take(&mut self.sealed)
    }

    pub(super) fn shrink(&mut self) {
        self.bytes = (self.bytes / 2).max(Self::LEAST);
    }

    /// How many bytes to seal at a time; the last packet may exceed it.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sealed.is_empty()
    }

    /// Whether the ids are no longer fresh.
    pub(super) fn is_stale(&self, now: Now) -> bool {
        !self.sealed.is_empty() && now.mono.since(self.sealed_at) > STALE
    }
}

impl Default for Window {
    fn default() -> Self {
        Self {
            sealed: VecDeque::new(),
            bytes: Self::START,
            sealed_at: Mono::default(),
            full: false,
        }
    }
}
