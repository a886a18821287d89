//! From packets to objects: opening, and the checks that need memory.
//!
//! See the [security guidelines](https://core.telegram.org/mtproto/security_guidelines). Age and floor
//! are checked for the outer message only, since a fresh container may carry old messages; that nothing is processed
//! twice holds for all.

use bytes::{Bytes, BytesMut};
use telewire_schema::Identifiable as _;
use telewire_schema::mtproto::types;

use super::container;
use super::envelope::{self, Message};
use super::event::Dead;
use super::gzip;
use super::session::Session;
use super::wire;
use crate::crypto::Side;
use crate::testing::Broken;
use crate::time::Now;

/// What all packed objects of one packet may unpack to.
const MAX_UNPACKED: usize = 4 * gzip::MAX_UNPACKED;

/// Where an object was found.
pub(super) struct Place<'a> {
    /// The id of the message that holds it.
    pub(super) msg_id: i64,
    /// It is a member of a container.
    pub(super) nested: bool,
    /// It was packed.
    packed: bool,
    /// What packed objects may still unpack to.
    pub(super) budget: &'a mut usize,
}

impl Session {
    pub(super) fn open(&mut self, now: Now, packets: Vec<BytesMut>) {
        let Some(link) = &mut self.link else {
            return;
        };
        link.pinger.handle_progress(now);
        self.batches.opened = self.batches.opened.max(packets.len());
        for message in envelope::open_batch(&self.key, Side::Server, Some(self.id), packets) {
            let Ok(message) = message else {
                tracing::warn!("a packet is no valid message of this session");
                return self.die(now, Dead::BadPacket);
            };
            self.handle_message(now, message);
            if self.link.is_none() {
                return;
            }
        }
    }

    fn handle_message(&mut self, now: Now, message: Message) {
        let Message { header, body } = message;
        let msg_id = header.msg_id;
        if msg_id & 1 == 0 {
            tracing::warn!("a message has a client's id");
            return;
        }
        // A notice that our time is wrong tells the right time, so it cannot be measured by ours.
        if !self.clock.accepts(now, msg_id) && !is_time_notice(&body) {
            tracing::warn!("a message is too old or too new");
            return;
        }
        if self.received.is_below_floor(msg_id) {
            tracing::warn!("a message is older than all that are remembered");
            return;
        }
        if self.is_new(now, msg_id, header.seq_no) {
            let mut budget = MAX_UNPACKED;
            let place = Place {
                msg_id,
                nested: false,
                packed: false,
                budget: &mut budget,
            };
            self.handle_object(now, place, body);
        }
    }

    /// Remembers and acknowledges a message; `false` if it was there before, which is acknowledged again.
    fn is_new(&mut self, now: Now, msg_id: i64, seq_no: i32) -> bool {
        if seq_no & 1 == 1 {
            self.acknowledge(now, msg_id);
        }
        self.received.insert(msg_id) || self.testing.lacks(Broken::Dedupe)
    }

    pub(super) fn handle_object(&mut self, now: Now, place: Place<'_>, body: Bytes) {
        match wire::constructor(&body) {
            None => tracing::debug!("a message without content"),
            Some(wire::GZIP_PACKED) if place.packed => {
                tracing::warn!("a packed object in a packed object");
            }
            Some(wire::GZIP_PACKED) => {
                match gzip::unpack(&wire::after_constructor(&body), place.budget) {
                    Ok(object) => self.handle_object(
                        now,
                        Place {
                            packed: true,
                            ..place
                        },
                        object,
                    ),
                    Err(error) => tracing::warn!(%error, "a message is lost"),
                }
            }
            Some(wire::MSG_CONTAINER | wire::MSG_COPY) if place.nested => {
                tracing::warn!("a container in a container");
            }
            Some(wire::MSG_CONTAINER) => match container::members(wire::after_constructor(&body)) {
                Some(members) => self.handle_members(now, members, place.budget),
                None => tracing::warn!("a container is malformed"),
            },
            Some(wire::MSG_COPY) => match container::member(&mut wire::after_constructor(&body)) {
                Some(member) => self.handle_members(now, vec![member], place.budget),
                None => tracing::warn!("a copy is malformed"),
            },
            Some(id) => {
                self.handle_service(now, place, id, body);
            }
        }
    }

    fn handle_members(&mut self, now: Now, members: Vec<container::Member>, budget: &mut usize) {
        for member in members {
            if member.msg_id & 1 == 0 {
                tracing::warn!("a member of a container has a client's id");
            } else if self.is_new(now, member.msg_id, member.seq_no) {
                let place = Place {
                    msg_id: member.msg_id,
                    nested: true,
                    packed: false,
                    budget: &mut *budget,
                };
                self.handle_object(now, place, member.body);
            }
            if self.link.is_none() {
                return;
            }
        }
    }
}

/// Whether this is, or holds, the notice that an id of ours was too low or too high.
fn is_time_notice(body: &Bytes) -> bool {
    match wire::constructor(body) {
        Some(types::BadMsgNotificationData::ID) => {
            matches!(body.get(16..20), Some([16 | 17, 0, 0, 0]))
        }
        Some(wire::MSG_CONTAINER) => {
            let members = container::members(wire::after_constructor(body)).unwrap_or_default();
            members.iter().any(|m| {
                wire::constructor(&m.body) != Some(wire::MSG_CONTAINER) && is_time_notice(&m.body)
            })
        }
        _ => false,
    }
}
