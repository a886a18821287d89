//! Whom it was about, and who did it.

use telewire_schema::types;

use super::ChatActionEvent;
use super::what::What;
use crate::error::Error;
use crate::objects::Entity;
use crate::objects::getter::{Search, Source};
use crate::peers::PeerId;

/// Who did it to the [users](ChatActionEvent::users).
impl ChatActionEvent {
    /// Who has added the users, if it came along, or was asked for by [`Self::get_added_by`].
    pub fn added_by(&self) -> Option<Entity> {
        self.adder()?.entity()
    }

    /// Who has added the users, from the server where it did not come along; `None` if nobody has, or it is not said.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the session has never seen whoever it was.
    pub async fn get_added_by(&self) -> Result<Option<Entity>, Error> {
        get(self.adder()).await
    }

    /// Who has removed the user, if it came along, or was asked for by [`Self::get_kicked_by`].
    pub fn kicked_by(&self) -> Option<Entity> {
        self.remover()?.entity()
    }

    /// Who has removed the user, from the server where it did not come along; `None` if nobody has.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the session has never seen whoever it was.
    pub async fn get_kicked_by(&self) -> Result<Option<Entity>, Error> {
        get(self.remover()).await
    }

    fn adder(&self) -> Option<Source<'_>> {
        match self.what() {
            What::Added(by) => Some(self.doer((*by)?)),
            _ => None,
        }
    }

    fn remover(&self) -> Option<Source<'_>> {
        match self.what() {
            What::Kicked(by) => Some(self.doer(*by)),
            _ => None,
        }
    }

    fn doer(&self, id: PeerId) -> Source<'_> {
        Source {
            client: &self.client,
            peers: &self.update.peers,
            id: Some(id),
            fetched: &self.told.doer,
            search: self.search(),
        }
    }

    /// Strangers are named by the message that they were seen in.
    fn search(&self) -> Search<'_> {
        self.action_message()
            .map_or(Search::Nowhere, Search::Message)
    }
}

async fn get(source: Option<Source<'_>>) -> Result<Option<Entity>, Error> {
    match source {
        Some(source) => source.get_entity().await.map(Some),
        None => Ok(None),
    }
}

/// Who comes or goes; for a new group its members, for everything else whoever has done it.
impl ChatActionEvent {
    /// The ids of the users. An admin who hides behind the group is that group.
    pub fn user_ids(&self) -> &[PeerId] {
        &self.told.whose.users
    }

    /// The users, as far as they came along, or were asked for by [`Self::get_users`].
    pub fn users(&self) -> Vec<Entity> {
        self.sources().filter_map(|user| user.entity()).collect()
    }

    /// The users. Where not all came along, or only the [least of them](https://core.telegram.org/api/min), the service message is
    /// fetched again, and then who still lacks; left out are those of whom nothing can be had.
    ///
    /// # Errors
    /// Whatever the server answers.
    ///
    /// ```no_run
    /// # fn f(client: telewire_core::Client) {
    /// use telewire_core::{events::ChatAction, objects::DisplayName};
    ///
    /// client.on(ChatAction::new().func(|event| event.user_added()), |event| async move {
    ///     for user in event.get_users().await? {
    ///         event.respond(format!("Welcome, {}", user.display_name())).await?;
    ///     }
    ///     Ok::<_, telewire_core::Error>(())
    /// });
    /// # }
    /// ```
    pub async fn get_users(&self) -> Result<Vec<Entity>, Error> {
        let whole = |user: Entity| !user.is_min();
        if !self.sources().all(|user| user.entity().is_some_and(whole)) {
            self.reload().await?;
        }
        let mut users = Vec::new();
        for user in self.sources() {
            users.extend(found(user.get_entity().await)?);
        }
        Ok(users)
    }

    /// The users as requests name them, as far as they came along or came by lately.
    pub fn input_users(&self) -> Vec<types::InputPeer> {
        self.sources().filter_map(|user| user.input()).collect()
    }

    /// The users as requests name them. Where not all came along, the service message is fetched again, and then who still
    /// lacks; left out are those whom nobody knows.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub async fn get_input_users(&self) -> Result<Vec<types::InputPeer>, Error> {
        if !self.sources().all(|user| user.is_reachable()) {
            self.reload().await?;
        }
        let mut users = Vec::new();
        for user in self.sources() {
            users.extend(found(user.get_input().await)?);
        }
        Ok(users)
    }

    /// The id of the first of the users.
    pub fn user_id(&self) -> Option<PeerId> {
        self.user_ids().first().copied()
    }

    /// The first of the [`users`](Self::users).
    pub fn user(&self) -> Option<Entity> {
        self.users().into_iter().next()
    }

    /// The first of the users, as [`Self::get_users`] has them.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub async fn get_user(&self) -> Result<Option<Entity>, Error> {
        Ok(self.get_users().await?.into_iter().next())
    }

    /// The first of the [`input_users`](Self::input_users).
    pub fn input_user(&self) -> Option<types::InputPeer> {
        self.input_users().into_iter().next()
    }

    /// The first of the users, as [`Self::get_input_users`] has them.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub async fn get_input_user(&self) -> Result<Option<types::InputPeer>, Error> {
        Ok(self.get_input_users().await?.into_iter().next())
    }

    fn sources(&self) -> impl Iterator<Item = Source<'_>> {
        let users = self.user_ids().iter().zip(&self.told.users);
        users.map(|(id, fetched)| Source {
            client: &self.client,
            peers: &self.update.peers,
            id: Some(*id),
            fetched,
            search: self.search(),
        })
    }

    /// Fetches the service message anew, with everybody whom it names.
    async fn reload(&self) -> Result<(), Error> {
        let Some(action) = self.action_message() else {
            return Ok(());
        };
        let mut fresh = action.clone();
        if found(fresh.reload().await)?.is_some_and(|there| there) {
            for (id, fetched) in self.user_ids().iter().zip(&self.told.users) {
                let whole = fresh.brought(*id).filter(|user| !user.is_min());
                whole.into_iter().for_each(|user| fetched.set(user));
            }
        }
        Ok(())
    }
}

/// Somebody whom nobody knows is left out; that the server cannot be asked is another matter.
fn found<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(Error::Rpc { error, .. }) if error.code() == 400 => Ok(None),
        Err(other) => Err(other),
    }
}
