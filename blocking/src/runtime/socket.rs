//! Sockets of the driver thread.

use std::future::poll_fn;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::io::{AsyncRead, AsyncWrite};
use telewire_core::runtime::{Endpoint, Host};

use super::reactor::Reactor;
use super::source::{Direction, Watched};

/// A connected TCP stream, watched by the driver thread.
#[derive(Debug)]
pub struct Socket(Watched);

/// Opens a connection; a name's addresses are tried one after the other.
pub(super) async fn connect(reactor: &'static Reactor, to: Endpoint) -> io::Result<Socket> {
    let name = match to.host {
        Host::Ip(ip) => return connect_to(reactor, SocketAddr::new(ip, to.port)).await,
        Host::Name(name) => name,
    };
    let addresses = reactor
        .pool
        .run(move || (&*name, to.port).to_socket_addrs().map(Vec::from_iter))
        .await?;
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in addresses {
        match connect_to(reactor, address).await {
            Ok(socket) => return Ok(socket),
            Err(e) => failure = e,
        }
    }
    Err(failure)
}

async fn connect_to(reactor: &'static Reactor, to: SocketAddr) -> io::Result<Socket> {
    let socket = socket2::Socket::new(
        socket2::Domain::for_address(to),
        socket2::Type::STREAM,
        None,
    )?;
    socket.set_nonblocking(true)?;
    socket.set_tcp_nodelay(true)?;
    match socket.connect(&to.into()) {
        Ok(()) => return Ok(Socket(Watched::new(reactor, socket.into())?)),
        Err(e) if is_in_progress(&e) => {}
        Err(e) => return Err(e),
    }
    let socket = Watched::new(reactor, socket.into())?;
    // The first poll only asks to be woken; who is woken without an outcome asks again.
    let mut asked = false;
    poll_fn(|cx| {
        if asked && let Some(outcome) = outcome(socket.stream()).transpose() {
            return Poll::Ready(outcome);
        }
        asked = true;
        match socket.wait(cx, Direction::Write) {
            Ok(()) => Poll::Pending,
            Err(e) => Poll::Ready(Err(e)),
        }
    })
    .await?;
    Ok(Socket(socket))
}

/// How an attempt to connect went, once the socket was reported writable.
fn outcome(stream: &TcpStream) -> io::Result<Option<()>> {
    if let Some(e) = stream.take_error()? {
        return Err(e);
    }
    match stream.peer_addr() {
        Ok(_) => Ok(Some(())),
        Err(e) if e.kind() == io::ErrorKind::NotConnected => Ok(None),
        Err(e) => Err(e),
    }
}

#[cfg(unix)]
fn is_in_progress(e: &io::Error) -> bool {
    e.raw_os_error() == Some(libc::EINPROGRESS) || e.kind() == io::ErrorKind::WouldBlock
}

#[cfg(not(unix))]
fn is_in_progress(e: &io::Error) -> bool {
    e.kind() == io::ErrorKind::WouldBlock
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.0
            .poll(cx, Direction::Read, |mut stream| stream.read(buf))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0
            .poll(cx, Direction::Write, |mut stream| stream.write(buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.poll(cx, Direction::Write, |mut stream| {
            stream.write_vectored(bufs)
        })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(())) // a socket holds nothing back
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(match self.0.stream().shutdown(Shutdown::Write) {
            // The peer was quicker.
            Err(e) if e.kind() == io::ErrorKind::NotConnected => Ok(()),
            result => result,
        })
    }
}
