//! What happens to chats: who comes and goes, titles, pictures, pins.

use std::ops::Deref;

use telewire_core::client::Content;
use telewire_core::objects::Entity;
use telewire_core::peers::PeerMap;
use telewire_core::{Error, events, types};

use crate::client::Client;
use crate::events::{Events, event_common};
use crate::objects::getter::chat_getter;
use crate::objects::{Message, Twin};

/// What happened to a chat.
#[derive(Clone)]
pub struct ChatActionEvent {
    inner: events::ChatActionEvent,
    action: Option<Message>,
    client: Client,
}

impl ChatActionEvent {
    /// The client that it came by.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The service message, if it is one.
    pub fn action_message(&self) -> Option<&Message> {
        self.action.as_ref()
    }

    /// Sends a message to the chat.
    ///
    /// # Errors
    /// As [`Client::send_message`].
    pub fn respond(&self, message: impl Into<Content>) -> Result<Message, Error> {
        let sent = self.client.wait(self.inner.respond(message))?;
        Ok(Message::twin(&self.client, sent))
    }

    /// Answers the service message; without one, [responds](Self::respond).
    ///
    /// # Errors
    /// As [`Client::send_message`].
    pub fn reply(&self, message: impl Into<Content>) -> Result<Message, Error> {
        let sent = self.client.wait(self.inner.reply(message))?;
        Ok(Message::twin(&self.client, sent))
    }

    /// Deletes the service message for everybody; without one, nothing is done.
    ///
    /// # Errors
    /// As [`Client::delete_messages`].
    pub fn delete(&self) -> Result<Vec<types::messages::AffectedMessages>, Error> {
        self.client.wait(self.inner.delete())
    }

    /// The message that was pinned; `None` if none was, or it is gone.
    ///
    /// # Errors
    /// As [`Client::get_messages_by_id`].
    pub fn get_pinned_message(&self) -> Result<Option<Message>, Error> {
        let pinned = self.client.wait(self.inner.get_pinned_message())?;
        Ok(Option::twin(&self.client, pinned))
    }

    /// Who has added the users, from the server where it did not come along; `None` if nobody has, or it is not said.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the session has never seen whoever it was.
    pub fn get_added_by(&self) -> Result<Option<Entity>, Error> {
        self.client.wait(self.inner.get_added_by())
    }

    /// Who has removed the user, from the server where it did not come along; `None` if nobody has.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the session has never seen whoever it was.
    pub fn get_kicked_by(&self) -> Result<Option<Entity>, Error> {
        self.client.wait(self.inner.get_kicked_by())
    }

    /// The users; where not all came along, the service message is fetched again, and then who still lacks.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub fn get_users(&self) -> Result<Vec<Entity>, Error> {
        self.client.wait(self.inner.get_users())
    }

    /// The users as requests name them; where not all came along, the service message is fetched again, and then who still
    /// lacks.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub fn get_input_users(&self) -> Result<Vec<types::InputPeer>, Error> {
        self.client.wait(self.inner.get_input_users())
    }

    /// The first of the users, as [`Self::get_users`] has them.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub fn get_user(&self) -> Result<Option<Entity>, Error> {
        self.client.wait(self.inner.get_user())
    }

    /// The first of the users, as [`Self::get_input_users`] has them.
    ///
    /// # Errors
    /// Whatever the server answers.
    pub fn get_input_user(&self) -> Result<Option<types::InputPeer>, Error> {
        self.client.wait(self.inner.get_input_user())
    }
}

chat_getter!(ChatActionEvent);
event_common!(ChatActionEvent);

impl Deref for ChatActionEvent {
    type Target = events::ChatActionEvent;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl Events for events::ChatAction {
    type Blocking = ChatActionEvent;

    fn wrap(client: &Client, event: events::ChatActionEvent) -> ChatActionEvent {
        let action = event.action_message().cloned();
        ChatActionEvent {
            action: Option::twin(client, action),
            inner: event,
            client: client.clone(),
        }
    }
}
