//! What a result tells about peers that is worth remembering.

use telewire_schema::harvest::{Found, harvest as walk};
use telewire_schema::{Value, types};

use crate::peers::{PeerId, PeerRecord};

/// The peers inside of `value` as sessions keep them, in wire order. `min` ones are left out: their access hashes reach
/// nobody, see [min constructors](https://core.telegram.org/api/min).
pub fn harvest<V: Value + ?Sized>(value: &V) -> Vec<PeerRecord> {
    let mut records = Vec::new();
    walk(value, &mut |found| records.extend(record(found)));
    records
}

/// The record of one user or chat.
pub(crate) fn record(found: Found<'_>) -> Option<PeerRecord> {
    match found {
        Found::User(user) => user_record(user),
        Found::Channel(channel) if !channel.min => Some(PeerRecord {
            usernames: usernames(channel.username.as_deref(), channel.usernames.as_deref()),
            ..chat_record(
                PeerId::Channel(channel.id),
                channel.access_hash?,
                &channel.title,
            )
        }),
        Found::ChannelForbidden(c) => {
            Some(chat_record(PeerId::Channel(c.id), c.access_hash, &c.title))
        }
        Found::Chat(c) => Some(chat_record(PeerId::Chat(c.id), 0, &c.title)),
        Found::ChatForbidden(c) => Some(chat_record(PeerId::Chat(c.id), 0, &c.title)),
        _ => None,
    }
}

fn user_record(user: &types::UserData) -> Option<PeerRecord> {
    if user.min {
        return None;
    }
    let name = [user.first_name.as_deref(), user.last_name.as_deref()]
        .into_iter()
        .flatten()
        .filter(|n| !n.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let phone: String = user
        .phone
        .iter()
        .flat_map(|p| p.chars())
        .filter(char::is_ascii_digit)
        .collect();
    Some(PeerRecord {
        id: PeerId::User(user.id),
        access_hash: user.access_hash?,
        usernames: usernames(user.username.as_deref(), user.usernames.as_deref()),
        phone: (!phone.is_empty()).then(|| phone.into()),
        name: name.into(),
        bot: user.bot,
    })
}

fn chat_record(id: PeerId, access_hash: i64, title: &str) -> PeerRecord {
    PeerRecord {
        id,
        access_hash,
        usernames: Vec::new(),
        phone: None,
        name: title.into(),
        bot: false,
    }
}

/// The main username first, then the other active ones, lower-case. A
/// [collectible](https://core.telegram.org/api/fragment) one comes in the list only.
fn usernames(main: Option<&str>, all: Option<&[types::Username]>) -> Vec<Box<str>> {
    let active = all
        .unwrap_or_default()
        .iter()
        .filter(|u| u.active)
        .map(|u| u.username.as_str());
    let mut out: Vec<Box<str>> = Vec::new();
    for name in main.into_iter().chain(active).filter(|n| !n.is_empty()) {
        let name: Box<str> = name.to_lowercase().into();
        if !out.contains(&name) {
            out.push(name);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: i64) -> types::UserData {
        let mut user = types::UserData::new(id);
        user.access_hash = Some(7);
        user
    }

    #[test]
    fn a_user_is_kept_with_every_active_name() {
        let mut u = user(5_000_000_000);
        u.first_name = Some("Ada".into());
        u.last_name = Some("Lovelace".into());
        u.username = Some("Ada".into());
        u.phone = Some("+34 600".into());
        let name = |username: &str, active| {
            let mut n = types::Username::new(username);
            n.active = active;
            n
        };
        u.usernames = Some(vec![
            name("ADA", true),
            name("Countess", true),
            name("old", false),
        ]);
        let list = vec![types::User::from(u)];
        let records = harvest(&list);
        assert_eq!(records.len(), 1);
        // parity: S-memory.rows
        assert_eq!(records[0].id.marked(), 5_000_000_000);
        assert_eq!(records[0].usernames, ["ada".into(), Box::from("countess")]);
        assert_eq!(records[0].name.as_ref(), "Ada Lovelace");
        assert_eq!(records[0].phone.as_deref(), Some("34600"));
        assert_eq!(
            (records[0].id, records[0].access_hash),
            (PeerId::User(5_000_000_000), 7)
        );
    }

    #[test]
    fn min_peers_are_not_remembered() {
        let mut u = user(1);
        u.min = true;
        let mut c = types::Channel::new(20_000_000_000, "News", types::ChatPhoto::Empty, 0);
        c.access_hash = Some(9);
        c.min = true;
        assert!(harvest(&vec![types::User::from(u)]).is_empty());
        assert!(harvest(&vec![types::Chat::from(c.clone())]).is_empty());
        c.min = false;
        assert_eq!(harvest(&vec![types::Chat::from(c)]).len(), 1);
    }

    #[test]
    fn who_cannot_be_reached_is_not_remembered() {
        // parity: S-memory.skip
        assert!(harvest(&vec![types::User::from(types::UserData::new(1))]).is_empty());
        let channel = types::Channel::new(2, "News", types::ChatPhoto::Empty, 0);
        assert!(harvest(&vec![types::Chat::from(channel)]).is_empty());
        let group = types::ChatForbidden::new(3, "Club");
        let records = harvest(&vec![types::Chat::from(group)]);
        assert_eq!(
            (records[0].id, records[0].access_hash),
            (PeerId::Chat(3), 0)
        );
    }

    #[test]
    fn forbidden_chats_keep_their_titles() {
        let chats = vec![
            types::Chat::from(types::ChatForbidden::new(3, "gone")),
            types::Chat::from(types::ChannelForbidden::new(4, 11, "closed")),
        ];
        let records = harvest(&chats);
        assert_eq!(records[0].id, PeerId::Chat(3));
        assert_eq!(
            (records[1].id, records[1].access_hash),
            (PeerId::Channel(4), 11)
        );
        assert_eq!(records[1].name.as_ref(), "closed");
    }
}
