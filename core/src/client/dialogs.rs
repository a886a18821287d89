//! The list of chats.

mod archive;
#[cfg(test)]
mod tests;

pub use archive::Archive;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use telewire_schema::{functions, types};

use crate::client::entity_like::EntityLike;
use crate::client::paged::{PAGE, Page, Paged, Source, iterator};
use crate::client::{Client, DateLike};
use crate::error::Error;
use crate::objects::{Dialog, Entity, Message, TotalList};
use crate::peers::{PeerId, PeerMap};

impl Client {
    /// The chats of the account, pinned ones first, then by their last message; by
    /// [`messages.getDialogs`](https://core.telegram.org/method/messages.getDialogs). It is also the way to meet everybody
    /// that the account knows: what comes by here can be addressed by its id from then on. Nothing is requested before
    /// the first item.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let mut dialogs = client.iter_dialogs();
    /// while let Some(dialog) = dialogs.next().await? {
    ///     println!("{}", dialog.name());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter_dialogs(&self) -> DialogIter {
        DialogIter {
            pages: Paged::new(self, Dialogs::default()),
        }
    }

    /// The first `limit` chats: [`Client::iter_dialogs`] for those who want them at once.
    ///
    /// # Errors
    /// Whatever the server answers.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let dialogs = client.get_dialogs(10).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_dialogs(&self, limit: usize) -> Result<TotalList<Dialog>, Error> {
        self.iter_dialogs().limit(limit).collect().await
    }
}

/// The chats of the account; see [`Client::iter_dialogs`]. What is said about them has to be said before the first one is
/// asked for.
#[must_use]
pub struct DialogIter {
    pages: Paged<Dialogs>,
}

iterator!(DialogIter of Dialog);

impl DialogIter {
    fn with(self, change: impl FnOnce(&mut Dialogs)) -> Self {
        Self {
            pages: self.pages.configure(change),
        }
    }

    /// Only those whose last message is older than that.
    pub fn offset_date(self, date: impl Into<DateLike>) -> Self {
        self.with(|d| d.date = Some(date.into()))
    }

    /// Only those whose last message comes before this one.
    pub fn offset_id(self, id: i32) -> Self {
        self.with(|d| d.offset_id = id)
    }

    /// Only those behind this one.
    pub fn offset_peer(self, peer: impl Into<EntityLike>) -> Self {
        self.with(|d| d.offset_peer = Some(peer.into()))
    }

    /// Leaves basic groups out that have become supergroups.
    pub fn ignore_migrated(self) -> Self {
        self.with(|d| d.ignore_migrated = true)
    }

    /// Leaves pinned ones out.
    pub fn ignore_pinned(self) -> Self {
        self.with(|d| d.ignore_pinned = true)
    }

    /// Only those of a folder: 0 is the main list, 1 the archive. Those of all folders unless it is said otherwise.
    pub fn folder(self, folder: i32) -> Self {
        self.with(|d| d.folder = Some(folder))
    }

    /// Only those in the archive, or only those outside of it.
    pub fn archived(self, yes: bool) -> Self {
        self.folder(i32::from(yes))
    }
}

/// What was asked for, and how far it has come.
#[derive(Clone, Default)]
struct Dialogs {
    date: Option<DateLike>,
    /// The same in seconds, once something was requested; 0 for none.
    offset_date: i32,
    offset_id: i32,
    offset_peer: Option<EntityLike>,
    ignore_migrated: bool,
    ignore_pinned: bool,
    folder: Option<i32>,
    /// Where the next page begins, once there was one.
    next: Option<Next>,
    seen: HashSet<PeerId>,
}

#[derive(Clone)]
struct Next {
    date: i32,
    id: i32,
    peer: types::InputPeer,
}

impl Source for Dialogs {
    type Item = Dialog;

    async fn page(&mut self, client: &Client, left: usize) -> Result<Page<Dialog>, Error> {
        let first = self.next.is_none();
        let from = match &self.next {
            Some(next) => next.clone(),
            None => {
                let now = client.now().wall;
                self.offset_date = self.date.map_or(0, |date| date.seconds(now));
                self.begin(client).await?
            }
        };
        let size = i32::try_from(left.min(PAGE)).unwrap_or(i32::MAX).max(1);
        let mut request =
            functions::messages::GetDialogs::new(from.date, from.id, from.peer, size, 0);
        request.exclude_pinned = self.ignore_pinned || !first;
        request.folder_id = self.folder;
        let answer = Answer::from(client.invoke(&request).await?);
        let total = Some(answer.count);
        if left == 0 {
            return Ok(Page {
                items: Vec::new(),
                total,
                last: true,
            });
        }
        // Pinned ones come on top of the page.
        let full = answer.dialogs.len() >= usize::try_from(size).unwrap_or(usize::MAX);
        let whole = answer.whole;
        let (items, next) = self.sort(client, answer);
        let last = whole || !full || next.is_none();
        self.next = next;
        Ok(Page { items, total, last })
    }
}

impl Dialogs {
    async fn begin(&self, client: &Client) -> Result<Next, Error> {
        let peer = match &self.offset_peer {
            Some(peer) => client.get_input_entity(peer.clone()).await?,
            None => types::InputPeer::Empty,
        };
        Ok(Next {
            date: self.offset_date,
            id: self.offset_id,
            peer,
        })
    }

    /// The dialogs of a page, and where the next one begins.
    fn sort(&mut self, client: &Client, answer: Answer) -> (Vec<Dialog>, Option<Next>) {
        let messages = Message::list(client, answer.messages, &answer.peers);
        let messages: HashMap<_, _> = messages
            .into_iter()
            .filter_map(|m| Some(((m.chat_id()?, m.id()), m)))
            .collect();
        let mut items = Vec::with_capacity(answer.dialogs.len());
        let mut next = None;
        for dialog in answer.dialogs {
            // Folders and communities are no chats.
            let types::Dialog::Dialog(raw) = dialog else {
                continue;
            };
            let id = PeerId::from(&raw.peer);
            let Some(entity) = Entity::of(&answer.peers, id) else {
                continue;
            };
            let message = messages.get(&(id, raw.top_message)).cloned();
            let fresh = self.seen.insert(id);
            let date = message.as_ref().map(Message::raw_date);
            if fresh && let (Some(peer), Some(date)) = (entity.input_peer(), date) {
                next = Some(Next { date, id: 0, peer });
            }
            // The server does not mind the date itself.
            let too_new = self.offset_date != 0 && date.is_none_or(|date| date > self.offset_date);
            let migrated =
                matches!(&entity, Entity::Chat(types::Chat::Chat(c)) if c.migrated_to.is_some());
            if fresh && !too_new && !(self.ignore_migrated && migrated) {
                items.push(Dialog::new(client, *raw, entity, message));
            }
        }
        (items, next)
    }
}

/// A page of dialogs, whichever form it came in.
struct Answer {
    dialogs: Vec<types::Dialog>,
    messages: Vec<types::Message>,
    peers: Arc<PeerMap>,
    count: usize,
    /// It was everything there is.
    whole: bool,
}

impl From<types::messages::Dialogs> for Answer {
    fn from(answer: types::messages::Dialogs) -> Self {
        use types::messages::Dialogs;
        let (dialogs, messages, users, chats, count) = match answer {
            Dialogs::Dialogs(d) => (d.dialogs, d.messages, d.users, d.chats, None),
            Dialogs::Slice(d) => (d.dialogs, d.messages, d.users, d.chats, Some(d.count)),
            Dialogs::NotModified(d) => (
                Vec::new(),
                Vec::new(),
                Vec::new(),
                Vec::new(),
                Some(d.count),
            ),
        };
        Self {
            whole: count.is_none(),
            count: count
                .and_then(|c| usize::try_from(c).ok())
                .unwrap_or(dialogs.len()),
            dialogs,
            messages,
            peers: Arc::new(PeerMap::new(users, chats)),
        }
    }
}
