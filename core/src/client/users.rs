//! Users, groups and channels: who one is, and who is meant by a name.

mod describe;
mod missing;
mod resolve;
#[cfg(test)]
mod tests;

use missing::never_seen;
use telewire_schema::types;

use crate::client::Client;
use crate::client::entity_like::{EntityLike, Like, input_channel, input_user};
use crate::error::Error;
use crate::objects::Entity;
use crate::peers::PeerId;
use crate::session::SelfUser;

/// The code of the errors that say that nobody is signed in with this key.
const UNAUTHORIZED: i32 = 401;

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

    /// The account that is signed in, as requests name it to others: unlike [`types::InputPeer::Self_`], it says who that is.
    /// Asks the server only if it is not known yet.
    ///
    /// # Errors
    /// As [`Client::get_me`].
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let me = client.get_input_me().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_input_me(&self) -> Result<types::InputPeer, Error> {
        let known = self.self_user().filter(|me| me.access_hash != 0);
        let (id, access_hash) = match known {
            Some(me) => (me.id, me.access_hash),
            None => {
                let me = self.get_me().await?;
                (me.id, me.access_hash.unwrap_or_default())
            }
        };
        Ok(types::InputPeerUser::new(id, access_hash).into())
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
        if let Some(found) = self.look_up_like(&like).await? {
            return Ok(found);
        }
        let peer = self.resolve(&like).await?;
        let found = self.describe(peer).await?;
        found.ok_or_else(|| never_seen(&like, self.knows_bot()))
    }

    /// [`Client::get_entity`] for several at once, in the same order. Ids and peers take one request for every 200 users
    /// ([`users.getUsers`](https://core.telegram.org/method/users.getUsers)), one for all basic groups and one for all
    /// channels; names, phones and links take one each.
    ///
    /// # Errors
    /// As [`Client::get_entity`], if there is trouble with any of them.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// for entity in client.get_entities([777000, -1001234567890]).await? {
    ///     println!("{:?}", entity.id());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_entities<T: Into<EntityLike>>(
        &self,
        entities: impl IntoIterator<Item = T>,
    ) -> Result<Vec<Entity>, Error> {
        let likes: Vec<Like> = entities.into_iter().map(|e| e.into().0).collect();
        self.describe_all(likes).await
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
}
