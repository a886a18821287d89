//! Nobody is called that: the errors that say where was looked, and which call would supply what is missing.

use crate::client::entity_like::Like;
use crate::error::Error;
use crate::peers::PeerId;

pub(super) fn no_username(name: &str) -> Error {
    Error::NotFound(format!(
        "nobody has the username @{name} (asked contacts.resolveUsername); check the spelling, or pass an id or a peer if it was changed"
    ))
}

pub(super) fn no_phone(phone: &str) -> Error {
    Error::NotFound(format!(
        "no account can be found by the phone number {phone} (asked contacts.resolvePhone and contacts.getContacts); check it, or add it to the contacts by contacts.importContacts first"
    ))
}

pub(super) fn bots_have_no_phones(phone: &str) -> Error {
    Error::misuse(format!(
        "bots cannot look up a phone number such as {phone}; pass an id, a username, or what a message of that user brought"
    ))
}

pub(super) fn not_in_chat() -> Error {
    Error::NotFound(
        "this invite link leads to a chat that the account is not in (asked messages.checkChatInvite); join it first by messages.importChatInvite".into(),
    )
}

/// Nothing is known of a peer that has to be known. `bot`: who asks is a bot, which has no dialogs.
pub(super) fn never_seen(like: &Like, bot: bool) -> Error {
    let who = like.describe();
    let meet = match bot {
        true => "by its username, or in a message or member list that brings it along",
        false => {
            "by its username, in a message, in iter_dialogs(), or in a member list (channels.getParticipants, messages.getFullChat)"
        }
    };
    Error::NotFound(match like {
        Like::Text(_) => format!(
            "{who} was never seen by this session, so it cannot be addressed: no exact display name in the session matches, and it is no phone number, username or link that could be asked for; meet it first, {meet}"
        ),
        Like::Exact(id) => format!(
            "{who} was never seen by this session, so it cannot be addressed: looked in the cache and in the session, and {} without an access hash; meet it first, {meet}",
            asked(*id)
        ),
        Like::Number(id) => format!(
            "{who} was never seen by this session, so it cannot be addressed: looked for a user, a group and a channel in the cache and in the session, and {} without an access hash; meet it first, {meet}, or mark it (-{id} for a group, -100… for a channel)",
            asked(PeerId::User(*id))
        ),
        Like::Input(_) | Like::Nobody => {
            format!("the server knows nothing of {who}; fetch it again, {meet}")
        }
    })
}

fn asked(id: PeerId) -> &'static str {
    match id {
        PeerId::User(_) => "asked users.getUsers",
        PeerId::Chat(_) => "asked messages.getChats",
        PeerId::Channel(_) => "asked channels.getChannels",
    }
}
