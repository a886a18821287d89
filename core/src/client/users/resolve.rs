//! From what a program has of a peer to what requests take: memory first, then the session, then the server.

use telewire_schema::{functions, types};

use super::missing::{bots_have_no_phones, never_seen, no_phone, no_username, not_in_chat};
use crate::client::Client;
use crate::client::entity_like::Like;
use crate::client::handle::lock;
use crate::error::Error;
use crate::objects::Entity;
use crate::peers::{PeerId, PeerKey, PeerMap, PeerRecord};
use crate::text::{ParsedUsername, parse_phone, parse_username, resolve_invite_link};

/// The length of the invite links that named their chat.
const OLD_INVITE: usize = 22;

impl Client {
    /// What requests take for `like`. Dialogs are never looked through for it.
    pub(super) async fn resolve(&self, like: &Like) -> Result<types::InputPeer, Error> {
        let found = match like {
            Like::Input(peer) => return Ok(peer.clone()),
            Like::Nobody => {
                return Err(Error::misuse("an empty user or chat cannot be addressed"));
            }
            Like::Exact(id) => self.by_id(*id).await?,
            Like::Number(number) => self.by_number(*number).await?,
            Like::Text(text) => self.by_text(text).await?,
        };
        found.ok_or_else(|| never_seen(like, self.knows_bot()))
    }

    /// Asks the server who a text means, so that what comes back is fresh; `None` for what is no phone, username or link.
    pub(super) async fn look_up_like(&self, like: &Like) -> Result<Option<Entity>, Error> {
        match like {
            Like::Text(text) => self.look_up(text).await,
            _ => Ok(None),
        }
    }

    /// Whether the account is known to be a bot.
    pub(super) fn knows_bot(&self) -> bool {
        self.self_user().is_some_and(|me| me.bot)
    }

    async fn by_id(&self, id: PeerId) -> Result<Option<types::InputPeer>, Error> {
        if let PeerId::Chat(id) = id {
            return Ok(Some(types::InputPeerChat::new(id).into()));
        }
        if let Some(record) = self.find_peer(PeerKey::Id(id)).await? {
            return Ok(Some(record.input_peer()));
        }
        if let Some(me) = self.own_peer(id) {
            return Ok(Some(me));
        }
        self.without_hash(id).await
    }

    /// A positive number: whichever of the three kinds is known under it, else a user.
    async fn by_number(&self, number: i64) -> Result<Option<types::InputPeer>, Error> {
        let kinds = [PeerId::User, PeerId::Chat, PeerId::Channel].map(|kind| kind(number));
        for id in kinds {
            if let Some(record) = lock(&self.shared().peers).find(&PeerKey::Id(id)) {
                return Ok(Some(record.input_peer()));
            }
        }
        if let Some(me) = self.own_peer(PeerId::User(number)) {
            return Ok(Some(me));
        }
        for id in kinds {
            if let Some(record) = self.find_peer(PeerKey::Id(id)).await? {
                return Ok(Some(record.input_peer()));
            }
        }
        self.without_hash(PeerId::User(number)).await
    }

    async fn by_text(&self, text: &str) -> Result<Option<types::InputPeer>, Error> {
        let key = match (parse_phone(text), parse_username(text)) {
            (Some(phone), _) => PeerKey::Phone(phone.into()),
            (_, Some(ParsedUsername::Username(name))) => PeerKey::Username(name.into()),
            (_, Some(ParsedUsername::Invite(hash))) => {
                if let Some(record) = self.find_invited(&hash).await? {
                    return Ok(Some(record.input_peer()));
                }
                return Ok(self.look_up(text).await?.and_then(|e| e.input_peer()));
            }
            (None, None) => PeerKey::Name(text.into()),
        };
        if let Some(record) = self.find_peer(key).await? {
            return Ok(Some(record.input_peer()));
        }
        // A single word may be somebody's display name as well.
        if let Some(record) = self.find_peer(PeerKey::Name(text.into())).await? {
            return Ok(Some(record.input_peer()));
        }
        let Some(found) = self.look_up(text).await? else {
            return Ok(None);
        };
        match found.input_peer() {
            Some(peer) => Ok(Some(peer)),
            // Only the least was told, but more may be known from before.
            None => self.by_id(found.id()).await,
        }
    }

    /// Oneself, if `id` is that.
    fn own_peer(&self, id: PeerId) -> Option<types::InputPeer> {
        let me = self.self_user().filter(|me| PeerId::User(me.id) == id)?;
        Some(match me.access_hash {
            // Some sessions know no more than the id.
            0 => types::InputPeer::Self_,
            hash => types::InputPeerUser::new(me.id, hash).into(),
        })
    }

    /// A stranger as the server gives it to those who need no access hash: bots have it of everybody
    /// [they have met](https://core.telegram.org/api/peers), and users of their contacts.
    async fn without_hash(&self, id: PeerId) -> Result<Option<types::InputPeer>, Error> {
        let unhashed: types::InputPeer = match id {
            PeerId::User(id) => types::InputPeerUser::new(id, 0).into(),
            PeerId::Chat(id) => types::InputPeerChat::new(id).into(),
            PeerId::Channel(id) => types::InputPeerChannel::new(id, 0).into(),
        };
        match self.describe(unhashed.clone()).await {
            Ok(None) => Ok(None),
            Ok(Some(found)) => Ok(found
                .input_peer()
                .or_else(|| self.knows_bot().then_some(unhashed))),
            Err(Error::Rpc { error, .. }) if error.code() == 400 => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// The chat of an invite link, if it is one of those that still named it and the session knows the chat.
    async fn find_invited(&self, hash: &str) -> Result<Option<PeerRecord>, Error> {
        // Shorter ones are random, so what they seem to name is somebody else.
        let Some(link) = resolve_invite_link(hash).filter(|_| hash.len() >= OLD_INVITE) else {
            return Ok(None);
        };
        for id in [PeerId::Channel(link.chat), PeerId::Chat(link.chat)] {
            if let Some(record) = self.find_peer(PeerKey::Id(id)).await? {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// Asks the server who a phone number, username or link belongs to; `None` for other texts.
    async fn look_up(&self, text: &str) -> Result<Option<Entity>, Error> {
        if let Some(phone) = parse_phone(text) {
            return self.look_up_phone(text, phone).await.map(Some);
        }
        match parse_username(text) {
            Some(ParsedUsername::Username(name)) => {
                let request = functions::contacts::ResolveUsername::new(name.as_str());
                let found = resolved(self.invoke(&request).await, "USERNAME_NOT_OCCUPIED")?;
                found.map(Some).ok_or_else(|| no_username(&name))
            }
            Some(ParsedUsername::Invite(hash)) => {
                let check = functions::messages::CheckChatInvite::new(hash);
                match self.invoke(&check).await? {
                    types::ChatInvite::Already(invite) => Ok(Entity::from_chat(invite.chat)),
                    types::ChatInvite::Peek(invite) => Ok(Entity::from_chat(invite.chat)),
                    types::ChatInvite::ChatInvite(_) => Err(not_in_chat()),
                }
            }
            None => Ok(None),
        }
    }

    /// Whoever can be found by a number, else whoever of the contacts shows it.
    async fn look_up_phone(&self, text: &str, phone: String) -> Result<Entity, Error> {
        if self.knows_bot() {
            return Err(bots_have_no_phones(text));
        }
        let request = functions::contacts::ResolvePhone::new(phone.as_str());
        if let Some(found) = resolved(self.invoke(&request).await, "PHONE_NOT_OCCUPIED")? {
            return Ok(found);
        }
        let contacts = self.invoke(&functions::contacts::GetContacts::new(0)).await;
        let users = match contacts? {
            types::contacts::Contacts::Contacts(c) => c.users,
            types::contacts::Contacts::NotModified => Vec::new(),
        };
        let has_it = |user: &types::UserData| {
            let digits = user.phone.as_deref().and_then(parse_phone);
            digits.is_some_and(|digits| digits == phone)
        };
        users
            .into_iter()
            .find_map(|user| match user {
                types::User::User(user) if has_it(&user) => Some(Entity::User(user)),
                _ => None,
            })
            .ok_or_else(|| no_phone(text))
    }
}

/// The peer in an answer; `None` for the refusal called `name`, which says that nobody is called that.
fn resolved(
    answer: Result<types::contacts::ResolvedPeer, Error>,
    name: &str,
) -> Result<Option<Entity>, Error> {
    match answer {
        Ok(found) => {
            let id = PeerId::from(&found.peer);
            Ok(Entity::of(&PeerMap::new(found.users, found.chats), id))
        }
        Err(error) if error.is(name) || error.is("USERNAME_INVALID") => Ok(None),
        Err(error) => Err(error),
    }
}
