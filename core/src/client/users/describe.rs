//! What the server tells of peers, one by one and many at once.

use std::collections::{HashMap, HashSet};

use telewire_schema::{functions, types};

use super::missing::never_seen;
use crate::client::Client;
use crate::client::entity_like::{Like, input_channel, input_user};
use crate::error::Error;
use crate::objects::Entity;
use crate::peers::PeerId;

/// So many users are asked for at a time.
const USERS: usize = 200;

/// Peers sorted by the request that describes them, and what came of it.
#[derive(Default)]
struct Batch {
    users: Vec<types::InputUser>,
    chats: Vec<i64>,
    channels: Vec<types::InputChannel>,
    /// Who is among them; `None` is oneself.
    asked: HashSet<Option<PeerId>>,
    found: HashMap<PeerId, Entity>,
    me: Option<PeerId>,
}

impl Client {
    /// What the server tells of a peer; `None` if nothing.
    pub(super) async fn describe(&self, peer: types::InputPeer) -> Result<Option<Entity>, Error> {
        let mut batch = Batch::default();
        batch.add(&peer);
        self.run(&mut batch).await?;
        Ok(batch.take(&peer))
    }

    /// The same for many, names included; in their order.
    pub(super) async fn describe_all(&self, likes: Vec<Like>) -> Result<Vec<Entity>, Error> {
        enum Place {
            Found(Entity),
            Asked(types::InputPeer),
        }
        let mut places = Vec::with_capacity(likes.len());
        let mut batch = Batch::default();
        for like in &likes {
            places.push(match self.look_up_like(like).await? {
                Some(found) => Place::Found(found),
                None => {
                    let peer = self.resolve(like).await?;
                    batch.add(&peer);
                    Place::Asked(peer)
                }
            });
        }
        self.run(&mut batch).await?;
        let bot = self.knows_bot();
        places
            .into_iter()
            .zip(&likes)
            .map(|(place, like)| match place {
                Place::Found(found) => Ok(found),
                Place::Asked(peer) => batch.take(&peer).ok_or_else(|| never_seen(like, bot)),
            })
            .collect()
    }

    pub(super) async fn user(
        &self,
        user: types::InputUser,
    ) -> Result<Option<types::UserData>, Error> {
        let users = self
            .invoke(&functions::users::GetUsers::new(vec![user]))
            .await?;
        Ok(users.into_iter().find_map(|user| match user {
            types::User::User(user) => Some(*user),
            types::User::Empty(_) => None,
        }))
    }

    async fn run(&self, batch: &mut Batch) -> Result<(), Error> {
        let users = std::mem::take(&mut batch.users);
        for some in users.chunks(USERS) {
            let get = functions::users::GetUsers::new(some.to_vec());
            for user in self.invoke(&get).await? {
                batch.saw(Entity::from_user(user));
            }
        }
        let chats = std::mem::take(&mut batch.chats);
        if !chats.is_empty() {
            let get = functions::messages::GetChats::new(chats);
            batch.saw_chats(self.invoke(&get).await?);
        }
        let channels = std::mem::take(&mut batch.channels);
        if !channels.is_empty() {
            let get = functions::channels::GetChannels::new(channels);
            batch.saw_chats(self.invoke(&get).await?);
        }
        Ok(())
    }
}

impl Batch {
    fn add(&mut self, peer: &types::InputPeer) {
        if !self.asked.insert(id_of(peer)) {
            return;
        }
        if let types::InputPeer::Chat(chat) = peer {
            self.chats.push(chat.chat_id);
        } else if let Some(channel) = input_channel(peer.clone()) {
            self.channels.push(channel);
        } else if let Some(user) = input_user(peer.clone()) {
            self.users.push(user);
        }
    }

    fn saw_chats(&mut self, chats: types::messages::Chats) {
        let chats = match chats {
            types::messages::Chats::Chats(c) => c.chats,
            types::messages::Chats::Slice(c) => c.chats,
        };
        for chat in chats {
            self.saw(Entity::from_chat(chat));
        }
    }

    fn saw(&mut self, entity: Option<Entity>) {
        let Some(entity) = entity else { return };
        let id = entity.id();
        if entity.user().is_some_and(|user| user.self_) {
            self.me = Some(id);
        }
        self.found.insert(id, entity);
    }

    fn take(&self, peer: &types::InputPeer) -> Option<Entity> {
        let id = id_of(peer).or(self.me)?;
        self.found.get(&id).cloned()
    }
}

/// Whom an input peer names; `None` for oneself, and for nobody.
fn id_of(peer: &types::InputPeer) -> Option<PeerId> {
    Some(match peer {
        types::InputPeer::User(u) => PeerId::User(u.user_id),
        types::InputPeer::UserFromMessage(u) => PeerId::User(u.user_id),
        types::InputPeer::Chat(c) => PeerId::Chat(c.chat_id),
        types::InputPeer::Channel(c) => PeerId::Channel(c.channel_id),
        types::InputPeer::ChannelFromMessage(c) => PeerId::Channel(c.channel_id),
        types::InputPeer::Self_ | types::InputPeer::Empty | types::InputPeer::Named(_) => {
            return None;
        }
    })
}
