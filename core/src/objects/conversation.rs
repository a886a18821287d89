//! Sending something and waiting for what comes back.

mod talk;
#[cfg(test)]
mod tests;
mod wait;

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use telewire_schema::types;

use crate::client::conversation::{ConversationOptions, Place};
use crate::client::entity_like::EntityLike;
use crate::client::handle::lock;
use crate::client::{Attachment, Client, Content, MessageId, Read};
use crate::error::Error;
use crate::events::EventBuilder;
use crate::objects::{Entity, Message};
use crate::peers::PeerId;
use crate::time::Mono;

use talk::{Heard, Talk, Wanted};
pub use wait::EventWait;

/// A conversation in one chat; see [`Client::conversation`].
///
/// What came in since it began is kept and handed out message by message. A wait looks behind the message that was sent
/// last, unless [`Conversation::after`] names another one, and takes as long as the options allow, unless
/// [`Conversation::within`] says otherwise. Own messages are never responses.
///
/// It is over when it and its clones are dropped: then another one may begin in the chat.
///
/// ```no_run
/// # async fn f(client: telewire_core::Client) -> Result<(), telewire_core::Error> {
/// use std::time::Duration;
///
/// let talk = client.conversation("@BotFather").await?;
/// let question = talk.send_message("/mybots").await?;
/// let answer = talk.get_response().await?;
/// talk.mark_read().await?;
/// let edited = talk.after(&question).within(Duration::from_secs(5)).get_edit().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Conversation {
    life: Arc<Life>,
    after: Option<i32>,
    /// How long a wait may take; not at all limited if there is no time inside.
    within: Option<Duration>,
}

/// What the handles on a conversation share.
struct Life {
    client: Client,
    peer: types::InputPeer,
    chat: PeerId,
    talk: Arc<Talk>,
    /// Given up when it is cancelled.
    place: Mutex<Option<Place>>,
    due: Option<Mono>,
    /// What [`Conversation::get_chat`] has asked for.
    fetched: OnceLock<Entity>,
}

impl Drop for Life {
    fn drop(&mut self) {
        // Handles on events may still be around.
        self.talk.cancel();
    }
}

impl Conversation {
    pub(crate) async fn open(
        client: &Client,
        peer: types::InputPeer,
        place: Place,
        options: &ConversationOptions,
    ) -> Result<Self, Error> {
        let chat = place.chat;
        let own = client
            .self_user()
            .is_some_and(|me| PeerId::User(me.id) == chat);
        let apart = !options.replies_are_responses;
        let talk = Arc::new(Talk::new(chat, own, options.max_messages, apart));
        client.add_waiter(&talk);
        // Once the driver has answered anything, it keeps updates even if there was nobody for them before.
        client.sleep(Duration::ZERO).await;
        Ok(Self {
            life: Arc::new(Life {
                client: client.clone(),
                peer,
                chat,
                talk,
                place: Mutex::new(Some(place)),
                due: options.total_timeout.map(|d| client.now().mono + d),
                fetched: OnceLock::new(),
            }),
            after: None,
            within: options.timeout,
        })
    }

    /// The client that it is held with.
    pub fn client(&self) -> &Client {
        &self.life.client
    }

    /// The same conversation, in which waits look behind this message instead of the one that was sent last.
    #[must_use]
    pub fn after(&self, message: impl Into<MessageId>) -> Self {
        let mut other = self.clone();
        other.after = Some(message.into().0);
        other
    }

    /// The same conversation, in which each wait takes at most so long; with `None`, as long as the whole may.
    #[must_use]
    pub fn within(&self, each: impl Into<Option<Duration>>) -> Self {
        let mut other = self.clone();
        other.within = each.into();
        other
    }

    /// Ends it: what waits ends with [`Error::ConversationCancelled`], now and later, and another one may begin in the
    /// chat. A handler that ends with that error has not failed.
    pub fn cancel(&self) {
        self.life.talk.cancel();
        let place = lock(&self.life.place).take();
        drop(place);
    }
}

/// What is done in it.
impl Conversation {
    /// Sends a message to the chat; see [`Client::send_message`]. The next wait looks behind it.
    ///
    /// # Errors
    /// As [`Client::send_message`].
    ///
    /// ```no_run
    /// # async fn f(talk: telewire_core::objects::Conversation) -> Result<(), telewire_core::Error> {
    /// talk.send_message("Hello").await?;
    /// println!("{}", talk.get_response().await?.text());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_message(&self, message: impl Into<Content>) -> Result<Message, Error> {
        let message = message.into();
        let life = &self.life;
        let sent = life.client.send_message(life.peer.clone(), message).await?;
        life.talk.sent(sent.id());
        Ok(sent)
    }

    /// Sends a file to the chat; see [`Client::send_file`]. The next wait looks behind it.
    ///
    /// # Errors
    /// As [`Client::send_file`].
    ///
    /// ```no_run
    /// # async fn f(talk: telewire_core::objects::Conversation) -> Result<(), telewire_core::Error> {
    /// talk.send_file("sticker.webp").await?;
    /// println!("{}", talk.get_response().await?.text());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send_file(&self, file: impl Into<Attachment>) -> Result<Message, Error> {
        let file = file.into();
        let life = &self.life;
        let sent = life.client.send_file(life.peer.clone(), file).await?;
        life.talk.sent(sent.id());
        Ok(sent)
    }

    /// Marks the chat as read up to the last message that came in; up to the message of [`Conversation::after`] if there
    /// is one, and all of it if nothing has come in. See [`Client::send_read_acknowledge`].
    ///
    /// # Errors
    /// Whatever the server answers.
    ///
    /// ```no_run
    /// # async fn f(talk: telewire_core::objects::Conversation) -> Result<(), telewire_core::Error> {
    /// talk.mark_read().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn mark_read(&self) -> Result<bool, Error> {
        let last = || self.life.talk.last_incoming().map(|heard| heard.raw.id);
        let id = self.after.or_else(last).unwrap_or_default();
        let read = Read::up_to(id);
        self.life
            .client
            .send_read_acknowledge(self.input_chat(), read)
            .await
    }

    /// The next message that comes in behind the one that was sent last. Those that are there already are handed out one
    /// by one, in their order.
    ///
    /// # Errors
    /// [`Error::Misuse`] if nothing was sent and [`Conversation::after`] names no message, or too many have come in;
    /// [`Error::Deadline`] when it takes too long; [`Error::ConversationCancelled`] after [`Conversation::cancel`];
    /// [`Error::Disconnected`] when no message can come any more.
    ///
    /// ```no_run
    /// # async fn f(talk: telewire_core::objects::Conversation) -> Result<(), telewire_core::Error> {
    /// talk.send_message("What time is it?").await?;
    /// println!("{}", talk.get_response().await?.text());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_response(&self) -> Result<Message, Error> {
        self.message("Conversation::get_response", Wanted::Response)
            .await
    }

    /// The next message that replies to the one that was sent last, or to that of [`Conversation::after`]. What came
    /// before it is used up as well, also for [`Conversation::get_response`] unless the two are counted apart.
    ///
    /// # Errors
    /// As [`Conversation::get_response`].
    ///
    /// ```no_run
    /// # async fn f(talk: telewire_core::objects::Conversation) -> Result<(), telewire_core::Error> {
    /// let question = talk.send_message("Who is there?").await?;
    /// let reply = talk.get_reply().await?;
    /// assert_eq!(reply.reply_to_msg_id(), Some(question.id()));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_reply(&self) -> Result<Message, Error> {
        self.message("Conversation::get_reply", Wanted::Reply).await
    }

    /// The next edit of a message of the other side behind the one that was sent last, by the date of the edit. Of a message
    /// that was edited again before anybody asked, only the last version is given.
    ///
    /// # Errors
    /// As [`Conversation::get_response`].
    ///
    /// ```no_run
    /// # async fn f(talk: telewire_core::objects::Conversation) -> Result<(), telewire_core::Error> {
    /// talk.send_message("/work").await?;
    /// println!("{}", talk.get_response().await?.text()); // "Working …"
    /// println!("{}", talk.get_edit().await?.text()); // "Done"
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_edit(&self) -> Result<Message, Error> {
        let (talk, target) = (&self.life.talk, self.target()?);
        let edit = self.wait("Conversation::get_edit", |cx| talk.poll_edit(cx, target));
        Ok(self.show(edit.await?))
    }

    /// Waits until the message that was sent last, or that of [`Conversation::after`], was read; returns at once if it was
    /// since the conversation began.
    ///
    /// # Errors
    /// As [`Conversation::get_response`].
    ///
    /// ```no_run
    /// # async fn f(talk: telewire_core::objects::Conversation) -> Result<(), telewire_core::Error> {
    /// talk.send_message("Are you there?").await?;
    /// talk.wait_read().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait_read(&self) -> Result<(), Error> {
        let (talk, target) = (&self.life.talk, self.target()?);
        self.wait("Conversation::wait_read", |cx| talk.poll_read(cx, target))
            .await
    }

    /// Waits for an event, in whichever chat: what comes is kept from this call on, so that one may first get the event
    /// and then act, and then await it.
    ///
    /// Awaiting it ends with the errors of [`Conversation::get_response`], but needs no message that was sent.
    ///
    /// ```no_run
    /// # async fn f(talk: telewire_core::objects::Conversation) -> Result<(), telewire_core::Error> {
    /// use telewire_core::events::NewMessage;
    ///
    /// let greeting = talk.wait_event(NewMessage::new().incoming().matching(|text| text == "hello"));
    /// talk.send_message("say hello in the other chat").await?;
    /// println!("{:?}", greeting.await?.chat_id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_event<B: EventBuilder>(&self, events: B) -> EventWait<B> {
        EventWait::new(self, events)
    }

    async fn message(&self, name: &'static str, wanted: Wanted) -> Result<Message, Error> {
        let (talk, target) = (&self.life.talk, self.target()?);
        let found = self.wait(name, |cx| talk.poll_message(cx, wanted, target));
        Ok(self.show(found.await?))
    }

    /// The message that waits look behind.
    fn target(&self) -> Result<i32, Error> {
        self.after
            .or_else(|| self.life.talk.last_sent())
            .ok_or_else(|| {
                Error::misuse(
                    "nothing was sent in this conversation yet; send a message, or name one with after()",
                )
            })
    }

    fn show(&self, heard: Heard) -> Message {
        Message::new(&self.life.client, heard.raw.into(), heard.peers)
    }
}

/// Where it takes place.
impl Conversation {
    /// Which chat it is in.
    pub fn chat_id(&self) -> PeerId {
        self.life.chat
    }

    /// The chat, as requests name it.
    pub fn input_chat(&self) -> types::InputPeer {
        self.life.peer.clone()
    }

    /// The chat, if a message has brought it along, or it was asked for by [`Conversation::get_chat`].
    pub fn chat(&self) -> Option<Entity> {
        if let Some(chat) = self.life.fetched.get() {
            return Some(chat.clone());
        }
        let last = self.life.talk.last_incoming()?;
        Entity::of(&last.peers, self.life.chat)
    }

    /// The chat, as requests name it: it was looked up when the conversation began.
    ///
    /// # Errors
    /// None.
    pub async fn get_input_chat(&self) -> Result<types::InputPeer, Error> {
        Ok(self.input_chat())
    }

    /// The chat, from the server where no message has brought it along, or only the least of it.
    ///
    /// # Errors
    /// As [`Client::get_entity`].
    pub async fn get_chat(&self) -> Result<Entity, Error> {
        let brought = self.chat();
        if let Some(chat) = brought.clone().filter(|chat| !chat.is_min()) {
            return Ok(chat);
        }
        let fetched = self.life.client.get_entity(self.input_chat()).await;
        let chat = fetched.or_else(|error| brought.ok_or(error))?;
        Ok(self.life.fetched.get_or_init(|| chat).clone())
    }

    /// Whether it is in a private chat.
    pub fn is_private(&self) -> bool {
        matches!(self.life.chat, PeerId::User(_))
    }

    /// Whether it is in a channel or supergroup.
    pub fn is_channel(&self) -> bool {
        matches!(self.life.chat, PeerId::Channel(_))
    }

    /// Whether it is in a basic group or supergroup. A channel counts as one until a message tells that it is none.
    pub fn is_group(&self) -> bool {
        match self.life.chat {
            PeerId::User(_) => false,
            PeerId::Chat(_) => true,
            PeerId::Channel(_) => self.chat().is_none_or(|chat| chat.is_group()),
        }
    }
}

impl From<&Conversation> for EntityLike {
    fn from(talk: &Conversation) -> Self {
        talk.input_chat().into()
    }
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversation")
            .field("chat", &self.life.chat)
            .finish_non_exhaustive()
    }
}
