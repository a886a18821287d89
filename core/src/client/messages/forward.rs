//! Forwarding messages.

use telewire_schema::{functions, types};

use crate::client::entity_like::EntityLike;
use crate::client::several::from_several;
use crate::client::{Client, MessageId, SomeIds};
use crate::error::Error;
use crate::objects::Message;

/// The most messages that one request forwards.
const CHUNK: usize = 100;

/// Which messages are to be forwarded, and how.
///
/// A [`Message`] or an id, or a slice, array or vector of them, turns into one. Of ids [`from_peer`](Self::from_peer) has to
/// say where they are from.
///
/// ```no_run
/// # fn f(found: telewire_core::objects::Message) {
/// use telewire_core::client::Forward;
///
/// let silently = Forward::from(&found).silent();
/// let by_id = Forward::ids([41, 42]).from_peer("@my_channel");
/// let both = Forward::from(&found).and(by_id);
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Forward {
    items: Vec<Item>,
    from: Option<EntityLike>,
    silent: bool,
    as_album: Option<bool>,
}

#[derive(Clone, Debug)]
enum Item {
    Id(i32),
    Message(Box<Message>),
}

impl Forward {
    fn of(items: Vec<Item>) -> Self {
        Self {
            items,
            from: None,
            silent: false,
            as_album: None,
        }
    }

    /// The messages with these ids.
    pub fn ids(ids: impl Into<SomeIds>) -> Self {
        Self::of(ids.into().0.into_iter().map(Item::Id).collect())
    }

    /// More of them, after these. What else was said about those counts where it was not said about these.
    pub fn and(mut self, more: impl Into<Self>) -> Self {
        let more = more.into();
        self.items.extend(more.items);
        self.from = self.from.or(more.from);
        self.silent |= more.silent;
        self.as_album = self.as_album.or(more.as_album);
        self
    }

    /// The chat that ids belong to. Messages know theirs.
    pub fn from_peer(mut self, chat: impl Into<EntityLike>) -> Self {
        self.from = Some(chat.into());
        self
    }

    /// Arrive without a notification.
    pub fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    /// Whether albums stay albums. They do unless it is said otherwise, each by a request of its own. With `false` their
    /// parts go one by one, and so do ids, which may belong to one; with `true` all that are from one chat go by one
    /// request, albums among them. The server makes no album of what was none.
    pub fn as_album(mut self, yes: bool) -> Self {
        self.as_album = Some(yes);
        self
    }

    /// The messages that go in one request each, in their order, as positions in the list.
    fn runs(&self) -> Result<Vec<Run>, Error> {
        let mut runs: Vec<Run> = Vec::new();
        for item in &self.items {
            let (key, id) = self.key(item)?;
            // What comes in one request stays an album.
            let alone = self.as_album == Some(false) && item.may_be_of_an_album();
            let fits =
                |run: &&mut Run| !alone && !run.alone && run.key == key && run.ids.len() < CHUNK;
            match runs.last_mut().filter(fits) {
                Some(run) => run.ids.push(id),
                None => runs.push(Run {
                    key,
                    ids: vec![id],
                    alone,
                }),
            }
        }
        Ok(runs)
    }

    /// Messages with the same key go together if they follow each other.
    fn key(&self, item: &Item) -> Result<(Key, i32), Error> {
        match item {
            Item::Id(id) => {
                let from = self.from.clone().ok_or_else(|| {
                    Error::misuse(
                        "an id alone does not say which chat the message is in; give it with from_peer()",
                    )
                })?;
                Ok(((from, None), *id))
            }
            Item::Message(message) => {
                let album = message.grouped_id().filter(|_| self.as_album.is_none());
                Ok(((EntityLike::from(&**message), album), message.id()))
            }
        }
    }
}

/// A chat, and an album in it.
type Key = (EntityLike, Option<i64>);

struct Run {
    key: Key,
    ids: Vec<i32>,
    /// Nothing else may come along.
    alone: bool,
}

impl Item {
    fn may_be_of_an_album(&self) -> bool {
        match self {
            Self::Id(_) => true,
            Self::Message(message) => message.grouped_id().is_some(),
        }
    }
}

impl Client {
    /// Forwards messages to a chat, by [`messages.forwardMessages`](https://core.telegram.org/method/messages.forwardMessages),
    /// and returns what they became there, in the same order and number; `None` for those that could not be forwarded.
    ///
    /// Messages of different chats may be mixed: those of one chat that follow each other go together, the parts of an album
    /// by themselves. When one request fails, those before it have been forwarded.
    ///
    /// # Errors
    /// [`Error::Misuse`] for ids without [`Forward::from_peer`]; `MESSAGE_ID_INVALID` if none of those that go together can
    /// be forwarded; `CHAT_FORWARDS_RESTRICTED` where nothing may be taken from.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client, found: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
    /// use telewire_core::client::Forward;
    ///
    /// client.forward_messages("me", &found).await?;
    /// client.forward_messages("me", Forward::ids([41, 42]).from_peer("@my_channel").silent()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn forward_messages(
        &self,
        to: impl Into<EntityLike>,
        messages: impl Into<Forward>,
    ) -> Result<Vec<Option<Message>>, Error> {
        let forward = messages.into();
        let runs = forward.runs()?;
        let to = self.get_input_entity(to).await?;
        let mut sent = Vec::with_capacity(forward.items.len());
        for Run { key, ids, .. } in runs {
            let from = self.get_input_entity(key.0).await?;
            sent.extend(self.forward_run(&to, from, ids, forward.silent).await?);
        }
        Ok(sent)
    }

    async fn forward_run(
        &self,
        to: &types::InputPeer,
        from: types::InputPeer,
        ids: Vec<i32>,
        silent: bool,
    ) -> Result<Vec<Option<Message>>, Error> {
        let random_ids: Vec<i64> = ids.iter().map(|_| self.random_id()).collect();
        let request =
            functions::messages::ForwardMessages::new(from, ids, random_ids.clone(), to.clone())
                .silent(silent);
        let updates = self.invoke(&request).await?;
        Ok(self.messages_in(updates, &random_ids))
    }
}

/// One message to be forwarded: a [`Message`], or an id.
#[derive(Clone, Debug)]
pub struct ForwardItem(Item);

macro_rules! from_one {
    ($($type:ty: $with:expr),* $(,)?) => {$(
        impl From<$type> for ForwardItem {
            fn from(one: $type) -> Self {
                #[allow(clippy::redundant_closure_call)]
                Self(($with)(one))
            }
        }

        impl From<$type> for Forward {
            fn from(one: $type) -> Self {
                Self::of(vec![ForwardItem::from(one).0])
            }
        }
    )*};
}

from_one!(
    Message: |message| Item::Message(Box::new(message)),
    &Message: |message: &Message| Item::Message(Box::new(message.clone())),
    &&Message: |message: &&Message| Item::Message(Box::new((*message).clone())),
    MessageId: |id: MessageId| Item::Id(id.0),
    i32: Item::Id,
    &i32: |id: &i32| Item::Id(*id),
);

impl<T: Into<ForwardItem>> FromIterator<T> for Forward {
    fn from_iter<I: IntoIterator<Item = T>>(several: I) -> Self {
        Self::of(several.into_iter().map(|one| one.into().0).collect())
    }
}

from_several!(Forward: ForwardItem);
