//! What is downloaded, and how to find it again.

use std::fmt;
use std::sync::{Arc, Mutex};

use telewire_schema::{functions, types};

use super::locate::{self, Located, Thumb};
use crate::client::uploads::Progress;
use crate::client::{Client, undecoded};
use crate::engine::Request;
use crate::error::Error;
use crate::objects::Message;
use crate::peers::{PeerId, PeerKey};

/// What to download, and how.
///
/// It is made from, and every method takes instead of it: a message, a message's media, a photo or a document, each by
/// reference. A file that came with a message can be downloaded long afterwards, since its
/// [reference](https://core.telegram.org/api/file-references) is renewed by fetching that message again.
///
/// ```no_run
/// # async fn f(client: telewire_core::Client, message: telewire_core::types::Message) -> Result<(), telewire_core::Error> {
/// use telewire_core::client::Download;
///
/// let path = client.download_media(&message, "downloads/").await?;
/// let preview = client.download_bytes(Download::of(&message).thumb(0)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Download {
    what: What,
    date: Option<i32>,
    origin: Option<(PeerId, i32)>,
    thumb: Option<Thumb>,
    pub(super) part_size: Option<u64>,
    pub(super) progress: Option<Progress>,
}

#[derive(Clone)]
enum What {
    Media(types::MessageMedia),
    Photo(types::Photo),
    Document(types::Document),
    Nothing,
}

impl Download {
    /// The file in that message, media, photo or document.
    pub fn of(what: impl Into<Self>) -> Self {
        what.into()
    }

    /// A smaller version of a photo, or a preview of a document, counted from the smallest; −1 is the largest.
    pub fn thumb(mut self, index: i32) -> Self {
        self.thumb = Some(Thumb::Index(index));
        self
    }

    /// The version of that [type](https://core.telegram.org/api/files#image-thumbnail-types), such as `"m"`.
    pub fn thumb_type(mut self, letter: impl Into<String>) -> Self {
        self.thumb = Some(Thumb::Type(letter.into()));
        self
    }

    /// The size of a piece in bytes: 4, 8, 16, …, 1,024 KiB. By default it follows from the size of the file.
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.part_size = Some(bytes);
        self
    }

    /// Calls `report` with the bytes received so far and all bytes, if that is known, after every piece.
    pub fn progress(mut self, report: impl FnMut(u64, Option<u64>) + Send + 'static) -> Self {
        self.progress = Some(Arc::new(Mutex::new(report)));
        self
    }

    fn new(what: What) -> Self {
        Self {
            what,
            date: None,
            origin: None,
            thumb: None,
            part_size: None,
            progress: None,
        }
    }

    pub(super) fn locate(&self) -> Result<Option<Located>, Error> {
        locate(&self.what, self.date, self.thumb.as_ref())
    }

    pub(super) fn again(&self) -> Option<Origin> {
        let (chat, id) = self.origin?;
        Some(Origin {
            chat,
            id,
            thumb: self.thumb.clone(),
        })
    }
}

impl From<&types::MessageMedia> for Download {
    fn from(media: &types::MessageMedia) -> Self {
        Self::new(What::Media(media.clone()))
    }
}

impl From<&types::MessageData> for Download {
    fn from(message: &types::MessageData) -> Self {
        let what = message.media.clone().map_or(What::Nothing, What::Media);
        Self {
            date: Some(message.date),
            origin: Some((PeerId::from(&message.peer_id), message.id)),
            ..Self::new(what)
        }
    }
}

impl From<&types::Message> for Download {
    fn from(message: &types::Message) -> Self {
        match message {
            types::Message::Message(message) => Self::from(&**message),
            types::Message::Service(message) => match &message.action {
                types::MessageAction::ChatEditPhoto(action) => Self {
                    date: Some(message.date),
                    ..Self::new(What::Photo(action.photo.clone()))
                },
                _ => Self::new(What::Nothing),
            },
            types::Message::Empty(_) => Self::new(What::Nothing),
        }
    }
}

impl From<&Message> for Download {
    fn from(message: &Message) -> Self {
        Self::from(&message.raw)
    }
}

impl From<&types::Photo> for Download {
    fn from(photo: &types::Photo) -> Self {
        Self::new(What::Photo(photo.clone()))
    }
}

impl From<&types::Document> for Download {
    fn from(document: &types::Document) -> Self {
        Self::new(What::Document(document.clone()))
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("part_size", &self.part_size)
            .finish_non_exhaustive()
    }
}

/// The message that a file came with.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    chat: PeerId,
    id: i32,
    thumb: Option<Thumb>,
}

impl Origin {
    /// The same file with a fresh reference.
    pub(super) async fn locate_again(&self, client: &Client) -> Result<Option<Located>, Error> {
        let ids = vec![types::InputMessage::from(types::InputMessageId::new(
            self.id,
        ))];
        let (name, request) = match self.chat {
            PeerId::Channel(id) => {
                let Some(record) = client.find_peer(PeerKey::Id(self.chat)).await? else {
                    return Ok(None);
                };
                let channel = types::InputChannelData::new(id, record.access_hash);
                let get = functions::channels::GetMessages::new(channel, ids);
                ("channels.getMessages", Request::new(&get))
            }
            _ => (
                "messages.getMessages",
                Request::new(&functions::messages::GetMessages::new(ids)),
            ),
        };
        let answer = client.send(request).await?;
        let found = answer.decode().map_err(|error| undecoded(name, error))?;
        let messages = match found {
            types::messages::Messages::Messages(m) => m.messages,
            types::messages::Messages::Slice(m) => m.messages,
            types::messages::Messages::ChannelMessages(m) => m.messages,
            types::messages::Messages::NotModified(_) => Vec::new(),
        };
        let same = messages
            .iter()
            .find(|m| matches!(m, types::Message::Message(m) if m.id == self.id));
        match same.map(Download::from) {
            Some(again) => locate(&again.what, again.date, self.thumb.as_ref()),
            None => Ok(None),
        }
    }
}

fn locate(what: &What, date: Option<i32>, thumb: Option<&Thumb>) -> Result<Option<Located>, Error> {
    let found = match what {
        What::Media(media) => locate::media(media, date, thumb),
        What::Photo(photo) => locate::photo(Some(photo), date, thumb),
        What::Document(document) => locate::document(Some(document), date, thumb),
        What::Nothing => Ok(None),
    };
    found.map_err(|none| {
        Error::misuse(format!(
            "there is no such version of the picture: it has {}, counted from 0; -1 is the largest",
            none.count
        ))
    })
}
