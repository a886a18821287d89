//! What the server's answers do to the boxes.

use std::sync::Arc;
use std::time::Duration;

use telewire_schema::types::{self, updates::ChannelDifference, updates::Difference};

use super::account::Count;
use super::boxes::Boxes;
use super::failure::{Failure, decode};
use super::need::Need;
use super::place::{Place, date_of, peer_of, place};
use super::{BoxId, Payload, Why};
use crate::engine::Value;
use crate::error::Error;
use crate::peers::PeerMap;
use crate::session::UpdateState;
use crate::time::Now;

/// A difference of the account, whichever constructor it came in.
struct Batch {
    messages: Vec<types::Message>,
    encrypted: Vec<types::EncryptedMessage>,
    updates: Vec<types::Update>,
    peers: Arc<PeerMap>,
    state: UpdateState,
}

impl Boxes {
    /// The answer to a need. [`Error::NotFound`] says that the channel's access hash is not known.
    pub(crate) fn handle_answer(&mut self, now: Now, need: &Need, answer: Result<Value, Error>) {
        match need {
            Need::Reconnect => {}
            Need::Peers { at, .. } => self.handle_peers(now, *at, answer.is_ok()),
            Need::State => {
                match decode(answer) {
                    Ok(state) => self.handle_state(now, &state),
                    Err(failure) => self.handle_account_failure(now, failure),
                }
                self.go_back_if_wanted(now);
            }
            Need::Difference { .. } => {
                match decode(answer) {
                    Ok(difference) => self.handle_difference(now, difference),
                    Err(failure) => self.handle_account_failure(now, failure),
                }
                self.go_back_if_wanted(now);
            }
            Need::ChannelDifference { channel, .. } => {
                match decode(answer) {
                    Ok(difference) => self.handle_channel_difference(now, *channel, difference),
                    Err(failure) => self.handle_channel_failure(now, *channel, failure),
                }
                self.note(*channel);
            }
            Need::FullChannel { channel, .. } => {
                match decode(answer) {
                    Ok(full) => self.handle_full_channel(now, *channel, full),
                    Err(failure) => self.handle_channel_failure(now, *channel, failure),
                }
                self.note(*channel);
            }
        }
    }

    /// Somebody wants what was missed in an earlier run, and the answer that was waited for is there.
    fn go_back_if_wanted(&mut self, now: Now) {
        let wanted = self.saved.as_ref().is_some_and(|saved| saved.wanted);
        if wanted && !self.account.repair.is_under_way() {
            self.go_back(now);
            self.handle_resync(now);
        }
    }

    fn handle_peers(&mut self, now: Now, at: BoxId, found: bool) {
        match at {
            BoxId::Account if self.account.repair.is_under_way() => {
                self.account.looked_up(now.mono, found, &mut self.out);
            }
            BoxId::Account => {}
            BoxId::Channel(id) => {
                let channel = self.channels.get_mut(&id);
                if let Some(channel) = channel.filter(|c| c.repair.is_under_way()) {
                    channel.looked_up(now.mono, found, &mut self.out);
                }
                self.note(id);
            }
        }
    }

    fn handle_state(&mut self, now: Now, state: &types::updates::State) {
        if !self.account.repair.is_under_way() {
            return;
        }
        if self.saved.as_ref().is_some_and(|saved| saved.wanted) {
            self.go_back(now);
            self.account.repair.finished();
            self.handle_resync(now);
            return;
        }
        let account = &mut self.account;
        let from = account.pts.local();
        if from.is_none() {
            // What was pushed while the state was on its way came after the start, so it counts as new.
            let least =
                |stated: i32, waiting: Option<i32>| waiting.map_or(stated, |w| w.min(stated));
            account.set(UpdateState {
                pts: least(state.pts, account.pts.first_waiting()),
                qts: least(state.qts, account.qts.first_waiting()),
                seq: least(state.seq, account.seq.first_waiting()),
                date: state.date,
            });
        } else {
            let why = if account.renumbered {
                Why::Renumbered
            } else {
                account.repair.why()
            };
            account.report(from, Some(state.pts), why, &mut self.out);
            account.set(plain(state));
        }
        account.renumbered = false;
        account.finish(now.mono, &mut self.out);
    }

    fn handle_difference(&mut self, now: Now, difference: Difference) {
        if !self.account.repair.is_under_way() {
            return;
        }
        let before = self.account.state();
        match difference {
            Difference::Empty(d) => {
                self.account.seq.set(Some(d.seq));
                self.account.date = d.date;
                self.account.reach();
                self.account.finish(now.mono, &mut self.out);
            }
            Difference::Difference(d) => {
                let d = *d;
                let peers = self.meet(d.users, d.chats);
                self.apply(
                    now,
                    Batch {
                        messages: d.new_messages,
                        encrypted: d.new_encrypted_messages,
                        updates: d.other_updates,
                        peers,
                        state: plain(&d.state),
                    },
                );
                self.account.finish(now.mono, &mut self.out);
            }
            Difference::Slice(d) => {
                let d = *d;
                let peers = self.meet(d.users, d.chats);
                self.apply(
                    now,
                    Batch {
                        messages: d.new_messages,
                        encrypted: d.new_encrypted_messages,
                        updates: d.other_updates,
                        peers,
                        state: plain(&d.intermediate_state),
                    },
                );
                let progress = self.account.state() != before;
                self.account.repair.continued(now.mono, progress, None);
            }
            Difference::TooLong(d) => {
                let account = &mut self.account;
                let from = account.pts.local();
                account.report(from, Some(d.pts), Why::TooLong, &mut self.out);
                account.pts.set(Some(d.pts));
                account.reach();
                account
                    .repair
                    .continued(now.mono, from != Some(d.pts), None);
            }
        }
    }

    fn apply(&mut self, now: Now, batch: Batch) {
        let catch_up = self.account.repair.catch_up;
        let oldest = self.since.filter(|_| catch_up);
        let too_old = |date: i32| oldest.is_some_and(|oldest| i64::from(date) < oldest);
        let date = batch.state.date;
        let payload = |raw: types::Update, date| Payload {
            raw,
            peers: batch.peers.clone(),
            date,
        };
        for message in batch.messages {
            let sent = date_of(&message).unwrap_or(date);
            if !too_old(sent) {
                let update = payload(new_message(message), sent);
                self.account.hand_out_part(update, &mut self.out);
            }
        }
        for message in batch.encrypted {
            let update = payload(
                types::UpdateNewEncryptedMessage::new(message, 0).into(),
                date,
            );
            self.account.hand_out_part(update, &mut self.out);
        }
        for raw in batch.updates {
            match place(&raw) {
                Place::Channel { id, pts, count } => {
                    self.in_channel(now, id, pts, count, Some(payload(raw, date)));
                    self.learn_hash(id, &batch.peers);
                }
                Place::ChannelTooLong { id, pts } => {
                    self.channel_too_long(now, id, pts);
                    if let Some(channel) = self.channels.get_mut(&id) {
                        channel.repair.catch_up |= catch_up;
                    }
                    self.learn_hash(id, &batch.peers);
                }
                Place::PtsChanged => self.account.renumbered = true,
                _ if too_old(date) => {}
                _ => self
                    .account
                    .hand_out_part(payload(raw, date), &mut self.out),
            }
        }
        self.account.set(batch.state);
    }

    fn handle_channel_difference(&mut self, now: Now, id: i64, difference: ChannelDifference) {
        if !self
            .channels
            .get(&id)
            .is_some_and(|c| c.repair.is_under_way())
        {
            return;
        }
        match difference {
            ChannelDifference::Empty(d) => {
                self.close_channel(now, id, Some(d.pts), d.final_, d.timeout);
            }
            ChannelDifference::ChannelDifference(d) => {
                let d = *d;
                let peers = self.meet(d.users, d.chats);
                self.apply_channel(now, id, d.new_messages, d.other_updates, &peers);
                self.close_channel(now, id, Some(d.pts), d.final_, d.timeout);
            }
            ChannelDifference::TooLong(d) => {
                let d = *d;
                self.meet(d.users, d.chats);
                let pts = match &d.dialog {
                    types::Dialog::Dialog(dialog) => dialog.pts,
                    _ => None,
                };
                if let Some(channel) = self.channels.get_mut(&id) {
                    channel.report(pts, Why::TooLong, &mut self.out);
                }
                self.close_channel(now, id, pts, d.final_, d.timeout);
            }
        }
    }

    fn apply_channel(
        &mut self,
        now: Now,
        id: i64,
        messages: Vec<types::Message>,
        updates: Vec<types::Update>,
        peers: &Arc<PeerMap>,
    ) {
        let payload = |raw: types::Update, date: i32| Payload {
            raw,
            peers: peers.clone(),
            date,
        };
        let since = self.since;
        for message in messages {
            let date = date_of(&message).unwrap_or_default();
            let Some(channel) = self.channels.get_mut(&id) else {
                return;
            };
            let catch_up = channel.repair.catch_up;
            if catch_up && since.is_some_and(|since| i64::from(date) < since) {
                continue;
            }
            let raw = types::UpdateNewChannelMessage::new(message, 0, 0).into();
            channel.hand_out(Some(payload(raw, date)), catch_up, &mut self.out);
        }
        for raw in updates {
            match place(&raw) {
                Place::Account { pts, count } => {
                    let at = Count::Pts { after: pts, count };
                    self.account
                        .offer(now.mono, at, Some(payload(raw, 0)), &mut self.out);
                }
                Place::Qts(qts) => {
                    self.account.offer(
                        now.mono,
                        Count::Qts(qts),
                        Some(payload(raw, 0)),
                        &mut self.out,
                    );
                }
                Place::Channel {
                    id: other,
                    pts,
                    count,
                } if other != id => {
                    self.in_channel(now, other, pts, count, Some(payload(raw, 0)));
                }
                Place::ChannelTooLong { id: other, .. } if other == id => {}
                Place::ChannelTooLong { id: other, pts } => self.channel_too_long(now, other, pts),
                _ => {
                    if let Some(channel) = self.channels.get_mut(&id) {
                        let catch_up = channel.repair.catch_up;
                        channel.hand_out(Some(payload(raw, 0)), catch_up, &mut self.out);
                    }
                }
            }
        }
    }

    /// Ends one answer of a channel's difference at `pts`.
    fn close_channel(
        &mut self,
        now: Now,
        id: i64,
        pts: Option<i32>,
        last: bool,
        timeout: Option<i32>,
    ) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let progress = channel.pts.local() != pts;
        channel.pts.set(pts);
        channel.reach(&mut self.out);
        if last || pts.is_none() {
            channel.finish(now.mono, &mut self.out);
        } else {
            // The timeout is for polling; where nothing moved it also keeps us from asking in a circle.
            let pause = timeout
                .and_then(|t| u64::try_from(t).ok())
                .map(Duration::from_secs);
            channel.repair.continued(now.mono, progress, pause);
        }
    }

    fn handle_full_channel(&mut self, now: Now, id: i64, full: types::messages::ChatFull) {
        self.meet(full.users, full.chats);
        let types::ChatFull::ChannelFull(full) = full.full_chat else {
            self.handle_channel_failure(now, id, Failure::undecoded(None));
            return;
        };
        let Some(channel) = self
            .channels
            .get_mut(&id)
            .filter(|c| c.repair.is_under_way())
        else {
            return;
        };
        if channel.pts.local().is_some() {
            let why = channel.repair.why();
            channel.report(Some(full.pts), why, &mut self.out);
        }
        channel.pts.set(Some(full.pts));
        channel.reach(&mut self.out);
        channel.finish(now.mono, &mut self.out);
    }
}

fn plain(state: &types::updates::State) -> UpdateState {
    UpdateState {
        pts: state.pts,
        qts: state.qts,
        date: state.date,
        seq: state.seq,
    }
}

/// A message of a difference as the update it would have been; its number is part of the difference's.
fn new_message(message: types::Message) -> types::Update {
    if matches!(peer_of(&message), Some(types::Peer::Channel(_))) {
        types::UpdateNewChannelMessage::new(message, 0, 0).into()
    } else {
        types::UpdateNewMessage::new(message, 0, 0).into()
    }
}
