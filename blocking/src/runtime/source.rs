//! Sockets that the poller watches.
//!
//! The only file of the crate with unsafe code: [`polling::Poller::add`] is an unsafe function, because its caller has to
//! promise that a socket is taken out of the poller before it is closed. [`Watched`] keeps that promise by owning both the
//! socket and its registration.

use std::io;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use polling::Event;

use super::reactor::{Reactor, lock};

/// A non-blocking socket that is in the poller for as long as it lives.
#[derive(Debug)]
pub(super) struct Watched {
    stream: TcpStream,
    source: Arc<Source>,
    reactor: &'static Reactor,
}

impl Watched {
    /// Puts a non-blocking socket into the poller.
    #[allow(
        unsafe_code,
        reason = "the poller asks for a promise that only the owner of the socket can give"
    )]
    pub(super) fn new(reactor: &'static Reactor, stream: TcpStream) -> io::Result<Self> {
        let source = reactor.insert_source();
        // SAFETY: the stream is moved into `Watched`, which never gives it away, and whose `Drop` deletes it from the
        // poller before the fields, and with them the stream, are dropped. A `Watched` that is leaked stays open for ever,
        // which is as safe. If `add` fails, nothing was registered.
        let added = unsafe { reactor.poller.add(&stream, Event::none(source.key())) };
        if let Err(e) = added {
            reactor.remove_source(&source);
            return Err(e);
        }
        Ok(Self {
            stream,
            source,
            reactor,
        })
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Tries `operation`, and has the task woken for another try if the socket is not ready for it.
    pub(super) fn poll<T>(
        &self,
        cx: &mut Context<'_>,
        direction: Direction,
        mut operation: impl FnMut(&TcpStream) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        loop {
            match operation(&self.stream) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    // What becomes ready between the try and this call is reported all the same: the poller looks at
                    // the level, not at the edge.
                    return match self.wait(cx, direction) {
                        Ok(()) => Poll::Pending,
                        Err(e) => Poll::Ready(Err(e)),
                    };
                }
                result => return Poll::Ready(result),
            }
        }
    }

    /// Has the task woken once the socket is ready in that direction.
    pub(super) fn wait(&self, cx: &mut Context<'_>, direction: Direction) -> io::Result<()> {
        // Declared first, so dropped after the lock is free: a waker may hold the last reference to a task.
        let _old;
        let mut state = lock(&self.source.state);
        let slot = match direction {
            Direction::Read => &mut state.reader,
            Direction::Write => &mut state.writer,
        };
        _old = slot.replace(cx.waker().clone());
        let wanted = Event::new(
            self.source.key,
            state.reader.is_some(),
            state.writer.is_some(),
        );
        if state.armed != (wanted.readable, wanted.writable) {
            self.reactor.poller.modify(&self.stream, wanted)?;
            state.armed = (wanted.readable, wanted.writable);
        }
        Ok(())
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.reactor.remove_source(&self.source);
        if let Err(error) = self.reactor.poller.delete(&self.stream) {
            tracing::debug!(%error, "a socket could not be taken out of the poller");
        }
    }
}

/// What the driver thread knows of a socket.
#[derive(Debug)]
pub(super) struct Source {
    key: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    reader: Option<Waker>,
    writer: Option<Waker>,
    /// What the poller was last asked to report: readable, writable. It reports once and then has to be asked again.
    armed: (bool, bool),
}

impl Source {
    pub(super) fn new(key: usize) -> Self {
        Self {
            key,
            state: Mutex::default(),
        }
    }

    pub(super) fn key(&self) -> usize {
        self.key
    }

    /// The poller has reported the socket. Both directions look again: whichever is not ready asks once more.
    pub(super) fn fire(&self) {
        let State { reader, writer, .. } = std::mem::take(&mut *lock(&self.state));
        reader.into_iter().chain(writer).for_each(Waker::wake);
    }
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug)]
pub(super) enum Direction {
    /// Towards us.
    Read,
    /// From us.
    Write,
}
