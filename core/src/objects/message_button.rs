//! The buttons of a message that was received.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use telewire_schema::{functions, types};

use crate::client::entity_like::input_user;
use crate::client::{Client, EntityLike, InputMessage};
use crate::error::Error;
use crate::objects::{Button, Message};
use crate::peers::PeerId;

/// A button of a message, to be looked at and pressed.
///
/// ```no_run
/// # async fn f(message: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
/// for button in message.buttons().iter().flatten() {
///     if button.text() == "Next" {
///         button.click().await?;
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MessageButton {
    message: Arc<Message>,
    raw: RawButton,
}

/// A button as the server sent it, of either family.
#[derive(Clone, Debug, PartialEq)]
pub enum RawButton {
    /// Under the message.
    Inline(types::KeyboardInlineButton),
    /// Of the keyboard that came with it.
    Keyboard(types::KeyboardButton),
}

/// What pressing a button came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Clicked {
    /// The button's text was sent, as a reply to the message with the keyboard.
    Sent(Message),
    /// The bot's answer: a text to be shown, or a page to be opened.
    Answer(types::messages::BotCallbackAnswer),
    /// The bot was started with the button's query.
    Started(types::Updates),
    /// The page to be opened; opening it is up to the program.
    Url(String),
}

impl Clicked {
    /// The bot's answer, if the button has led to one.
    pub fn answer(&self) -> Option<&types::messages::BotCallbackAnswer> {
        match self {
            Self::Answer(answer) => Some(answer),
            _ => None,
        }
    }
}

/// What it is.
impl MessageButton {
    /// The client that it came by.
    pub fn client(&self) -> &Client {
        self.message.client()
    }

    /// The text on it.
    pub fn text(&self) -> &str {
        match &self.raw {
            RawButton::Inline(button) => &button.text,
            RawButton::Keyboard(button) => &button.text,
        }
    }

    /// The button as the server sent it.
    pub fn button(&self) -> &RawButton {
        &self.raw
    }

    /// What the bot is told when it is pressed, for callback buttons.
    pub fn data(&self) -> Option<&[u8]> {
        match self.kind()? {
            types::InlineButtonType::Callback(callback) => Some(&callback.data),
            _ => None,
        }
    }

    /// What the inline query begins with, for those that begin one.
    pub fn inline_query(&self) -> Option<&str> {
        match self.kind()? {
            types::InlineButtonType::SwitchInline(switch) => Some(&switch.query),
            _ => None,
        }
    }

    /// The address, for those that open one.
    pub fn url(&self) -> Option<&str> {
        match self.kind()? {
            types::InlineButtonType::Url(link) => Some(&link.url),
            _ => None,
        }
    }

    fn kind(&self) -> Option<&types::InlineButtonType> {
        match &self.raw {
            RawButton::Inline(button) => Some(&button.type_),
            RawButton::Keyboard(_) => None,
        }
    }

    pub(crate) fn to_button(&self) -> Button {
        match self.raw.clone() {
            RawButton::Inline(button) => button.into(),
            RawButton::Keyboard(button) => button.into(),
        }
    }

    /// The buttons of a message, row by row.
    pub(crate) fn rows(message: &Message) -> Vec<Vec<Self>> {
        let raw: Vec<Vec<RawButton>> = match message.reply_markup() {
            Some(types::ReplyMarkup::ReplyInlineMarkup(markup)) => {
                let rows = markup.rows.iter().map(|row| &row.buttons);
                rows.map(|row| row.iter().cloned().map(RawButton::Inline).collect())
                    .collect()
            }
            Some(types::ReplyMarkup::ReplyKeyboardMarkup(markup)) => {
                let rows = markup.rows.iter().map(|row| &row.buttons);
                rows.map(|row| row.iter().cloned().map(RawButton::Keyboard).collect())
                    .collect()
            }
            _ => return Vec::new(),
        };
        let message = Arc::new(message.clone());
        let button = |raw| Self {
            message: Arc::clone(&message),
            raw,
        };
        raw.into_iter()
            .map(|row| row.into_iter().map(button).collect())
            .collect()
    }
}

/// What can be done with it.
impl MessageButton {
    /// Presses it.
    ///
    /// | button | what happens |
    /// |---|---|
    /// | plain | its text is sent as a reply to the message |
    /// | callback, game | the bot is told, and its answer waited for ([`messages.getBotCallbackAnswer`]); `None` if it gives none in time |
    /// | switch inline | the bot is started with the query ([`messages.startBot`]) |
    /// | url | its address is given back, to be opened by the program |
    /// | any other | nothing: `None` |
    ///
    /// [`messages.getBotCallbackAnswer`]: https://core.telegram.org/method/messages.getBotCallbackAnswer
    /// [`messages.startBot`]: https://core.telegram.org/method/messages.startBot
    ///
    /// # Errors
    /// `DATA_INVALID` if the message has no such button any more, [`Error::NotFound`] if the chat or the bot cannot be found,
    /// and whatever else the server answers.
    pub async fn click(&self) -> Result<Option<Clicked>, Error> {
        let kind = match &self.raw {
            RawButton::Keyboard(button) if button.type_ == types::ButtonType::Default => {
                let text = InputMessage::text(button.text.as_str());
                return Ok(Some(Clicked::Sent(self.message.reply(text).await?)));
            }
            RawButton::Keyboard(_) => return Ok(None),
            RawButton::Inline(button) => &button.type_,
        };
        match kind {
            types::InlineButtonType::Callback(callback) => {
                press(&self.message, Some(callback.data.clone())).await
            }
            types::InlineButtonType::Game => press(&self.message, None).await,
            types::InlineButtonType::SwitchInline(switch) => self.start(&switch.query).await,
            types::InlineButtonType::Url(link) => Ok(Some(Clicked::Url(link.url.clone()))),
            _ => Ok(None),
        }
    }

    async fn start(&self, query: &str) -> Result<Option<Clicked>, Error> {
        let bot = markup_bot(&self.message).await?;
        let chat = self.message.get_input_chat().await?;
        let client = self.client();
        let request =
            functions::messages::StartBot::new(bot, chat, client.random_id(), query.to_owned());
        Ok(Some(Clicked::Started(client.invoke(&request).await?)))
    }
}

/// The bot behind the buttons: the one that made the message, else the one that sent it.
pub(crate) async fn markup_bot(message: &Message) -> Result<types::InputUser, Error> {
    let client = message.client();
    let peer = match message.via_bot_id() {
        Some(id) => client.get_input_entity(PeerId::User(id)).await?,
        None => match message.input_sender() {
            Some(sender) => sender,
            None => {
                let id = message
                    .sender_id()
                    .ok_or_else(|| Error::NotFound("this message has no sender".into()))?;
                client.get_input_entity(EntityLike::from(id)).await?
            }
        },
    };
    input_user(peer)
        .ok_or_else(|| Error::NotFound("the buttons of this message do not belong to a bot".into()))
}

/// Tells the bot that a button with that data was pressed, or the game's; `None` if it does not answer in time.
pub(crate) async fn press(
    message: &Message,
    data: Option<Bytes>,
) -> Result<Option<Clicked>, Error> {
    let chat = message.get_input_chat().await?;
    let mut request = functions::messages::GetBotCallbackAnswer::new(chat, message.id());
    request.game = data.is_none();
    request.data = data;
    match message.client().invoke(&request).await {
        Ok(answer) => Ok(Some(Clicked::Answer(answer))),
        Err(error) if error.is("BOT_RESPONSE_TIMEOUT") => Ok(None),
        Err(error) => Err(error),
    }
}

impl fmt::Debug for MessageButton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.raw.fmt(f)
    }
}
