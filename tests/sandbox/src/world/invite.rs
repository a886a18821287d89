//! Links that let people into a chat. See [invite links](https://core.telegram.org/api/invites).

use serde::{Deserialize, Serialize};
use telewire_schema::types;

use super::{PeerKey, World};

/// One link.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Invite {
    pub(crate) hash: String,
    pub(crate) to: PeerKey,
    pub(crate) admin: i64,
    pub(crate) date: i32,
    pub(crate) permanent: bool,
    pub(crate) revoked: bool,
    /// Whoever follows it is only asked for.
    pub(crate) asks: bool,
    pub(crate) expires: Option<i32>,
    pub(crate) limit: Option<i32>,
    pub(crate) usage: i32,
    pub(crate) title: Option<String>,
    /// Who came by it, and when.
    pub(crate) came: Vec<(i64, i32)>,
    /// Who would like to.
    pub(crate) asked: Vec<(i64, i32)>,
}

impl Invite {
    pub(crate) fn is_open(&self, now: i32) -> bool {
        let in_time = self.expires.is_none_or(|at| at > now);
        let room = self.limit.is_none_or(|limit| self.usage < limit);
        !self.revoked && in_time && room
    }

    pub(crate) fn link(&self) -> String {
        format!("https://t.me/+{}", self.hash)
    }

    pub(crate) fn shown(&self) -> types::ChatInviteExported {
        let mut out = types::ChatInviteExported::new(self.link(), self.admin, self.date);
        out.permanent = self.permanent;
        out.revoked = self.revoked;
        out.request_needed = self.asks;
        out.expire_date = self.expires;
        out.usage_limit = self.limit;
        out.usage = Some(self.usage).filter(|n| *n > 0);
        out.requested = i32::try_from(self.asked.len()).ok().filter(|n| *n > 0);
        out.title = self.title.clone();
        out
    }
}

/// What a link or a bare hash names.
pub(crate) fn hash_of(link: &str) -> &str {
    let link = link.trim().trim_end_matches('/');
    let last = link.rsplit('/').next().unwrap_or(link);
    last.trim_start_matches('+')
}

impl World {
    /// A new link.
    pub(crate) fn add_invite(&mut self, to: PeerKey, admin: i64) -> &mut Invite {
        let unique = i64::try_from(self.unique()).unwrap_or(i64::MAX);
        let (a, b) = (
            self.number("invite", &[to.0, unique, 1]).cast_unsigned(),
            self.number("invite", &[to.0, unique, 2]).cast_unsigned(),
        );
        // Sixteen characters, as Telegram's have.
        let hash: String = format!("{a:016x}{b:016x}").chars().step_by(2).collect();
        let invite = Invite {
            hash: hash.clone(),
            to,
            admin,
            date: self.now,
            permanent: false,
            revoked: false,
            asks: false,
            expires: None,
            limit: None,
            usage: 0,
            title: None,
            came: Vec::new(),
            asked: Vec::new(),
        };
        self.invites.entry(hash).or_insert(invite)
    }

    /// The link that an admin always has.
    pub(crate) fn main_invite(&self, to: PeerKey, admin: i64) -> Option<&Invite> {
        let mut own = self.invites.values().filter(|i| i.to == to);
        own.find(|i| i.admin == admin && i.permanent && !i.revoked)
    }
}
