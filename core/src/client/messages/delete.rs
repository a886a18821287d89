//! Deleting messages.

use futures::future::join_all;
use telewire_schema::{functions, types};

use crate::client::entity_like::{EntityLike, Like, input_channel};
use crate::client::{Client, SomeIds};
use crate::error::Error;

/// The most messages that one request deletes.
const CHUNK: usize = 100;

/// Which messages are to be deleted, and for whom. Whatever turns into [`SomeIds`] turns into it, too.
///
/// ```
/// use telewire_core::client::Delete;
///
/// let for_me = Delete::messages([41, 42]).revoke(false);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Delete {
    ids: SomeIds,
    revoke: bool,
}

impl Delete {
    /// These messages, for everybody.
    pub fn messages(ids: impl Into<SomeIds>) -> Self {
        Self {
            ids: ids.into(),
            revoke: true,
        }
    }

    /// Whether they are deleted for everybody in the chat, which is so unless it is said otherwise. In channels and
    /// supergroups they always are.
    pub fn revoke(mut self, yes: bool) -> Self {
        self.revoke = yes;
        self
    }
}

impl<T: Into<SomeIds>> From<T> for Delete {
    fn from(ids: T) -> Self {
        Self::messages(ids)
    }
}

impl Client {
    /// Deletes messages, for everybody unless [`Delete::revoke`] says otherwise, by [`messages.deleteMessages`] or
    /// [`channels.deleteMessages`]. The ids of private chats and basic groups belong to the account, so that for those the
    /// chat may be [`EntityLike::none`].
    ///
    /// Messages go by hundreds, all at once; there is one result for each hundred, telling how many events that was.
    ///
    /// [`messages.deleteMessages`]: https://core.telegram.org/method/messages.deleteMessages
    /// [`channels.deleteMessages`]: https://core.telegram.org/method/channels.deleteMessages
    ///
    /// # Errors
    /// `MESSAGE_DELETE_FORBIDDEN` for those that one may not delete. Of several hundreds the others may be gone.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client, spam: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::{Delete, EntityLike};
    ///
    /// client.delete_messages("@my_group", [41, 42]).await?;
    /// client.delete_messages(&spam, &spam).await?;
    /// client.delete_messages(EntityLike::none(), Delete::messages(43).revoke(false)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn delete_messages(
        &self,
        chat: impl Into<EntityLike>,
        messages: impl Into<Delete>,
    ) -> Result<Vec<types::messages::AffectedMessages>, Error> {
        let Delete { ids, revoke } = messages.into();
        let chat = chat.into();
        let channel = match chat.as_like() {
            Like::Nobody => None,
            _ => input_channel(self.get_input_entity(chat).await?),
        };
        let requests = ids.0.chunks(CHUNK).map(|ids| {
            let channel = channel.clone();
            async move {
                match channel {
                    Some(channel) => {
                        let request =
                            functions::channels::DeleteMessages::new(channel, ids.to_vec());
                        self.invoke(&request).await
                    }
                    None => {
                        let request =
                            functions::messages::DeleteMessages::new(ids.to_vec()).revoke(revoke);
                        self.invoke(&request).await
                    }
                }
            }
        });
        join_all(requests).await.into_iter().collect()
    }
}
