//! Whether a connection is alive: `ping_delay_disconnect` now and then, and
//! [a limit](https://core.telegram.org/mtproto/service_messages#deferred-connection-closure--ping) on the silence after it.

use std::time::Duration;

use crate::time::{Mono, Now};

/// The time from one ping to the next.
pub(super) const EVERY: Duration = Duration::from_secs(60);

/// The server closes the connection when no further ping comes within so many seconds; two may be lost.
pub(super) const DISCONNECT_DELAY: i32 = 135;

/// Silence that is put up with while a ping is unanswered. Anything that is received starts it again, and anything that
/// is written: a ping may be queued behind a file part on a slow line.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a ping may wait for the socket to take it.
const STALLED: Duration = Duration::from_secs(60);

/// One connection's pings.
#[derive(Debug)]
pub(super) struct Pinger {
    state: State,
    answered: u32,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// The next one is due at that time.
    Idle { next: Mono },
    /// One is due, and the socket has not taken it yet; it may be sealed already.
    Due { give_up: Mono, sealed: bool },
    /// One is on its way.
    Sent { id: i64, give_up: Mono, next: Mono },
}

impl Pinger {
    /// The first ping is due at once: it starts the server's timer, and shows the server where to send what it has.
    pub(super) fn new(now: Now) -> Self {
        Self {
            state: due(now),
            answered: 0,
        }
    }

    pub(super) fn is_due(&self) -> bool {
        matches!(self.state, State::Due { sealed: false, .. })
    }

    /// A ping is in a packet that waits for the socket.
    pub(super) fn sealed(&mut self) {
        if let State::Due { sealed, .. } = &mut self.state {
            *sealed = true;
        }
    }

    /// A ping was handed to the socket.
    pub(super) fn sent(&mut self, now: Now, id: i64) {
        self.state = State::Sent {
            id,
            give_up: now.after(PATIENCE).mono,
            next: now.after(EVERY).mono,
        };
    }

    /// A ping was refused, or discarded before the socket took it.
    pub(super) fn again(&mut self, now: Now) {
        self.state = due(now);
    }

    pub(super) fn handle_pong(&mut self, pong: i64) {
        if let State::Sent { id, next, .. } = self.state
            && id == pong
        {
            self.state = State::Idle { next };
            self.answered = self.answered.saturating_add(1);
        }
    }

    /// Bytes moved, in either direction.
    pub(super) fn handle_progress(&mut self, now: Now) {
        match &mut self.state {
            State::Idle { .. } => {}
            State::Due { give_up, .. } => *give_up = now.after(STALLED).mono,
            State::Sent { give_up, .. } => *give_up = now.after(PATIENCE).mono,
        }
    }

    /// `false` when the connection has to be given up.
    pub(super) fn handle_timeout(&mut self, now: Now) -> bool {
        match self.state {
            State::Due { give_up, .. } | State::Sent { give_up, .. } if give_up <= now.mono => {
                return false;
            }
            State::Idle { next } | State::Sent { next, .. } if next <= now.mono => {
                self.state = due(now);
            }
            _ => {}
        }
        true
    }

    /// How many pings were answered on this connection.
    pub(super) fn answered(&self) -> u32 {
        self.answered
    }

    pub(super) fn poll_timeout(&self) -> Mono {
        match self.state {
            State::Idle { next } => next,
            State::Due { give_up, .. } => give_up,
            State::Sent { give_up, next, .. } => give_up.min(next),
        }
    }
}

fn due(now: Now) -> State {
    State::Due {
        give_up: now.after(STALLED).mono,
        sealed: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Unix;

    fn at(secs: u64) -> Now {
        Now {
            mono: Mono::from_origin(Duration::from_secs(secs)),
            wall: Unix::default(),
        }
    }

    #[test]
    fn pings_follow_each_other_as_long_as_they_are_answered() {
        let mut pinger = Pinger::new(at(0));
        for n in 0..5 {
            assert!(pinger.is_due());
            pinger.sent(at(n * 60), 7);
            pinger.handle_pong(8);
            assert_eq!(
                pinger.poll_timeout(),
                at(n * 60 + 20).mono,
                "another ping's answer is none"
            );
            pinger.handle_pong(7);
            assert_eq!(pinger.poll_timeout(), at(n * 60 + 60).mono);
            assert!(pinger.handle_timeout(at(n * 60 + 60)));
        }
        assert_eq!(pinger.answered(), 5);
    }

    #[test]
    fn silence_after_a_ping_ends_the_connection_and_progress_puts_it_off() {
        let mut pinger = Pinger::new(at(0));
        pinger.sent(at(0), 7);
        pinger.handle_progress(at(15));
        assert!(pinger.handle_timeout(at(34)));
        assert!(!pinger.handle_timeout(at(35)));
    }

    #[test]
    fn a_socket_that_takes_nothing_ends_the_connection() {
        let mut pinger = Pinger::new(at(0));
        assert!(pinger.handle_timeout(at(59)));
        assert!(!pinger.handle_timeout(at(60)));
    }

    #[test]
    fn an_unanswered_ping_on_a_lively_line_is_followed_by_another() {
        let mut pinger = Pinger::new(at(0));
        pinger.sent(at(0), 7);
        for n in 0..6 {
            pinger.handle_progress(at(n * 10));
            assert!(pinger.handle_timeout(at(n * 10)));
            assert!(!pinger.is_due());
        }
        assert!(pinger.handle_timeout(at(60)));
        assert!(pinger.is_due());
    }
}
