//! A user, human or bot, with what only that user sees.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use telewire_schema::types;

use super::{Lists, Mailbox, Qts};
use crate::keys::default_dc;

/// One user.
#[derive(Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: i64,
    /// The data centre that it lives in.
    #[serde(default = "default_dc")]
    pub(crate) dc: i32,
    /// Digits only, with the country code.
    pub(crate) phone: Option<String>,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) username: Option<String>,
    /// Collectible ones beside that.
    #[serde(default)]
    pub(crate) collected: Vec<String>,
    pub(crate) about: String,
    pub(crate) bot: Option<Bot>,
    pub(crate) password: Option<Password>,
    /// A change of the password that waits for the code of its e-mail address.
    #[serde(default)]
    pub(crate) unconfirmed: Option<Unconfirmed>,
    pub(crate) mailbox: Mailbox,
    #[serde(default)]
    pub(crate) lists: Lists,
    /// By user, the names that the owner gave them.
    pub(crate) contacts: BTreeMap<i64, (String, String)>,
    pub(crate) blocked: BTreeSet<i64>,
    /// Profile photos, the current one last.
    pub(crate) photos: Vec<i64>,
    /// When it was last seen, in seconds since 1970.
    pub(crate) seen: i32,
    /// Until when it counts as online unless it says so again.
    #[serde(default)]
    pub(crate) online_until: i32,
    /// Those whom it was shown in full.
    #[serde(default)]
    pub(crate) met: BTreeSet<i64>,
    #[serde(default)]
    pub(crate) premium: bool,
    /// It is no more.
    #[serde(default)]
    pub(crate) deactivated: bool,
    /// The export that is under way, and since when it was asked for.
    #[serde(default)]
    pub(crate) takeout: Option<i64>,
    #[serde(default)]
    pub(crate) takeout_asked: Option<i32>,
    /// For bots: what `qts` counts.
    #[serde(default)]
    pub(crate) told: Qts,
}

/// What makes an account a bot.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Bot {
    pub(crate) token: String,
    /// Answers what it is sent by itself, as long as no session is signed in for it.
    pub(crate) echo: bool,
}

/// Two-step verification.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Password {
    pub(crate) salt1: Vec<u8>,
    pub(crate) salt2: Vec<u8>,
    pub(crate) hint: String,
    pub(crate) secret: Secret,
    /// Where a code is sent to replace a lost one.
    #[serde(default)]
    pub(crate) email: Option<String>,
}

/// What becomes of a password once its e-mail address is confirmed.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Unconfirmed {
    /// The password as it will be, with the new address.
    pub(crate) password: Password,
}

/// What the server knows of a password.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Secret {
    /// The password of a ready-made account; the verifier, which costs 100,000 rounds, is made when first asked for.
    Plain(String),
    /// `g ^ x mod p`, big-endian.
    Verifier(Vec<u8>),
}

impl Account {
    pub(crate) fn new(dc: i32, id: i64, first_name: &str, last_name: &str) -> Self {
        Self {
            id,
            dc,
            phone: None,
            first_name: first_name.into(),
            last_name: last_name.into(),
            username: None,
            collected: Vec::new(),
            about: String::new(),
            bot: None,
            password: None,
            unconfirmed: None,
            mailbox: Mailbox::default(),
            lists: Lists::default(),
            contacts: BTreeMap::new(),
            blocked: BTreeSet::new(),
            photos: Vec::new(),
            seen: 0,
            online_until: 0,
            met: BTreeSet::new(),
            premium: false,
            deactivated: false,
            takeout: None,
            takeout_asked: None,
            told: Qts::default(),
        }
    }

    /// All names, if there are more than the one that the owner chose.
    pub(crate) fn usernames(&self) -> Option<Vec<types::Username>> {
        if self.collected.is_empty() {
            return None;
        }
        let own = self.username.iter().map(|name| {
            let name = types::Username::new(name.as_str());
            name.editable(true).active(true)
        });
        let collected = self.collected.iter();
        let collected = collected.map(|name| types::Username::new(name.as_str()).active(true));
        Some(own.chain(collected).collect())
    }

    pub(crate) fn is_bot(&self) -> bool {
        self.bot.is_some()
    }
}
