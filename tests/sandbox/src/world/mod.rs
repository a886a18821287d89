//! Everything the sandbox knows about: accounts, groups, channels, their messages and files.
//!
//! Nothing here knows of connections. What has to reach other sessions is left in [`World::pushes`], and what a bot
//! has to say in [`World::due`]; the server collects both after each request.

mod account;
mod change;
mod channel;
mod draft;
mod group;
mod heard;
mod invite;
mod journal;
mod lists;
mod log;
mod mailbox;
mod member;
mod mentioned;
mod mentions;
mod message;
mod met;
mod people;
mod pinned;
mod post;
mod rights;
mod seed;
mod status;
mod tally;
mod tell;
mod view;

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use telewire_core::internals::hash::sha256;
use telewire_schema::types;

use crate::files::Files;

pub(crate) use account::{Account, Bot, Password, Secret, Unconfirmed};
pub(crate) use channel::{Bans, Channel, Member, Rights};
pub(crate) use draft::Draft;
pub(crate) use group::Group;
pub(crate) use invite::{Invite, hash_of};
pub(crate) use journal::{Event, Journal, What};
pub(crate) use lists::{ARCHIVE, Lists, MAIN};
pub(crate) use log::Logged;
pub(crate) use mailbox::Mailbox;
pub(crate) use mentions::Mentions;
pub(crate) use message::Stored;
pub(crate) use people::{Access, all_rights};
pub(crate) use post::Posted;
pub(crate) use rights::Act;
pub(crate) use seed::seeded_password;
pub(crate) use tally::{Counted, Qts, Tally};

/// The account that speaks for Telegram itself.
pub(crate) const SERVICE: i64 = 777_000;

/// A peer as one number, the way bots see it: users as they are, groups negative, channels below −10¹².
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub(crate) struct PeerKey(pub(crate) i64);

const CHANNELS: i64 = 1_000_000_000_000;

/// What a [`PeerKey`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    User(i64),
    Group(i64),
    Channel(i64),
}

impl PeerKey {
    pub(crate) fn user(id: i64) -> Self {
        Self(id)
    }

    pub(crate) fn group(id: i64) -> Self {
        Self(-id)
    }

    pub(crate) fn channel(id: i64) -> Self {
        Self(-CHANNELS - id)
    }

    pub(crate) fn kind(self) -> Kind {
        match self.0 {
            id if id < -CHANNELS => Kind::Channel(-CHANNELS - id),
            id if id < 0 => Kind::Group(-id),
            id => Kind::User(id),
        }
    }

    pub(crate) fn peer(self) -> types::Peer {
        match self.kind() {
            Kind::User(user_id) => types::PeerUser { user_id }.into(),
            Kind::Group(chat_id) => types::PeerChat { chat_id }.into(),
            Kind::Channel(channel_id) => types::PeerChannel { channel_id }.into(),
        }
    }

    pub(crate) fn of(peer: &types::Peer) -> Self {
        match peer {
            types::Peer::User(p) => Self::user(p.user_id),
            types::Peer::Chat(p) => Self::group(p.chat_id),
            types::Peer::Channel(p) => Self::channel(p.channel_id),
        }
    }
}

/// Updates on their way to the sessions of one account.
#[derive(Debug)]
pub(crate) struct Push {
    pub(crate) to: i64,
    /// The session whose request caused them learns of it by its answer instead.
    pub(crate) except: Option<(i64, i64)>,
    pub(crate) updates: types::Updates,
}

/// The whole state, but for keys and sessions.
#[derive(Serialize, Deserialize)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) accounts: BTreeMap<i64, Account>,
    pub(crate) groups: BTreeMap<i64, Group>,
    pub(crate) channels: BTreeMap<i64, Channel>,
    pub(crate) files: Files,
    next: Next,
    /// By the last part of their links.
    #[serde(default)]
    pub(crate) invites: BTreeMap<String, Invite>,
    /// By authorization, what only `seq` counts.
    #[serde(default)]
    tallies: BTreeMap<i64, Tally>,
    /// By authorization that was ended on purpose, the error that says why.
    #[serde(default)]
    pub(crate) ended: BTreeMap<i64, String>,
    /// From how many members on a supergroup shows strangers as `min`.
    #[serde(skip)]
    pub(crate) min_from: usize,
    /// The time of the request that is being served, in seconds since 1970.
    #[serde(skip)]
    pub(crate) now: i32,
    /// The session whose request is being served.
    #[serde(skip)]
    pub(crate) origin: Option<(i64, i64)>,
    /// The permanent key behind it.
    #[serde(skip)]
    pub(crate) asker: i64,
    #[serde(skip)]
    pub(crate) pushes: Vec<Push>,
    #[serde(skip)]
    pub(crate) due: VecDeque<Draft>,
}

/// The next identifiers.
#[derive(Serialize, Deserialize)]
struct Next {
    user: i64,
    group: i64,
    channel: i64,
    unique: u64,
}

impl World {
    /// Nothing but the counters; [`World::new`] fills it.
    fn empty(seed: u64) -> Self {
        Self {
            seed,
            accounts: BTreeMap::new(),
            groups: BTreeMap::new(),
            channels: BTreeMap::new(),
            files: Files::default(),
            next: Next {
                // Above 2³¹ and 10¹⁰, so that nobody gets away with 32 bits.
                user: 5_000_000_000 + i64::try_from(seed % 1000).unwrap_or(0) * 1000,
                group: 400_000_001,
                channel: 20_000_000_001,
                unique: 1,
            },
            invites: BTreeMap::new(),
            tallies: BTreeMap::new(),
            ended: BTreeMap::new(),
            min_from: usize::MAX,
            now: 0,
            origin: None,
            asker: 0,
            pushes: Vec::new(),
            due: VecDeque::new(),
        }
    }

    /// A number that depends on the seed and `parts` only; for access hashes and the like. Never zero.
    pub(crate) fn number(&self, label: &str, parts: &[i64]) -> i64 {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&self.seed.to_le_bytes());
        bytes.extend_from_slice(label.as_bytes());
        for part in parts {
            bytes.extend_from_slice(&part.to_le_bytes());
        }
        let hash = sha256(&[&bytes]);
        let mut first = [0; 8];
        first.copy_from_slice(&hash[..8]);
        i64::from_le_bytes(first) | 1
    }

    pub(crate) fn unique(&mut self) -> u64 {
        self.next.unique += 1;
        self.next.unique
    }

    pub(crate) fn account(&self, id: i64) -> Option<&Account> {
        self.accounts.get(&id)
    }

    pub(crate) fn by_phone(&self, phone: &str) -> Option<&Account> {
        self.accounts
            .values()
            .find(|a| a.phone.as_deref() == Some(phone))
    }

    /// Whom a public name leads to, whatever its case.
    pub(crate) fn by_username(&self, name: &str) -> Option<PeerKey> {
        let is = |username: &Option<String>| {
            username
                .as_deref()
                .is_some_and(|u| u.eq_ignore_ascii_case(name))
        };
        let collected = |a: &Account| a.collected.iter().any(|u| u.eq_ignore_ascii_case(name));
        let mut accounts = self.accounts.values();
        let user = accounts.find(|a| is(&a.username) || collected(a));
        let channel = self.channels.values().find(|c| is(&c.username));
        user.map(|a| PeerKey::user(a.id))
            .or_else(|| channel.map(|c| PeerKey::channel(c.id)))
    }

    pub(crate) fn push(&mut self, to: i64, updates: types::Updates) {
        let except = self.origin;
        self.pushes.push(Push {
            to,
            except,
            updates,
        });
    }

    pub(crate) fn next_user_id(&mut self) -> i64 {
        // Not consecutive: identifiers that differ by one hide mistakes.
        self.next.user += 7;
        self.next.user
    }

    pub(crate) fn next_group_id(&mut self) -> i64 {
        self.next.group += 3;
        self.next.group
    }

    pub(crate) fn next_channel_id(&mut self) -> i64 {
        self.next.channel += 5;
        self.next.channel
    }
}
