//! Updates that no `pts` counts: numbered by `seq` for each authorization, or by `qts` for bots, and kept until they are
//! surely known. See [updates](https://core.telegram.org/api/updates#update-handling).

use serde::{Deserialize, Serialize};
use telewire_schema::codec::Field;
use telewire_schema::{Value as _, View, Visitor, types};

use super::World;
use crate::tl;

/// Older updates than these are forgotten: a client that was away for that long reads its lists anew.
const KEPT: usize = 2000;

/// The `seq` of one authorization.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Tally {
    user: i64,
    pub(crate) seq: i32,
    entries: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    date: i32,
    /// It went out on a link.
    delivered: bool,
    #[serde(with = "tl")]
    update: types::Update,
}

impl Tally {
    /// Counts one packet; its number.
    fn note(&mut self, date: i32, delivered: bool, updates: &[types::Update]) -> i32 {
        self.seq = self.seq.saturating_add(1);
        let entry = |update: &types::Update| Entry {
            date,
            delivered,
            update: update.clone(),
        };
        self.entries.extend(updates.iter().map(entry));
        let surplus = self.entries.len().saturating_sub(KEPT);
        self.entries.drain(..surplus);
        self.seq
    }

    /// What a client at `date` does not know. Within that very second only delivery tells.
    fn since(&self, date: i32) -> impl Iterator<Item = &types::Update> {
        let unknown = move |e: &&Entry| e.date > date || e.date == date && !e.delivered;
        self.entries.iter().filter(unknown).map(|e| &e.update)
    }
}

/// What a bot is told of chats and people, by `qts`.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Qts {
    pub(crate) qts: i32,
    events: Vec<Told>,
}

#[derive(Serialize, Deserialize)]
struct Told {
    qts: i32,
    #[serde(with = "tl")]
    update: types::Update,
}

impl Qts {
    fn note(&mut self, update: impl FnOnce(i32) -> types::Update) -> types::Update {
        self.qts = self.qts.saturating_add(1);
        let update = update(self.qts);
        self.events.push(Told {
            qts: self.qts,
            update: update.clone(),
        });
        update
    }

    /// The updates after `qts`, each with its number.
    pub(crate) fn since(&self, qts: i32) -> impl Iterator<Item = (i32, &types::Update)> {
        let later = self.events.iter().filter(move |e| e.qts > qts);
        later.map(|e| (e.qts, &e.update))
    }
}

/// How updates are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// By `seq`.
    Seq,
    /// By `pts` or `qts`, which they carry themselves.
    Themselves,
    /// Not at all: whoever misses them has missed nothing.
    Fleeting,
}

impl Counted {
    pub(crate) fn of(updates: &types::Updates) -> Self {
        match updates {
            types::Updates::UpdateShort(_) => Self::Fleeting,
            types::Updates::Updates(u) if u.updates.iter().all(is_fleeting) => Self::Fleeting,
            types::Updates::Updates(u) if u.updates.iter().all(is_uncounted) => Self::Seq,
            _ => Self::Themselves,
        }
    }
}

fn is_fleeting(update: &types::Update) -> bool {
    use types::Update as U;
    matches!(
        update,
        U::UserTyping(_) | U::ChatUserTyping(_) | U::ChannelUserTyping(_) | U::UserStatus(_)
    )
}

/// Whether an update has no number of its own. A lone `pts` only says where a channel stands.
fn is_uncounted(update: &types::Update) -> bool {
    #[derive(Default)]
    struct Numbers {
        found: bool,
    }
    impl Visitor for Numbers {
        fn field(&mut self, field: &'static Field, _: View<'_>) -> bool {
            self.found |= matches!(field.name, "pts_count" | "qts");
            false
        }
    }
    // An update is one constructor within another's name: its own fields are seen, what is inside them is not.
    let mut numbers = Numbers::default();
    update.walk(&mut numbers);
    !numbers.found
}

impl World {
    /// The number of the next packet for an authorization of `user`.
    pub(crate) fn count(
        &mut self,
        owner: i64,
        user: i64,
        delivered: bool,
        updates: &[types::Update],
    ) -> i32 {
        let date = self.now;
        self.tally(owner, user).note(date, delivered, updates)
    }

    fn tally(&mut self, owner: i64, user: i64) -> &mut Tally {
        let tally = self.tallies.entry(owner).or_default();
        // Somebody else has signed in.
        if tally.user != user || tally.seq == 0 {
            *tally = Tally {
                user,
                seq: 1,
                entries: Vec::new(),
            };
        }
        tally
    }

    /// Where the authorization stands that asks.
    pub(crate) fn seq(&self, user: i64) -> i32 {
        let tally = self.tallies.get(&self.asker).filter(|t| t.user == user);
        tally.map_or(1, |t| t.seq)
    }

    /// What the authorization that asks has missed since `date` of what only `seq` counts.
    pub(crate) fn missed(&self, user: i64, date: i32) -> Vec<types::Update> {
        let tally = self.tallies.get(&self.asker).filter(|t| t.user == user);
        tally.map_or_else(Vec::new, |t| t.since(date).cloned().collect())
    }

    /// It has been told all of it; what lies before `date` it knew already.
    pub(crate) fn caught_up(&mut self, user: i64, date: i32) {
        let asker = self.asker;
        let tally = self.tally(asker, user);
        tally.entries.retain(|e| e.date >= date);
        for entry in &mut tally.entries {
            entry.delivered = true;
        }
    }

    /// Tells a bot something that `qts` counts. People are not told such things.
    pub(crate) fn tell_bot(&mut self, bot: i64, update: impl FnOnce(i32) -> types::Update) {
        let date = self.now;
        let account = self.accounts.get_mut(&bot).filter(|a| a.is_bot());
        if let Some(account) = account {
            let update = account.told.note(update);
            self.tell(bot, date, vec![update]);
        }
    }
}
