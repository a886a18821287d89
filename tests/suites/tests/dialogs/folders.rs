//! The archive.

use telewire_core::client::Archive;
use telewire_core::objects::Dialog;
use telewire_core::{Client, Error, types};
use telewire_tests::account::run;

use crate::{BOT, GRACE, NEWS, dialog, executed, make_channel, names};

/// The names in a folder, in alphabetical order.
async fn folder(client: &Client, folder: i32) -> Vec<String> {
    let listed = client
        .iter_dialogs()
        .folder(folder)
        .collect()
        .await
        .unwrap();
    let mut names: Vec<String> = listed.iter().map(Dialog::name).collect();
    names.sort();
    names
}

fn moved(updates: &types::Updates) -> Vec<i32> {
    let types::Updates::Updates(updates) = updates else {
        panic!("{updates:?}");
    };
    let peers = updates.updates.iter().filter_map(|update| match update {
        types::Update::FolderPeers(moved) => Some(&moved.folder_peers),
        _ => None,
    });
    peers.flatten().map(|peer| peer.folder_id).collect()
}

#[test]
fn chats_go_to_the_archive_and_back() {
    run(21, async |_, client| {
        client.send_message(GRACE, "x").await.unwrap();
        client.send_message(BOT, "x").await.unwrap();
        let all = names(&client).await.len();
        // parity: M-dialogs.archive
        assert_eq!(moved(&client.archive(NEWS).await.unwrap()), [1]);
        assert_eq!(folder(&client, 1).await, ["Telewire news"]);
        let two = client.archive(Archive::all([GRACE, BOT])).await.unwrap();
        assert_eq!(moved(&two), [1, 1]);
        assert_eq!(
            folder(&client, 1).await,
            ["Echo", "Grace Hopper", "Telewire news"]
        );
        // parity: M-dialogs.iter_dialogs.folder
        assert_eq!(folder(&client, 0).await.len(), all - 3);
        assert_eq!(names(&client).await.len(), all);
        // Each to a folder of its own.
        let each = Archive::each([(GRACE, 0), ("Weekend hikes", 1)]);
        assert_eq!(moved(&client.archive(each).await.unwrap()), [0, 1]);
        assert_eq!(
            folder(&client, 1).await,
            ["Echo", "Telewire news", "Weekend hikes"]
        );
        // Back to the main list.
        let back = client.archive(Archive::all([NEWS]).to(0)).await.unwrap();
        assert_eq!(moved(&back), [0]);
        // parity: M-dialogs.iter_dialogs.archived
        let archived = client
            .iter_dialogs()
            .archived(true)
            .collect()
            .await
            .unwrap();
        assert_eq!(archived.len(), 2);
        let others = client
            .iter_dialogs()
            .archived(false)
            .collect()
            .await
            .unwrap();
        assert_eq!(others.len(), all - 2);
    });
}

#[test]
fn a_dialog_knows_its_folder() {
    run(22, async |_, client| {
        let news = dialog(&client, "Telewire news").await;
        // parity: O-dialog.folder_id, O-dialog.archived, O-dialog.archive
        assert_eq!((news.folder_id(), news.archived()), (None, false));
        assert_eq!(moved(&news.archive(1).await.unwrap()), [1]);
        let news = dialog(&client, "Telewire news").await;
        assert_eq!((news.folder_id(), news.archived()), (Some(1), true));
        assert_eq!(moved(&news.archive(0).await.unwrap()), [0]);
        assert!(!dialog(&client, "Telewire news").await.archived());
    });
}

#[test]
fn a_folder_is_unpacked_whole() {
    run(23, async |sim, client| {
        for n in 0..120 {
            let channel = make_channel(&client, &format!("Channel {n}"), true).await;
            let peer = types::InputPeerChannel::new(channel.id, channel.access_hash.unwrap());
            client.archive(types::InputPeer::from(peer)).await.unwrap();
        }
        assert_eq!(folder(&client, 1).await.len(), 120);
        let before = executed(sim, "folders.editPeerFolders");
        // parity: M-dialogs.archive
        let unpacked = client.archive(Archive::unpack(1)).await.unwrap();
        assert_eq!(moved(&unpacked), [0; 120]);
        assert_eq!(executed(sim, "folders.editPeerFolders"), before + 2);
        assert!(folder(&client, 1).await.is_empty());
        // There is nothing left to do, and nothing is asked for.
        assert!(moved(&client.archive(Archive::unpack(1)).await.unwrap()).is_empty());
        assert_eq!(executed(sim, "folders.editPeerFolders"), before + 2);
    });
}

#[test]
fn what_cannot_be_archived_is_refused() {
    run(24, async |_, client| {
        // parity: M-dialogs.archive
        let nobody = client.archive(Archive::all([""; 0])).await;
        assert!(matches!(nobody, Err(Error::Misuse(text)) if text.contains("unpack")));
        let elsewhere = client.archive(Archive::all([NEWS]).to(5)).await;
        assert!(elsewhere.unwrap_err().is("FOLDER_ID_INVALID"));
    });
}
