//! The engine: everything that decides, for one account, without touching anything.
//!
//! `handle_*` puts in, `poll_*` takes out, and after every input everything is polled until `None`: outputs, the packets
//! of every connection that can be written to, updates, and at last the time of the next [`Engine::handle_timeout`].
//! Whoever embeds it needs a clock, sockets, and a place for the session; [`Driver`](crate::driver::Driver) is the
//! embedding that comes with the crate, and the crate's front page shows a complete loop.
//!
//! This interface is unstable; the stable one is [`Client`](crate::client::Client).

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod access;
mod addresses;
mod authorize;
mod clock;
mod dc;
mod feed;
mod flood;
mod keys;
mod links;
mod look;
mod lost;
mod methods;
mod migrate;
mod order;
mod proxy;
mod race;
mod requests;
mod results;
mod retry;
mod route;
mod settings;
mod snapshots;
mod tasks;
mod types;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use crate::config::{Config, Network};
use crate::dc::DcId;
use crate::error::Error;
use crate::rand::{Rng, Seed};
use crate::session::{Session, SessionChange};
use crate::time::{Mono, Now};
use crate::transport::Packet;
use crate::updates::Update;

use access::Access;
use clock::Clock;
use dc::{Dc, DcKey};
use feed::Feed;
use flood::Floods;
use keys::Origins;
use requests::{Origin, Pending, Requests};
use tasks::{Task, Tasks};

pub use types::{
    Answer, LinkEvent, LinkId, Output, Request, RequestId, State, Target, TaskId, TimerId,
    UpdateId, Value,
};

/// One account on all its data centres. See the [module](self) for how it is driven.
pub struct Engine {
    config: Config,
    session: Session,
    rng: Rng,
    clock: Clock,
    state: State,
    home: DcId,
    dcs: BTreeMap<DcKey, Dc>,
    links: BTreeMap<LinkId, DcKey>,
    access: Access,
    origins: Origins,
    requests: Requests,
    sleepers: BTreeSet<(Mono, TimerId)>,
    tasks: Tasks,
    floods: Floods,
    feed: Feed,
    outputs: VecDeque<Output>,
    /// Ids of every kind come from here.
    last_id: u64,
    /// When the home data centre was last asked for anything.
    last_request: Mono,
    /// When the servers' configuration expires.
    config_due: Mono,
}

impl Engine {
    /// An engine at rest, for the account in `session`. `seed` is all the randomness it will ever have.
    pub fn new(config: Config, session: Session, now: Now, seed: Seed) -> Self {
        let home = session.home.unwrap_or(match &config.network {
            Network::Production | Network::Test => DcId(2),
            Network::Custom { default_dc, .. } => *default_dc,
        });
        let feed = Feed::new(&config, &session, now);
        Self {
            config,
            session,
            rng: Rng::new(seed),
            clock: Clock::new(now),
            state: State::Ended(None),
            home,
            dcs: BTreeMap::new(),
            links: BTreeMap::new(),
            access: Access::default(),
            origins: Origins::default(),
            requests: Requests::default(),
            sleepers: BTreeSet::new(),
            tasks: Tasks::default(),
            floods: Floods::default(),
            feed,
            outputs: VecDeque::new(),
            last_id: 0,
            last_request: now.mono,
            config_due: now.mono,
        }
    }

    /// Connects to the account's data centre and stays connected; [`Output::State`] tells how it goes. Does nothing if
    /// that is what it does already.
    pub fn connect(&mut self, now: Now) {
        self.read_clock(now);
        if matches!(self.state, State::Ended(_)) {
            self.set_state(State::Connecting);
            self.last_request = now.mono;
            self.open(now, DcKey::main(self.home));
        }
    }

    /// Closes all connections. Pending requests end with [`Error::Disconnected`].
    pub fn disconnect(&mut self, now: Now) {
        self.read_clock(now);
        if !matches!(self.state, State::Ended(_)) {
            self.end(now, None);
        }
    }

    /// Queues a request; its answer comes as [`Output::Result`] under the id returned here.
    pub fn invoke(&mut self, now: Now, request: Request) -> RequestId {
        self.read_clock(now);
        let id = RequestId(self.fresh_id());
        if matches!(self.state, State::Ended(_)) {
            self.outputs
                .push_back(Output::Result(id, Err(Error::Disconnected)));
            return id;
        }
        let dc = self.resolve(request.dc);
        self.submit(now, id, Pending::new(Origin::Client, request, dc));
        id
    }

    /// Nobody waits for that request any more. One that was not sent yet is withdrawn; the answer to another is looked
    /// into as far as it concerns the updates, and delivered to nobody.
    pub fn forget(&mut self, now: Now, request: RequestId) {
        self.read_clock(now);
        self.withdraw(request);
    }

    /// Starts a timer; [`Output::Woke`] tells its end.
    pub fn sleep(&mut self, now: Now, d: Duration) -> TimerId {
        let id = TimerId(self.fresh_id());
        // The very far future is as good as never, and no deadline at all is not allowed.
        self.sleepers.insert((now.mono + d, id));
        id
    }

    /// Stops a timer; it will not be heard of again.
    pub fn wake(&mut self, timer: TimerId) {
        self.sleepers.retain(|(_, id)| *id != timer);
    }

    /// Applies changes to the session and has them stored.
    pub fn store(&mut self, now: Now, changes: Vec<SessionChange>) -> TaskId {
        self.read_clock(now);
        for change in &changes {
            self.adopt(now, change);
        }
        self.start_task(now, Task::Store, |task| Output::Store(task, changes))
    }

    /// The account is gone, and the session's storage is being removed: signed out, without keys.
    pub fn forget_account(&mut self, now: Now) {
        self.disconnect(now);
        self.session = Session::default();
        self.access = Access::default();
        self.dcs.clear();
        self.feed.begin_anew(&self.config, &self.session, now);
    }

    /// The consumer took that update, so it need not come again after a crash.
    pub fn confirm(&mut self, update: UpdateId) {
        self.feed.confirm(update);
    }

    /// An update that was handed out has to give way to others without having been taken. It will not come again; an
    /// [`Update::gap`](crate::updates::Update::gap) tells of it.
    pub fn give_way(&mut self, update: UpdateId) {
        self.feed.give_way(update);
    }

    /// Fetches what was missed: since the session was last used, if updates began with the present and nothing has come
    /// yet, and else since the last update. Only while connected.
    pub fn catch_up(&mut self, now: Now) {
        self.feed.catch_up(now);
    }

    /// Whether something that was missed is still being fetched. With a full queue nothing is.
    pub fn is_catching_up(&self) -> bool {
        self.feed.is_catching_up()
    }

    /// Up to which length flood waits are waited out from now on.
    pub fn set_flood_sleep_threshold(&mut self, threshold: Duration) {
        self.config.flood_sleep_threshold = threshold;
    }

    /// Whether anybody takes updates. Without a consumer they count as taken when they arrive.
    pub fn set_consumer(&mut self, consumer: bool) {
        self.feed.set_consumer(consumer);
    }

    /// Something happened to a connection.
    pub fn handle_link(&mut self, now: Now, link: LinkId, event: LinkEvent) {
        self.read_clock(now);
        match event {
            LinkEvent::Connected => self.link_stands(now, link),
            LinkEvent::Lost(why) => self.link_lost(now, link, &why),
        }
    }

    /// Where the next bytes from that connection go: at least as many as the present frame still lacks. Empty if the
    /// engine has closed the connection.
    pub fn receive_buffer(&mut self, link: LinkId) -> &mut [u8] {
        self.lane(link)
            .map_or_else(Default::default, |(_, lane)| lane.receive_buffer())
    }

    /// The first `n` bytes of the buffer were filled. What is complete waits for the next poll, to be opened together
    /// with whatever else comes until then.
    pub fn handle_received(&mut self, now: Now, link: LinkId, n: usize) {
        self.read_clock(now);
        self.link_received(now, link, n);
    }

    /// An [`Output::Store`], [`Output::Find`] or [`Output::Work`] was carried out.
    pub fn handle_answer(&mut self, now: Now, answer: Answer) {
        self.read_clock(now);
        self.task_done(now, answer);
    }

    /// The time that [`Engine::poll_timeout`] named has come. Calling it earlier does no harm.
    pub fn handle_timeout(&mut self, now: Now) {
        self.read_clock(now);
        while let Some((at, id)) = self.sleepers.first().copied()
            && at <= now.mono
        {
            self.sleepers.pop_first();
            self.outputs.push_back(Output::Woke(id));
        }
        self.expire_tasks(now);
        self.links_timeout(now);
        self.requests_timeout(now);
        self.feed_timeout(now);
        self.config_timeout(now);
    }

    /// When [`Engine::handle_timeout`] is to be called. Never `None` while anything is pending.
    pub fn poll_timeout(&self) -> Option<Mono> {
        let sleeper = self.sleepers.first().map(|(at, _)| *at);
        let times = [
            sleeper,
            self.requests.next_time(),
            self.tasks.next_time(),
            self.feed_time(),
            self.config_time(),
        ];
        let dcs = self.dcs.values().filter_map(Dc::next_time);
        times.into_iter().flatten().chain(dcs).min()
    }

    /// What that connection is to write next. Ask when it can take something, so that packets are fresh when they leave.
    pub fn poll_packet(&mut self, now: Now, link: LinkId) -> Option<Packet> {
        self.work(now);
        self.link_packet(now, link)
    }

    /// The next update for the consumer. What is not taken is kept within bounds inside.
    pub fn poll_update(&mut self) -> Option<(UpdateId, Update)> {
        self.feed.poll_update()
    }

    /// What is to be done, or handed on.
    pub fn poll_output(&mut self, now: Now) -> Option<Output> {
        if self.outputs.is_empty() {
            self.work(now);
        }
        self.outputs.pop_front()
    }

    /// The state of the account's connection; changes come as [`Output::State`] too.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What is remembered of the account at the moment.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Whether anything is pending, so that [`Engine::poll_timeout`] has to name a time.
    pub fn has_work(&self) -> bool {
        !matches!(self.state, State::Ended(_))
            || !self.requests.is_empty()
            || !self.sleepers.is_empty()
            || self.has_tasks()
    }

    /// Whether what has to hold is checked after every step.
    pub(crate) fn is_watched(&self) -> bool {
        self.config.testing.is_watched()
    }

    /// Whether the driver still owes an answer.
    pub fn has_tasks(&self) -> bool {
        !self.tasks.is_empty()
    }
}

impl Engine {
    /// Moves everything on that can move without further input.
    fn work(&mut self, now: Now) {
        // Sorting out what came may queue requests, and these may be given to sessions: twice round is enough, since
        // nothing that is given comes back at once. The bound only guards against mistakes.
        for _ in 0..4 {
            let moved = self.open_received(now)
                | self.take_events(now)
                | self.dispatch(now)
                | self.feed_work(now);
            if !moved {
                break;
            }
        }
    }

    fn read_clock(&mut self, now: Now) {
        if self.clock.read(now) {
            tracing::info!("the clocks went different ways: replacing all connections");
            self.replace_links(now);
            self.feed.may_have_missed(now);
        }
    }

    /// Takes a change of the session into account.
    fn adopt(&mut self, now: Now, change: &SessionChange) {
        if let SessionChange::User(user) = change {
            let changed = self.session.user != *user;
            self.session.apply(change);
            if changed {
                self.account_changed(now);
            }
            return;
        }
        self.session.apply(change);
    }

    fn set_state(&mut self, state: State) {
        self.state = state.clone();
        self.outputs.push_back(Output::State(state));
    }

    fn fresh_id(&mut self) -> u64 {
        self.last_id = self.last_id.wrapping_add(1);
        self.last_id
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("state", &self.state)
            .field("home", &self.home)
            .field("links", &self.links)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
