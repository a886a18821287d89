//! What to do about the errors that users run into.

/// Names of server errors, as [`RpcError::name`](telewire_schema::RpcError::name) gives them, and what helps.
const ADVICE: &[(&str, &str)] = &[
    ("ACCESS_TOKEN_EXPIRED", "get a new token from @BotFather"),
    (
        "ACCESS_TOKEN_INVALID",
        "copy the bot's token from @BotFather again, digits, colon and all",
    ),
    (
        "API_ID_INVALID",
        "check api_id and api_hash at https://my.telegram.org",
    ),
    (
        "API_ID_PUBLISHED_FLOOD",
        "this api_id is everybody's; get your own at https://my.telegram.org",
    ),
    (
        "AUTH_KEY_DUPLICATED",
        "the session was used from two places at once; sign in again, and use it from one",
    ),
    (
        "AUTH_KEY_UNREGISTERED",
        "nobody is signed in here; sign in first",
    ),
    (
        "BOT_METHOD_INVALID",
        "bots may not call this; sign in as a user",
    ),
    (
        "CHANNEL_PRIVATE",
        "the account is not in this channel, or was banned from it; join it first",
    ),
    (
        "CHAT_ADMIN_REQUIRED",
        "only administrators of the chat with that right may do this",
    ),
    (
        "CHAT_WRITE_FORBIDDEN",
        "the account may not write here; join the chat, or ask an administrator",
    ),
    (
        "FILE_REFERENCE_EXPIRED",
        "the file's address is too old; fetch its message again",
    ),
    ("FIRSTNAME_INVALID", "give a first name that is not empty"),
    (
        "FLOOD_WAIT_X",
        "wait that long, or raise flood_sleep_threshold to have it done for you",
    ),
    (
        "INPUT_USER_DEACTIVATED",
        "the account of this user was deleted",
    ),
    (
        "MEDIA_CAPTION_TOO_LONG",
        "shorten the caption, or send the text as a message of its own",
    ),
    (
        "MESSAGE_EMPTY",
        "give the message a text that is more than white space",
    ),
    (
        "MESSAGE_TOO_LONG",
        "split the text into messages of at most 4,096 characters",
    ),
    (
        "PASSWORD_HASH_INVALID",
        "the password is wrong; try again, capital letters count",
    ),
    (
        "PEER_FLOOD",
        "the account may not write to strangers for now; ask @SpamBot why",
    ),
    (
        "PEER_ID_INVALID",
        "the session does not know this peer; meet it by its username or in iter_dialogs() first",
    ),
    ("PHONE_CODE_EMPTY", "enter the code that Telegram has sent"),
    (
        "PHONE_CODE_EXPIRED",
        "the code is too old; ask for a new one",
    ),
    (
        "PHONE_CODE_INVALID",
        "the code is wrong; enter the newest one that Telegram has sent",
    ),
    (
        "PHONE_NUMBER_BANNED",
        "Telegram has banned this number; write to recover@telegram.org",
    ),
    (
        "PHONE_NUMBER_FLOOD",
        "too many codes were asked for; wait a day",
    ),
    (
        "PHONE_NUMBER_INVALID",
        "write the number in international form, such as +34 600 123 456",
    ),
    (
        "PHONE_PASSWORD_FLOOD",
        "there were too many attempts to sign in; wait a day",
    ),
    (
        "SEND_CODE_UNAVAILABLE",
        "there is no other way to get the code; use the one that was sent",
    ),
    (
        "SESSION_PASSWORD_NEEDED",
        "the account has a password; go on with check_password()",
    ),
    (
        "SESSION_REVOKED",
        "the session was ended from another device; sign in again",
    ),
    (
        "SLOWMODE_WAIT_X",
        "the chat is in slow mode; wait that long",
    ),
    (
        "USERNAME_INVALID",
        "usernames have 4 to 32 letters, digits and underscores",
    ),
    (
        "USERNAME_NOT_OCCUPIED",
        "check the spelling of the username",
    ),
    (
        "USER_BANNED_IN_CHANNEL",
        "the account may not write to groups for now; ask @SpamBot why",
    ),
    (
        "USER_BOT_REQUIRED",
        "only bots may call this; sign in with a bot's token",
    ),
    ("USER_DEACTIVATED", "the account was deleted"),
    (
        "USER_DEACTIVATED_BAN",
        "Telegram has banned the account; write to recover@telegram.org",
    ),
    (
        "USER_PRIVACY_RESTRICTED",
        "this user's privacy settings do not allow it",
    ),
    (
        "YOU_BLOCKED_USER",
        "the account has blocked this user; unblock it first",
    ),
];

/// What to do about the error of that name, if there is something to do.
pub(super) fn about(name: &str) -> Option<&'static str> {
    let row = ADVICE.binary_search_by_key(&name, |(name, _)| name).ok()?;
    ADVICE.get(row).map(|(_, advice)| *advice)
}

#[cfg(test)]
mod tests {
    use telewire_schema::RpcError;

    use super::*;
    use crate::Error;

    #[test]
    fn names_are_sorted_and_exist() {
        assert!(ADVICE.is_sorted_by_key(|(name, _)| *name));
        for (name, _) in ADVICE {
            let message = name
                .strip_suffix("_X")
                .map_or((*name).to_owned(), |name| format!("{name}_3"));
            let error = RpcError::parse(400, &message);
            assert!(
                !matches!(error, RpcError::Other { .. }),
                "{name} is no error of the server"
            );
            assert_eq!(error.name(), *name);
            assert!(about(name).is_some());
        }
        assert_eq!(about("SOMETHING_ELSE"), None);
    }

    #[test]
    fn an_error_says_what_to_do() {
        let text = |message| {
            let error = RpcError::parse(400, message);
            Error::Rpc {
                request: "auth.signIn",
                error,
            }
            .to_string()
        };
        assert!(
            text("PHONE_CODE_INVALID").contains("enter the newest one"),
            "{}",
            text("PHONE_CODE_INVALID")
        );
        assert!(text("PASSWORD_HASH_INVALID").contains("the password is wrong"));
        assert!(text("FLOOD_WAIT_31").contains("flood_sleep_threshold"));
    }
}
