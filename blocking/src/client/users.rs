//! Who is who.

use telewire_core::client::EntityLike;
use telewire_core::objects::Entity;
use telewire_core::{Error, types};

use crate::client::Client;

impl Client {
    /// The user who is signed in.
    ///
    /// # Errors
    /// `AUTH_KEY_UNREGISTERED` when nobody is.
    pub fn get_me(&self) -> Result<types::UserData, Error> {
        self.wait(self.as_async().get_me())
    }

    /// The user who is signed in, as requests name it to others; asks the server only if it is not known yet.
    ///
    /// # Errors
    /// As [`Client::get_me`].
    pub fn get_input_me(&self) -> Result<types::InputPeer, Error> {
        self.wait(self.as_async().get_input_me())
    }

    /// Whether the account is a bot.
    ///
    /// # Errors
    /// As [`Client::get_me`].
    pub fn is_bot(&self) -> Result<bool, Error> {
        self.wait(self.as_async().is_bot())
    }

    /// Whether somebody is signed in.
    ///
    /// # Errors
    /// When that cannot be found out.
    pub fn is_user_authorized(&self) -> Result<bool, Error> {
        self.wait(self.as_async().is_user_authorized())
    }

    /// The user, group or channel as the server describes it now.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none.
    pub fn get_entity(&self, entity: impl Into<EntityLike>) -> Result<Entity, Error> {
        self.wait(self.as_async().get_entity(entity))
    }

    /// Several users, groups and channels as the server describes them now, in the same order.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none of one of them.
    pub fn get_entities<T: Into<EntityLike>>(
        &self,
        entities: impl IntoIterator<Item = T>,
    ) -> Result<Vec<Entity>, Error> {
        self.wait(self.as_async().get_entities(entities))
    }

    /// The value by which requests name a user, group or channel; asks the server only if it has to.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none, or if it was never seen.
    pub fn get_input_entity(
        &self,
        entity: impl Into<EntityLike>,
    ) -> Result<types::InputPeer, Error> {
        self.wait(self.as_async().get_input_entity(entity))
    }

    /// The marked id of a user, group or channel.
    ///
    /// # Errors
    /// As [`Client::get_input_entity`].
    pub fn get_peer_id(&self, entity: impl Into<EntityLike>) -> Result<i64, Error> {
        self.wait(self.as_async().get_peer_id(entity))
    }
}
