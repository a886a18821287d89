//! What the engine knows of single methods.

use telewire_schema::{Identifiable, types};

/// Methods with side effects that may run twice all the same: they carry a `random_id` by which the server tells a
/// repetition, or writing the same again changes nothing.
const REPEATABLE: [&str; 26] = [
    "channels.readHistory",
    "channels.readMessageContents",
    "initConnection",
    "invokeWithLayer",
    "messages.createForumTopic",
    "messages.forwardMessages",
    "messages.readHistory",
    "messages.readMessageContents",
    "messages.saveDraft",
    "messages.sendEncrypted",
    "messages.sendEncryptedFile",
    "messages.sendEncryptedService",
    "messages.sendInlineBotResult",
    "messages.sendMedia",
    "messages.sendMessage",
    "messages.sendMultiMedia",
    "messages.sendQuickReplyMessages",
    "messages.sendScreenshotNotification",
    "messages.sendWebViewData",
    "messages.setTyping",
    "messages.startBot",
    "account.updateStatus",
    "stories.sendStory",
    "upload.reuploadCdnFile",
    "upload.saveBigFilePart",
    "upload.saveFilePart",
];

/// Beginnings of the names of methods that only read.
const READING: [&str; 4] = ["get", "search", "check", "resolve"];

/// Whether a method may run twice without harm.
pub(super) fn is_repeatable(name: &str) -> bool {
    // Checking a password signs in, checking a bot's or gift's token may consume it.
    // Asking a bot for a callback answer presses its button.
    if name.starts_with("auth.")
        || name.starts_with("payments.")
        || name == "messages.getBotCallbackAnswer"
    {
        return false;
    }
    let method = name.rsplit('.').next().unwrap_or(name);
    READING.iter().any(|verb| {
        method
            .strip_prefix(verb)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
    }) || REPEATABLE.contains(&name)
}

/// The channel whose messages a request with an `affectedMessages` or `affectedHistory` answer touches; `None` for
/// private chats and basic groups, whose messages the account counts.
pub(super) fn affected_channel(name: &str, head: &[u8]) -> Option<i64> {
    // What lies between the method's id and the peer.
    let flags = match name {
        "channels.deleteMessages"
        | "channels.deleteParticipantHistory"
        | "messages.deleteTopicHistory" => 0,
        "messages.deleteHistory"
        | "messages.readMentions"
        | "messages.readPollVotes"
        | "messages.readReactions"
        | "messages.unpinAllMessages" => 4,
        _ => return None,
    };
    let (id, rest) = head.get(4..)?.get(flags..)?.split_first_chunk::<4>()?;
    let channels = [types::InputChannelData::ID, types::InputPeerChannel::ID];
    let (channel, _) = rest.split_first_chunk::<8>()?;
    channels
        .contains(&u32::from_le_bytes(*id))
        .then(|| i64::from_le_bytes(*channel))
}

#[cfg(test)]
mod tests {
    use super::*;
    use telewire_schema::{Serialize, functions};

    #[test]
    fn reading_may_be_repeated_and_signing_in_may_not() {
        for name in [
            "help.getConfig",
            "messages.search",
            "contacts.resolveUsername",
            "messages.sendMessage",
        ] {
            assert!(is_repeatable(name), "{name}");
        }
        for name in [
            "auth.checkPassword",
            "messages.deleteMessages",
            "channels.createChannel",
            "x.checkout",
            "a.gets",
        ] {
            assert!(!is_repeatable(name), "{name}");
        }
    }

    #[test]
    fn affected_messages_belong_to_the_channel_that_was_named() {
        let channel = types::InputChannelData {
            channel_id: 77,
            access_hash: 1,
        };
        let request = functions::channels::DeleteMessages::new(channel.clone(), vec![1, 2]);
        assert_eq!(
            affected_channel("channels.deleteMessages", &request.to_bytes()),
            Some(77)
        );
        let peer = types::InputPeerChannel {
            channel_id: 78,
            access_hash: 1,
        };
        let request = functions::messages::ReadMentions::new(peer);
        assert_eq!(
            affected_channel("messages.readMentions", &request.to_bytes()),
            Some(78)
        );
        let peer = types::InputPeerUser {
            user_id: 79,
            access_hash: 1,
        };
        let request = functions::messages::ReadMentions::new(peer);
        assert_eq!(
            affected_channel("messages.readMentions", &request.to_bytes()),
            None
        );
        assert_eq!(
            affected_channel("channels.deleteMessages", &[1, 2, 3]),
            None
        );
    }
}
