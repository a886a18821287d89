//! What becomes of a text before it is sent.

use telewire_schema::types;

use crate::client::Client;
use crate::client::entity_like::EntityLike;
use crate::client::input_message::{Body, InputMessage};
use crate::error::Error;
use crate::peers::PeerId;
use crate::text::{ParsedUsername, parse_username, span};

impl Client {
    /// The text of a message with its entities, mentions resolved.
    pub(crate) async fn parse(
        &self,
        message: &InputMessage,
    ) -> Result<(String, Vec<types::MessageEntity>), Error> {
        let (text, mut entities) = match &message.body {
            Body::Default(text) => self.parse_mode().parse(text),
            Body::Mode(text, mode) => mode.parse(text),
            Body::Formatted(text, entities) => (text.clone(), entities.clone()),
        };
        let mut resolved = Vec::with_capacity(entities.len());
        for entity in entities.drain(..) {
            resolved.extend(self.mention(entity).await?);
        }
        Ok((text, resolved))
    }

    /// Turns a link to somebody into a mention; nothing if that person cannot be found. Other entities stay.
    async fn mention(
        &self,
        entity: types::MessageEntity,
    ) -> Result<Option<types::MessageEntity>, Error> {
        let who = match &entity {
            types::MessageEntity::MentionName(mention) => {
                EntityLike::from(PeerId::User(mention.user_id))
            }
            types::MessageEntity::TextUrl(link) => match mentioned(&link.url) {
                Some(who) => who,
                None => return Ok(Some(entity)),
            },
            _ => return Ok(Some(entity)),
        };
        let (offset, length) = span(&entity);
        match self.get_input_user(who).await {
            Ok(user) => Ok(Some(
                types::InputMessageEntityMentionName::new(offset, length, user).into(),
            )),
            Err(Error::NotFound(_) | Error::Misuse(_) | Error::Rpc { .. }) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

/// Whom a link mentions, if it is one that stands for a mention.
pub(super) fn mentioned(url: &str) -> Option<EntityLike> {
    if let Some(id) = url.strip_prefix("tg://user?id=") {
        return Some(PeerId::User(id.parse().ok()?).into());
    }
    let name =
        url.starts_with('@') && matches!(parse_username(url), Some(ParsedUsername::Username(_)));
    (name || url.starts_with('+')).then(|| url.into())
}
