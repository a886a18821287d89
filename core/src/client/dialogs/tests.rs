//! Paging through the list of chats.

use telewire_schema::{Serialize, types};

use super::*;
use crate::client::testing::{Stage, value};
use crate::engine::Request;

fn dialog(id: i64) -> types::Dialog {
    let settings = types::PeerNotifySettings::new();
    types::DialogData::new(
        types::PeerUser::new(id),
        i32::try_from(id).unwrap(),
        0,
        0,
        3,
        1,
        0,
        0,
        settings,
    )
    .into()
}

/// A page with a dialog, a message and a user for each id; dates fall with the ids.
fn page(ids: &[i64], count: i32) -> types::messages::Dialogs {
    let message = |id: i64| {
        let number = i32::try_from(id).unwrap();
        types::Message::from(types::MessageData::new(
            number,
            types::PeerUser::new(id),
            number * 10,
            "x",
        ))
    };
    let user = |id: i64| {
        types::User::from(
            types::UserData::new(id)
                .access_hash(id + 1)
                .first_name(format!("U{id}")),
        )
    };
    types::messages::DialogsSlice::new(
        count,
        ids.iter().copied().map(dialog).collect(),
        ids.iter().copied().map(message).collect(),
        vec![],
        ids.iter().copied().map(user).collect(),
    )
    .into()
}

/// `exclude_pinned`, and what follows the flags: offset_date, offset_id.
fn asked(request: &Request) -> (bool, i32, i32) {
    let word = |n: usize| i32::from_le_bytes(request.head[n..n + 4].try_into().unwrap());
    (word(4) & 1 == 1, word(8), word(12))
}

#[test]
fn the_next_page_begins_behind_the_last_dialog_and_nobody_comes_twice() {
    let all: Vec<i64> = (1..=150).rev().collect();
    let mut pages = 0;
    // parity: M-dialogs.iter_dialogs.paging, M-dialogs.iter_dialogs.dedupe
    let mut stage = Stage::new();
    let found = stage.run(
        |client| async move { client.iter_dialogs().collect().await.unwrap() },
        |request| {
            pages += 1;
            match pages {
                1 => {
                    assert_eq!(asked(request), (false, 0, 0));
                    value(&page(&all[..100], 150))
                }
                _ => {
                    // The last one of the first page had the number 51.
                    assert_eq!(asked(request), (true, 510, 0));
                    let peer = types::InputPeer::from(types::InputPeerUser::new(51, 52)).to_bytes();
                    assert_eq!(request.head[16..36], peer);
                    value(&page(&all[99..], 150))
                }
            }
        },
    );
    assert_eq!((found.len(), found.total(), pages), (150, 150, 2));
    assert!(stage.slept.is_zero(), "only messages are fetched slowly");
    let first = &found[0];
    assert_eq!(
        (
            first.name().as_str(),
            first.unread_count(),
            first.date().unwrap().secs()
        ),
        ("U150", 3, 1_500)
    );
    // parity: O-dialog.unread_mentions_count
    assert_eq!((first.is_user(), first.unread_mentions_count()), (true, 1));
    assert_eq!(first.message().unwrap().id(), 150);
}

#[test]
fn folders_are_no_chats_and_a_whole_list_is_one_page() {
    // parity: M-dialogs.iter_dialogs.stop
    let found = Stage::new().run(
        |client| async move { client.get_dialogs(500).await.unwrap() },
        |_| {
            let types::messages::Dialogs::Slice(slice) = page(&[2, 1], 2) else {
                unreachable!()
            };
            let mut dialogs = slice.dialogs;
            let folder = types::Folder::new(1, "Archive");
            dialogs.insert(
                0,
                types::DialogFolder::new(folder, types::PeerUser::new(2), 2, 0, 0, 0, 0).into(),
            );
            let whole = types::messages::DialogsData::new(
                dialogs,
                slice.messages,
                slice.chats,
                slice.users,
            );
            value(&types::messages::Dialogs::from(whole))
        },
    );
    assert_eq!(
        found.iter().map(|d| d.id().bare()).collect::<Vec<_>>(),
        [2, 1]
    );
}

#[test]
fn dates_are_checked_here_as_the_server_does_not() {
    // parity: M-dialogs.iter_dialogs.offset_date
    let found = Stage::new().run(
        |client| async move {
            client
                .iter_dialogs()
                .offset_date(crate::time::Unix::from_secs(20))
                .collect()
                .await
                .unwrap()
        },
        |_| value(&page(&[3, 2, 1], 3)),
    );
    assert_eq!(
        found.iter().map(|d| d.id().bare()).collect::<Vec<_>>(),
        [2, 1]
    );
}

#[test]
fn offsets_are_for_the_first_page_only() {
    let all: Vec<i64> = (1..=150).rev().collect();
    let mut pages = 0;
    // parity: M-dialogs.iter_dialogs.offset_id, M-dialogs.iter_dialogs.offset_peer
    let found = Stage::new().run(
        |client| async move {
            let peer = types::InputPeer::from(types::InputPeerUser::new(900, 901));
            let dialogs = client.iter_dialogs().offset_id(77).offset_peer(peer);
            dialogs.offset_date(5_000).collect().await.unwrap()
        },
        |request| {
            pages += 1;
            let (peer, expected, page) = match pages {
                1 => ((900, 901), (false, 5_000, 77), page(&all[..100], 150)),
                _ => ((51, 52), (true, 510, 0), page(&all[100..], 150)),
            };
            assert_eq!(asked(request), expected);
            let peer = types::InputPeer::from(types::InputPeerUser::new(peer.0, peer.1));
            assert_eq!(request.head[16..36], peer.to_bytes());
            value(&page)
        },
    );
    // The short page ends it.
    assert_eq!((found.len(), pages), (150, 2));
}

/// A list of basic groups, one entry each.
fn groups(chats: Vec<types::Chat>) -> types::messages::Dialogs {
    let settings = types::PeerNotifySettings::new();
    let dialog = |chat: &types::Chat| {
        let id = Entity::from_chat(chat.clone()).unwrap().id();
        let peer = types::Peer::from(id);
        types::DialogData::new(peer, 1, 0, 0, 0, 0, 0, 0, settings.clone()).into()
    };
    let dialogs = chats.iter().map(dialog).collect();
    types::messages::DialogsData::new(dialogs, vec![], chats, vec![]).into()
}

fn group(id: i64) -> types::ChatData {
    types::ChatData::new(id, "Group", types::ChatPhoto::Empty, 1, 0, 1)
}

#[test]
fn groups_that_have_become_supergroups_may_be_left_out() {
    let migrated = group(1).migrated_to(types::InputChannelData::new(9, 9));
    let list = groups(vec![migrated.into(), group(2).into()]);
    let found = |ignore: bool| {
        Stage::new().run(
            move |client| async move {
                let dialogs = client.iter_dialogs();
                let dialogs = if ignore {
                    dialogs.ignore_migrated()
                } else {
                    dialogs
                };
                dialogs.collect().await.unwrap()
            },
            |_| value(&list),
        )
    };
    let ids = |list: &TotalList<Dialog>| list.iter().map(|d| d.id().bare()).collect::<Vec<_>>();
    // parity: M-dialogs.iter_dialogs.ignore_migrated
    assert_eq!(ids(&found(false)), [1, 2]);
    assert_eq!(ids(&found(true)), [2]);
}

#[test]
fn forbidden_groups_are_groups() {
    let gone = types::ChatForbidden::new(3, "Gone");
    let mut stage = Stage::new();
    let found = stage.run(
        |client| async move { client.get_dialogs(10).await.unwrap() },
        |_| value(&groups(vec![gone.clone().into()])),
    );
    // parity: O-dialog.is_group, H-14.forbidden_group
    let dialog = found[0].clone();
    assert!(dialog.is_group() && !dialog.is_user() && !dialog.is_channel());
    // parity: O-dialog.message, O-dialog.date
    assert!(dialog.message().is_none() && dialog.date().is_none());
    // There is nothing to leave; what is there is deleted for as long as the server says that there is more.
    let mut left = vec![0, 5, 9];
    stage.run(
        |_| async move { dialog.delete().await.unwrap() },
        |request| {
            let peer = types::InputPeerChat::new(3);
            let wanted = functions::messages::DeleteHistory::new(peer, 0);
            assert_eq!(request.head[..], wanted.to_bytes());
            let left = left.pop().unwrap();
            value(&types::messages::AffectedHistory::new(1, 1, left))
        },
    );
    assert!(left.is_empty());
}

#[test]
fn chats_are_archived_in_one_request() {
    let place = |peer: types::InputPeer, folder| types::InputFolderPeer::new(peer, folder);
    let chat = |id| types::InputPeer::from(types::InputPeerChat::new(id));
    let run = |what: Archive, wanted: Vec<types::InputFolderPeer>| {
        Stage::new().run(
            |client| async move { client.archive(what).await.unwrap() },
            |request| {
                let wanted = functions::folders::EditPeerFolders::new(wanted.clone());
                assert_eq!(request.head[..], wanted.to_bytes());
                value(&types::Updates::TooLong)
            },
        )
    };
    // parity: M-dialogs.archive
    run("me".into(), vec![place(types::InputPeer::Self_, 1)]);
    let two = Archive::all([chat(1), chat(2)]);
    run(two.clone(), vec![place(chat(1), 1), place(chat(2), 1)]);
    run(two.to(0), vec![place(chat(1), 0), place(chat(2), 0)]);
    let each = Archive::each([(chat(1), 0), (chat(2), 1)]);
    run(each, vec![place(chat(1), 0), place(chat(2), 1)]);
}

#[test]
fn more_chats_than_one_request_takes_are_all_archived() {
    let chat = |id| types::InputPeer::from(types::InputPeerChat::new(id));
    let mut asked = 0;
    let updates = Stage::new().run(
        |client| async move { client.archive(Archive::all((1..=250).map(chat))).await },
        |request| {
            assert_eq!(request.name, "folders.editPeerFolders");
            asked += 1;
            let news = vec![types::Update::PtsChanged];
            let answer: types::Updates = match asked {
                1 => types::Updates::TooLong,
                2 => types::UpdatesCombined::new(news, vec![], vec![], 5, 1, 1).into(),
                _ => types::UpdatesData::new(news, vec![], vec![], 6, 2).into(),
            };
            value(&answer)
        },
    );
    let types::Updates::Updates(updates) = updates.unwrap() else {
        unreachable!()
    };
    assert_eq!((asked, updates.updates.len(), updates.date), (3, 2, 6));
}
