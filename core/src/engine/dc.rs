//! What the engine knows of one data centre, or of its file servers.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::dc::DcId;
use crate::engine::addresses::Way;
use crate::engine::keys::Exchanging;
use crate::engine::race::Rival;
use crate::engine::retry::Backoff;
use crate::engine::{LinkId, RequestId, TaskId};
use crate::mtproto::{self, ReqId};
use crate::runtime::Endpoint;
use crate::time::Mono;
use crate::transport::proxy::Handshake;

/// The troubles that an error names, at most.
const TROUBLES: usize = 4;

/// Which data centre, and which of its two faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct DcKey {
    pub(super) dc: DcId,
    /// Its file servers. They share the key with the rest, but not the session.
    pub(super) media: bool,
}

impl DcKey {
    pub(super) const fn main(dc: DcId) -> Self {
        Self { dc, media: false }
    }
}

/// One data centre: at most one connection, the session that outlives it, and the requests that wait for it.
#[derive(Debug, Default)]
pub(super) struct Dc {
    pub(super) lane: Option<Box<Lane>>,
    /// When the next attempt to connect is due.
    pub(super) retry_at: Option<Mono>,
    pub(super) session: Option<mtproto::Session>,
    /// What a later session starts with.
    pub(super) salt: i64,
    pub(super) time_offset: Option<i64>,
    /// Requests that wait until they may be given to the session.
    pub(super) queue: VecDeque<RequestId>,
    /// Requests that the session has.
    pub(super) given: HashMap<ReqId, RequestId>,
    /// The server knows who we are: it has answered `initConnection` under this key.
    pub(super) greeted: bool,
    pub(super) backoff: Backoff,
    /// Counts through the addresses.
    pub(super) address: usize,
    /// What went wrong since the server last answered.
    pub(super) troubles: Vec<(Endpoint, String)>,
    /// The addresses whose fresh connections said that the key is unknown.
    pub(super) unknown_at: Vec<Endpoint>,
}

/// A connection on its way from being opened to being good for requests.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) link: LinkId,
    pub(super) way: Way,
    pub(super) wire: mtproto::Link,
    pub(super) stage: LaneStage,
    /// Another connection for the same purpose, of which the one that stands first will do.
    pub(super) rival: Option<Box<Rival>>,
    /// When the present stage has taken too long, or a connection away from home is looked at again.
    pub(super) deadline: Option<Mono>,
    /// When the connection stood.
    pub(super) since: Mono,
    /// When a request was last given to it, or answered.
    pub(super) used: Mono,
    /// Something authentic has come over it.
    pub(super) heard: bool,
}

#[derive(Debug)]
pub(super) enum LaneStage {
    /// The stream is being opened.
    Connecting,
    /// It stands as far as the proxy, which is being asked for the rest of the way.
    Asking(Box<Handshake>),
    /// An authorization key is being made.
    Exchanging(Box<Exchanging>),
    /// The new key is being stored; nothing leaves before that.
    Storing(TaskId),
    /// `initConnection` is on its way.
    Greeting,
    /// Good for requests.
    Ready,
}

impl Lane {
    /// Where the next bytes go: the proxy's answer, or the server's frames.
    pub(super) fn receive_buffer(&mut self) -> &mut [u8] {
        match &mut self.stage {
            LaneStage::Asking(handshake) => handshake.receive_buffer(),
            _ => self.wire.receive_buffer(),
        }
    }
}

impl Dc {
    /// Whether there is something to connect for.
    pub(super) fn has_work(&self) -> bool {
        !self.queue.is_empty() || !self.given.is_empty()
    }

    /// Writes down why an attempt failed; one line for each address.
    pub(super) fn trouble(&mut self, endpoint: Endpoint, why: String) {
        self.troubles.retain(|(at, _)| *at != endpoint);
        if self.troubles.len() >= TROUBLES {
            self.troubles.remove(0);
        }
        self.troubles.push((endpoint, why));
    }

    /// What went wrong, for the user to read.
    pub(super) fn troubles(&self) -> String {
        let lines: Vec<_> = self
            .troubles
            .iter()
            .map(|(at, why)| format!("{at}: {why}"))
            .collect();
        lines.join("; ")
    }

    /// The server has answered in earnest.
    pub(super) fn reached(&mut self) {
        self.backoff.reached();
        self.troubles.clear();
        self.unknown_at.clear();
    }

    pub(super) fn next_time(&self) -> Option<Mono> {
        let session = self
            .session
            .as_ref()
            .and_then(mtproto::Session::poll_timeout);
        let lane = self.lane.as_ref();
        let rival = lane.and_then(|lane| lane.rival.as_ref()?.time());
        let lane = lane.and_then(|lane| lane.deadline);
        let times = [session, lane, rival, self.retry_at];
        times.into_iter().flatten().min()
    }
}

/// How long making a key may take, the server's part and ours.
pub(super) const EXCHANGE_TIME: Duration = Duration::from_secs(90);

/// How long a connection that is not the account's main one stays open without requests.
pub(super) const FOREIGN_TIME: Duration = Duration::from_secs(60);

/// How long the server may take to answer `initConnection`.
pub(super) const GREETING_TIME: Duration = Duration::from_secs(60);
