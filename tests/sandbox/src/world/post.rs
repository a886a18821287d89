//! Sending: one message becomes the copies, events and updates that it has to become.

use telewire_schema::types;

use super::heard::to_be_heard;
use super::{Draft, Kind, PeerKey, Stored, What, World};
use crate::fault::{Answer, Fault};

/// What sending came to, in the box that the author sees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Posted {
    pub(crate) id: i32,
    pub(crate) pts: i32,
    pub(crate) date: i32,
}

impl World {
    /// Sends `draft` to everybody whom it reaches.
    pub(crate) fn post(&mut self, now: i32, draft: Draft) -> Answer<Posted> {
        if draft.action.is_none() {
            self.may_send(&draft)?;
        }
        match draft.to.kind() {
            Kind::User(to) => self.post_private(now, &draft, to),
            Kind::Group(group) => self.post_group(now, &draft, group),
            Kind::Channel(channel) => self.post_channel(now, &draft, channel),
        }
    }

    /// What an earlier request with the same `random_id` sent.
    pub(crate) fn sent_before(&self, from: i64, to: PeerKey, random_id: i64) -> Option<i32> {
        match to.kind() {
            Kind::Channel(id) => self.channels.get(&id)?.sent.get(&random_id).copied(),
            _ => self.account(from)?.mailbox.sent.get(&random_id).copied(),
        }
    }

    fn post_private(&mut self, now: i32, draft: &Draft, to: i64) -> Answer<Posted> {
        if self.account(to).is_none() {
            return Err(Fault::bad("PEER_ID_INVALID"));
        }
        if self
            .account(to)
            .is_some_and(|a| a.blocked.contains(&draft.from))
        {
            return Err(Fault::bad("USER_IS_BLOCKED"));
        }
        let unique = self.unique();
        let own = self.put(now, draft, draft.from, PeerKey::user(to), unique)?;
        if to != draft.from {
            let peer = PeerKey::user(draft.from);
            let copy = self.put(now, draft, to, peer, unique)?;
            self.tell_new(to, copy);
            self.echo(to, peer, copy.id);
        }
        // The author's other sessions.
        self.tell_new(draft.from, own);
        Ok(own)
    }

    fn post_group(&mut self, now: i32, draft: &Draft, group: i64) -> Answer<Posted> {
        let members: Vec<i64> = match self.groups.get(&group) {
            Some(group) if group.members.contains_key(&draft.from) => {
                group.members.keys().copied().collect()
            }
            Some(_) => return Err(Fault::forbidden("CHAT_WRITE_FORBIDDEN")),
            None => return Err(Fault::bad("CHAT_ID_INVALID")),
        };
        let peer = PeerKey::group(group);
        let unique = self.unique();
        let own = self.put(now, draft, draft.from, peer, unique)?;
        self.tell_new(draft.from, own);
        for member in members.into_iter().filter(|m| *m != draft.from) {
            let copy = self.put(now, draft, member, peer, unique)?;
            self.tell_new(member, copy);
        }
        Ok(own)
    }

    fn post_channel(&mut self, now: i32, draft: &Draft, id: i64) -> Answer<Posted> {
        let unique = self.unique();
        let mentioned = self.mentioned_members(draft, id);
        let channel = self
            .channels
            .get_mut(&id)
            .ok_or_else(|| Fault::bad("CHANNEL_INVALID"))?;
        if channel.member(draft.from).is_none() {
            return Err(Fault::forbidden("CHAT_WRITE_FORBIDDEN"));
        }
        if draft.action.is_none() {
            channel.spoke.insert(draft.from, (now, draft.album));
        }
        channel.last_id += 1;
        let id_in_channel = channel.last_id;
        let peer = PeerKey::channel(id);
        let mut message = draft.copy(id_in_channel, peer, now, draft.reply_to);
        if channel.broadcast {
            as_post(&mut message);
        }
        if let types::Message::Message(m) = &mut message {
            m.media_unread = to_be_heard(m.media.as_ref());
        }
        let stored = Stored {
            unique,
            author: draft.from,
            message,
        };
        channel.messages.insert(id_in_channel, stored);
        if let Some(random_id) = draft.random_id {
            channel.sent.insert(random_id, id_in_channel);
        }
        channel.mention(&mentioned, id_in_channel);
        let pts = channel.journal.note(now, 1, |_| What::New(id_in_channel));
        let members: Vec<i64> = channel.members.keys().copied().collect();
        for member in members {
            self.tell_new_in_channel(member, id, id_in_channel, pts);
        }
        Ok(Posted {
            id: id_in_channel,
            pts,
            date: now,
        })
    }

    /// Puts a copy into the box of `owner`.
    fn put(
        &mut self,
        now: i32,
        draft: &Draft,
        owner: i64,
        peer: PeerKey,
        unique: u64,
    ) -> Answer<Posted> {
        let reply_to = self.reply_in(owner, draft);
        let mentioned = self.mentions(draft, owner);
        let account = self
            .accounts
            .get_mut(&owner)
            .ok_or_else(|| Fault::bad("PEER_ID_INVALID"))?;
        let mailbox = &mut account.mailbox;
        let id = mailbox.next_id();
        let mut message = draft.copy(id, peer, now, reply_to);
        place(&mut message, owner == draft.from, owner, peer);
        if let types::Message::Message(m) = &mut message {
            let saved = peer == PeerKey::user(owner);
            m.mentioned = mentioned;
            m.media_unread = mentioned || !saved && to_be_heard(m.media.as_ref());
        }
        let stored = Stored {
            unique,
            author: draft.from,
            message,
        };
        mailbox.insert(peer, stored);
        let pts = mailbox.journal.note(now, 1, |_| What::New(id));
        if owner == draft.from {
            if let Some(random_id) = draft.random_id {
                mailbox.sent.insert(random_id, id);
            }
            // Whoever writes has read.
            let dialog = mailbox.dialogs.entry(peer).or_default();
            dialog.read_inbox = id;
            dialog.unread_mark = false;
        }
        Ok(Posted { id, pts, date: now })
    }

    /// The identifier that the message replied to has in the box of `owner`.
    fn reply_in(&self, owner: i64, draft: &Draft) -> Option<i32> {
        let id = draft.reply_to?;
        if owner == draft.from {
            return Some(id);
        }
        let unique = self.account(draft.from)?.mailbox.messages.get(&id)?.unique;
        self.twin(owner, unique)
    }

    /// The copy of a message in another box.
    pub(crate) fn twin(&self, owner: i64, unique: u64) -> Option<i32> {
        let messages = &self.account(owner)?.mailbox.messages;
        let twin = messages.values().rev().find(|m| m.unique == unique);
        twin.map(Stored::id)
    }

    /// Lets an echo bot answer.
    fn echo(&mut self, bot: i64, peer: PeerKey, id: i32) {
        let Some(account) = self.account(bot) else {
            return;
        };
        if !account.bot.as_ref().is_some_and(|b| b.echo) || self.is_bot(peer.0) {
            return;
        }
        let Some(message) = account.mailbox.messages.get(&id).and_then(Stored::content) else {
            return;
        };
        let text = match message.message.as_str() {
            "/start" => "Hello! I answer what I am sent.",
            text => text,
        };
        let mut answer = Draft::text(bot, peer, text);
        answer.media = message.media.clone();
        if text == message.message {
            answer.entities = message.entities.clone().unwrap_or_default();
        }
        self.due.push_back(answer);
    }
}

/// In a broadcast channel nobody is named as the author.
fn as_post(message: &mut types::Message) {
    match message {
        types::Message::Message(m) => {
            m.post = true;
            m.from_id = None;
            m.views = Some(1);
            m.forwards = Some(0);
        }
        types::Message::Service(m) => {
            m.post = true;
            m.from_id = None;
        }
        types::Message::Empty(_) => {}
    }
}

/// What differs between the copies: who sent it, and whether that needs saying.
fn place(message: &mut types::Message, out: bool, owner: i64, peer: PeerKey) {
    let saved = peer == PeerKey::user(owner);
    let private = matches!(peer.kind(), Kind::User(_));
    match message {
        types::Message::Message(m) => {
            // Messages to oneself count as received.
            m.out = out && !saved;
            if private && !out {
                m.from_id = None;
            }
            m.saved_peer_id = saved.then(|| peer.peer());
        }
        types::Message::Service(m) => {
            m.out = out && !saved;
            if private && !out {
                m.from_id = None;
            }
        }
        types::Message::Empty(_) => {}
    }
}
