//! Taking dialogs off the list.

use telewire_core::functions;
use telewire_tests::account::{run, run_pair};

use crate::{ADA, GRACE, dialog, executed, make_channel, names};

#[test]
fn a_private_chat_loses_its_messages_on_this_side() {
    run_pair(31, async |sim, ada, grace| {
        ada.send_message(GRACE, "one").await.unwrap();
        grace.send_message(ADA, "two").await.unwrap();
        // parity: O-dialog.delete, H-14.dialog_delete
        dialog(&ada, "Grace Hopper").await.delete().await.unwrap();
        assert!(!names(&ada).await.contains(&"Grace Hopper".into()));
        assert!(ada.get_messages(GRACE, 10).await.unwrap().is_empty());
        assert_eq!(grace.get_messages(ADA, 10).await.unwrap().len(), 2);
        assert_eq!(executed(sim, "messages.deleteHistory"), 1);
    });
}

#[test]
fn a_channel_is_left() {
    run_pair(32, async |sim, ada, grace| {
        // parity: O-dialog.delete
        let news = dialog(&grace, "Telewire news").await;
        news.delete().await.unwrap();
        assert!(!names(&grace).await.contains(&"Telewire news".into()));
        assert_eq!(executed(sim, "channels.leaveChannel"), 1);
        assert_eq!(executed(sim, "messages.deleteHistory"), 0);
        // Its maker may not.
        make_channel(&ada, "Own", false).await;
        let refused = dialog(&ada, "Own").await.delete().await.unwrap_err();
        assert!(refused.is("USER_CREATOR"), "{refused}");
    });
}

#[test]
fn a_group_is_left_and_then_deleted() {
    run_pair(33, async |sim, ada, grace| {
        let group = dialog(&grace, "Weekend hikes").await;
        // parity: O-dialog.delete
        group.delete().await.unwrap();
        assert!(!names(&grace).await.contains(&"Weekend hikes".into()));
        let counts = |method| executed(sim, method);
        assert_eq!(
            (
                counts("messages.deleteChatUser"),
                counts("messages.deleteHistory")
            ),
            (1, 1)
        );
        let there = dialog(&ada, "Weekend hikes").await;
        assert!(!ada.get_messages(&there, 10).await.unwrap().is_empty());
    });
}

#[test]
fn a_group_that_was_left_before_is_only_deleted() {
    run(34, async |sim, client| {
        let group = dialog(&client, "Weekend hikes").await;
        let own = telewire_core::types::InputUser::Self_;
        let leave = functions::messages::DeleteChatUser::new(group.id().bare(), own);
        client.invoke(&leave).await.unwrap();
        // parity: O-dialog.delete
        dialog(&client, "Weekend hikes")
            .await
            .delete()
            .await
            .unwrap();
        assert!(!names(&client).await.contains(&"Weekend hikes".into()));
        assert_eq!(executed(sim, "messages.deleteChatUser"), 1);
    });
}
