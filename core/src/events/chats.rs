//! Filters that name chats or users.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::client::entity_like::Like;
use crate::client::{Client, EntityLike};
use crate::error::Error;
use crate::peers::PeerId;

/// Some chats or users, given by whatever names them and looked up when the client is connected.
#[derive(Default)]
pub(super) struct Chats {
    named: Vec<EntityLike>,
    known: OnceLock<Known>,
}

#[derive(Default)]
struct Known {
    exact: HashSet<PeerId>,
    /// Positive numbers: a user, group or channel with that number.
    numbers: HashSet<i64>,
}

impl Chats {
    pub(super) fn add<T: Into<EntityLike>>(&mut self, chats: impl IntoIterator<Item = T>) {
        self.named.extend(chats.into_iter().map(Into::into));
    }

    pub(super) async fn resolve(&self, client: &Client) -> Result<(), Error> {
        if self.known.get().is_some() {
            return Ok(());
        }
        let mut known = Known::default();
        for name in &self.named {
            match name.as_like() {
                Like::Number(number) => {
                    known.numbers.insert(*number);
                }
                Like::Exact(id) => {
                    known.exact.insert(*id);
                }
                _ => {
                    let peer = client.get_input_entity(name.clone()).await?;
                    known.exact.insert(client.id_of(&peer).await?);
                }
            }
        }
        // Somebody else may have been quicker, with the same result.
        let _ = self.known.set(known);
        Ok(())
    }

    /// Whether that one is among them. Never before they are looked up.
    pub(super) fn contain(&self, id: Option<PeerId>) -> bool {
        let (Some(known), Some(id)) = (self.known.get(), id) else {
            return false;
        };
        known.exact.contains(&id) || known.numbers.contains(&id.bare())
    }

    pub(super) fn resolved(&self) -> bool {
        self.known.get().is_some()
    }
}
