//! What new and edited messages are chosen by, and what both events are.

use std::fmt;
use std::sync::Arc;

use crate::client::{Client, EntityLike};
use crate::error::Error;
use crate::events::chats::{ChatFilter, Chats, KnownChats, resolve};
use crate::events::pattern::{Pattern, PatternMatch};
use crate::objects::Message;

/// The filters of builders whose events are messages, apart from those that every builder has.
#[derive(Default)]
pub(super) struct MessageFilter {
    incoming: bool,
    outgoing: bool,
    forwards: Option<bool>,
    from_users: Option<Chats>,
    pattern: Option<Pattern>,
}

/// Whom the filters of a builder name, as one account knows them.
#[derive(Debug)]
pub struct Known {
    chats: Option<KnownChats>,
    senders: Option<KnownChats>,
}

/// An event that is a message.
pub(super) trait MessageEvent: Clone {
    fn message(&self) -> &Message;
    fn set_match(&mut self, found: Option<Arc<PatternMatch>>);
}

impl MessageFilter {
    pub(super) fn incoming(&mut self) {
        self.incoming = true;
    }

    pub(super) fn outgoing(&mut self) {
        self.outgoing = true;
    }

    /// Both as they come from elsewhere: each may be left open, and one that is false means the other.
    pub(super) fn directions(
        &mut self,
        incoming: Option<bool>,
        outgoing: Option<bool>,
    ) -> Result<(), Error> {
        if (incoming, outgoing) == (Some(false), Some(false)) {
            return Err(Error::misuse(
                "a message is either incoming or outgoing; leave one of the two open, or do not register the handler",
            ));
        }
        self.incoming = incoming == Some(true) || outgoing == Some(false);
        self.outgoing = outgoing == Some(true) || incoming == Some(false);
        Ok(())
    }

    pub(super) fn forwards(&mut self, yes: bool) {
        self.forwards = Some(yes);
    }

    pub(super) fn add_senders<T: Into<EntityLike>>(&mut self, users: impl IntoIterator<Item = T>) {
        self.from_users.get_or_insert_default().add(users);
    }

    pub(super) fn set_pattern(&mut self, pattern: Pattern) {
        self.pattern = Some(pattern);
    }

    pub(super) async fn resolve<E>(
        &self,
        common: &ChatFilter<E>,
        client: &Client,
    ) -> Result<Known, Error> {
        Ok(Known {
            senders: resolve(self.from_users.as_ref(), client).await?,
            chats: common.resolve(client).await?,
        })
    }

    /// The event for a handler, if it is one that is wanted. The order of the tests can be observed, and is Telethon's.
    pub(super) fn accept<E: MessageEvent>(
        &self,
        common: &ChatFilter<E>,
        known: &Known,
        event: &E,
    ) -> Option<E> {
        let message = event.message();
        if self.incoming != self.outgoing && message.out() != self.outgoing {
            return None;
        }
        if self
            .forwards
            .is_some_and(|wanted| message.forward().is_some() != wanted)
        {
            return None;
        }
        if let Some(senders) = &known.senders
            && !senders.contain(message.sender_id())
        {
            return None;
        }
        let found = match &self.pattern {
            Some(pattern) => Some(pattern.find(message.raw_text())?),
            None => None,
        };
        if !common.accepts_chat(known.chats.as_ref(), message.chat_id()) {
            return None;
        }
        let mut event = event.clone();
        event.set_match(found);
        common.accepts(&event).then_some(event)
    }
}

impl fmt::Debug for MessageFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageFilter")
            .field("incoming", &self.incoming)
            .field("outgoing", &self.outgoing)
            .field("forwards", &self.forwards)
            .field("from_users", &self.from_users)
            .field("pattern", &self.pattern)
            .finish()
    }
}

/// What builders of message events can be told beyond [`chat_filters`]. The type has a `filter`.
///
/// [`chat_filters`]: super::chats::chat_filters
macro_rules! message_filters {
    ($name:ident of $event:ident) => {
        impl $name {
            /// Only those of others. Together with [`Self::outgoing`] it means nothing.
            pub fn incoming(mut self) -> Self {
                self.filter.incoming();
                self
            }

            /// Only those that the account has sent, from whichever device. Together with [`Self::incoming`] it means nothing.
            pub fn outgoing(mut self) -> Self {
                self.filter.outgoing();
                self
            }

            /// [`Self::incoming`] and [`Self::outgoing`] for flags that come from elsewhere: `None` leaves it open, `false` is
            /// `true` of the other one.
            ///
            /// # Errors
            /// [`Error::Misuse`] if both are `false`, since there is no such message.
            pub fn directions(
                mut self,
                incoming: Option<bool>,
                outgoing: Option<bool>,
            ) -> Result<Self, Error> {
                self.filter.directions(incoming, outgoing)?;
                Ok(self)
            }

            /// Only forwarded ones, or only those that are not.
            pub fn forwards(mut self, yes: bool) -> Self {
                self.filter.forwards(yes);
                self
            }

            /// Only those that these users have sent, in whichever chat. Looked up as [`Self::chats`].
            pub fn from_users<T: Into<$crate::client::EntityLike>>(
                mut self,
                users: impl IntoIterator<Item = T>,
            ) -> Self {
                self.filter.add_senders(users);
                self
            }

            /// Only those whose plain text matches this regular expression from its beginning on, be it given as text or as a
            /// [`regex::Regex`]. What it matched is the event's `pattern_match`.
            ///
            /// It need not match up to the end (for this, end it with `$`), and not only there (for anything before it, begin it
            /// with `(?s).*`).
            ///
            /// # Errors
            /// [`Error::Misuse`] if the text is no regular expression.
            #[cfg(feature = "regex")]
            pub fn pattern<P>(mut self, pattern: P) -> Result<Self, Error>
            where
                P: TryInto<regex::Regex, Error: std::fmt::Display>,
            {
                let regex = pattern.try_into().map_err(|e| {
                    Error::misuse(format!("the pattern is not a regular expression: {e}"))
                })?;
                self.filter
                    .set_pattern($crate::events::pattern::Pattern::Regex(regex));
                Ok(self)
            }

            /// Only those whose plain text passes this test; an empty text for those that have none.
            pub fn matching(mut self, test: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
                self.filter
                    .set_pattern($crate::events::pattern::Pattern::Test(Box::new(test)));
                self
            }
        }

        impl EventBuilder for $name {
            type Event = $event;
            type Known = Known;

            fn resolve<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<Known, Error>> {
                Box::pin(self.filter.resolve(&self.common, client))
            }

            fn accept(&self, known: &Known, event: &$event) -> Option<$event> {
                self.filter.accept(&self.common, known, event)
            }
        }
    };
}

/// What events that are messages have in common: they can be used like the message itself. The type has a `message`, an
/// `update` and a `found`.
macro_rules! message_event {
    ($name:ident of $label:literal) => {
        impl $name {
            fn new(client: &Client, raw: &types::Message, update: &Arc<Update>) -> Self {
                let message = Message::new(client, raw.clone(), Arc::clone(&update.peers));
                Self {
                    message: Arc::new(message),
                    update: Arc::clone(update),
                    found: None,
                }
            }

            /// The message. Everything it has, the event has as well.
            pub fn message(&self) -> &Message {
                &self.message
            }

            /// What the pattern of the handler's builder found; `None` if it has no pattern.
            pub fn pattern_match(&self) -> Option<&PatternMatch> {
                self.found.as_deref()
            }
        }

        impl MessageEvent for $name {
            fn message(&self) -> &Message {
                &self.message
            }

            fn set_match(&mut self, found: Option<Arc<PatternMatch>>) {
                self.found = found;
            }
        }

        impl Deref for $name {
            type Target = Message;

            fn deref(&self) -> &Message {
                &self.message
            }
        }

        impl DerefMut for $name {
            /// The message of this handler; that of the others stays as it is.
            fn deref_mut(&mut self) -> &mut Message {
                Arc::make_mut(&mut self.message)
            }
        }

        impl Object for $name {
            fn meta(&self) -> &'static Meta {
                const META: Meta = Meta::new(
                    0,
                    $label,
                    &[
                        Field::new("original_update"),
                        Field::new("pattern_match"),
                        Field::new("message"),
                    ],
                );
                &META
            }

            fn field(&self, index: usize) -> View<'_> {
                match index {
                    0 => self.update.raw.view(),
                    1 => self
                        .pattern_match()
                        .map_or(View::Null, |m| View::Text(m.as_str())),
                    2 => self.message.raw.view(),
                    _ => View::Null,
                }
            }
        }
    };
}

pub(super) use message_event;
pub(super) use message_filters;
