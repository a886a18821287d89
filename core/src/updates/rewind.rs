//! Catching up on request: what was missed is fetched from where an earlier run has ended.

use std::collections::BTreeMap;

use super::boxes::Boxes;
use super::channel::Channel;
use super::repair::Repair;
use super::route::MAX_CHANNELS;
use crate::session::UpdateState;
use crate::time::Now;

/// Positions of an earlier run that were passed over.
#[derive(Debug)]
pub(super) struct Saved {
    pub(super) state: UpdateState,
    pub(super) channels: BTreeMap<i64, i32>,
    /// Somebody wants what came since.
    pub(super) wanted: bool,
}

impl Boxes {
    /// Fetches what was missed: since the session was last used, if updates began with the present and nothing has
    /// happened yet, and else since the last update. Does nothing for somebody who never had any.
    pub(crate) fn catch_up(&mut self, now: Now) {
        if let Some(saved) = &mut self.saved {
            saved.wanted = true;
            if self.account.repair.is_under_way() {
                // The present state is on its way; it will not be taken over.
                return;
            }
            self.go_back(now);
        }
        if self.account.state().is_some() {
            self.handle_resync(now);
        }
    }

    /// Whether something that was missed is still being fetched, with room to put it in.
    pub(crate) fn is_catching_up(&self) -> bool {
        let busy = |repair: &Repair| repair.catch_up && !repair.is_idle();
        let channels = || self.active.iter().filter_map(|id| self.channels.get(id));
        let asked = self.saved.as_ref().is_some_and(|saved| saved.wanted);
        self.self_id.is_some()
            && self.out.has_room()
            && (asked || busy(&self.account.repair) || channels().any(|c| busy(&c.repair)))
    }

    /// Takes the positions of the earlier run up again, if nothing was applied since.
    pub(super) fn go_back(&mut self, now: Now) {
        let Some(saved) = self.saved.take().filter(|_| !self.account.moved) else {
            return;
        };
        self.account.set(saved.state);
        self.account.renumbered = false;
        for (id, pts) in saved.channels {
            if !self.channels.contains_key(&id) && self.channels.len() < MAX_CHANNELS {
                self.channels
                    .insert(id, Channel::new(id, Some(pts), now.mono));
            }
        }
    }
}
