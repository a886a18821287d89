//! Answers that concern the updates, whoever asked. Each is decoded once; its client gets the value.

use std::any::Any;

use bytes::Bytes;
use telewire_schema::{Deserialize, Identifiable, types};

use crate::engine::results::decode;
use crate::engine::{Engine, Value, snapshots};
use crate::error::Error;
use crate::time::Now;

impl Engine {
    /// Shows an answer to the updates, if it concerns them, and packs it for the client. `channel` is where a request with
    /// affected messages was at work.
    pub(super) fn look_into(
        &mut self,
        now: Now,
        name: &'static str,
        channel: Option<i64>,
        bytes: Bytes,
    ) -> Result<Value, Error> {
        use types::messages as m;
        let Some(constructor) = bytes.first_chunk().map(|id| u32::from_le_bytes(*id)) else {
            return Ok(Value::Bytes(bytes));
        };
        let feed = &mut self.feed;
        match constructor {
            m::AffectedMessages::ID => seen(name, bytes, |a: &m::AffectedMessages| {
                feed.affected(now, channel, a.pts, a.pts_count);
            }),
            m::AffectedHistory::ID => seen(name, bytes, |a: &m::AffectedHistory| {
                feed.affected(now, channel, a.pts, a.pts_count);
            }),
            #[cfg(feature = "full")]
            m::AffectedFoundMessages::ID => seen(name, bytes, |a: &m::AffectedFoundMessages| {
                feed.affected(now, channel, a.pts, a.pts_count);
            }),
            m::InvitedUsers::ID => seen(name, bytes, |i: &m::InvitedUsers| {
                feed.result(now, &i.updates);
            }),
            #[cfg(feature = "full")]
            types::payments::PaymentResultData::ID => {
                use types::payments::PaymentResult;
                seen(name, bytes, |p: &PaymentResult| {
                    if let PaymentResult::PaymentResult(p) = p {
                        feed.result(now, &p.updates);
                    }
                })
            }
            m::ChatInviteJoinResultOk::ID => seen(name, bytes, |j: &m::ChatInviteJoinResult| {
                if let m::ChatInviteJoinResult::Ok(j) = j {
                    feed.result(now, &j.updates);
                }
            }),
            m::DialogsData::ID | m::DialogsSlice::ID => seen(name, bytes, |d: &m::Dialogs| {
                snapshots::in_dialogs(d, |channel, pts| feed.snapshot(now, channel, pts));
            }),
            m::PeerDialogs::ID => seen(name, bytes, |d: &m::PeerDialogs| {
                snapshots::in_peer_dialogs(d, |channel, pts| feed.snapshot(now, channel, pts));
            }),
            m::ChatFull::ID => seen(name, bytes, |c: &m::ChatFull| {
                snapshots::in_full_chat(c, |channel, pts| feed.snapshot(now, channel, pts));
            }),
            m::ChannelMessages::ID => seen(name, bytes, |page: &m::Messages| {
                snapshots::in_messages(page, |channel, pts| feed.snapshot(now, channel, pts));
            }),
            id if is_updates(id) => {
                let value = seen(name, bytes, |u: &types::Updates| feed.result(now, u));
                if value.is_err() {
                    self.feed.may_have_missed(now);
                }
                value
            }
            _ => Ok(Value::Bytes(bytes)),
        }
    }
}

/// Decodes an answer, shows it to `look`, and packs it for the client.
fn seen<T: Deserialize + Any + Send>(
    request: &'static str,
    bytes: Bytes,
    look: impl FnOnce(&T),
) -> Result<Value, Error> {
    let value: T = decode(request, &bytes)?;
    look(&value);
    Ok(Value::Decoded(Box::new(value), bytes))
}

fn is_updates(constructor: u32) -> bool {
    [
        types::UpdateShortMessage::ID,
        types::UpdateShortChatMessage::ID,
        types::UpdateShort::ID,
        types::UpdatesCombined::ID,
        types::UpdatesData::ID,
        types::UpdateShortSentMessage::ID,
    ]
    .contains(&constructor)
}
