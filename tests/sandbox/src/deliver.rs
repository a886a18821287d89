//! From the world to the sessions: what was pushed is numbered and handed to everybody whom it is for.

use std::collections::BTreeSet;

use telewire_core::time::Now;
use telewire_schema::types;

use crate::rpc;
use crate::server::Server;
use crate::world::{Counted, Push};

impl Server {
    /// Hands pushed updates to the sessions that they are for.
    pub(crate) fn deliver(&mut self, now: Now) {
        let mut pushes = std::mem::take(&mut self.world.pushes);
        self.dirty |= !pushes.is_empty();
        // For each account in their order; what comes to several has no order between them.
        pushes.sort_by_key(|push| push.to);
        let mut rest = pushes.into_iter().peekable();
        while let Some(first) = rest.next() {
            match Counted::of(&first.updates) {
                Counted::Seq => {
                    let mut packets = vec![first.updates];
                    let (to, except) = (first.to, first.except);
                    let follows = |p: &Push| {
                        p.to == to && p.except == except && Counted::of(&p.updates) == Counted::Seq
                    };
                    while let Some(next) = rest.next_if(follows) {
                        packets.push(next.updates);
                    }
                    self.hand_numbered(now, to, except, packets);
                }
                counted => self.hand(now, &first, counted == Counted::Fleeting),
            }
        }
    }

    /// The permanent key that a session speaks for.
    fn owner(&self, key: i64) -> i64 {
        let bound = self.keys.get(&key).and_then(|k| k.bound_to);
        bound.unwrap_or(key)
    }

    /// The sessions of an account that may be told something, with the keys that own them.
    fn listeners(&self, to: i64) -> Vec<((i64, i64), i64)> {
        // Updates come from the account's own data centre.
        let home = self.home(to);
        let hears = |at: &(i64, i64)| {
            let key = self.keys.get(&at.0);
            let user = key.and_then(|k| rpc::user_of(&self.keys, k));
            user == Some(to) && key.is_some_and(|k| Some(k.dc) == home)
        };
        let open = self.sessions.iter().filter(|(_, s)| !s.deaf);
        let at = open.map(|(at, _)| *at).filter(hears);
        at.map(|at| (at, self.owner(at.0))).collect()
    }

    fn hand(&mut self, now: Now, push: &Push, fleeting: bool) {
        let body = rpc::boxed(&push.updates);
        for (at, _) in self.listeners(push.to) {
            if push.except != Some(at) {
                self.give(now, at, &body, fleeting);
            }
        }
    }

    /// Updates that nothing but `seq` counts. It counts for each authorization what that one is sent, so whoever caused
    /// them is not sent them and does not miss a number.
    fn hand_numbered(
        &mut self,
        now: Now,
        to: i64,
        except: Option<(i64, i64)>,
        packets: Vec<types::Updates>,
    ) {
        let cause = except.map(|at| self.owner(at.0));
        let home = self.home(to);
        let signed_in = self.keys.iter();
        let signed_in = signed_in.filter(|(_, k)| k.user == Some(to) && Some(k.dc) == home);
        let owners: BTreeSet<i64> = signed_in.map(|(id, _)| *id).collect();
        let listeners = self.listeners(to);
        for owner in owners.into_iter().filter(|o| Some(*o) != cause) {
            let own: Vec<_> = listeners.iter().filter(|(_, o)| *o == owner).collect();
            let live = own.iter().any(|(at, _)| self.is_live(*at));
            let mut numbers = Vec::new();
            for packet in &packets {
                if let types::Updates::Updates(u) = packet {
                    numbers.push(self.world.count(owner, to, live, &u.updates));
                }
            }
            let body = rpc::boxed(&combined(&packets, &numbers));
            for (at, _) in own {
                self.give(now, *at, &body, false);
            }
        }
    }

    /// Whether updates go out to a session at once.
    fn is_live(&self, at: (i64, i64)) -> bool {
        let conn = self.sessions.get(&at).and_then(|s| s.conn);
        let conn = conn.and_then(|c| self.conns.get(&c));
        conn.is_some_and(|c| !c.entrance.media)
    }

    /// A session without a link learns that it has missed something, unless that is worth nothing by then.
    fn give(&mut self, now: Now, at: (i64, i64), body: &[u8], fleeting: bool) {
        let live = self.is_live(at);
        let Some(session) = self.sessions.get_mut(&at) else {
            return;
        };
        match session.conn {
            Some(_) if live => session.push(now, body.to_vec()),
            Some(_) => {}
            None => session.behind |= !fleeting,
        }
    }
}

/// One packet with its number, or several as one.
fn combined(packets: &[types::Updates], numbers: &[i32]) -> types::Updates {
    let (first, last) = (numbers.first().copied(), numbers.last().copied());
    let (first, last) = (first.unwrap_or(0), last.unwrap_or(0));
    let mut parts = packets.iter().filter_map(|packet| match packet {
        types::Updates::Updates(u) => Some((**u).clone()),
        _ => None,
    });
    let Some(mut all) = parts.next() else {
        return types::Updates::TooLong;
    };
    for part in parts {
        all.updates.extend(part.updates);
        let users = part.users.into_iter();
        let unknown: Vec<_> = users.filter(|u| !all.users.contains(u)).collect();
        all.users.extend(unknown);
        let chats = part.chats.into_iter();
        let unknown: Vec<_> = chats.filter(|c| !all.chats.contains(c)).collect();
        all.chats.extend(unknown);
        all.date = part.date;
    }
    if first == last {
        all.seq = last;
        return all.into();
    }
    types::UpdatesCombined::new(all.updates, all.users, all.chats, all.date, first, last).into()
}
