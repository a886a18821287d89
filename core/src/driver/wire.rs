//! One socket and what is being written to it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use futures::io::{AsyncRead, AsyncWrite};

use crate::engine::{Engine, LinkEvent, LinkId};
use crate::time::Now;
use crate::transport::Packet;

/// How often a socket is read or written in one round before the engine looks at what came.
const CALLS_PER_ROUND: usize = 16;

/// A connection of the engine's, being made or standing.
pub(super) struct Wire<S> {
    pub(super) link: LinkId,
    stage: Stage<S>,
}

enum Stage<S> {
    Opening(BoxFuture<'static, io::Result<S>>),
    Open {
        socket: S,
        /// A packet of which something is still to be written.
        packet: Option<Packet>,
        /// Something was written since the last flush.
        dirty: bool,
    },
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(link: LinkId, opening: BoxFuture<'static, io::Result<S>>) -> Self {
        Self {
            link,
            stage: Stage::Opening(opening),
        }
    }

    /// Reads what is there into the engine. Returns whether there was something, or why the connection is lost.
    pub(super) fn read(
        &mut self,
        cx: &mut Context<'_>,
        now: Now,
        engine: &mut Engine,
    ) -> Result<bool, String> {
        let mut moved = false;
        if let Stage::Opening(opening) = &mut self.stage {
            let Poll::Ready(opened) = opening.as_mut().poll(cx) else {
                return Ok(false);
            };
            let socket = opened.map_err(reason)?;
            self.stage = Stage::Open {
                socket,
                packet: None,
                dirty: false,
            };
            engine.handle_link(now, self.link, LinkEvent::Connected);
            moved = true;
        }
        let Stage::Open { socket, .. } = &mut self.stage else {
            return Ok(moved);
        };
        for _ in 0..CALLS_PER_ROUND {
            let buffer = engine.receive_buffer(self.link);
            // The engine has closed the link, and says so next.
            if buffer.is_empty() {
                break;
            }
            match Pin::new(&mut *socket).poll_read(cx, buffer) {
                Poll::Ready(Ok(0)) => return Err("the other end closed the connection".into()),
                Poll::Ready(Ok(n)) => {
                    engine.handle_received(now, self.link, n);
                    moved = true;
                }
                Poll::Ready(Err(error)) => return Err(reason(error)),
                Poll::Pending => break,
            }
        }
        Ok(moved)
    }

    /// Writes what the engine has while the socket takes it. Returns whether something went, or why the connection is
    /// lost.
    pub(super) fn write(
        &mut self,
        cx: &mut Context<'_>,
        now: Now,
        engine: &mut Engine,
    ) -> Result<bool, String> {
        let Stage::Open {
            socket,
            packet,
            dirty,
        } = &mut self.stage
        else {
            return Ok(false);
        };
        let mut moved = false;
        for _ in 0..CALLS_PER_ROUND {
            if packet.is_none() {
                *packet = engine.poll_packet(now, self.link);
            }
            let Some(current) = packet else {
                break;
            };
            match Pin::new(&mut *socket).poll_write(cx, current.bytes()) {
                Poll::Ready(Ok(0)) => return Err("the connection takes no more bytes".into()),
                Poll::Ready(Ok(n)) => {
                    current.advance(n);
                    moved = true;
                    *dirty = true;
                    if current.is_empty() {
                        *packet = None;
                    }
                }
                Poll::Ready(Err(error)) => return Err(reason(error)),
                Poll::Pending => break,
            }
        }
        if *dirty {
            match Pin::new(socket).poll_flush(cx) {
                Poll::Ready(Ok(())) => *dirty = false,
                Poll::Ready(Err(error)) => return Err(reason(error)),
                Poll::Pending => {}
            }
        }
        Ok(moved)
    }
}

fn reason(error: io::Error) -> String {
    error.to_string()
}
