//! All boxes of an account.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use telewire_schema::types;

use super::account::{Account, Count};
use super::channel::Channel;
use super::known::Known;
use super::need::Need;
use super::outbox::Outbox;
use super::rewind::Saved;
use super::route::MAX_CHANNELS;
use super::{BoxId, Lapse, Origin, Update, Why, short};
use crate::config::CatchUp;
use crate::engine::UpdateId;
use crate::peers::PeerId;
use crate::session::{SessionChange, UpdateState};
use crate::testing::{Broken, Testing};
use crate::time::{Mono, Now};

/// After so long without updates the difference is fetched, since the server forgets silent clients.
const SILENCE: Duration = Duration::from_secs(15 * 60);
/// So many channels are asked for their difference at once.
const MAX_CHANNELS_UNDER_WAY: usize = 8;
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
    pub(super) active: BTreeSet<i64>,
    /// Channels of which something is missing or was not taken yet, each behind the date of the account from which the
    /// server has to tell of it again.
    pub(super) unsettled: BTreeSet<(i32, i64)>,
    pub(super) known: Known,
    /// Where the session stood, if updates began with the present instead.
    pub(super) saved: Option<Saved>,
    pub(crate) testing: Testing,
    catch_up: CatchUp,
    pub(super) self_id: Option<i64>,
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
        let saved = state.filter(|_| !resume).map(|state| Saved {
            state,
            channels: channels.clone(),
            wanted: false,
        });
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
            unsettled: BTreeSet::new(),
            known: Known::default(),
            saved,
            testing: Testing::default(),
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

    /// The account is forgotten, with all that was stored of it. Updates of it may still be in the consumer's hands, so
    /// the next account's are numbered on from there.
    pub(crate) fn number_on(&mut self, from: &mut Self) {
        std::mem::swap(&mut self.out, &mut from.out);
        self.out.forget();
        self.out.changes.clear();
    }

    /// Nobody is signed in any more: forgets every position, and the updates that nobody has taken.
    pub(crate) fn stop(&mut self, now: Now) {
        let mut fresh = Self::new(None, &BTreeMap::new(), self.catch_up, now);
        fresh.testing = self.testing;
        fresh.out = std::mem::take(&mut self.out);
        fresh.out.forget();
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
            let all: Vec<i64> = self.unsettled.iter().map(|(_, id)| *id).collect();
            for id in all {
                self.note(id);
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
        let lapse = Lapse {
            at: BoxId::Account,
            from: self.account.pts.local(),
            to: None,
            why: Why::Undecodable,
            raw: Some(raw),
        };
        self.out.report(None, lapse);
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
    /// only to a box without a position, which the session then keeps.
    pub(crate) fn handle_snapshot(&mut self, now: Now, channel: i64, pts: i32) {
        if pts <= 0 {
            return;
        }
        let known = self.channel(now.mono, channel);
        if known.pts.local().is_none() {
            known.pts.set(Some(pts));
            known.ledger.reach(pts);
            self.out.touched.insert(channel);
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
        if let Some(need) = self.look_up() {
            return Some(need);
        }
        if !self.out.has_room() {
            return None;
        }
        if self.testing.lacks(Broken::GapRepair) {
            self.leave_gaps();
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

    /// An update has to give way untaken: it lay ready for too long.
    pub(crate) fn give_way(&mut self, id: UpdateId) {
        self.confirm(id);
        self.out.overflow();
    }

    /// The consumer took an update.
    pub(crate) fn confirm(&mut self, id: UpdateId) {
        match self.out.confirm(id.0) {
            Some(BoxId::Account) => self.account.ledger.confirm(id.0),
            Some(BoxId::Channel(channel)) => {
                if let Some(channel) = self.channels.get_mut(&channel) {
                    channel.ledger.confirm(id.0);
                    self.out.touched.insert(channel.id);
                    let channel = channel.id;
                    self.note(channel);
                }
            }
            None => {}
        }
    }

    /// Whether changes were left out because nobody took them in time, so that positions must not be stored any more.
    pub(crate) fn has_overflowed(&self) -> bool {
        self.out.overflowed
    }

    /// The next change of the session: peers before the positions that need them.
    pub(crate) fn poll_change(&mut self) -> Option<SessionChange> {
        if let Some(change) = self.out.changes.pop_front() {
            return Some(change);
        }
        if let Some(mut state) = self.account.ledger.poll() {
            // The server tells by the date which channels have news, so it must not know of those that are not taken yet as
            // old ones.
            let oldest = self.unsettled.iter().map(|(date, _)| *date);
            if let Some(date) = oldest.filter(|date| *date > 0).min() {
                state.date = state.date.min(date);
            }
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

    /// Peers that the session may know; that needs no room.
    fn look_up(&mut self) -> Option<Need> {
        if self.account.repair.is_in_doubt() {
            self.account.pts.ask_for_peers();
            let peers = self.account.repair.look_up();
            let at = BoxId::Account;
            return Some(Need::Peers { at, peers });
        }
        let doubtful = |id: &&i64| {
            let channel = self.channels.get(id);
            channel.is_some_and(|c| c.repair.is_in_doubt())
        };
        let id = *self.active.iter().find(doubtful)?;
        let channel = self.channels.get_mut(&id)?;
        channel.pts.ask_for_peers();
        let peers = channel.repair.look_up();
        let at = BoxId::Channel(id);
        Some(Need::Peers { at, peers })
    }

    /// Asks for nothing that is missing, once there is a position.
    fn leave_gaps(&mut self) {
        if self.account.state().is_some() && self.account.repair.is_wanted() {
            self.account.repair.abandon();
        }
        for id in &self.active {
            if let Some(channel) = self.channels.get_mut(id)
                && channel.pts.local().is_some()
                && channel.repair.is_wanted()
            {
                channel.repair.abandon();
            }
        }
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
