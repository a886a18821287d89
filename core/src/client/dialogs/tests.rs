//! Paging through the list of chats.

use telewire_schema::{Serialize, types};

use super::*;
use crate::client::testing::Stage;
use crate::engine::{Request, Value};

fn value(result: &impl Serialize) -> Result<Value, Error> {
    Ok(Value::Bytes(result.to_bytes().into()))
}

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
    let found = Stage::new().run(
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
    let first = &found[0];
    assert_eq!(
        (
            first.name().as_str(),
            first.unread_count(),
            first.date().unwrap().secs()
        ),
        ("U150", 3, 1_500)
    );
    assert_eq!((first.is_user(), first.unread_mentions_count()), (true, 1));
    assert_eq!(first.message().unwrap().id(), 150);
}

#[test]
fn folders_are_no_chats_and_a_whole_list_is_one_page() {
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
