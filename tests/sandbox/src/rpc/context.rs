//! What serving a request has at hand.

use std::time::Duration;

use telewire_core::time::Now;
use telewire_schema::types;

use crate::fault::{Answer, Fault};
use crate::keys::Key;
use crate::server::Server;
use crate::world::{Access, Account, Kind, Mentions, PeerKey, World};

/// One request's surroundings.
pub(super) struct Cx<'a> {
    pub(super) server: &'a mut Server,
    pub(super) now: Now,
    /// Key and session that the request came with.
    pub(super) at: (i64, i64),
    /// The identifier of its message.
    pub(super) request: i64,
    /// The permanent key behind it.
    pub(super) owner: i64,
    /// Who asks; zero for nobody yet.
    pub(super) me: i64,
    /// What the request is known by, for the counters.
    pub(super) random_ids: Vec<i64>,
    /// How long the answer is held back, in case that another comes by.
    pub(super) hold: Option<Duration>,
    /// The takeout that the request belongs to.
    pub(super) takeout: Option<i64>,
}

impl<'a> Cx<'a> {
    pub(super) fn new(
        server: &'a mut Server,
        now: Now,
        (at, request): ((i64, i64), i64),
        owner: i64,
        me: i64,
    ) -> Self {
        Self {
            server,
            now,
            at,
            request,
            owner,
            me,
            random_ids: Vec::new(),
            hold: None,
            takeout: None,
        }
    }

    pub(super) fn world(&mut self) -> &mut World {
        &mut self.server.world
    }

    pub(super) fn date(&self) -> i32 {
        self.server.world.now
    }

    /// The data centre that is asked.
    pub(super) fn dc(&self) -> i32 {
        let key = self.server.keys.get(&self.owner);
        key.map_or(self.server.options.dc, |k| k.dc)
    }

    /// Where the asker lives.
    pub(super) fn home(&self) -> i32 {
        self.server.home(self.me).unwrap_or_else(|| self.dc())
    }

    pub(super) fn key(&mut self) -> Answer<&mut Key> {
        self.server
            .keys
            .get_mut(&self.owner)
            .ok_or_else(|| Fault::unauthorized("AUTH_KEY_UNREGISTERED"))
    }

    pub(super) fn my(&self) -> Answer<&Account> {
        self.server
            .world
            .account(self.me)
            .ok_or_else(|| Fault::unauthorized("AUTH_KEY_UNREGISTERED"))
    }

    pub(super) fn my_mut(&mut self) -> Answer<&mut Account> {
        let me = self.me;
        self.server
            .world
            .accounts
            .get_mut(&me)
            .ok_or_else(|| Fault::unauthorized("AUTH_KEY_UNREGISTERED"))
    }

    /// Everybody in `mentions`, as the asker sees them.
    pub(super) fn people(&self, mentions: &Mentions) -> (Vec<types::User>, Vec<types::Chat>) {
        self.server.world.people(self.me, mentions)
    }

    /// The peer that an `InputPeer` names.
    pub(super) fn peer(&self, peer: &types::InputPeer) -> Answer<PeerKey> {
        use types::InputPeer as P;
        let world = &self.server.world;
        match peer {
            P::Self_ => Ok(PeerKey::user(self.me)),
            P::User(p) => world
                .named_user(self.me, p.user_id, p.access_hash, Access::Peer)
                .map(PeerKey::user),
            P::Chat(p) => world
                .named_group(self.me, p.chat_id, Access::Peer)
                .map(PeerKey::group),
            P::Channel(p) => world
                .named_channel(self.me, p.channel_id, p.access_hash)
                .map(PeerKey::channel),
            P::UserFromMessage(p) => self.seen_in(&p.peer, p.msg_id, PeerKey::user(p.user_id)),
            P::ChannelFromMessage(p) => {
                self.seen_in(&p.peer, p.msg_id, PeerKey::channel(p.channel_id))
            }
            P::Empty | P::Named(_) => Err(Fault::bad("PEER_ID_INVALID")),
        }
    }

    /// The user that an `InputUser` names.
    pub(super) fn user(&self, user: &types::InputUser) -> Answer<i64> {
        use types::InputUser as U;
        match user {
            U::Self_ => Ok(self.me),
            U::InputUser(u) => {
                self.server
                    .world
                    .named_user(self.me, u.user_id, u.access_hash, Access::User)
            }
            U::FromMessage(u) => self
                .seen_in(&u.peer, u.msg_id, PeerKey::user(u.user_id))
                .map(|_| u.user_id),
            U::Empty | U::Named(_) => Err(Fault::bad("USER_ID_INVALID")),
        }
    }

    /// The channel that an `InputChannel` names.
    pub(super) fn channel(&self, channel: &types::InputChannel) -> Answer<i64> {
        use types::InputChannel as C;
        match channel {
            C::InputChannel(c) => {
                self.server
                    .world
                    .named_channel(self.me, c.channel_id, c.access_hash)
            }
            C::FromMessage(c) => self
                .seen_in(&c.peer, c.msg_id, PeerKey::channel(c.channel_id))
                .map(|_| c.channel_id),
            C::Empty | C::Named(_) => Err(Fault::bad("CHANNEL_INVALID")),
        }
    }

    /// A peer known only from a message that the asker can see.
    fn seen_in(&self, chat: &types::InputPeer, id: i32, wanted: PeerKey) -> Answer<PeerKey> {
        let chat = self.peer(chat)?;
        let world = &self.server.world;
        let message = world
            .message(self.me, chat, id)
            .ok_or_else(|| Fault::bad("MSG_ID_INVALID"))?;
        let mentions = Mentions::of(&message.message);
        let seen = mentions.users.contains(&wanted.0)
            || mentions
                .channels
                .iter()
                .any(|c| PeerKey::channel(*c) == wanted);
        if let Kind::Channel(id) = wanted.kind()
            && !world
                .channels
                .get(&id)
                .is_some_and(|c| c.is_visible(self.me))
        {
            return Err(Fault::bad("CHANNEL_PRIVATE"));
        }
        if seen {
            Ok(wanted)
        } else {
            Err(Fault::bad("PEER_ID_INVALID"))
        }
    }
}
