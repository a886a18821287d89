//! What a message says.

use telewire_schema::types;

use crate::objects::Message;
use crate::text::inner_texts;

/// What it says.
impl Message {
    /// The text with its formatting, in the client's parse mode: what could be sent to get the same text again. Empty for
    /// service messages.
    pub fn text(&self) -> String {
        self.data().map_or_else(String::new, |m| {
            self.client
                .parse_mode()
                .unparse(&m.message, self.entities())
        })
    }

    /// Replaces the text and its formatting by what this one says in the client's parse mode, here and not on the server:
    /// sending or editing the message is what takes it there. Links to people stay links until then. Service messages
    /// stay as they are.
    pub fn set_text(&mut self, text: &str) {
        let (text, entities) = self.client.parse_mode().parse(text);
        self.replace_text(text, entities);
    }

    /// The plain text. Empty for service messages.
    pub fn raw_text(&self) -> &str {
        self.message().unwrap_or_default()
    }

    /// Replaces the text by this one without formatting, here and not on the server; see [`Message::set_text`].
    pub fn set_raw_text(&mut self, text: impl Into<String>) {
        self.replace_text(text.into(), Vec::new());
    }

    /// The plain text, `None` for service messages.
    pub fn message(&self) -> Option<&str> {
        self.data().map(|m| m.message.as_str())
    }

    /// The formatting of [`Message::raw_text`], in UTF-16 units.
    pub fn entities(&self) -> &[types::MessageEntity] {
        self.data()
            .and_then(|m| m.entities.as_deref())
            .unwrap_or_default()
    }

    /// Every entity with the text that it covers.
    ///
    /// ```no_run
    /// # fn f(message: telewire_core::objects::Message) {
    /// for (entity, text) in message.get_entities_text() {
    ///     println!("{text}: {entity:?}");
    /// }
    /// # }
    /// ```
    pub fn get_entities_text(&self) -> Vec<(&types::MessageEntity, &str)> {
        self.get_entities_text_of(|_| true)
    }

    /// The entities of some kinds with the text that each covers.
    ///
    /// ```no_run
    /// # fn f(message: telewire_core::objects::Message) {
    /// use telewire_core::types::MessageEntity::{TextUrl, Url};
    ///
    /// let links = message.get_entities_text_of(|e| matches!(e, Url(_) | TextUrl(_)));
    /// # }
    /// ```
    pub fn get_entities_text_of(
        &self,
        kinds: impl Fn(&types::MessageEntity) -> bool,
    ) -> Vec<(&types::MessageEntity, &str)> {
        let entities = self.entities();
        let texts = inner_texts(self.raw_text(), entities);
        let all = entities.iter().zip(texts);
        all.filter(|(entity, _)| kinds(entity)).collect()
    }

    fn replace_text(&mut self, text: String, entities: Vec<types::MessageEntity>) {
        if let types::Message::Message(m) = &mut self.raw {
            m.message = text;
            m.entities = Some(entities).filter(|e| !e.is_empty());
        }
    }
}
