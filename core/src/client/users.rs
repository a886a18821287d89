//! Users, groups and channels: who one is, and who is meant by a name.

mod missing;
#[cfg(test)]
mod tests;

use missing::{never_seen, no_phone, no_username};
use telewire_schema::{functions, types};

use crate::client::Client;
use crate::client::entity_like::{EntityLike, Like, input_channel, input_user};
use crate::error::Error;
use crate::objects::Entity;
use crate::peers::{PeerId, PeerKey, PeerMap, PeerRecord};
use crate::session::SelfUser;
use crate::text::{ParsedUsername, parse_phone, parse_username, resolve_invite_link};

/// The code of the errors that say that nobody is signed in with this key.
const UNAUTHORIZED: i32 = 401;

/// The length of the invite links that named their chat.
const OLD_INVITE: usize = 22;

impl Client {
    /// The account that is signed in, by [`users.getUsers`](https://core.telegram.org/method/users.getUsers).
    ///
    /// # Errors
    /// `AUTH_KEY_UNREGISTERED` when nobody is signed in.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::objects::DisplayName;
    ///
    /// println!("signed in as {}", client.get_me().await?.display_name());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_me(&self) -> Result<types::UserData, Error> {
        let user = self.user(types::InputUser::Self_).await?;
        let user = user.ok_or_else(|| {
            Error::NotFound("the server knows no user for this session; sign in again".into())
        })?;
        let known = SelfUser {
            id: user.id,
            access_hash: user.access_hash.unwrap_or_default(),
            bot: user.bot,
        };
        if self.self_user().as_ref() != Some(&known) {
            self.set_self_user(Some(known)).await?;
        }
        Ok(user)
    }

    /// Whether the account is a bot. Asks the server only if it is not known yet.
    ///
    /// # Errors
    /// As [`Client::get_me`].
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let limit = if client.is_bot().await? { 30 } else { 20 };
    /// # Ok(())
    /// # }
    /// ```
    pub async fn is_bot(&self) -> Result<bool, Error> {
        match self.self_user() {
            Some(user) => Ok(user.bot),
            None => Ok(self.get_me().await?.bot),
        }
    }

    /// Whether somebody is signed in. Asks the server the first time and remembers a yes.
    ///
    /// # Errors
    /// When the server cannot be reached, or answers neither yes nor no, such as `FLOOD_WAIT`.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// client.connect().await?;
    /// if !client.is_user_authorized().await? {
    ///     println!("please sign in");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn is_user_authorized(&self) -> Result<bool, Error> {
        Ok(self.state().authorized() || self.whoever_is_here().await?.is_some())
    }

    /// The account that is signed in; `None` if nobody is.
    pub(super) async fn whoever_is_here(&self) -> Result<Option<types::UserData>, Error> {
        match self.get_me().await {
            Ok(me) => {
                self.state().set_authorized(true);
                Ok(Some(me))
            }
            Err(Error::AccountEnded(_) | Error::NotFound(_)) => Ok(None),
            Err(Error::Rpc { error, .. }) if error.code() == UNAUTHORIZED => Ok(None),
            // A flood or a failing server says nothing about the account, so nobody may be signed in anew over it.
            Err(other) => Err(other),
        }
    }

    /// Everything that the server tells about a user, group or channel.
    ///
    /// Names, phones and links are always looked up on the server
    /// ([`contacts.resolveUsername`](https://core.telegram.org/method/contacts.resolveUsername)), so what comes back is
    /// fresh; anything else goes through [`Client::get_input_entity`] first.
    ///
    /// # Errors
    /// [`Error::NotFound`] if nobody is called that, or the session has never seen the peer.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let telegram = client.get_entity("@telegram").await?;
    /// println!("{:?}", telegram.id());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_entity(&self, entity: impl Into<EntityLike>) -> Result<Entity, Error> {
        let like = entity.into().0;
        if let Like::Text(text) = &like
            && let Some(found) = self.look_up(text).await?
        {
            return Ok(found);
        }
        let peer = self.resolve(&like).await?;
        self.describe(peer).await?.ok_or_else(|| never_seen(&like))
    }

    /// The form in which requests name a user, group or channel.
    ///
    /// What the session has seen costs no request; unknown usernames, phones and links are looked up on the server.
    /// Prefer it over [`Client::get_entity`] where the description itself is not needed.
    ///
    /// # Errors
    /// [`Error::NotFound`] if nobody is called that, or the session has never seen the peer: the text says how to meet it.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let peer = client.get_input_entity("@telegram").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_input_entity(
        &self,
        entity: impl Into<EntityLike>,
    ) -> Result<types::InputPeer, Error> {
        let like = entity.into().0;
        self.resolve(&like).await
    }

    /// The marked id of a user, group or channel, see [`PeerId::marked`]. Numbers are returned as they are.
    ///
    /// # Errors
    /// As [`Client::get_input_entity`].
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let id = client.get_peer_id("@telegram").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_peer_id(&self, entity: impl Into<EntityLike>) -> Result<i64, Error> {
        match entity.into().0 {
            Like::Number(id) => Ok(id),
            Like::Exact(id) => Ok(id.marked()),
            like => {
                let peer = self.resolve(&like).await?;
                Ok(self.id_of(&peer).await?.marked())
            }
        }
    }

    /// Like [`Client::get_input_entity`], for what has to be a user.
    pub(crate) async fn get_input_user(
        &self,
        entity: impl Into<EntityLike>,
    ) -> Result<types::InputUser, Error> {
        let like = entity.into().0;
        let peer = self.resolve(&like).await?;
        input_user(peer).ok_or_else(|| Error::misuse(format!("{} is not a user", like.describe())))
    }

    /// Like [`Client::get_input_entity`], for what has to be a channel or supergroup.
    pub(crate) async fn get_input_channel(
        &self,
        entity: impl Into<EntityLike>,
    ) -> Result<types::InputChannel, Error> {
        let like = entity.into().0;
        let peer = self.resolve(&like).await?;
        input_channel(peer).ok_or_else(|| {
            Error::misuse(format!(
                "{} is not a channel or supergroup",
                like.describe()
            ))
        })
    }

    /// Who an input peer is.
    pub(crate) async fn id_of(&self, peer: &types::InputPeer) -> Result<PeerId, Error> {
        Ok(match peer {
            types::InputPeer::User(u) => PeerId::User(u.user_id),
            types::InputPeer::UserFromMessage(u) => PeerId::User(u.user_id),
            types::InputPeer::Chat(c) => PeerId::Chat(c.chat_id),
            types::InputPeer::Channel(c) => PeerId::Channel(c.channel_id),
            types::InputPeer::ChannelFromMessage(c) => PeerId::Channel(c.channel_id),
            types::InputPeer::Self_ => PeerId::User(self.own_id().await?),
            types::InputPeer::Empty | types::InputPeer::Named(_) => {
                return Err(Error::misuse("an empty peer has no id"));
            }
        })
    }

    /// One's own id.
    pub(crate) async fn own_id(&self) -> Result<i64, Error> {
        match self.self_user() {
            Some(user) => Ok(user.id),
            None => Ok(self.get_me().await?.id),
        }
    }

    async fn resolve(&self, like: &Like) -> Result<types::InputPeer, Error> {
        match like {
            Like::Input(peer) => Ok(peer.clone()),
            Like::Exact(id) => self.known(*id).await?.ok_or_else(|| never_seen(like)),
            Like::Number(number) => self
                .by_number(*number)
                .await?
                .ok_or_else(|| never_seen(like)),
            Like::Text(text) => self.by_text(text).await?.ok_or_else(|| never_seen(like)),
            Like::Nobody => Err(Error::misuse("an empty user or chat cannot be addressed")),
        }
    }

    /// A peer by its exact id: from the session, else as the server gives it to those who need no access hash.
    async fn known(&self, id: PeerId) -> Result<Option<types::InputPeer>, Error> {
        if let PeerId::Chat(id) = id {
            return Ok(Some(types::InputPeerChat::new(id).into()));
        }
        if let Some(record) = self.find_peer(PeerKey::Id(id)).await? {
            return Ok(Some(record.input_peer()));
        }
        if let Some(me) = self.self_user().filter(|me| PeerId::User(me.id) == id) {
            return Ok(Some(
                types::InputPeerUser::new(me.id, me.access_hash).into(),
            ));
        }
        // Bots reach everybody they have met, and users their contacts, without an access hash.
        let unhashed: types::InputPeer = match id {
            PeerId::User(id) => types::InputPeerUser::new(id, 0).into(),
            PeerId::Chat(id) => types::InputPeerChat::new(id).into(),
            PeerId::Channel(id) => types::InputPeerChannel::new(id, 0).into(),
        };
        match self.describe(unhashed).await {
            Ok(found) => Ok(found.and_then(|e| e.input_peer())),
            Err(Error::Rpc { error, .. }) if error.code() == 400 => Ok(None),
            Err(other) => Err(other),
        }
    }

    async fn by_number(&self, number: i64) -> Result<Option<types::InputPeer>, Error> {
        for id in [
            PeerId::User(number),
            PeerId::Chat(number),
            PeerId::Channel(number),
        ] {
            if let Some(record) = self.find_peer(PeerKey::Id(id)).await? {
                return Ok(Some(record.input_peer()));
            }
        }
        self.known(PeerId::User(number)).await
    }

    async fn by_text(&self, text: &str) -> Result<Option<types::InputPeer>, Error> {
        let key = match (parse_phone(text), parse_username(text)) {
            (Some(phone), _) => PeerKey::Phone(phone.into()),
            (_, Some(ParsedUsername::Username(name))) => PeerKey::Username(name.into()),
            (_, Some(ParsedUsername::Invite(hash))) => {
                if let Some(record) = self.find_invited(&hash).await? {
                    return Ok(Some(record.input_peer()));
                }
                return Ok(self.look_up(text).await?.and_then(|e| e.input_peer()));
            }
            (None, None) => PeerKey::Name(text.into()),
        };
        if let Some(record) = self.find_peer(key).await? {
            return Ok(Some(record.input_peer()));
        }
        // A single word may be somebody's display name as well.
        if let Some(record) = self.find_peer(PeerKey::Name(text.into())).await? {
            return Ok(Some(record.input_peer()));
        }
        Ok(self.look_up(text).await?.and_then(|e| e.input_peer()))
    }

    /// The chat of an invite link, if it is one of those that still named it and the session knows the chat.
    async fn find_invited(&self, hash: &str) -> Result<Option<PeerRecord>, Error> {
        // Shorter ones are random, so what they seem to name is somebody else.
        let Some(link) = resolve_invite_link(hash).filter(|_| hash.len() >= OLD_INVITE) else {
            return Ok(None);
        };
        for id in [PeerId::Channel(link.chat), PeerId::Chat(link.chat)] {
            if let Some(record) = self.find_peer(PeerKey::Id(id)).await? {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// Asks the server who a phone number, username or link belongs to; `None` for other texts.
    async fn look_up(&self, text: &str) -> Result<Option<Entity>, Error> {
        if let Some(phone) = parse_phone(text) {
            let request = functions::contacts::ResolvePhone::new(phone);
            return resolved(self.invoke(&request).await, "PHONE_NOT_OCCUPIED", || {
                no_phone(text)
            });
        }
        match parse_username(text) {
            Some(ParsedUsername::Username(name)) => {
                let request = functions::contacts::ResolveUsername::new(name.as_str());
                resolved(self.invoke(&request).await, "USERNAME_NOT_OCCUPIED", || {
                    no_username(&name)
                })
            }
            Some(ParsedUsername::Invite(hash)) => {
                match self.invoke(&functions::messages::CheckChatInvite::new(hash)).await? {
                    types::ChatInvite::Already(invite) => Ok(Entity::from_chat(invite.chat)),
                    types::ChatInvite::Peek(invite) => Ok(Entity::from_chat(invite.chat)),
                    types::ChatInvite::ChatInvite(_) => Err(Error::NotFound(
                        "this invite link leads to a chat that the account is not in; join it first".into(),
                    )),
                }
            }
            None => Ok(None),
        }
    }

    /// What the server tells of a peer; `None` if nothing.
    async fn describe(&self, peer: types::InputPeer) -> Result<Option<Entity>, Error> {
        if let types::InputPeer::Chat(chat) = &peer {
            let chats = self
                .invoke(&functions::messages::GetChats::new(vec![chat.chat_id]))
                .await?;
            return Ok(first_chat(chats));
        }
        if let Some(channel) = input_channel(peer.clone()) {
            let chats = self
                .invoke(&functions::channels::GetChannels::new(vec![channel]))
                .await?;
            return Ok(first_chat(chats));
        }
        match input_user(peer) {
            Some(user) => Ok(self.user(user).await?.map(Entity::from)),
            None => Ok(None),
        }
    }

    async fn user(&self, user: types::InputUser) -> Result<Option<types::UserData>, Error> {
        let users = self
            .invoke(&functions::users::GetUsers::new(vec![user]))
            .await?;
        Ok(users.into_iter().find_map(|user| match user {
            types::User::User(user) => Some(*user),
            types::User::Empty(_) => None,
        }))
    }
}

/// The peer in an answer, or the error that `missing` makes of the one called `name`.
fn resolved(
    answer: Result<types::contacts::ResolvedPeer, Error>,
    name: &str,
    missing: impl Fn() -> Error,
) -> Result<Option<Entity>, Error> {
    match answer {
        Ok(found) => {
            let id = PeerId::from(&found.peer);
            Entity::of(&PeerMap::new(found.users, found.chats), id)
                .ok_or_else(missing)
                .map(Some)
        }
        Err(error) if error.is(name) || error.is("USERNAME_INVALID") => Err(missing()),
        Err(error) => Err(error),
    }
}

fn first_chat(chats: types::messages::Chats) -> Option<Entity> {
    let chats = match chats {
        types::messages::Chats::Chats(c) => c.chats,
        types::messages::Chats::Slice(c) => c.chats,
    };
    chats.into_iter().find_map(Entity::from_chat)
}
