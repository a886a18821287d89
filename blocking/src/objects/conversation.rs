//! Sending something and waiting for what comes back.

use std::fmt;
use std::time::Duration;

use telewire_core::client::{Attachment, Content, MessageId};
use telewire_core::objects::{self, Entity};
use telewire_core::{Error, types};

use crate::client::Client;
use crate::events::Events;
use crate::objects::{Message, object};

object!(
    /// A conversation in one chat; see [`telewire_core::objects::Conversation`]. It is over when it and its clones are
    /// dropped.
    Conversation
);

impl Conversation {
    /// The same conversation, in which waits look behind this message instead of the one that was sent last.
    #[must_use]
    pub fn after(&self, message: impl Into<MessageId>) -> Self {
        Self::wrap(&self.client, self.inner.after(message))
    }

    /// The same conversation, in which each wait takes at most so long; with `None`, as long as the whole may.
    #[must_use]
    pub fn within(&self, each: impl Into<Option<Duration>>) -> Self {
        Self::wrap(&self.client, self.inner.within(each))
    }

    /// Sends a message to the chat. The next wait looks behind it.
    ///
    /// # Errors
    /// As [`Client::send_message`](crate::Client::send_message).
    pub fn send_message(&self, message: impl Into<Content>) -> Result<Message, Error> {
        let sent = self.client.wait(self.inner.send_message(message))?;
        Ok(Message::wrap(&self.client, sent))
    }

    /// Sends a file to the chat. The next wait looks behind it.
    ///
    /// # Errors
    /// As [`Client::send_file`](crate::Client::send_file).
    pub fn send_file(&self, file: impl Into<Attachment>) -> Result<Message, Error> {
        let sent = self.client.wait(self.inner.send_file(file))?;
        Ok(Message::wrap(&self.client, sent))
    }

    /// Marks the chat as read up to the last message that came in, or that of [`Conversation::after`].
    ///
    /// # Errors
    /// Whatever the server answers.
    pub fn mark_read(&self) -> Result<bool, Error> {
        self.client.wait(self.inner.mark_read())
    }

    /// The next message that comes in behind the one that was sent last.
    ///
    /// # Errors
    /// As [`telewire_core::objects::Conversation::get_response`].
    pub fn get_response(&self) -> Result<Message, Error> {
        let message = self.client.wait(self.inner.get_response())?;
        Ok(Message::wrap(&self.client, message))
    }

    /// The next message that replies to the one that was sent last.
    ///
    /// # Errors
    /// As [`telewire_core::objects::Conversation::get_response`].
    pub fn get_reply(&self) -> Result<Message, Error> {
        let message = self.client.wait(self.inner.get_reply())?;
        Ok(Message::wrap(&self.client, message))
    }

    /// The next edit of a message of the other side behind the one that was sent last.
    ///
    /// # Errors
    /// As [`telewire_core::objects::Conversation::get_response`].
    pub fn get_edit(&self) -> Result<Message, Error> {
        let message = self.client.wait(self.inner.get_edit())?;
        Ok(Message::wrap(&self.client, message))
    }

    /// Waits until the message that was sent last was read.
    ///
    /// # Errors
    /// As [`telewire_core::objects::Conversation::get_response`].
    pub fn wait_read(&self) -> Result<(), Error> {
        self.client.wait(self.inner.wait_read())
    }

    /// Keeps what comes from now on, so that an event can be waited for with [`EventWait::wait`].
    ///
    /// ```no_run
    /// # fn f(talk: telewire_blocking::objects::Conversation) -> Result<(), telewire_blocking::Error> {
    /// use telewire_blocking::events::NewMessage;
    ///
    /// let greeting = talk.wait_event(NewMessage::new().incoming());
    /// talk.send_message("say hello in the other chat")?;
    /// println!("{}", greeting.wait()?.text());
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_event<B: Events>(&self, events: B) -> EventWait<B> {
        EventWait {
            inner: self.inner.wait_event(events),
            client: self.client.clone(),
        }
    }

    /// The chat, as requests name it.
    ///
    /// # Errors
    /// [`Error::Misuse`] on the driver thread.
    pub fn get_input_chat(&self) -> Result<types::InputPeer, Error> {
        self.client.wait(self.inner.get_input_chat())
    }

    /// The chat; asks the server if no message has brought it along.
    ///
    /// # Errors
    /// As [`Client::get_entity`](crate::Client::get_entity).
    pub fn get_chat(&self) -> Result<Entity, Error> {
        self.client.wait(self.inner.get_chat())
    }
}

/// An event that is waited for; see [`Conversation::wait_event`].
#[must_use]
pub struct EventWait<B: Events> {
    inner: objects::EventWait<B>,
    client: Client,
}

impl<B: Events> EventWait<B> {
    /// Waits for the event.
    ///
    /// # Errors
    /// As [`telewire_core::objects::Conversation::wait_event`].
    pub fn wait(self) -> Result<B::Blocking, Error> {
        let event = self.client.wait(self.inner)?;
        Ok(B::wrap(&self.client, event))
    }
}

impl<B: Events> fmt::Debug for EventWait<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
