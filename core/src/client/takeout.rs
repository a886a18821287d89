//! Exports of an account's data.

use telewire_schema::functions::account::{FinishTakeoutSession, InitTakeoutSession};

use crate::client::Client;
use crate::client::handle::Command;
use crate::error::Error;
use crate::session::SessionChange;

/// What a [takeout](https://core.telegram.org/api/takeout) is going to ask for; for [`Client::takeout`].
///
/// ```
/// use telewire_core::client::Takeout;
///
/// let takeout = Takeout::new().contacts().users().files().max_file_size(10 << 20);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Takeout {
    request: InitTakeoutSession,
}

impl Takeout {
    /// Nothing in particular: goes on with the takeout that the session remembers, or begins a plain one.
    pub fn new() -> Self {
        Self::default()
    }

    /// The contacts.
    pub fn contacts(mut self) -> Self {
        self.request.contacts = true;
        self
    }

    /// Messages of chats with users.
    pub fn users(mut self) -> Self {
        self.request.message_users = true;
        self
    }

    /// Messages of basic groups.
    pub fn chats(mut self) -> Self {
        self.request.message_chats = true;
        self
    }

    /// Messages of supergroups.
    pub fn megagroups(mut self) -> Self {
        self.request.message_megagroups = true;
        self
    }

    /// Messages of channels.
    pub fn channels(mut self) -> Self {
        self.request.message_channels = true;
        self
    }

    /// Files.
    pub fn files(mut self) -> Self {
        self.request.files = true;
        self
    }

    /// Files up to that many bytes only.
    pub fn max_file_size(mut self, bytes: i64) -> Self {
        self.request.file_max_size = Some(bytes);
        self
    }
}

impl Client {
    /// Begins an export of the account's data, for which the server's flood limits are lower: returns a handle whose
    /// requests, those of friendly methods included, all belong to it. The session remembers it until
    /// [`finish_takeout`](Self::finish_takeout), so that a later run can go on with it by asking for nothing in particular.
    ///
    /// # Errors
    /// `TAKEOUT_INIT_DELAY_X` while the account's devices have not agreed; [`Error::retry_after`] says how long to wait.
    /// [`Error::Misuse`] if `what` asks for something while a takeout is remembered.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::Takeout;
    ///
    /// let takeout = client.takeout(Takeout::new().users()).await?;
    /// for message in takeout.get_messages("durov", 100).await? {
    ///     println!("{}", message.text());
    /// }
    /// takeout.finish_takeout(true).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn takeout(&self, what: Takeout) -> Result<Self, Error> {
        let id = match self.remembered_takeout().await? {
            Some(id) if what == Takeout::new() => id,
            Some(_) => {
                return Err(Error::misuse(
                    "a takeout is under way; finish it first, or go on with it by Takeout::new()",
                ));
            }
            None => {
                let id = self.invoke(&what.request).await?.id;
                self.store(vec![SessionChange::Takeout(Some(id))]).await?;
                id
            }
        };
        Ok(self.with_scope(|scope| scope.takeout = Some(id)))
    }

    /// Ends the takeout that this handle belongs to, as complete or not. Other requests through it are refused afterwards.
    ///
    /// # Errors
    /// [`Error::Misuse`] if this handle is not one of [`Client::takeout`], and the server's refusal.
    ///
    /// ```no_run
    /// # async fn f(takeout: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// takeout.finish_takeout(true).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn finish_takeout(&self, success: bool) -> Result<(), Error> {
        if self.takeout_id().is_none() {
            return Err(Error::misuse(
                "this client is not part of a takeout; call finish_takeout on the one that takeout() returned",
            ));
        }
        if !self.invoke(&FinishTakeoutSession { success }).await? {
            return Err(Error::misuse(
                "the server did not finish the takeout; try again",
            ));
        }
        self.store(vec![SessionChange::Takeout(None)]).await
    }

    /// The takeout that this handle's requests belong to.
    pub fn takeout_id(&self) -> Option<i64> {
        self.scope.as_ref()?.takeout
    }

    async fn remembered_takeout(&self) -> Result<Option<i64>, Error> {
        Ok(self.shared().ask(Command::Session).await??.takeout)
    }
}

#[cfg(test)]
mod tests;
