//! Where messages were forwarded from.

use telewire_core::peers::PeerId;
use telewire_core::types;
use telewire_tests::account::{newest, run};

use crate::chat::{BEGIN, group_and_channel, post, saying, user, write_at};

const FRIEND: &str = "grace_hopper";

#[test]
fn a_forward_of_a_user_names_who_wrote_it_and_no_chat() {
    // parity: O-forward.attrs, O-forward.sender, O-forward.chat, O-message.prop.forward, O-message.attr.fwd_from
    run(71, async |sim, client| {
        let friend = PeerId::User(user(sim, 1));
        write_at(sim, user(sim, 1), BEGIN, "first said here");
        let original = newest(&client, FRIEND).await;
        assert!(original.forward().is_none() && original.fwd_from().is_none());
        let message = original.forward_to("me").await.unwrap();
        let forward = message.forward().unwrap();
        // The header is there as it is, and its fields can be read directly.
        assert_eq!(Some(forward.original_fwd()), message.fwd_from());
        assert_eq!(i64::from(forward.date), BEGIN);
        assert_eq!(
            (forward.channel_post, forward.from_name.as_deref()),
            (None, None)
        );
        assert_eq!(
            forward.from_id,
            Some(types::PeerUser::new(user(sim, 1)).into())
        );

        assert_eq!(forward.sender_id(), Some(friend));
        assert_eq!(forward.sender().map(|s| s.id()), Some(friend));
        assert_eq!(forward.get_sender().await.unwrap().username(), Some(FRIEND));
        assert!(matches!(
            forward.input_sender(),
            Some(types::InputPeer::User(_))
        ));
        assert!(forward.get_input_sender().await.is_ok());
        assert_eq!(forward.chat_id(), None);
        assert!(forward.chat().is_none() && forward.input_chat().is_none());
        assert!(forward.get_chat().await.is_err());
        assert!(!(forward.is_private() || forward.is_group() || forward.is_channel()));
        assert!(forward.client().is_connected());
    });
}

#[test]
fn a_forward_of_a_post_names_the_channel_and_no_sender() {
    // parity: O-forward.attrs, O-forward.sender, O-forward.chat
    run(72, async |sim, client| {
        let (_, channel) = group_and_channel(sim);
        let channel = PeerId::from_marked(channel).unwrap();
        let original = newest(&client, "telewire_news").await;
        let message = original.forward_to("me").await.unwrap();
        let forward = message.forward().unwrap();
        assert_eq!(forward.channel_post, Some(original.id()));
        assert_eq!(
            (forward.chat_id(), forward.sender_id()),
            (Some(channel), None)
        );
        assert_eq!(forward.chat().map(|c| c.id()), Some(channel));
        assert_eq!(
            forward.get_chat().await.unwrap().username(),
            Some("telewire_news")
        );
        assert!(forward.is_channel() && !forward.is_group() && !forward.is_private());
        assert!(forward.sender().is_none() && forward.get_sender().await.is_err());
        // Its messages can be asked for.
        let chat = forward.get_input_chat().await.unwrap();
        let post = client
            .get_message_by_id(chat, forward.channel_post.unwrap())
            .await
            .unwrap();
        assert_eq!(post.unwrap().raw_text(), message.raw_text());
    });
}

#[test]
fn who_hides_leaves_a_name() {
    // parity: O-forward.sender
    run(73, async |sim, client| {
        let hidden = saying("psst").fwd_from(types::MessageFwdHeader::new(5).from_name("Somebody"));
        post(sim, user(sim, 1), user(sim, 0), hidden);
        let message = newest(&client, FRIEND).await;
        let forward = message.forward().unwrap();
        assert_eq!(forward.from_name.as_deref(), Some("Somebody"));
        assert_eq!((forward.sender_id(), forward.chat_id()), (None, None));
        assert!(forward.get_sender().await.is_err());
    });
}
