//! Whoever the server has to be asked for.

use super::*;

#[test]
fn a_phone_is_found_by_the_number_or_among_the_contacts() {
    // parity: M-users.get_entity.phone, M-users.get_input_entity.string
    let server = |request: &Request| match request.name {
        "contacts.resolvePhone" => refuse(400, "PHONE_NOT_OCCUPIED"),
        "contacts.getContacts" => {
            let grace = types::UserData::new(9).access_hash(10).phone("34601");
            let users = vec![types::UserData::new(8).phone("1").into(), grace.into()];
            let contacts = types::contacts::ContactsData::new(vec![], 0, users);
            value(&types::contacts::Contacts::from(contacts))
        }
        other => unreachable!("{other}"),
    };
    let (found, asked) = find("+34 601", server);
    assert_eq!(found.unwrap(), user(9));
    assert_eq!(asked, ["contacts.resolvePhone", "contacts.getContacts"]);
    assert_eq!(find("t.me/+34601", server).0.unwrap(), user(9));
    assert_eq!(find("tg://resolve?phone=34601", server).0.unwrap(), user(9));
    let text = find("+1 23", server).0.unwrap_err().to_string();
    assert!(
        text.contains("+1 23") && text.contains("contacts.importContacts"),
        "{text}"
    );
    let mut stage = Stage::new();
    let refused = stage.run(
        |client| async move {
            client.set_self_user(Some(bot())).await.unwrap();
            client.get_entity("+34 601").await
        },
        never,
    );
    assert!(matches!(refused, Err(Error::Misuse(text)) if text.contains("bots")));
}

#[test]
fn a_bot_needs_no_access_hash() {
    // rule: peers.bot_hash
    let mut stage = Stage::new();
    let found = stage.run(
        |client| async move {
            client.set_self_user(Some(bot())).await.unwrap();
            client.get_input_entity(8).await.unwrap()
        },
        |request| {
            let unhashed = types::InputUser::from(types::InputUserData::new(8, 0));
            assert_eq!(request.head[4..], vec![unhashed].to_bytes());
            value(&vec![types::User::from(types::UserData::new(8))])
        },
    );
    assert_eq!(found, types::InputPeerUser::new(8, 0).into());
    // For users it is as if nobody had been found.
    let stranger = find(8, |_| {
        value(&vec![types::User::from(types::UserData::new(8))])
    });
    assert!(matches!(stranger.0, Err(Error::NotFound(_))));
}

#[test]
fn several_usernames_lead_to_the_same_user() {
    // rule: peers.usernames
    // parity: M-users.get_entity.username
    let mut stage = Stage::new();
    let found = stage.run(
        |client| async move {
            let whole = client.get_entity("@grace").await.unwrap();
            assert_eq!(whole.username(), Some("Grace_H"));
            let mut found = Vec::new();
            for name in [
                "@grace",
                "t.me/Grace_H",
                "https://admiral.t.me/",
                "tg://resolve?domain=grace",
            ] {
                found.push(client.get_input_entity(name).await.unwrap());
            }
            let old = client.get_input_entity("@old_grace").await;
            (found, old)
        },
        {
            let mut asked = 0;
            move |request| {
                assert_eq!(request.name, "contacts.resolveUsername");
                asked += 1;
                if asked > 1 {
                    return refuse(400, "USERNAME_NOT_OCCUPIED");
                }
                let name = |name: &str, active| types::Username::new(name).active(active);
                // A collectible one comes in the list only.
                let names = vec![
                    name("Grace_H", true),
                    name("old_grace", false),
                    name("admiral", true),
                    name("grace", true),
                ];
                let mut grace = types::UserData::new(9).access_hash(10).usernames(names);
                grace.username = None;
                let peer = types::PeerUser::new(9);
                value(&types::contacts::ResolvedPeer::new(
                    peer,
                    vec![],
                    vec![grace.into()],
                ))
            }
        },
    );
    assert_eq!(found.0, vec![user(9); 4]);
    assert!(matches!(found.1, Err(Error::NotFound(_))));
}

#[test]
fn many_are_described_by_few_requests() {
    // parity: M-users.get_entity.batch
    let channels = [PeerId::Channel(1), PeerId::Channel(2)];
    let mut likes: Vec<EntityLike> = (1001..=1450).map(EntityLike::from).collect();
    likes.extend([PeerId::Chat(5), PeerId::Chat(6)].map(EntityLike::from));
    likes.extend(channels.map(EntityLike::from));
    likes.push("me".into());
    // Nobody is asked for twice.
    likes.push(1001.into());
    let mut stage = Stage::new();
    let known = (1001..=1450).map(PeerId::User).chain(channels);
    stage.client.remember(
        known
            .map(|id| PeerRecord {
                id,
                access_hash: 3,
                usernames: vec![],
                phone: None,
                name: "".into(),
                bot: false,
            })
            .collect(),
    );
    let mut asked = Vec::new();
    let found = stage.run(
        |client| async move { client.get_entities(likes).await.unwrap() },
        |request| {
            let list = &request.head[4..];
            let count = u32::from_le_bytes(list[4..8].try_into().unwrap());
            asked.push((request.name, count));
            match request.name {
                "users.getUsers" => {
                    let ids = Vec::<types::InputUser>::from_slice(list).unwrap();
                    let users: Vec<types::User> = ids
                        .into_iter()
                        .map(|user| match user {
                            types::InputUser::InputUser(u) => {
                                types::UserData::new(u.user_id).into()
                            }
                            _ => types::UserData::new(1).self_(true).into(),
                        })
                        .rev()
                        .collect();
                    value(&users)
                }
                "messages.getChats" => {
                    let chat = |id| types::Chat::from(types::ChatForbidden::new(id, "Club"));
                    value(&types::messages::Chats::from(
                        types::messages::ChatsData::new(vec![chat(6), chat(5)]),
                    ))
                }
                "channels.getChannels" => {
                    let chat = |id| types::Chat::from(types::ChannelForbidden::new(id, 3, "News"));
                    value(&types::messages::Chats::from(
                        types::messages::ChatsData::new(vec![chat(2), chat(1)]),
                    ))
                }
                other => unreachable!("{other}"),
            }
        },
    );
    let ids: Vec<i64> = found.iter().map(|e| e.id().marked()).collect();
    let mut expected: Vec<i64> = (1001..=1450).chain([-5, -6]).collect();
    expected.extend(channels.map(PeerId::marked));
    expected.extend([1, 1001]);
    assert_eq!(ids, expected);
    asked.sort_unstable();
    assert_eq!(
        asked,
        [
            ("channels.getChannels", 2),
            ("messages.getChats", 2),
            ("users.getUsers", 51),
            ("users.getUsers", 200),
            ("users.getUsers", 200),
        ]
    );
}
