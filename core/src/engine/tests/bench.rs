//! An engine with its surroundings in one value: connections that a test accepts or refuses, a store that always works,
//! and a clock that stands still.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use telewire_schema::functions;

use super::peer::{Peer, config};
use crate::config::{Config, Network};
use crate::crypto::AuthKey;
use crate::dc::DcId;
use crate::engine::{Answer, Engine, LinkEvent, LinkId, Output, Request, RequestId, State, Value};
use crate::error::Error;
use crate::exchange::RsaKeys;
use crate::rand::Seed;
use crate::runtime::Endpoint;
use crate::session::{DcOption, SelfUser, Session, SessionChange};
use crate::time::{Mono, Now, Unix};

const START: i64 = 1_700_000_000;

pub(super) struct Bench {
    pub(super) engine: Engine,
    pub(super) now: Now,
    /// Connections that are being opened.
    pub(super) opening: Vec<(LinkId, Endpoint)>,
    pub(super) peers: BTreeMap<LinkId, Peer>,
    pub(super) results: BTreeMap<RequestId, Result<Value, Error>>,
    pub(super) states: Vec<State>,
    pub(super) stored: Vec<SessionChange>,
}

/// The key that the client shares with every data centre.
pub(super) fn auth_key() -> AuthKey {
    AuthKey::new(std::array::from_fn(|i| (i * 7 + 3) as u8))
}

pub(super) fn settings() -> Config {
    let option =
        |dc, host, port| DcOption::new(DcId(dc), Ipv4Addr::new(127, 0, 0, host).into(), port);
    let mut config = Config::new(1, "hash");
    config.network = Network::Custom {
        default_dc: DcId(2),
        dcs: vec![option(2, 1, 10), option(2, 2, 20), option(4, 4, 40)],
        keys: RsaKeys::default(),
    };
    config
}

pub(super) fn me() -> SelfUser {
    SelfUser {
        id: 777,
        access_hash: 1,
        bot: false,
    }
}

impl Bench {
    pub(super) fn new(config: Config) -> Self {
        Self::with(config, None)
    }

    pub(super) fn with(config: Config, user: Option<SelfUser>) -> Self {
        let session = Session {
            home: Some(DcId(2)),
            keys: BTreeMap::from([(DcId(2), auth_key()), (DcId(4), auth_key())]),
            user,
            ..Session::default()
        };
        let now = Now {
            mono: Mono::from_origin(Duration::from_secs(1000)),
            wall: Unix::from_secs(START),
        };
        Self {
            engine: Engine::new(config, session, now, Seed::new([5; 32])),
            now,
            opening: Vec::new(),
            peers: BTreeMap::new(),
            results: BTreeMap::new(),
            states: Vec::new(),
            stored: Vec::new(),
        }
    }

    /// A bench whose engine is connected and greeted.
    pub(super) fn ready(config: Config, user: Option<SelfUser>) -> Self {
        let mut bench = Self::with(config, user);
        bench.engine.connect(bench.now);
        bench.accept();
        bench.greet();
        assert!(bench.is_ready());
        bench
    }

    pub(super) fn is_ready(&self) -> bool {
        matches!(self.engine.state(), State::Ready)
    }

    pub(super) fn ended(&self) -> Option<&Error> {
        match self.engine.state() {
            State::Ended(why) => why.as_ref(),
            _ => None,
        }
    }

    /// Polls everything until nothing moves.
    pub(super) fn drain(&mut self) {
        loop {
            let mut moved = false;
            while let Some(output) = self.engine.poll_output(self.now) {
                moved = true;
                self.carry_out(output);
            }
            let links: Vec<_> = self.peers.keys().copied().collect();
            for link in links {
                while let Some(packet) = self.engine.poll_packet(self.now, link) {
                    moved = true;
                    let peer = self
                        .peers
                        .get_mut(&link)
                        .expect("packets are for open links");
                    peer.receive(packet.bytes());
                }
                moved |= self.deliver(link);
            }
            if !moved {
                break;
            }
        }
        let waits = self.engine.poll_timeout().is_some();
        assert!(
            waits || !self.engine.has_work(),
            "work is pending, but the engine waits for nothing"
        );
    }

    /// Lets the oldest connection attempt succeed.
    pub(super) fn accept(&mut self) -> Endpoint {
        self.drain();
        let (link, endpoint) = self.opening.remove(0);
        self.peers
            .insert(link, Peer::new(auth_key(), self.now.wall.secs()));
        self.engine
            .handle_link(self.now, link, LinkEvent::Connected);
        self.drain();
        endpoint
    }

    /// Lets the oldest connection attempt fail.
    pub(super) fn refuse(&mut self) -> Endpoint {
        self.drain();
        let (link, endpoint) = self.opening.remove(0);
        self.engine
            .handle_link(self.now, link, LinkEvent::Lost("connection refused".into()));
        self.drain();
        endpoint
    }

    /// Breaks the only connection.
    pub(super) fn cut(&mut self) {
        let (link, _) = self.peers.pop_first().expect("there is a connection");
        self.engine
            .handle_link(self.now, link, LinkEvent::Lost("connection reset".into()));
        self.drain();
    }

    /// Answers the greeting on the newest connection.
    pub(super) fn greet(&mut self) {
        let peer = self.peer();
        let id = peer
            .take::<functions::InvokeWithLayer>()
            .expect("the first request says who we are");
        peer.answer(id, &config());
        self.drain();
    }

    /// The server's end of the newest connection.
    pub(super) fn peer(&mut self) -> &mut Peer {
        self.peers
            .last_entry()
            .expect("there is a connection")
            .into_mut()
    }

    pub(super) fn invoke<R: telewire_schema::Serialize + telewire_schema::Identifiable>(
        &mut self,
        r: &R,
    ) -> RequestId {
        let id = self.engine.invoke(self.now, Request::new(r));
        self.drain();
        id
    }

    /// What a request came to, if it has ended.
    pub(super) fn result(&mut self, id: RequestId) -> Option<Result<Value, Error>> {
        self.results.remove(&id)
    }

    /// Moves both clocks.
    pub(super) fn pass(&mut self, d: Duration) {
        let end = self.now.after(d);
        while let Some(at) = self.engine.poll_timeout()
            && at <= end.mono
        {
            self.now = self.now.after(at.since(self.now.mono));
            self.engine.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
        self.engine.handle_timeout(self.now);
        self.drain();
    }

    /// Moves time until a connection is being opened.
    pub(super) fn until_opening(&mut self) -> Duration {
        self.drain();
        let start = self.now.mono;
        while self.opening.is_empty() {
            assert!(self.ended().is_none(), "it has ended: {:?}", self.ended());
            let at = self.engine.poll_timeout().expect("something is waited for");
            self.pass(at.since(self.now.mono));
        }
        self.now.mono.since(start)
    }

    fn deliver(&mut self, link: LinkId) -> bool {
        let Some(peer) = self.peers.get_mut(&link) else {
            return false;
        };
        let bytes = std::mem::take(&mut peer.outgoing);
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let buffer = self.engine.receive_buffer(link);
            let n = buffer.len().min(rest.len());
            if n == 0 {
                break;
            }
            buffer[..n].copy_from_slice(&rest[..n]);
            self.engine.handle_received(self.now, link, n);
            rest = &rest[n..];
        }
        !bytes.is_empty()
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Connect(link, endpoint) => self.opening.push((link, endpoint)),
            Output::Close(link) => {
                self.peers.remove(&link);
                self.opening.retain(|(opening, _)| *opening != link);
            }
            Output::Result(id, result) => {
                assert!(
                    self.results.insert(id, result).is_none(),
                    "a request ends once"
                );
            }
            Output::Store(task, changes) => {
                self.stored.extend(changes);
                self.engine
                    .handle_answer(self.now, Answer::Stored(task, Ok(())));
            }
            Output::Find(task, _) => self
                .engine
                .handle_answer(self.now, Answer::Found(task, None)),
            Output::Work(task, job) => self
                .engine
                .handle_answer(self.now, Answer::Worked(task, job.run())),
            Output::State(state) => self.states.push(state),
            Output::Woke(_) | Output::Lapse(_) | Output::Config(_) => {}
        }
    }
}
