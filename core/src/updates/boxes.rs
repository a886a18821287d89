//! All boxes of an account.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use telewire_schema::harvest::Found;
use telewire_schema::types;

use super::account::{Account, Count, Packet};
use super::channel::Channel;
use super::known::Known;
use super::need::Need;
use super::outbox::Outbox;
use super::place::{Place, place};
use super::{BoxId, Event, Lapse, Origin, Payload, Update, short};
use crate::config::CatchUp;
use crate::engine::UpdateId;
use crate::peers::{PeerId, PeerMap, record_of};
use crate::session::{SessionChange, UpdateState};
use crate::time::{Mono, Now};

/// After so long without updates the difference is fetched, since the server forgets silent clients.
const SILENCE: Duration = Duration::from_secs(15 * 60);
/// So many channels are asked for their difference at once.
const MAX_CHANNELS_UNDER_WAY: usize = 8;
/// So many channels have a box; beyond that the one that was silent for longest gives way.
const MAX_CHANNELS: usize = 10_000;

/// The positions of an account in its sequences of events, and what is missing there. See the [module](super).
#[derive(Debug)]
pub(crate) struct Boxes {
    pub(super) account: Account,
    pub(super) channels: BTreeMap<i64, Channel>,
    pub(super) out: Outbox,
    pub(super) reconnect: bool,
    /// Catching up leaves out what is older, in Unix seconds.
    pub(super) since: Option<i64>,
    /// Channels that something is missing in.
    active: BTreeSet<i64>,
    known: Known,
    catch_up: CatchUp,
    self_id: Option<i64>,
    last_push: Mono,
}

impl Boxes {
    /// The boxes as a session remembers them; with [`CatchUp::Off`] they begin with the present.
    pub(crate) fn new(
        state: Option<UpdateState>,
        channels: &BTreeMap<i64, i32>,
        catch_up: CatchUp,
        now: Now,
    ) -> Self {
        let resume = catch_up != CatchUp::Off;
        let channels = channels.iter().filter(|_| resume).take(MAX_CHANNELS);
        Self {
            account: Account::new(state, resume),
            channels: channels
                .map(|(id, pts)| (*id, Channel::new(*id, Some(*pts), now.mono)))
                .collect(),
            out: Outbox::default(),
            reconnect: false,
            since: None,
            active: BTreeSet::new(),
            known: Known::default(),
            catch_up,
            self_id: None,
            last_push: now.mono,
        }
    }

    /// Somebody is signed in and the server answers: asks where the account stands. Does nothing a second time.
    pub(crate) fn start(&mut self, now: Now, self_id: i64) {
        if self.self_id.replace(self_id).is_some() {
            return;
        }
        self.known.see(PeerId::User(self_id));
        if let CatchUp::Since(span) = self.catch_up {
            self.since = Some(
                now.wall
                    .secs()
                    .saturating_sub(i64::try_from(span.as_secs()).unwrap_or(i64::MAX)),
            );
        }
        self.last_push = now.mono;
        self.account.repair.catch_up = true;
        self.account.repair.want();
    }

    /// Nobody is signed in any more: forgets every position.
    pub(crate) fn stop(&mut self, now: Now) {
        let mut fresh = Self::new(None, &BTreeMap::new(), self.catch_up, now);
        fresh.out = std::mem::take(&mut self.out);
        fresh.out.changes.push_back(SessionChange::State(None));
        let gone = self
            .channels
            .keys()
            .map(|id| SessionChange::Channel(*id, None));
        fresh.out.changes.extend(gone);
        *self = fresh;
    }

    /// Whether anybody takes updates. Without, they move the boxes and count as taken.
    pub(crate) fn set_consumer(&mut self, present: bool) {
        self.out.set_consumer(present);
        if !present {
            self.account.ledger.confirm_all();
            for (id, channel) in &mut self.channels {
                channel.ledger.confirm_all();
                self.out.touched.insert(*id);
            }
        }
    }

    /// Updates that the server pushed, or the result of a request.
    pub(crate) fn handle_updates(&mut self, now: Now, updates: types::Updates, origin: Origin) {
        if origin == Origin::Pushed {
            self.last_push = now.mono;
        }
        match updates {
            types::Updates::TooLong => self.account.repair.want(),
            types::Updates::UpdateShortMessage(m) => {
                let self_id = self.self_id.unwrap_or_default();
                self.short(now, short::private(*m, self_id), origin);
            }
            types::Updates::UpdateShortChatMessage(m) => self.short(now, short::group(*m), origin),
            types::Updates::UpdateShort(u) => {
                self.packet(now, vec![u.update], Arc::default(), u.date, None, origin);
            }
            types::Updates::Combined(u) => {
                let u = *u;
                let peers = self.meet(u.users, u.chats);
                self.packet(
                    now,
                    u.updates,
                    peers,
                    u.date,
                    Some((u.seq_start, u.seq)),
                    origin,
                );
            }
            types::Updates::Updates(u) => {
                let u = *u;
                let peers = self.meet(u.users, u.chats);
                self.packet(now, u.updates, peers, u.date, Some((u.seq, u.seq)), origin);
            }
            types::Updates::UpdateShortSentMessage(m) => {
                self.handle_affected(now, BoxId::Account, m.pts, m.pts_count);
            }
        }
    }

    /// A push that did not decode: what was in it comes with the difference, if that decodes.
    pub(crate) fn handle_undecodable(&mut self, now: Now, raw: Bytes) {
        self.last_push = now.mono;
        self.out.report(Lapse {
            at: BoxId::Account,
            from: self.account.pts.local(),
            to: None,
            raw: Some(raw),
        });
        self.account.repair.want();
    }

    /// A request of ours was an event of that box, as `messages.affectedMessages` tells.
    pub(crate) fn handle_affected(&mut self, now: Now, at: BoxId, pts: i32, count: i32) {
        match at {
            _ if pts <= 0 => {}
            BoxId::Account => {
                let at = Count::Pts { after: pts, count };
                self.account.offer(now.mono, at, None, &mut self.out);
            }
            BoxId::Channel(id) => self.in_channel(now, id, pts, count, None),
        }
    }

    /// A channel stands at `pts`, as a dialog or `channelFull` tells. Says nothing of what is between, so it is of use
    /// only to a box without a position.
    pub(crate) fn handle_snapshot(&mut self, now: Now, channel: i64, pts: i32) {
        if pts <= 0 {
            return;
        }
        let channel = self.channel(now.mono, channel);
        if channel.pts.local().is_none() {
            channel.pts.set(Some(pts));
        }
    }

    /// Updates may have been lost: the server lost the session, the link was replaced, the clock jumped.
    pub(crate) fn handle_resync(&mut self, _now: Now) {
        if self.self_id.is_some() {
            self.account.repair.catch_up = true;
            self.account.repair.want_now();
        }
    }

    /// The next request to make. Each but [`Need::Reconnect`] is answered once, by [`Boxes::handle_answer`].
    pub(crate) fn poll_need(&mut self) -> Option<Need> {
        if std::mem::take(&mut self.reconnect) {
            return Some(Need::Reconnect);
        }
        self.self_id?;
        if !self.out.has_room() {
            return None;
        }
        if self.account.repair.is_wanted() {
            return Some(self.ask_account());
        }
        let under_way = self.active.iter().filter_map(|id| self.channels.get(id));
        if under_way.filter(|c| c.repair.is_under_way()).count() >= MAX_CHANNELS_UNDER_WAY {
            return None;
        }
        let wanted = |id: &&i64| self.channels.get(id).is_some_and(|c| c.repair.is_wanted());
        let id = *self.active.iter().find(wanted)?;
        self.ask_channel(id)
    }

    /// The next update for the consumer, in order within its box.
    pub(crate) fn poll_update(&mut self) -> Option<(UpdateId, Update)> {
        self.out.pop().map(|(id, update)| (UpdateId(id), update))
    }

    /// The consumer took an update.
    pub(crate) fn confirm(&mut self, id: UpdateId) {
        match self.out.confirm(id.0) {
            Some(BoxId::Account) => self.account.ledger.confirm(id.0),
            Some(BoxId::Channel(channel)) => {
                if let Some(channel) = self.channels.get_mut(&channel) {
                    channel.ledger.confirm(id.0);
                    self.out.touched.insert(channel.id);
                }
            }
            None => {}
        }
    }

    /// The next change of the session: peers before the positions that need them.
    pub(crate) fn poll_change(&mut self) -> Option<SessionChange> {
        if let Some(change) = self.out.changes.pop_front() {
            return Some(change);
        }
        if let Some(state) = self.account.ledger.poll() {
            return Some(SessionChange::State(Some(state)));
        }
        while let Some(id) = self.out.touched.pop_first() {
            if let Some(pts) = self.channels.get_mut(&id).and_then(|c| c.ledger.poll()) {
                return Some(SessionChange::Channel(id, Some(pts)));
            }
        }
        None
    }

    /// The next report of updates that could not be had.
    pub(crate) fn poll_lapse(&mut self) -> Option<Lapse> {
        self.out.pop_lapse()
    }

    /// Lets waits run out.
    pub(crate) fn handle_timeout(&mut self, now: Now) {
        self.account.repair.handle_timeout(now.mono);
        if self.self_id.is_some() && now.mono >= self.last_push + SILENCE {
            self.last_push = now.mono;
            self.account.repair.want();
        }
        for id in &self.active {
            if let Some(channel) = self.channels.get_mut(id) {
                channel.repair.handle_timeout(now.mono);
            }
        }
    }

    /// When [`Boxes::handle_timeout`] has something to do.
    pub(crate) fn poll_timeout(&self) -> Option<Mono> {
        let channels = self
            .active
            .iter()
            .filter_map(|id| self.channels.get(id)?.repair.poll_timeout());
        let silence = self.self_id.map(|_| self.last_push + SILENCE);
        channels
            .chain(self.account.repair.poll_timeout())
            .chain(silence)
            .min()
    }

    /// Notes users and chats for the session and for short messages to come.
    pub(super) fn meet(
        &mut self,
        users: Vec<types::User>,
        chats: Vec<types::Chat>,
    ) -> Arc<PeerMap> {
        for user in &users {
            if let types::User::User(user) = user {
                self.remember(PeerId::User(user.id), Found::User(user));
            }
        }
        for chat in &chats {
            match chat {
                types::Chat::Chat(c) => self.remember(PeerId::Chat(c.id), Found::Chat(c)),
                types::Chat::Forbidden(c) => {
                    self.remember(PeerId::Chat(c.id), Found::ChatForbidden(c))
                }
                types::Chat::Channel(c) => self.remember(PeerId::Channel(c.id), Found::Channel(c)),
                types::Chat::ChannelForbidden(c) => {
                    self.remember(PeerId::Channel(c.id), Found::ChannelForbidden(c))
                }
                _ => {}
            }
        }
        Arc::new(PeerMap::new(users, chats))
    }

    /// An event of a channel.
    pub(super) fn in_channel(&mut self, now: Now, id: i64, pts: i32, count: i32, event: Event) {
        self.channel(now.mono, id);
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.offer(now.mono, pts, count, event, &mut self.out);
        }
        self.note(id);
    }

    /// The server says that a channel has more than it cares to push.
    pub(super) fn channel_too_long(&mut self, now: Now, id: i64, pts: Option<i32>) {
        let channel = self.channel(now.mono, id);
        match (channel.pts.local(), pts) {
            (Some(local), Some(pts)) if local >= pts => {}
            (Some(_), _) => channel.repair.want(),
            (None, Some(pts)) if pts > 0 => channel.pts.set(Some(pts)),
            (None, _) => {}
        }
        self.note(id);
    }

    /// Keeps the list of channels that need attention.
    pub(super) fn note(&mut self, id: i64) {
        if self.channels.get(&id).is_none_or(|c| c.repair.is_idle()) {
            self.active.remove(&id);
        } else {
            self.active.insert(id);
        }
    }

    fn short(&mut self, now: Now, update: types::UpdateNewMessage, origin: Origin) {
        let (pts, count) = (update.pts, update.pts_count);
        let mentioned = short::mentioned(&update.message);
        let date = super::place::date_of(&update.message).unwrap_or_default();
        let event = (origin == Origin::Pushed).then(|| Payload {
            raw: update.into(),
            peers: Arc::default(),
            date,
        });
        if event.is_some() && mentioned.iter().any(|id| !self.known.contains(*id)) {
            // Nobody can answer a message from somebody whose access hash is not known: the difference has it.
            self.account.postpone(pts, count, event);
        } else {
            self.account.offer(
                now.mono,
                Count::Pts { after: pts, count },
                event,
                &mut self.out,
            );
        }
    }

    fn packet(
        &mut self,
        now: Now,
        updates: Vec<types::Update>,
        peers: Arc<PeerMap>,
        date: i32,
        seq: Option<(i32, i32)>,
        origin: Origin,
    ) {
        let mut loose = Vec::new();
        for raw in updates {
            let place = place(&raw);
            let payload = Payload {
                raw,
                peers: peers.clone(),
                date,
            };
            let event = (origin == Origin::Pushed).then_some(payload);
            match place {
                Place::Account { pts, count } => {
                    self.account.offer(
                        now.mono,
                        Count::Pts { after: pts, count },
                        event,
                        &mut self.out,
                    );
                }
                Place::Qts(qts) => {
                    self.account
                        .offer(now.mono, Count::Qts(qts), event, &mut self.out)
                }
                Place::Channel { id, pts, count } => {
                    self.in_channel(now, id, pts, count, event);
                    self.learn_hash(id, &peers);
                }
                Place::ChannelTooLong { id, pts } => {
                    self.channel_too_long(now, id, pts);
                    self.learn_hash(id, &peers);
                }
                Place::PtsChanged => {
                    self.account.renumbered = true;
                    self.account.repair.want();
                }
                Place::Loose => loose.extend(event),
            }
        }
        match seq {
            Some((first, last)) if first > 0 && last > 0 => {
                let packet = Packet {
                    events: loose,
                    date,
                };
                self.account
                    .offer_packet(now.mono, first, last, packet, &mut self.out);
            }
            _ => {
                for event in loose {
                    self.loose(event);
                }
            }
        }
    }

    /// An event that no sequence counts: what finds no room is gone.
    pub(super) fn loose(&mut self, event: Payload) {
        if !self.out.is_full() {
            self.out.push(None, Some(event), false);
        }
    }

    /// Takes a channel's access hash from what came along.
    pub(super) fn learn_hash(&mut self, id: i64, peers: &PeerMap) {
        let Some(channel) = self
            .channels
            .get_mut(&id)
            .filter(|c| c.access_hash.is_none())
        else {
            return;
        };
        if let Some(types::Chat::Channel(c)) = peers.chat(PeerId::Channel(id)) {
            channel.access_hash = c.access_hash.filter(|_| !c.min);
        }
    }

    fn remember(&mut self, id: PeerId, found: Found<'_>) {
        let Some(record) = record_of(found) else {
            self.known.see(id);
            return;
        };
        if let PeerId::Channel(channel) = id {
            if let Some(channel) = self.channels.get_mut(&channel) {
                channel.access_hash = Some(record.access_hash);
            }
        }
        if self.known.learn(&record) {
            self.out.changes.push_back(SessionChange::Peer(record));
        }
    }

    /// The box of a channel, made if it has none yet.
    fn channel(&mut self, now: Mono, id: i64) -> &mut Channel {
        if !self.channels.contains_key(&id) && self.channels.len() >= MAX_CHANNELS {
            let idle = self.channels.values().filter(|c| c.repair.is_idle());
            if let Some(oldest) = idle.min_by_key(|c| c.heard).map(|c| c.id) {
                self.channels.remove(&oldest);
                self.out
                    .changes
                    .push_back(SessionChange::Channel(oldest, None));
            }
        }
        self.channels
            .entry(id)
            .or_insert_with(|| Channel::new(id, None, now))
    }

    fn ask_account(&mut self) -> Need {
        let account = &mut self.account;
        account.repair.begin();
        account.pts.ask();
        account.qts.ask();
        account.seq.ask();
        match account.state() {
            Some(state) if !account.repair.step_over && !account.renumbered => Need::Difference {
                pts: state.pts,
                qts: state.qts,
                date: state.date,
                narrow: account.repair.narrow,
            },
            _ => Need::State,
        }
    }

    fn ask_channel(&mut self, id: i64) -> Option<Need> {
        let channel = self.channels.get_mut(&id)?;
        channel.repair.begin();
        channel.pts.ask();
        Some(match channel.pts.local() {
            Some(pts) if !channel.repair.step_over => Need::ChannelDifference {
                channel: id,
                access_hash: channel.access_hash,
                pts,
                narrow: channel.repair.narrow,
            },
            _ => Need::FullChannel {
                channel: id,
                access_hash: channel.access_hash,
            },
        })
    }
}
