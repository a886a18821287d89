//! A server's side of updates: a journal of numbered events, pushes that the network mangles, differences.

use std::collections::BTreeMap;

use telewire_schema::types::{self, Updates};

use super::shapes::{bytes, channel, channels, message, rpc, split, update, users};
use crate::engine::Value;
use crate::error::Error;
use crate::rand::Rng;
use crate::updates::{BoxId, Need};

pub(super) const FRIEND: i64 = 5_000_000_001;
pub(super) const CHANNELS: [i64; 2] = [20_000_000_001, 20_000_000_002];

/// What an update says, for comparing what was delivered with what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fact {
    Message(BoxId, i32),
    Deleted(BoxId, i32),
    Stopped(i64),
    Phone(i64),
    Gap(BoxId),
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) fact: Fact,
    pub(super) after: i32,
    pub(super) count: i32,
    pub(super) date: i32,
}

pub(super) struct Server {
    journal: BTreeMap<Option<BoxId>, Vec<Entry>>,
    qts: Vec<Entry>,
    loose: Vec<Entry>,
    seq: i32,
    pub(super) date: i32,
    next: i32,
    pub(super) facts: Vec<Fact>,
    /// How many events one answer holds.
    pub(super) slice: usize,
}

impl Server {
    pub(super) fn new() -> Self {
        Self {
            journal: BTreeMap::new(),
            qts: Vec::new(),
            loose: Vec::new(),
            seq: 1,
            date: 1_000,
            next: 0,
            facts: Vec::new(),
            slice: 5,
        }
    }

    pub(super) fn pts(&self, at: BoxId) -> i32 {
        self.journal
            .get(&Some(at))
            .and_then(|j| j.last())
            .map_or(1, |e| e.after)
    }

    fn qts(&self) -> i32 {
        self.qts.last().map_or(1, |e| e.after)
    }

    /// Something happens somewhere; the push that tells of it.
    pub(super) fn happen(&mut self, rng: &mut Rng) -> Updates {
        match rng.u32() % 8 {
            0..=2 => self.message(BoxId::Account, rng.u32() % 3),
            3 => self.deletion(BoxId::Account, 1 + i32::try_from(rng.u32() % 4).unwrap()),
            4 => self.message(BoxId::Channel(CHANNELS[rng.u32() as usize % 2]), 2),
            5 => self.deletion(BoxId::Channel(CHANNELS[rng.u32() as usize % 2]), 3),
            6 => self.stopped(),
            _ => self.phone(),
        }
    }

    pub(super) fn message(&mut self, at: BoxId, form: u32) -> Updates {
        let (id, entry) = self.write(at, 1, |id| Fact::Message(at, id));
        match (at, form) {
            (BoxId::Account, 0) => {
                let short =
                    types::UpdateShortMessage::new(id, FRIEND, "hi", entry.after, 1, entry.date);
                short.into()
            }
            (BoxId::Account, 1) => types::UpdateShort::new(
                types::UpdateNewMessage::new(message(at, id, entry.date), entry.after, 1),
                entry.date,
            )
            .into(),
            (BoxId::Account, _) => {
                let update =
                    types::UpdateNewMessage::new(message(at, id, entry.date), entry.after, 1);
                types::UpdatesData::new(vec![update.into()], users(), vec![], entry.date, 0).into()
            }
            (BoxId::Channel(c), _) => {
                let update = types::UpdateNewChannelMessage::new(
                    message(at, id, entry.date),
                    entry.after,
                    1,
                );
                types::UpdatesData::new(
                    vec![update.into()],
                    users(),
                    vec![channel(c)],
                    entry.date,
                    0,
                )
                .into()
            }
        }
    }

    pub(super) fn deletion(&mut self, at: BoxId, count: i32) -> Updates {
        let (_, entry) = self.write(at, count, |id| Fact::Deleted(at, id));
        types::UpdateShort::new(update(&entry), entry.date).into()
    }

    fn stopped(&mut self) -> Updates {
        self.tick();
        let (fact, after) = (Fact::Stopped(self.next.into()), self.qts() + 1);
        let entry = Entry {
            fact,
            after,
            count: 1,
            date: self.date,
        };
        self.facts.push(fact);
        self.qts.push(entry.clone());
        types::UpdateShort::new(update(&entry), entry.date).into()
    }

    /// An event of the packets' own sequence, sometimes together with one that has a number.
    fn phone(&mut self) -> Updates {
        self.tick();
        let fact = Fact::Phone(self.next.into());
        self.facts.push(fact);
        self.seq += 1;
        let entry = Entry {
            fact,
            after: self.seq,
            count: 1,
            date: self.date,
        };
        let mut updates = vec![update(&entry)];
        self.loose.push(entry);
        if self.next % 2 == 0 {
            let (_, entry) = self.write(BoxId::Account, 2, |id| Fact::Deleted(BoxId::Account, id));
            // The same date: the packet is one.
            self.loose.last_mut().unwrap().date = entry.date;
            updates.push(update(&entry));
        }
        if self.next % 3 == 0 {
            types::UpdatesCombined::new(updates, users(), vec![], self.date, self.seq, self.seq)
                .into()
        } else {
            types::UpdatesData::new(updates, users(), vec![], self.date, self.seq).into()
        }
    }

    fn tick(&mut self) {
        self.next += 1;
        self.date += 1;
    }

    fn write(&mut self, at: BoxId, count: i32, fact: impl Fn(i32) -> Fact) -> (i32, Entry) {
        self.tick();
        let entry = Entry {
            fact: fact(self.next),
            after: self.pts(at) + count,
            count,
            date: self.date,
        };
        self.facts.push(entry.fact);
        self.journal
            .entry(Some(at))
            .or_default()
            .push(entry.clone());
        (self.next, entry)
    }

    fn state(&self) -> types::updates::State {
        types::updates::State::new(self.pts(BoxId::Account), self.qts(), self.date, self.seq, 0)
    }

    /// Answers what the boxes need, as bytes of the wire.
    pub(super) fn answer(&self, need: &Need) -> Result<Value, Error> {
        match need {
            Need::Reconnect => unreachable!("a reconnect is not answered"),
            Need::Peers { .. } => Err(Error::NotFound("nobody is known".into())),
            Need::State => Ok(bytes(&self.state())),
            Need::Difference {
                pts,
                qts,
                date,
                narrow,
            } => {
                let most = if *narrow { 1 } else { self.slice };
                Ok(bytes(&self.difference(*pts, *qts, *date, most)))
            }
            Need::ChannelDifference {
                channel,
                pts,
                narrow,
                access_hash,
            } => {
                assert!(access_hash.is_none_or(|h| h == 99));
                let most = if *narrow { 1 } else { self.slice };
                Ok(bytes(&self.channel_difference(*channel, *pts, most)))
            }
            Need::FullChannel { .. } => Err(rpc(400, "CHANNEL_PRIVATE")),
        }
    }

    fn difference(&self, pts: i32, qts: i32, date: i32, most: usize) -> types::updates::Difference {
        let newer = |j: &[Entry], at: i32| -> Vec<Entry> {
            j.iter().filter(|e| e.after > at).cloned().collect()
        };
        let all = self
            .journal
            .get(&Some(BoxId::Account))
            .map_or(&[][..], Vec::as_slice);
        let (events, secret) = (newer(all, pts), newer(&self.qts, qts));
        let loose: Vec<Entry> = self
            .loose
            .iter()
            .filter(|e| e.date > date)
            .cloned()
            .collect();
        if events.is_empty()
            && secret.is_empty()
            && loose.is_empty()
            && CHANNELS.iter().all(|c| self.pts(BoxId::Channel(*c)) == 1)
        {
            return types::updates::DifferenceEmpty::new(self.date, self.seq).into();
        }
        let whole = events.len() <= most;
        let part = &events[..events.len().min(most)];
        let (messages, mut others) = split(part);
        if whole {
            others.extend(secret.iter().chain(&loose).map(update));
            others.extend(CHANNELS.iter().map(|c| {
                let mut long = types::UpdateChannelTooLong::new(*c);
                long.pts = Some(self.pts(BoxId::Channel(*c)));
                long.into()
            }));
            types::updates::DifferenceData::new(
                messages,
                vec![],
                others,
                channels(),
                users(),
                self.state(),
            )
            .into()
        } else {
            let mut state = self.state();
            state.pts = part.last().unwrap().after;
            state.qts = qts;
            state.date = date;
            state.seq = self
                .loose
                .iter()
                .rfind(|e| e.date <= date)
                .map_or(1, |e| e.after);
            types::updates::DifferenceSlice::new(
                messages,
                vec![],
                others,
                channels(),
                users(),
                state,
            )
            .into()
        }
    }

    fn channel_difference(
        &self,
        id: i64,
        pts: i32,
        most: usize,
    ) -> types::updates::ChannelDifference {
        let all = self
            .journal
            .get(&Some(BoxId::Channel(id)))
            .map_or(&[][..], Vec::as_slice);
        let events: Vec<Entry> = all.iter().filter(|e| e.after > pts).cloned().collect();
        if events.is_empty() {
            let mut empty =
                types::updates::ChannelDifferenceEmpty::new(self.pts(BoxId::Channel(id)));
            empty.final_ = true;
            return empty.into();
        }
        let part = &events[..events.len().min(most)];
        let (messages, others) = split(part);
        let at = part.last().unwrap().after;
        let mut d =
            types::updates::ChannelDifferenceData::new(at, messages, others, channels(), users());
        d.final_ = part.len() == events.len();
        d.timeout = Some(30);
        d.into()
    }
}
