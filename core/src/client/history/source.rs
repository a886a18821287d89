//! Where the pages of a chat's messages come from.

use std::sync::Arc;

use telewire_schema::{functions, types};

use crate::client::Client;
use crate::client::entity_like::{EntityLike, input_user};
use crate::client::paged::{PAGE, Page, Source};
use crate::error::Error;
use crate::objects::Message;
use crate::peers::{PeerId, PeerMap};

/// What was asked for, and how far it has come.
pub(super) struct History {
    /// All chats if none.
    chat: Option<EntityLike>,
    pub(super) offset_id: i32,
    pub(super) offset_date: i32,
    pub(super) max_id: i32,
    pub(super) min_id: i32,
    pub(super) add_offset: i32,
    pub(super) search: Option<String>,
    pub(super) filter: Option<types::MessagesFilter>,
    pub(super) from_user: Option<EntityLike>,
    pub(super) ids: Option<Vec<i32>>,
    pub(super) reverse: bool,
    cursor: Option<Cursor>,
}

/// The next page.
#[derive(Clone)]
struct Cursor {
    peer: Option<types::InputPeer>,
    /// The sender, as far as the server can sort by it.
    from_sent: Option<types::InputPeer>,
    /// The sender, where only we can.
    from_local: Option<PeerId>,
    offset_id: i32,
    offset_date: i32,
    offset_rate: i32,
    offset_peer: types::InputPeer,
    last_id: Option<i32>,
    /// How many of the ids were asked for.
    asked: usize,
}

impl Source for History {
    type Item = Message;

    async fn page(&mut self, client: &Client, left: usize) -> Result<Page<Message>, Error> {
        if self.cursor.is_none() {
            self.cursor = self.begin(client).await?;
        }
        let Some(mut cursor) = self.cursor.clone() else {
            return Ok(Page::empty());
        };
        if let Some(ids) = &self.ids {
            return self.page_of_ids(client, ids.clone(), cursor).await;
        }
        let size = i32::try_from(left.min(PAGE)).unwrap_or(i32::MAX);
        // A search for no messages at all finds none and counts none.
        let answer = self.ask(client, &cursor, size.max(1)).await?;
        let total = Some(answer.count);
        if left == 0 {
            return Ok(Page {
                items: Vec::new(),
                total,
                last: true,
            });
        }
        let (items, last) = self.sort(client, &mut cursor, answer, size);
        self.cursor = Some(cursor);
        Ok(Page { items, total, last })
    }
}

impl History {
    pub(super) fn new(chat: Option<EntityLike>) -> Self {
        Self {
            chat,
            offset_id: 0,
            offset_date: 0,
            max_id: 0,
            min_id: 0,
            add_offset: 0,
            search: None,
            filter: None,
            from_user: None,
            ids: None,
            reverse: false,
            cursor: None,
        }
    }

    /// Where the first page begins; nothing if there can be no message.
    async fn begin(&self, client: &Client) -> Result<Option<Cursor>, Error> {
        let mut cursor = Cursor {
            peer: None,
            from_sent: None,
            from_local: None,
            offset_id: 0,
            offset_date: self.offset_date,
            offset_rate: 0,
            offset_peer: types::InputPeer::Empty,
            last_id: None,
            asked: 0,
        };
        match &self.chat {
            Some(chat) => cursor.peer = Some(client.get_input_entity(chat.clone()).await?),
            None if self.reverse => {
                return Err(Error::misuse(
                    "a search through all chats cannot be reversed",
                ));
            }
            None if self.search.as_ref().is_none_or(String::is_empty) => {
                return Err(Error::misuse(
                    "a search through all chats needs a text to search for",
                ));
            }
            None => {}
        }
        if self.ids.is_some() {
            return Ok(Some(cursor));
        }
        // The server takes min_id and max_id too literally: near the newest message it gives out nothing. So the offset
        // and the end of the iteration stand for them.
        let edge = if self.reverse {
            self.min_id
        } else {
            self.max_id
        };
        cursor.offset_id = self.offset_id.max(edge);
        let (from, to) = if self.reverse {
            (cursor.offset_id, self.max_id)
        } else {
            (self.min_id, cursor.offset_id)
        };
        if from != 0 && to != 0 && to.saturating_sub(from) <= 1 {
            return Ok(None);
        }
        if self.reverse && cursor.offset_id == 0 && self.offset_date == 0 {
            cursor.offset_id = 1;
        } else if self.reverse && cursor.offset_id != 0 {
            cursor.offset_id = cursor.offset_id.saturating_add(1);
        }
        self.pick_sender(client, &mut cursor).await?;
        self.find_date(client, &mut cursor).await?;
        Ok(Some(cursor))
    }

    /// Who sorts by sender: the server does not in private chats.
    async fn pick_sender(&self, client: &Client, cursor: &mut Cursor) -> Result<(), Error> {
        let Some(user) = &self.from_user else {
            return Ok(());
        };
        let user = client.get_input_entity(user.clone()).await?;
        if input_user(user.clone()).is_none() {
            return Ok(());
        }
        let private = cursor
            .peer
            .clone()
            .is_some_and(|peer| input_user(peer).is_some());
        if private {
            cursor.from_local = Some(client.id_of(&user).await?);
        } else {
            cursor.from_sent = Some(user);
        }
        Ok(())
    }

    /// With a filter and nothing else the server ignores dates, so the first message at that date is looked for.
    async fn find_date(&self, client: &Client, cursor: &mut Cursor) -> Result<(), Error> {
        let filtered = self
            .filter
            .as_ref()
            .is_some_and(|f| *f != types::MessagesFilter::InputMessagesFilterEmpty);
        let searched = self.search.as_ref().is_some_and(|text| !text.is_empty());
        let (Some(peer), true) = (
            &cursor.peer,
            filtered && self.offset_date != 0 && !searched && cursor.offset_id == 0,
        ) else {
            return Ok(());
        };
        let request =
            functions::messages::GetHistory::new(peer.clone(), 0, self.offset_date, 0, 1, 0, 0, 0);
        let answer = Answer::from(client.invoke(&request).await?);
        if let Some(first) = Message::list(client, answer.messages, &answer.peers).first() {
            cursor.offset_id = first.id().saturating_add(1);
        }
        Ok(())
    }

    fn searches(&self) -> bool {
        self.search.is_some() || self.filter.is_some() || self.from_user.is_some()
    }

    async fn ask(&self, client: &Client, cursor: &Cursor, size: i32) -> Result<Answer, Error> {
        let filter = self
            .filter
            .clone()
            .unwrap_or(types::MessagesFilter::InputMessagesFilterEmpty);
        let text = self.search.clone().unwrap_or_default();
        let add_offset = if self.reverse {
            self.add_offset.saturating_sub(size)
        } else {
            self.add_offset
        };
        let answer = match &cursor.peer {
            None => {
                let mut request = functions::messages::SearchGlobal::new(
                    text,
                    filter,
                    0,
                    0,
                    cursor.offset_rate,
                    cursor.offset_peer.clone(),
                    cursor.offset_id,
                    size,
                );
                if cursor.last_id.is_none() {
                    request.max_date = self.offset_date;
                }
                client.invoke(&request).await?
            }
            Some(peer) if self.searches() => {
                // A date bounds what is found instead of being a place to begin at: the first page needs it only.
                let max_date = if cursor.last_id.is_none() {
                    cursor.offset_date
                } else {
                    0
                };
                let mut request = functions::messages::Search::new(
                    peer.clone(),
                    text,
                    filter,
                    0,
                    if self.reverse { 0 } else { max_date },
                    cursor.offset_id,
                    add_offset,
                    size,
                    0,
                    0,
                    0,
                );
                if self.reverse {
                    request.min_date = max_date;
                }
                request.from_id.clone_from(&cursor.from_sent);
                client.invoke(&request).await?
            }
            Some(peer) => {
                let request = functions::messages::GetHistory::new(
                    peer.clone(),
                    cursor.offset_id,
                    cursor.offset_date,
                    add_offset,
                    size,
                    0,
                    0,
                    0,
                );
                client.invoke(&request).await?
            }
        };
        Ok(answer.into())
    }

    /// Takes what is wanted out of a page, and moves the cursor behind it. Also says whether it was the last.
    fn sort(
        &self,
        client: &Client,
        cursor: &mut Cursor,
        answer: Answer,
        size: i32,
    ) -> (Vec<Message>, bool) {
        let mut messages = Message::list(client, answer.messages, &answer.peers);
        // The first id that exists is 1, so a short way down there is nothing more.
        let near_the_end = !self.reverse && messages.first().is_none_or(|m| m.id() <= size);
        if self.reverse {
            messages.reverse();
        }
        let mut items = Vec::with_capacity(messages.len());
        let mut moved = false;
        for message in messages {
            let (id, date) = (message.id(), message.raw_date());
            if cursor.peer.is_some() {
                match self.place(cursor, id) {
                    Place::Before if !moved => continue,
                    Place::Before | Place::Behind => return (items, true),
                    Place::Here => {}
                }
            }
            moved = true;
            cursor.last_id = Some(id);
            cursor.offset_id = if self.reverse {
                id.saturating_add(1)
            } else {
                id
            };
            cursor.offset_date = date;
            cursor.offset_rate = answer.next_rate.unwrap_or(date);
            cursor.offset_peer = message.input_chat().unwrap_or(types::InputPeer::Empty);
            if cursor.from_local.is_none() || cursor.from_local == message.sender_id() {
                items.push(message);
            }
        }
        (
            items,
            answer.whole || !moved || (near_the_end && cursor.peer.is_some()),
        )
    }

    /// Where an id lies in the order that ids have to come in; one twice means that the connection plays tricks.
    fn place(&self, cursor: &Cursor, id: i32) -> Place {
        let edge = if self.reverse {
            self.max_id
        } else {
            self.min_id
        };
        let (before, behind) = if self.reverse {
            (
                cursor.last_id.is_some_and(|last| id <= last),
                edge != 0 && id >= edge,
            )
        } else {
            (cursor.last_id.is_some_and(|last| id >= last), id <= edge)
        };
        match (behind, before) {
            (true, _) => Place::Behind,
            (false, true) => Place::Before,
            (false, false) => Place::Here,
        }
    }

    async fn page_of_ids(
        &mut self,
        client: &Client,
        mut ids: Vec<i32>,
        mut cursor: Cursor,
    ) -> Result<Page<Message>, Error> {
        if self.reverse {
            ids.reverse();
        }
        let total = Some(ids.len());
        let rest = ids.get(cursor.asked..).unwrap_or_default();
        let chunk = rest.get(..PAGE).unwrap_or(rest);
        let (Some(peer), false) = (cursor.peer.clone(), chunk.is_empty()) else {
            return Ok(Page {
                total,
                ..Page::empty()
            });
        };
        let messages = client.get_messages_by_id(peer, chunk).await?;
        cursor.asked += chunk.len();
        let last = cursor.asked >= ids.len();
        self.cursor = Some(cursor);
        Ok(Page {
            items: messages.into_iter().flatten().collect(),
            total,
            last,
        })
    }
}

enum Place {
    Before,
    Here,
    Behind,
}

/// A page of messages, whichever form it came in.
pub(super) struct Answer {
    pub(super) messages: Vec<types::Message>,
    pub(super) peers: Arc<PeerMap>,
    count: usize,
    next_rate: Option<i32>,
    /// It was everything there is.
    whole: bool,
}

impl From<types::messages::Messages> for Answer {
    fn from(answer: types::messages::Messages) -> Self {
        use types::messages::Messages;
        let (messages, users, chats, count, next_rate) = match answer {
            Messages::Messages(m) => (m.messages, m.users, m.chats, None, None),
            Messages::Slice(m) => (m.messages, m.users, m.chats, Some(m.count), m.next_rate),
            Messages::ChannelMessages(m) => (m.messages, m.users, m.chats, Some(m.count), None),
            Messages::NotModified(m) => (Vec::new(), Vec::new(), Vec::new(), Some(m.count), None),
        };
        Self {
            whole: count.is_none(),
            count: count
                .and_then(|c| usize::try_from(c).ok())
                .unwrap_or(messages.len()),
            messages,
            peers: Arc::new(PeerMap::new(users, chats)),
            next_rate,
        }
    }
}
