//! An engine, its surroundings, and a clock that moves when a test says so.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use bytes::Bytes;
use telewire_core::config::{Config, Network};
use telewire_core::dc::DcId;
use telewire_core::engine::{
    Answer, Engine, LinkEvent, LinkId, Output, Request, RequestId, State, Target, Value,
};
use telewire_core::error::Error;
use telewire_core::internals::AuthKey;
use telewire_core::rand::Seed;
use telewire_core::runtime::Endpoint;
use telewire_core::session::{DcOption, SelfUser, Session, SessionChange};
use telewire_core::time::{Mono, Now, Unix};
use telewire_schema::{Identifiable, Serialize, types};

use super::Server;
use super::creation::rsa_keys;

/// The account's own data centre. It has two addresses.
pub const HOME: DcId = DcId(2);

/// Another one.
pub const FOREIGN: DcId = DcId(4);

const START: i64 = 1_700_000_000;

/// The last octet of an address, and the data centre behind it.
const ADDRESSES: [(u8, DcId); 3] = [(1, HOME), (2, HOME), (4, FOREIGN)];

/// An engine whose connections lead to a [`Server`]. Everything that it asks for is done at once and succeeds.
pub struct World {
    /// The engine.
    pub engine: Engine,
    /// The servers.
    pub server: Server,
    /// The time.
    pub now: Now,
    /// The updates that the consumer was given.
    pub updates: Vec<types::Update>,
    /// What was stored.
    pub stored: Vec<SessionChange>,
    /// Connections that were opened.
    pub opened: usize,
    /// Connections that the engine closed.
    pub closed: usize,
    results: BTreeMap<RequestId, Result<Bytes, Error>>,
}

/// The settings that all tests begin with.
pub fn settings() -> Config {
    let option = |(host, dc)| {
        let ip = Ipv4Addr::new(127, 0, 0, host);
        DcOption::new(dc, ip.into(), u16::from(host))
    };
    let mut config = Config::new(1, "hash");
    config.network = Network::Custom {
        default_dc: HOME,
        dcs: ADDRESSES.map(option).to_vec(),
        keys: rsa_keys(),
    };
    config
}

/// Who is signed in.
pub fn me() -> SelfUser {
    SelfUser {
        id: 777,
        access_hash: 1,
        bot: false,
    }
}

impl World {
    /// A world before the first connection, for a session that is blank.
    pub fn blank(config: Config) -> Self {
        Self::new(config, Session::default())
    }

    /// A world before the first connection, for an account that was signed in before.
    pub fn signed_in(config: Config) -> Self {
        let key = |seed| AuthKey::new(std::array::from_fn(|i| (i * 7) as u8 ^ seed));
        let session = Session {
            home: Some(HOME),
            keys: BTreeMap::from([(HOME, key(1)), (FOREIGN, key(2))]),
            user: Some(me()),
            ..Session::default()
        };
        Self::new(config, session)
    }

    /// The same, connected.
    pub fn ready() -> Self {
        let mut world = Self::signed_in(settings());
        world.connect();
        assert!(world.is_ready());
        world
    }

    fn new(config: Config, session: Session) -> Self {
        let now = Now {
            mono: Mono::from_origin(Duration::from_secs(1000)),
            wall: Unix::from_secs(START),
        };
        Self {
            server: Server::new(now, &session.keys),
            engine: Engine::new(config, session, now, Seed::new([5; 32])),
            now,
            updates: Vec::new(),
            stored: Vec::new(),
            opened: 0,
            closed: 0,
            results: BTreeMap::new(),
        }
    }

    /// Connects and lets everything happen that takes no time.
    pub fn connect(&mut self) {
        self.engine.connect(self.now);
        self.settle();
    }

    /// Asks the account's own data centre something; the request, and the message id it has there.
    pub fn ask<R: Serialize + Identifiable>(&mut self, request: &R) -> (RequestId, i64) {
        self.ask_at(request, Target::Home, HOME)
    }

    /// Asks another one.
    pub fn ask_abroad<R: Serialize + Identifiable>(&mut self, request: &R) -> (RequestId, i64) {
        self.ask_at(request, Target::Of(FOREIGN), FOREIGN)
    }

    fn ask_at<R: Serialize + Identifiable>(
        &mut self,
        request: &R,
        target: Target,
        dc: DcId,
    ) -> (RequestId, i64) {
        let mut request = Request::new(request);
        request.dc = target;
        let id = self.engine.invoke(self.now, request);
        self.settle();
        let question = self.server.take::<R>(dc);
        (id, question.expect("the request has arrived"))
    }

    /// What a request came to, if it has ended.
    pub fn result(&mut self, id: RequestId) -> Option<Result<Bytes, Error>> {
        self.results.remove(&id)
    }

    /// Who was typing, in the order of the updates.
    pub fn typists(&self) -> Vec<i64> {
        let of = |update: &types::Update| match update {
            types::Update::UserTyping(typing) => Some(typing.user_id),
            _ => None,
        };
        self.updates.iter().filter_map(of).collect()
    }

    /// Whether the account is connected.
    pub fn is_ready(&self) -> bool {
        matches!(self.engine.state(), State::Ready)
    }

    /// Why the engine has given up, if it has.
    pub fn ended(&self) -> Option<&Error> {
        match self.engine.state() {
            State::Ended(why) => why.as_ref(),
            _ => None,
        }
    }

    /// Breaks the newest connection.
    pub fn cut(&mut self) {
        let link = self.server.links().pop().expect("there is a connection");
        self.server.close(link);
        let why = LinkEvent::Lost("connection reset".into());
        self.engine.handle_link(self.now, link, why);
        self.settle();
    }

    /// Moves both clocks.
    pub fn pass(&mut self, d: Duration) {
        let end = self.now.after(d);
        while let Some(at) = self.engine.poll_timeout()
            && at <= end.mono
        {
            self.step(at);
        }
        self.now = end;
        self.engine.handle_timeout(self.now);
        self.settle();
    }

    /// Moves time until the account is connected or the engine has given up.
    pub fn until_settled(&mut self) {
        for _ in 0..1000 {
            if self.is_ready() || matches!(self.engine.state(), State::Ended(_)) {
                return;
            }
            let at = self.engine.poll_timeout();
            self.step(at.expect("something is waited for"));
        }
        panic!("neither connected nor at an end");
    }

    fn step(&mut self, at: Mono) {
        self.now = self.now.after(at.since(self.now.mono));
        self.engine.handle_timeout(self.now);
        self.settle();
    }

    /// Polls everything until nothing moves.
    pub fn settle(&mut self) {
        self.server.now = self.now;
        loop {
            let mut moved = false;
            while let Some(output) = self.engine.poll_output(self.now) {
                moved = true;
                self.carry_out(output);
            }
            for link in self.server.links() {
                while let Some(packet) = self.engine.poll_packet(self.now, link) {
                    moved = true;
                    self.server.receive(link, packet.bytes());
                }
                moved |= self.deliver(link);
            }
            while let Some((id, update)) = self.engine.poll_update() {
                moved = true;
                self.engine.confirm(id);
                self.updates.push(update.raw);
            }
            if !moved {
                break;
            }
        }
        assert!(
            self.engine.poll_timeout().is_some() || !self.engine.has_work(),
            "work is pending, but the engine waits for nothing"
        );
    }

    fn deliver(&mut self, link: LinkId) -> bool {
        let bytes = self.server.outgoing(link);
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
        let now = self.now;
        match output {
            Output::Connect(link, endpoint) => {
                self.opened += 1;
                self.server.accept(link, dc_at(&endpoint));
                self.engine.handle_link(now, link, LinkEvent::Connected);
            }
            Output::Close(link) => {
                self.closed += 1;
                self.server.close(link);
            }
            Output::Result(id, result) => {
                let bytes = result.map(|value| match value {
                    Value::Bytes(bytes) | Value::Decoded(_, bytes) => bytes,
                });
                let before = self.results.insert(id, bytes);
                assert!(before.is_none(), "a request ends once");
            }
            Output::Store(task, changes) => {
                self.stored.extend(changes);
                self.engine.handle_answer(now, Answer::Stored(task, Ok(())));
            }
            Output::Find(task, _) => self.engine.handle_answer(now, Answer::Found(task, None)),
            Output::Work(task, job) => {
                self.engine
                    .handle_answer(now, Answer::Worked(task, job.run()));
            }
            _ => {}
        }
    }
}

fn dc_at(endpoint: &Endpoint) -> DcId {
    let address = endpoint.socket_addr().expect("an address");
    let (_, dc) = ADDRESSES
        .into_iter()
        .find(|(host, _)| u16::from(*host) == address.port())
        .expect("one of ours");
    dc
}
