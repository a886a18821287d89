//! Messages by their ids.

use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use telewire_schema::{functions, types};

use super::answer::Answer;
use super::query::Scope;
use super::source::pause;
use crate::client::entity_like::input_channel;
use crate::client::paged::{PAGE, Page, Source};
use crate::client::several::from_several;
use crate::client::{Client, MessageId};
use crate::error::Error;
use crate::objects::Message;
use crate::peers::PeerId;

/// One message of a chat: a [`MessageId`] or anything that becomes one, such as an `i32` or a [`Message`], or an
/// [`InputMessage`](https://core.telegram.org/type/InputMessage), which can also name the message that another one replies
/// to, or the pinned one.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageRef(pub(super) types::InputMessage);

impl<T: Into<MessageId>> From<T> for MessageRef {
    fn from(message: T) -> Self {
        Self(types::InputMessageId::new(message.into().0).into())
    }
}

impl From<types::InputMessage> for MessageRef {
    fn from(message: types::InputMessage) -> Self {
        Self(message)
    }
}

impl From<&Self> for MessageRef {
    fn from(message: &Self) -> Self {
        message.clone()
    }
}

/// Some messages of a chat: a list, array, slice or range of anything that is a [`MessageRef`], or a single one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessageRefs(pub(super) Vec<types::InputMessage>);

impl<T: Into<MessageRef>> FromIterator<T> for MessageRefs {
    fn from_iter<I: IntoIterator<Item = T>>(messages: I) -> Self {
        Self(messages.into_iter().map(|m| m.into().0).collect())
    }
}

impl<T: Into<MessageRef>> From<T> for MessageRefs {
    fn from(message: T) -> Self {
        Self(vec![message.into().0])
    }
}

from_several!(MessageRefs: MessageRef);

impl From<Range<i32>> for MessageRefs {
    fn from(ids: Range<i32>) -> Self {
        ids.collect()
    }
}

impl From<RangeInclusive<i32>> for MessageRefs {
    fn from(ids: RangeInclusive<i32>) -> Self {
        ids.collect()
    }
}

/// Certain messages, a page of a hundred at a time.
#[derive(Clone)]
pub(super) struct ById {
    scope: Scope,
    wanted: Vec<types::InputMessage>,
    /// How many of them were asked for.
    asked: usize,
    place: Option<Place>,
}

/// A chat, once it is known.
#[derive(Clone)]
struct Place {
    /// None for all chats.
    chat: Option<(types::InputPeer, PeerId)>,
}

impl ById {
    pub(super) fn new(scope: Scope, MessageRefs(mut wanted): MessageRefs, reverse: bool) -> Self {
        if reverse {
            wanted.reverse();
        }
        Self {
            scope,
            wanted,
            asked: 0,
            place: None,
        }
    }

    pub(super) fn reverse(&mut self) {
        self.wanted.reverse();
    }

    pub(super) fn len(&self) -> usize {
        self.wanted.len()
    }
}

impl Source for ById {
    type Item = Option<Message>;

    fn pause(limit: Option<usize>) -> Duration {
        pause(limit)
    }

    async fn page(&mut self, client: &Client, left: usize) -> Result<Page<Self::Item>, Error> {
        let total = Some(self.wanted.len());
        let rest = self.wanted.get(self.asked..).unwrap_or_default();
        let chunk = rest.get(..left.min(PAGE)).unwrap_or(rest);
        if chunk.is_empty() {
            return Ok(Page {
                total,
                ..Page::empty()
            });
        }
        let place = match self.place.take() {
            Some(place) => place,
            None => find(client, &self.scope).await?,
        };
        let place = self.place.insert(place);
        let items = fetch(client, place, chunk).await?;
        self.asked += chunk.len();
        Ok(Page {
            items,
            total,
            last: self.asked >= self.wanted.len(),
        })
    }
}

async fn find(client: &Client, scope: &Scope) -> Result<Place, Error> {
    let Some(chat) = &scope.0 else {
        return Ok(Place { chat: None });
    };
    let peer = client.get_input_entity(chat.clone()).await?;
    let id = client.id_of(&peer).await?;
    Ok(Place {
        chat: Some((peer, id)),
    })
}

/// At most a hundred messages, in the order in which they are wanted.
async fn fetch(
    client: &Client,
    place: &Place,
    wanted: &[types::InputMessage],
) -> Result<Vec<Option<Message>>, Error> {
    let channel = place
        .chat
        .as_ref()
        .and_then(|(peer, _)| input_channel(peer.clone()));
    let answer = match channel {
        Some(channel) => {
            let request = functions::channels::GetMessages::new(channel, wanted.to_vec());
            client.invoke(&request).await
        }
        None => {
            let request = functions::messages::GetMessages::new(wanted.to_vec());
            client.invoke(&request).await
        }
    };
    let answer = match answer {
        // None of them can exist.
        Err(error) if error.is("MESSAGE_IDS_EMPTY") => return Ok(vec![None; wanted.len()]),
        answer => Answer::from(answer?),
    };
    let found = answer.messages.into_iter().map(|raw| {
        let there = !matches!(raw, types::Message::Empty(_));
        let message = Message::new(client, raw, answer.peers.clone());
        // The ids of private chats and groups belong to the account, so they may lead elsewhere.
        let here = |(_, id): &(_, PeerId)| message.chat_id() == Some(*id);
        let here = place.chat.as_ref().is_none_or(here);
        (message.id(), Some(message).filter(|_| there && here))
    });
    Ok(line_up(wanted, found.collect()))
}

/// Puts what came in the order of what was asked for. The server keeps the order itself, unless it leaves something out.
fn line_up<T: Clone>(
    wanted: &[types::InputMessage],
    found: Vec<(i32, Option<T>)>,
) -> Vec<Option<T>> {
    let id_of = |wanted: &types::InputMessage| match wanted {
        types::InputMessage::Id(wanted) => Some(wanted.id),
        _ => None,
    };
    let fits = |(wanted, (id, _)): (_, &(i32, _))| id_of(wanted).is_none_or(|wanted| wanted == *id);
    if wanted.len() == found.len() && wanted.iter().zip(&found).all(fits) {
        return found.into_iter().map(|(_, message)| message).collect();
    }
    let by_id: HashMap<i32, Option<T>> = found.iter().cloned().collect();
    // What has no id of its own can only be what is left, if that is as much.
    let ids: Vec<Option<i32>> = wanted.iter().map(id_of).collect();
    let unnamed = ids.iter().filter(|id| id.is_none()).count();
    let mut rest: Vec<Option<T>> = found
        .into_iter()
        .filter(|(id, _)| !ids.contains(&Some(*id)))
        .map(|(_, message)| message)
        .collect();
    rest.truncate(if rest.len() == unnamed { unnamed } else { 0 });
    let mut rest = rest.into_iter();
    ids.into_iter()
        .map(|id| match id {
            Some(id) => by_id.get(&id).cloned().flatten(),
            None => rest.next().flatten(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply_of(id: i32) -> types::InputMessage {
        types::InputMessageReplyTo::new(id).into()
    }

    fn ids<const N: usize>(ids: [i32; N]) -> Vec<types::InputMessage> {
        MessageRefs::from(ids).0
    }

    #[test]
    fn what_came_is_put_in_the_order_of_what_was_asked_for() {
        let found = |list: &[i32]| list.iter().map(|id| (*id, Some(*id))).collect();
        assert_eq!(
            line_up(&ids([1, 2, 3]), found(&[3, 1])),
            [Some(1), None, Some(3)]
        );
        assert_eq!(
            line_up(&ids([2, 2, 1]), found(&[2, 1])),
            [Some(2), Some(2), Some(1)]
        );
        assert_eq!(line_up(&ids([1]), vec![(1, None::<i32>)]), [None]);
        assert_eq!(line_up::<i32>(&ids([1, 2]), vec![]), [None, None]);
    }

    #[test]
    fn what_has_no_id_is_known_by_its_place_or_is_what_is_left() {
        let found = |list: &[i32]| list.iter().map(|id| (*id, Some(*id))).collect();
        let mixed = [ids([5]), vec![reply_of(9)], ids([6])].concat();
        assert_eq!(
            line_up(&mixed, found(&[5, 5, 6])),
            [Some(5), Some(5), Some(6)]
        );
        assert_eq!(line_up(&mixed, found(&[5, 4])), [Some(5), Some(4), None]);
        assert_eq!(line_up(&mixed, found(&[4, 3])), [None, None, None]);
    }

    #[test]
    fn references_are_made_from_one_or_many() {
        let three = ids([1, 2, 3]);
        assert_eq!(MessageRefs::from(vec![1, 2, 3]).0, three);
        assert_eq!(MessageRefs::from(&[1, 2, 3]).0, three);
        assert_eq!(MessageRefs::from([1, 2, 3].as_slice()).0, three);
        assert_eq!(MessageRefs::from(&vec![1, 2, 3]).0, three);
        assert_eq!(MessageRefs::from(1..4).0, three);
        assert_eq!(MessageRefs::from(1..=3).0, three);
        assert_eq!(MessageRefs::from(7).0, ids([7]));
        let pinned = types::InputMessage::Pinned;
        assert_eq!(MessageRefs::from(pinned.clone()).0, [pinned]);
    }
}
