//! Where the pages of messages come from.

use std::time::Duration;

use telewire_schema::{functions, types};

use super::answer::Answer;
use super::cursor::{Cursor, Place};
use super::query::{MessageQuery, Scope};
use crate::client::Client;
use crate::client::entity_like::input_user;
use crate::client::paged::{PAGE, Page, Source};
use crate::error::Error;
use crate::objects::Message;

/// What was asked for, and how far it has come.
#[derive(Clone)]
pub(super) struct History {
    pub(super) scope: Scope,
    pub(super) query: MessageQuery,
    cursor: Option<Cursor>,
}

/// Longer lists of messages are fetched slowly, so that the server does not mind.
const LONG: usize = 3000;

pub(super) fn pause(limit: Option<usize>) -> Duration {
    Duration::from_secs(limit.is_none_or(|limit| limit > LONG).into())
}

impl Source for History {
    type Item = Message;

    fn pause(limit: Option<usize>) -> Duration {
        pause(limit)
    }

    async fn page(&mut self, client: &Client, left: usize) -> Result<Page<Message>, Error> {
        if self.cursor.is_none() {
            self.cursor = self.begin(client).await?;
        }
        let Some(mut cursor) = self.cursor.clone() else {
            return Ok(Page::empty());
        };
        // Where the sender is sorted out here, what is wanted may be rare.
        let few = cursor.from_local.is_none() || left == 0;
        let size = if few { left.min(PAGE) } else { PAGE };
        let size = i32::try_from(size).unwrap_or(i32::MAX);
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

/// How the first page is found.
impl History {
    pub(super) fn new(scope: Scope, query: MessageQuery) -> Self {
        Self {
            scope,
            query,
            cursor: None,
        }
    }

    /// Where the first page begins; nothing if there can be no message.
    async fn begin(&self, client: &Client) -> Result<Option<Cursor>, Error> {
        self.check()?;
        let query = &self.query;
        let now = client.now().wall;
        let date = query.offset_date.map_or(0, |date| date.seconds(now));
        let mut cursor = Cursor {
            peer: None,
            from_sent: None,
            from_local: None,
            date,
            offset_id: 0,
            // Backwards, what is dated by the very second lies on the wrong side of it.
            offset_date: date.saturating_add(i32::from(query.reverse && date != 0)),
            offset_rate: 0,
            offset_peer: types::InputPeer::Empty,
            add_offset: query.add_offset,
            last_id: None,
            seen: (query.add_offset == 0 && date == 0 && !query.reverse).then_some(0),
        };
        // The server takes min_id and max_id too literally: near the newest message it gives out nothing. So the offset
        // and the end of the iteration stand for them.
        let (edge, end) = if query.reverse {
            (query.min_id, query.max_id)
        } else {
            (query.max_id, query.min_id)
        };
        cursor.offset_id = query.offset_id.max(edge);
        cursor.seen = cursor.seen.filter(|_| cursor.offset_id == 0);
        let way = i64::from(end) - i64::from(cursor.offset_id);
        let way = if query.reverse { way } else { -way };
        if cursor.offset_id != 0 && end != 0 && way <= 1 {
            return Ok(None);
        }
        if let Some(chat) = &self.scope.0 {
            cursor.peer = Some(client.get_input_entity(chat.clone()).await?);
        }
        self.pick_sender(client, &mut cursor).await?;
        if query.reverse && cursor.offset_id != 0 {
            cursor.offset_id = cursor.offset_id.saturating_add(1);
        }
        if !self.find_date(client, &mut cursor).await? {
            return Ok(None);
        }
        // The first message that can exist; a history has a date to begin at instead, a search has not.
        let dated = date != 0 && !self.searches(&cursor);
        if query.reverse && cursor.offset_id == 0 && !dated {
            cursor.offset_id = 1;
        }
        Ok(Some(cursor))
    }

    /// Refuses what cannot be asked of all chats at once.
    fn check(&self) -> Result<(), Error> {
        let query = &self.query;
        let text = query.search.as_deref().unwrap_or_default();
        let problem = match &self.scope.0 {
            Some(_) => return Ok(()),
            None if query.reverse => {
                "a search through all chats cannot be reversed; collect it and go backwards"
            }
            None if text.is_empty() => "a search through all chats needs a text to search for",
            None if query.add_offset != 0 => {
                "a search through all chats has no add_offset; skip messages as they come"
            }
            None => return Ok(()),
        };
        Err(Error::misuse(problem))
    }

    /// Who sorts by sender: the server does in groups and channels only.
    async fn pick_sender(&self, client: &Client, cursor: &mut Cursor) -> Result<(), Error> {
        let Some(user) = &self.query.from_user else {
            return Ok(());
        };
        let user = client.get_input_entity(user.clone()).await?;
        if input_user(user.clone()).is_none() {
            return Ok(());
        }
        match &cursor.peer {
            Some(peer) if input_user(peer.clone()).is_none() => cursor.from_sent = Some(user),
            _ => cursor.from_local = Some(client.id_of(&user).await?),
        }
        Ok(())
    }

    /// With a filter and nothing else the server ignores dates, so the first message before that date is looked for.
    /// Returns whether there can be anything at all.
    async fn find_date(&self, client: &Client, cursor: &mut Cursor) -> Result<bool, Error> {
        let filter = self.query.filter.as_ref();
        let filtered =
            filter.is_some_and(|f| *f != types::MessagesFilter::InputMessagesFilterEmpty);
        let searched = self.query.search.as_ref().is_some_and(|t| !t.is_empty());
        let (Some(peer), true) = (
            &cursor.peer,
            filtered && cursor.date != 0 && !searched && cursor.offset_id == 0,
        ) else {
            return Ok(true);
        };
        let date = cursor.offset_date;
        let request = functions::messages::GetHistory::new(peer.clone(), 0, date, 0, 1, 0, 0, 0);
        let answer = Answer::from(client.invoke(&request).await?);
        let first = Message::list(client, answer.messages, &answer.peers);
        match first.first() {
            Some(first) => cursor.offset_id = first.id().saturating_add(1),
            // Nothing is older, so everything is newer.
            None => return Ok(self.query.reverse),
        }
        Ok(true)
    }
}

/// How a page is asked for.
impl History {
    /// Whether it takes a search to find them.
    fn searches(&self, cursor: &Cursor) -> bool {
        let by_sender = cursor.from_sent.is_some() || cursor.from_local.is_some();
        self.query.search.is_some() || self.query.filter.is_some() || by_sender
    }

    async fn ask(&self, client: &Client, cursor: &Cursor, size: i32) -> Result<Answer, Error> {
        let add_offset = if self.query.reverse {
            cursor.add_offset.saturating_sub(size)
        } else {
            cursor.add_offset
        };
        let answer = match &cursor.peer {
            None => client.invoke(&self.everywhere(cursor, size)).await?,
            Some(peer) if self.searches(cursor) => {
                let request = self.search(cursor, peer, add_offset, size);
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

    fn everywhere(&self, cursor: &Cursor, size: i32) -> functions::messages::SearchGlobal {
        functions::messages::SearchGlobal::new(
            self.text(),
            self.filter(),
            0,
            cursor.date,
            cursor.offset_rate,
            cursor.offset_peer.clone(),
            cursor.offset_id,
            size,
        )
    }

    fn search(
        &self,
        cursor: &Cursor,
        peer: &types::InputPeer,
        add_offset: i32,
        size: i32,
    ) -> functions::messages::Search {
        // A date bounds what is found instead of being a place to begin at: the first page needs it only.
        let date = if cursor.last_id.is_none() {
            cursor.date
        } else {
            0
        };
        let (min_date, max_date) = if self.query.reverse {
            (date, 0)
        } else {
            (0, date)
        };
        let mut request = functions::messages::Search::new(
            peer.clone(),
            self.text(),
            self.filter(),
            min_date,
            max_date,
            cursor.offset_id,
            add_offset,
            size,
            0,
            0,
            0,
        );
        request.from_id.clone_from(&cursor.from_sent);
        request
    }

    fn text(&self) -> String {
        self.query.search.clone().unwrap_or_default()
    }

    fn filter(&self) -> types::MessagesFilter {
        let none = types::MessagesFilter::InputMessagesFilterEmpty;
        self.query.filter.clone().unwrap_or(none)
    }
}

/// What is taken from a page.
impl History {
    /// Takes what is wanted out of a page, and moves the cursor behind it. Also says whether it was the last.
    fn sort(
        &self,
        client: &Client,
        cursor: &mut Cursor,
        answer: Answer,
        size: i32,
    ) -> (Vec<Message>, bool) {
        let reverse = self.query.reverse;
        let came = answer.messages.len();
        cursor.seen = cursor.seen.map(|seen| seen.saturating_add(came));
        let complete = answer.ends_here(cursor.seen, reverse, size);
        let mut messages = Message::list(client, answer.messages, &answer.peers);
        // The first id that exists is 1, so a short way down there is nothing more.
        let near_the_end = !reverse && messages.first().is_none_or(|m| m.id() <= size);
        if reverse {
            messages.reverse();
        }
        let mut items = Vec::with_capacity(messages.len());
        let begun = cursor.mark();
        let mut moved = false;
        for message in messages {
            let (id, date) = (message.id(), message.raw_date());
            if cursor.peer.is_some() {
                match cursor.place(&self.query, id) {
                    Place::Before if !moved => continue,
                    Place::Before | Place::Behind => return (items, true),
                    Place::Here => {}
                }
            }
            moved = true;
            cursor.pass(&message, answer.next_rate, reverse);
            let theirs = cursor.from_local.is_none() || cursor.from_local == message.sender_id();
            if theirs && cursor.is_in_time(&self.query, date) {
                items.push(message);
            }
        }
        if cursor.peer.is_none() && cursor.mark() == begun {
            // The same page as before.
            return (Vec::new(), true);
        }
        let last = complete || !moved || (near_the_end && cursor.peer.is_some());
        (items, last)
    }
}
