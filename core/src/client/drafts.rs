//! Messages that are begun and not sent.

#[cfg(test)]
mod tests;

use std::fmt;

use telewire_schema::{functions, types};

use crate::client::Client;
use crate::client::input_message::{InputMessage, ReplyTo};
use crate::client::paged::{Page, Paged, Source, iterator};
use crate::error::Error;
use crate::objects::{Draft, Entity};
use crate::peers::{PeerId, PeerMap};
use crate::text::ParseMode;

impl Client {
    /// The drafts of the account, one for each chat that has one, by
    /// [`messages.getAllDrafts`](https://core.telegram.org/method/messages.getAllDrafts). There is one request, made for the
    /// first item.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// let mut drafts = client.iter_drafts();
    /// while let Some(draft) = drafts.next().await? {
    ///     println!("{}", draft.text());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter_drafts(&self) -> DraftIter {
        DraftIter {
            pages: Paged::new(self, Drafts),
        }
    }

    /// All drafts of the account: [`Client::iter_drafts`] for those who want them at once.
    ///
    /// # Errors
    /// Whatever the server answers.
    ///
    /// ```no_run
    /// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
    /// for mut draft in client.get_drafts().await? {
    ///     draft.delete().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_drafts(&self) -> Result<Vec<Draft>, Error> {
        Ok(self.iter_drafts().collect().await?.into_vec())
    }
}

/// The drafts of the account; see [`Client::iter_drafts`].
#[must_use]
pub struct DraftIter {
    pages: Paged<Drafts>,
}

iterator!(DraftIter of Draft);

#[derive(Clone)]
struct Drafts;

impl Source for Drafts {
    type Item = Draft;

    async fn page(&mut self, client: &Client, _left: usize) -> Result<Page<Draft>, Error> {
        let answer = client.invoke(&functions::messages::GetAllDrafts {}).await?;
        let (updates, users, chats) = match answer {
            types::Updates::Updates(u) => (u.updates, u.users, u.chats),
            types::Updates::Combined(u) => (u.updates, u.users, u.chats),
            types::Updates::UpdateShort(u) => (vec![u.update], Vec::new(), Vec::new()),
            _ => return Ok(Page::empty()),
        };
        let peers = PeerMap::new(users, chats);
        let drafts = updates.into_iter().filter_map(|update| match update {
            types::Update::DraftMessage(u) => Some(u),
            _ => None,
        });
        let items: Vec<Draft> = drafts
            .map(|u| {
                let id = PeerId::from(&u.peer);
                Draft::new(client, id, Entity::of(&peers, id), Some(u.draft))
            })
            .collect();
        Ok(Page {
            total: Some(items.len()),
            items,
            last: true,
        })
    }
}

/// What a draft is changed to. What is not said stays as it is. A plain text becomes one, read in the client's parse mode.
///
/// ```
/// use telewire_core::client::DraftChange;
///
/// let text_only = DraftChange::from("a **new** text");
/// let reply_only = DraftChange::new().reply_to(42);
/// let all = DraftChange::html("<b>new</b>").no_reply().link_preview(false);
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct DraftChange {
    pub(crate) text: Option<InputMessage>,
    /// `Some(None)` for no reply any more.
    pub(crate) reply_to: Option<Option<i32>>,
    pub(crate) link_preview: Option<bool>,
}

impl DraftChange {
    /// Everything stays.
    pub fn new() -> Self {
        Self::default()
    }

    fn with(text: impl Into<InputMessage>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::default()
        }
    }

    /// Another text, without any formatting.
    pub fn text(text: impl Into<String>) -> Self {
        Self::with(InputMessage::text(text))
    }

    /// Another text, in Markdown.
    pub fn markdown(text: impl Into<String>) -> Self {
        Self::parsed(text, ParseMode::Markdown)
    }

    /// Another text, in HTML.
    pub fn html(text: impl Into<String>) -> Self {
        Self::parsed(text, ParseMode::Html)
    }

    /// Another text, in a dialect of your own.
    pub fn parsed(text: impl Into<String>, mode: ParseMode) -> Self {
        Self::with(InputMessage::parsed(text, mode))
    }

    /// Another text with entities, whose ranges are counted in UTF-16 units.
    pub fn formatted(text: impl Into<String>, entities: Vec<types::MessageEntity>) -> Self {
        Self::with(InputMessage::formatted(text, entities))
    }

    /// Replies to this message; with `None`, to none any more.
    pub fn reply_to(mut self, message: impl Into<ReplyTo>) -> Self {
        self.reply_to = Some(message.into().0);
        self
    }

    /// Replies to no message any more.
    pub fn no_reply(self) -> Self {
        self.reply_to(None)
    }

    /// Whether links will be shown with a preview.
    pub fn link_preview(mut self, yes: bool) -> Self {
        self.link_preview = Some(yes);
        self
    }
}

impl From<&str> for DraftChange {
    fn from(text: &str) -> Self {
        Self::with(text)
    }
}

impl From<String> for DraftChange {
    fn from(text: String) -> Self {
        Self::with(text)
    }
}

impl From<&String> for DraftChange {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

// What people write is their own business.
impl fmt::Debug for DraftChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DraftChange")
            .field("text", &self.text.is_some())
            .field("reply_to", &self.reply_to)
            .field("link_preview", &self.link_preview)
            .finish()
    }
}
