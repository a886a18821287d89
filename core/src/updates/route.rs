//! Which box an update goes to.

use std::sync::Arc;

use telewire_schema::harvest::Found;
use telewire_schema::types;

use super::account::{Count, Packet};
use super::boxes::Boxes;
use super::channel::Channel;
use super::place::{Place, date_of, message_of, place};
use super::{Event, Origin, Payload, short};
use crate::peers::{PeerId, PeerMap, record_of};
use crate::session::SessionChange;
use crate::time::{Mono, Now};

/// So many channels have a box; beyond that the one that was silent for longest gives way.
pub(super) const MAX_CHANNELS: usize = 10_000;

impl Boxes {
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
                    self.remember(PeerId::Chat(c.id), Found::ChatForbidden(c));
                }
                types::Chat::Channel(c) => self.remember(PeerId::Channel(c.id), Found::Channel(c)),
                types::Chat::ChannelForbidden(c) => {
                    self.remember(PeerId::Channel(c.id), Found::ChannelForbidden(c));
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
        let date = self.account.date;
        let Some(channel) = self.channels.get_mut(&id) else {
            self.active.remove(&id);
            self.unsettled.retain(|(_, other)| *other != id);
            return;
        };
        if channel.repair.is_idle() {
            self.active.remove(&id);
        } else {
            self.active.insert(id);
        }
        match (channel.is_settled(), channel.unsettled) {
            (true, Some(since)) => {
                self.unsettled.remove(&(since, id));
                channel.unsettled = None;
            }
            (false, None) => {
                self.unsettled.insert((date, id));
                channel.unsettled = Some(date);
            }
            _ => {}
        }
    }

    pub(super) fn short(&mut self, now: Now, update: types::UpdateNewMessage, origin: Origin) {
        let (pts, count) = (update.pts, update.pts_count);
        let mentioned = short::mentioned(&update.message);
        let date = date_of(&update.message).unwrap_or_default();
        let event = (origin == Origin::Pushed).then(|| Payload {
            raw: update.into(),
            peers: Arc::default(),
            date,
        });
        self.in_account(now, pts, count, event, mentioned);
    }

    /// An event of the account that such peers are in.
    fn in_account(
        &mut self,
        now: Now,
        after: i32,
        count: i32,
        event: Event,
        mentioned: Vec<PeerId>,
    ) {
        let strangers = self.strangers(&event, mentioned);
        if strangers.is_empty() || !self.account.may_hold_back(after, count) {
            let at = Count::Pts { after, count };
            self.account.offer(now.mono, at, event, &mut self.out);
        } else {
            self.see_all(&strangers);
            self.account.hold_back(after, count, event, strangers);
        }
    }

    /// Those of whom too little is known for somebody who wants to answer. Each is a stranger once: what cannot be found
    /// out is not asked for with every message.
    fn strangers(&self, event: &Event, mut mentioned: Vec<PeerId>) -> Vec<PeerId> {
        mentioned.retain(|id| self.known.lacks(*id));
        if event.is_none() || !self.out.has_consumer() || self.out.is_full() {
            mentioned.clear();
        }
        mentioned
    }

    fn see_all(&mut self, peers: &[PeerId]) {
        for id in peers {
            self.known.see(*id);
        }
    }

    pub(super) fn packet(
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
            let mentioned = message_of(&raw).map_or_else(Vec::new, short::mentioned);
            let payload = Payload {
                raw,
                peers: peers.clone(),
                date,
            };
            let event = (origin == Origin::Pushed).then_some(payload);
            match place {
                Place::Account { pts, count } => {
                    self.in_account(now, pts, count, event, mentioned);
                }
                Place::Qts(qts) => {
                    self.account
                        .offer(now.mono, Count::Qts(qts), event, &mut self.out);
                }
                Place::Channel { id, pts, count } => {
                    let strangers = self.strangers(&event, mentioned);
                    let channel = self.channel(now.mono, id);
                    if strangers.is_empty() || !channel.may_hold_back(pts, count) {
                        self.in_channel(now, id, pts, count, event);
                    } else {
                        self.see_all(&strangers);
                        if let Some(channel) = self.channels.get_mut(&id) {
                            channel.heard = now.mono;
                            channel.hold_back(pts, count, event, strangers, &mut self.out);
                        }
                        self.note(id);
                    }
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
        if self.out.is_full() {
            self.out.overflow();
        } else {
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
        let in_part = match &found {
            Found::User(user) => user.min,
            Found::Channel(channel) => channel.min,
            _ => false,
        };
        let Some(record) = record_of(found) else {
            if in_part {
                self.known.see_in_part(id);
            } else {
                self.known.see(id);
            }
            return;
        };
        if let PeerId::Channel(channel) = id
            && let Some(channel) = self.channels.get_mut(&channel)
        {
            channel.access_hash = Some(record.access_hash);
        }
        if self.known.learn(&record) && !self.out.keep(record) {
            self.known.unlearn(id);
        }
    }

    /// The box of a channel, made if it has none yet.
    pub(super) fn channel(&mut self, now: Mono, id: i64) -> &mut Channel {
        if !self.channels.contains_key(&id) && self.channels.len() >= MAX_CHANNELS {
            let idle = self.channels.values().filter(|c| c.is_settled());
            if let Some(oldest) = idle.min_by_key(|c| c.heard).map(|c| c.id) {
                self.channels.remove(&oldest);
                self.note(oldest);
                self.out
                    .changes
                    .push_back(SessionChange::Channel(oldest, None));
            }
        }
        self.channels
            .entry(id)
            .or_insert_with(|| Channel::new(id, None, now))
    }
}
