//! A client's end of a simulated connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Buf;
use futures::io::{AsyncRead, AsyncWrite};
use telewire_core::runtime::Endpoint;
use telewire_sandbox::{ConnId, Mishaps};

use super::SimRuntime;
use super::net::{CLOSED, Pipe};

/// Makes a connection whose handshake is over.
pub(super) fn accept(runtime: &SimRuntime, to: &Endpoint) -> io::Result<SimSocket> {
    let mut world = runtime.world();
    let world = &mut *world;
    let (_, entrance) = world.links.dial(to)?;
    world.links.last += 1;
    world.links.traffic.connections += 1;
    let conn = ConnId(world.links.last);
    let lag = world.links.mishaps.as_mut().map(Mishaps::on_connect);
    let pipe = Pipe::lagging(lag.unwrap_or_default());
    world.links.pipes.insert(conn, pipe);
    world.server.handle_connected_at(world.now, conn, entrance);
    Ok(SimSocket {
        runtime: runtime.clone(),
        conn,
    })
}

/// A client's end of a connection.
pub struct SimSocket {
    runtime: SimRuntime,
    conn: ConnId,
}

impl AsyncRead for SimSocket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut world = self.runtime.world();
        let Some(pipe) = world.links.pipes.get_mut(&self.conn) else {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        };
        let mut n = 0;
        while let Some(front) = pipe.inbox.front_mut()
            && n < buf.len()
        {
            let len = front.len().min(buf.len() - n);
            buf[n..n + len].copy_from_slice(&front[..len]);
            front.advance(len);
            n += len;
            if front.is_empty() {
                pipe.inbox.pop_front();
            }
        }
        if n > 0 {
            return Poll::Ready(Ok(n));
        }
        match pipe.down_ended {
            Some(CLOSED) if pipe.down.is_empty() => Poll::Ready(Ok(0)),
            Some(kind) if pipe.down.is_empty() => Poll::Ready(Err(kind.into())),
            _ => {
                pipe.reader = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for SimSocket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut world = self.runtime.world();
        let world = &mut *world;
        match world
            .links
            .send_up(world.now, self.conn, buf, &mut world.rng)?
        {
            0 if !buf.is_empty() => {
                if let Some(pipe) = world.links.pipes.get_mut(&self.conn) {
                    pipe.writer = Some(cx.waker().clone());
                }
                Poll::Pending
            }
            n => Poll::Ready(Ok(n)),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(pipe) = self.runtime.world().links.pipes.get_mut(&self.conn) {
            pipe.up_ended = true;
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for SimSocket {
    fn drop(&mut self) {
        let mut world = self.runtime.world();
        let world = &mut *world;
        if let Some(pipe) = world.links.pipes.get_mut(&self.conn) {
            pipe.dropped = true;
            pipe.end_up(world.now.mono + world.links.weather.latency.1);
            pipe.down_ended = Some(io::ErrorKind::ConnectionReset);
            pipe.down.clear();
        }
        let now = world.now;
        world.links.deliver(now, &mut world.server);
        world.collect();
    }
}
