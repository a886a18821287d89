//! One argument type for one message or several.

use crate::client::several::from_several;
use crate::objects::Message;

/// The id of one message: a number, or a [`Message`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(pub(crate) i32);

impl From<i32> for MessageId {
    fn from(id: i32) -> Self {
        Self(id)
    }
}

impl From<&i32> for MessageId {
    fn from(id: &i32) -> Self {
        Self(*id)
    }
}

impl From<&Message> for MessageId {
    fn from(message: &Message) -> Self {
        Self(message.id())
    }
}

impl From<&&Message> for MessageId {
    fn from(message: &&Message) -> Self {
        Self(message.id())
    }
}

impl From<Message> for MessageId {
    fn from(message: Message) -> Self {
        Self(message.id())
    }
}

/// One message or several: an `i32` or a [`Message`], or a slice, array or vector of them.
///
/// ```no_run
/// # async fn f(client: telewire_core::Client, last: telewire_core::objects::Message) -> Result<(), telewire_core::Error> {
/// client.delete_messages("me", 42).await?;
/// client.delete_messages("me", [43, 44]).await?;
/// client.delete_messages("me", &last).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SomeIds(pub(crate) Vec<i32>);

macro_rules! from_one {
    ($($type:ty),*) => {$(
        impl From<$type> for SomeIds {
            fn from(one: $type) -> Self {
                Self(vec![MessageId::from(one).0])
            }
        }
    )*};
}

from_one!(i32, &i32, MessageId, &Message, Message);

impl<T: Into<MessageId>> FromIterator<T> for SomeIds {
    fn from_iter<I: IntoIterator<Item = T>>(several: I) -> Self {
        Self(several.into_iter().map(|one| one.into().0).collect())
    }
}

from_several!(SomeIds: MessageId);

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use telewire_schema::types;

    use super::*;
    use crate::client::testing::Stage;

    #[test]
    fn one_or_many_ids_and_messages_are_taken() {
        let stage = Stage::new();
        let raw = types::MessageData::new(7, types::PeerUser::new(1), 1, "");
        let message = Message::new(&stage.client, raw.into(), Arc::default());
        let ids = |some: SomeIds| some.0;
        assert_eq!(ids(5.into()), [5]);
        assert_eq!(ids((&message).into()), [7]);
        assert_eq!(ids([5, 6].into()), [5, 6]);
        assert_eq!(ids((&[5, 6]).into()), [5, 6]);
        assert_eq!(ids([5, 6][..].into()), [5, 6]);
        assert_eq!(ids(vec![5, 6].into()), [5, 6]);
        assert_eq!(ids([&message, &message].into()), [7, 7]);
        assert_eq!(ids((&vec![message.clone()]).into()), [7]);
        assert_eq!(
            ids([MessageId::from(5), MessageId::from(&message)].into()),
            [5, 7]
        );
        assert_eq!(ids(vec![message].into()), [7]);
    }
}
