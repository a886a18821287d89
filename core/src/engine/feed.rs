//! Where the engine meets the updates: what comes in goes to the boxes, what they lack is fetched, and how far they are
//! is stored.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use telewire_schema::{Deserialize, functions, types};

use crate::config::Config;
use crate::engine::dc::DcKey;
use crate::engine::lost::Loss;
use crate::engine::requests::Origin;
use crate::engine::settings::is_outdated_by;
use crate::engine::tasks::Task;
use crate::engine::{Engine, Output, Request, RequestId, TaskId, UpdateId, Value};
use crate::error::{Error, StoreError};
use crate::peers::{PeerId, PeerKey, PeerRecord};
use crate::session::{Session, SessionChange};
use crate::time::{Mono, Now};
use crate::updates::{BoxId, Boxes, Need, Origin as Source, Update};

/// After so long without a request the server is asked for something, lest it stops pushing updates.
const QUIET: Duration = Duration::from_secs(30 * 60);

/// The changes that are stored in one transaction, at most.
const BATCH: usize = 1024;

/// The boxes, and what is under way for them.
#[derive(Debug)]
pub(super) struct Feed {
    boxes: Boxes,
    /// Whose updates these are.
    user: Option<i64>,
    /// The home data centre answers.
    live: bool,
    consumer: bool,
    /// Requests that the boxes wait for.
    needs: BTreeMap<RequestId, Need>,
    /// Needs that lack a channel's access hash.
    finding: BTreeMap<TaskId, Need>,
    /// A batch of changes is being stored; the next one gathers meanwhile.
    storing: bool,
    /// The store has failed: what it holds is older than what was taken, and stays so.
    failed: bool,
}

impl Feed {
    pub(super) fn new(config: &Config, session: &Session, now: Now) -> Self {
        let mut boxes = Boxes::new(session.state, &session.channels, config.catch_up, now);
        boxes.testing = config.testing;
        // Whoever embeds the engine takes updates until it says otherwise.
        boxes.set_consumer(true);
        Self {
            boxes,
            user: session.user.as_ref().map(|user| user.id),
            live: false,
            consumer: true,
            needs: BTreeMap::new(),
            finding: BTreeMap::new(),
            storing: false,
            failed: false,
        }
    }

    /// The home data centre answers, for the first time or again.
    pub(super) fn connected(&mut self, now: Now) {
        self.live = true;
        self.begin(now);
        self.boxes.handle_resync(now);
    }

    /// The connection to the home data centre is gone.
    pub(super) fn disconnected(&mut self) {
        self.live = false;
    }

    /// Updates may have been lost on the way.
    pub(super) fn may_have_missed(&mut self, now: Now) {
        self.boxes.handle_resync(now);
    }

    pub(super) fn account_changed(&mut self, session: &Session, now: Now) {
        let user = session.user.as_ref().map(|user| user.id);
        if self.user.is_some() && self.user != user {
            self.boxes.stop(now);
            // What is asked for is somebody else's.
            self.needs.clear();
            self.finding.clear();
        }
        self.user = user;
        self.begin(now);
    }

    /// The answer to a request was these updates.
    pub(super) fn result(&mut self, now: Now, updates: &types::Updates) {
        self.boxes
            .handle_updates(now, updates.clone(), Source::Result);
    }

    /// A request was events of the account or of a channel.
    pub(super) fn affected(&mut self, now: Now, channel: Option<i64>, pts: i32, count: i32) {
        let at = channel.map_or(BoxId::Account, BoxId::Channel);
        self.boxes.handle_affected(now, at, pts, count);
    }

    /// An answer told where a channel stands.
    pub(super) fn snapshot(&mut self, now: Now, channel: i64, pts: i32) {
        if self.user.is_some() {
            self.boxes.handle_snapshot(now, channel, pts);
        }
    }

    /// What was to be stored is, or cannot be.
    pub(super) fn stored(&mut self, result: Result<(), StoreError>) {
        self.storing = false;
        self.failed |= result.is_err();
    }

    /// The same for nobody, after the account was forgotten.
    pub(super) fn begin_anew(&mut self, config: &Config, session: &Session, now: Now) {
        let mut fresh = Self::new(config, session, now);
        fresh.boxes.number_on(&mut self.boxes);
        fresh.consumer = self.consumer;
        *self = fresh;
    }

    pub(super) fn catch_up(&mut self, now: Now) {
        if self.live {
            self.boxes.catch_up(now);
        }
    }

    pub(super) fn is_catching_up(&self) -> bool {
        self.live && self.boxes.is_catching_up()
    }

    pub(super) fn give_way(&mut self, update: UpdateId) {
        self.boxes.give_way(update);
    }

    pub(super) fn set_consumer(&mut self, consumer: bool) {
        if self.consumer != consumer {
            self.consumer = consumer;
            self.boxes.set_consumer(consumer);
        }
    }

    pub(super) fn poll_update(&mut self) -> Option<(UpdateId, Update)> {
        self.boxes.poll_update()
    }

    pub(super) fn confirm(&mut self, update: UpdateId) {
        self.boxes.confirm(update);
    }

    /// The answer to what the boxes asked for.
    pub(super) fn answer(&mut self, now: Now, id: RequestId, answer: Result<Value, Error>) {
        if let Some(need) = self.needs.remove(&id) {
            self.boxes.handle_answer(now, &need, answer);
        }
    }

    fn begin(&mut self, now: Now) {
        if let Some(user) = self.user
            && self.live
        {
            self.boxes.start(now, user);
        }
    }

    /// The changes that are due to be stored.
    fn changes(&mut self) -> Vec<SessionChange> {
        if self.boxes.has_overflowed() && !self.failed {
            tracing::error!(
                "the session's storage does not keep up; positions in the updates are not kept any more"
            );
            self.failed = true;
        }
        let mut changes = Vec::new();
        while changes.len() < BATCH
            && let Some(change) = self.boxes.poll_change()
        {
            let position = matches!(change, SessionChange::State(_) | SessionChange::Channel(..));
            // After a failure the stored position must not overtake what was stored with it.
            if !(self.failed && position) {
                changes.push(change);
            }
        }
        changes
    }
}

impl Engine {
    /// Updates that the server pushed.
    pub(super) fn take_updates(&mut self, now: Now, bytes: &Bytes) {
        match types::Updates::from_bytes(bytes) {
            Ok(updates) => {
                if is_outdated_by(&updates) {
                    self.fetch_config(now);
                }
                self.feed.boxes.handle_updates(now, updates, Source::Pushed);
            }
            Err(error) => {
                tracing::warn!(%error, "updates that do not decode");
                self.feed.boxes.handle_undecodable(now, bytes.clone());
            }
        }
    }

    /// Fetches what the boxes lack and stores how far they are.
    pub(super) fn feed_work(&mut self, now: Now) -> bool {
        let mut moved = false;
        while self.feed.live
            && let Some(need) = self.feed.boxes.poll_need()
        {
            moved = true;
            self.meet_need(now, need);
        }
        while let Some(lapse) = self.feed.boxes.poll_lapse() {
            moved = true;
            tracing::warn!(?lapse, "updates are lost");
            self.outputs.push_back(Output::Lapse(lapse));
        }
        if !self.feed.storing {
            let changes = self.feed.changes();
            if !changes.is_empty() {
                moved = true;
                for change in &changes {
                    self.session.apply(change);
                }
                self.feed.storing = true;
                self.start_task(now, Task::StoreState, |id| Output::Store(id, changes));
            }
        }
        moved
    }

    /// The store knows the channel, or not.
    pub(super) fn channel_found(&mut self, now: Now, task: TaskId, peer: Option<PeerRecord>) {
        let Some(need) = self.feed.finding.remove(&task) else {
            return;
        };
        match peer {
            Some(_) if matches!(need, Need::Peers { .. }) => self.look_up_peers(now, need),
            Some(peer) => self.ask_for(now, need, peer.access_hash),
            None => {
                let unknown = Error::NotFound("the access hash is not known".into());
                self.feed.boxes.handle_answer(now, &need, Err(unknown));
            }
        }
    }

    pub(super) fn feed_timeout(&mut self, now: Now) {
        if !self.feed.live {
            return;
        }
        if self
            .feed
            .boxes
            .poll_timeout()
            .is_some_and(|at| at <= now.mono)
        {
            self.feed.boxes.handle_timeout(now);
        }
        if self.feed.user.is_some() && now.mono >= self.last_request + QUIET {
            let request = Request::new(&functions::updates::GetState {});
            self.submit_own(now, Origin::Wake, request, DcKey::main(self.home));
            self.last_request = now.mono;
        }
    }

    pub(super) fn feed_time(&self) -> Option<Mono> {
        if !self.feed.live {
            return None;
        }
        let quiet = self.feed.user.map(|_| self.last_request + QUIET);
        self.feed
            .boxes
            .poll_timeout()
            .into_iter()
            .chain(quiet)
            .min()
    }

    fn meet_need(&mut self, now: Now, need: Need) {
        if need == Need::Reconnect {
            self.fail_lane(now, DcKey::main(self.home), Loss::Stale);
            return;
        }
        if matches!(need, Need::Peers { .. }) {
            self.look_up_peers(now, need);
            return;
        }
        match (need.channel(), need.access_hash()) {
            (Some(channel), None) => {
                let key = PeerKey::Id(PeerId::Channel(channel));
                let task = self.start_task(now, Task::FindChannel, |id| Output::Find(id, key));
                self.feed.finding.insert(task, need);
            }
            (_, hash) => self.ask_for(now, need, hash.unwrap_or_default()),
        }
    }

    /// Looks the peers up, one after the other.
    fn look_up_peers(&mut self, now: Now, mut need: Need) {
        let Need::Peers { peers, .. } = &mut need else {
            return;
        };
        match peers.pop() {
            Some(peer) => {
                let key = PeerKey::Id(peer);
                let task = self.start_task(now, Task::FindChannel, |id| Output::Find(id, key));
                self.feed.finding.insert(task, need);
            }
            None => {
                let known = Value::Bytes(Bytes::new());
                self.feed.boxes.handle_answer(now, &need, Ok(known));
            }
        }
    }

    fn ask_for(&mut self, now: Now, need: Need, access_hash: i64) {
        let Some(request) = need.to_request(access_hash) else {
            return;
        };
        let id = RequestId(self.fresh_id());
        self.feed.needs.insert(id, need);
        self.submit_as(now, id, Origin::Need, request, DcKey::main(self.home));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::UpdateState;
    use crate::time::{Mono, Unix};

    #[test]
    fn positions_stop_when_the_storage_has_fallen_too_far_behind() {
        let now = Now {
            mono: Mono::from_origin(Duration::from_secs(1)),
            wall: Unix::from_secs(1_700_000_000),
        };
        let state = UpdateState {
            pts: 10,
            qts: 0,
            date: 1_700_000_000,
            seq: 1,
        };
        let session = Session {
            state: Some(state),
            ..Session::default()
        };
        let mut config = Config::new(1, "hash");
        config.catch_up = crate::config::CatchUp::All;
        let mut feed = Feed::new(&config, &session, now);
        feed.set_consumer(false);
        feed.boxes.start(now, 777);
        let need = feed
            .boxes
            .poll_need()
            .expect("it looks for what it has missed");
        let nothing = types::updates::DifferenceEmpty::new(state.date, state.seq);
        let nothing = Value::Bytes(
            telewire_schema::Serialize::to_bytes(&types::updates::Difference::from(nothing)).into(),
        );
        feed.boxes.handle_answer(now, &need, Ok(nothing));
        // Each comes with 1,000 people that nobody has met, and nothing is taken out.
        for n in 1..=20_i32 {
            let deleted = types::UpdateDeleteMessages::new(vec![n], 10 + n, 1);
            let people = (0..1_000).map(|i| i64::from(n) * 1_000 + i);
            let people = people.map(|id| types::UserData::new(id).access_hash(1).into());
            let packet = types::UpdatesData::new(
                vec![deleted.into()],
                people.collect(),
                vec![],
                1_700_000_000,
                0,
            );
            feed.boxes
                .handle_updates(now, packet.into(), Source::Pushed);
        }
        let mut kept = Vec::new();
        loop {
            let changes = feed.changes();
            if changes.is_empty() {
                break;
            }
            assert!(changes.len() <= BATCH);
            kept.extend(changes);
        }
        let is_peer = |c: &&SessionChange| matches!(c, SessionChange::Peer(_));
        assert_eq!(kept.iter().filter(is_peer).count(), 16_384);
        assert_eq!(kept.len(), 16_384, "a position lacks peers that it needs");
    }
}
