//! What users are doing.

use telewire_core::events::{UserUpdate, UserUpdateEvent};
use telewire_core::peers::PeerId;
use telewire_core::types::SendMessageAction as Action;
use telewire_core::{functions, types};

use crate::{Scene, scene};

/// Grace notes what is done where.
fn hear(s: &Scene<'_>, name: &'static str, events: UserUpdate) {
    let log = s.log.clone();
    s.grace.on(events, move |event| {
        let place = event.chat_id().map_or(0, PeerId::marked);
        let user = event.user_id().map_or(0, PeerId::marked);
        let what = match event.action() {
            Some(_) if event.typing() => "types".to_owned(),
            Some(_) if event.cancel() => "stops".to_owned(),
            Some(_) if event.recording() && event.audio() => "talks".to_owned(),
            Some(_) if event.uploading() && event.photo() => "shows".to_owned(),
            Some(other) => format!("{other:?}"),
            None => format!("{:?}", event.online()),
        };
        log.note(format!("{name}: {user} {what} in {place}"));
        async {}
    });
}

async fn act(s: &Scene<'_>, chat: i64, action: impl Into<Action>) {
    let peer = s.ada.get_input_entity(chat).await.unwrap();
    let request = functions::messages::SetTyping::new(peer, action);
    s.ada.invoke(&request).await.unwrap();
}

#[test]
fn actions_are_told_where_they_happen() {
    scene(71, async |s| {
        let (ada, group) = (s.ada_id, s.group());
        hear(s, "all", UserUpdate::new());
        hear(s, "group", UserUpdate::new().chats([group]));
        hear(
            s,
            "not there",
            UserUpdate::new().chats([group]).blacklist_chats(),
        );
        hear(
            s,
            "talks",
            UserUpdate::new().func(UserUpdateEvent::recording),
        );
        s.run();
        act(s, s.grace_id, Action::SendMessageTypingAction).await;
        // parity: E-userupdate.new, E-userupdate.triggers, E-userupdate.event.chat, E-userupdate.event.typing
        assert_eq!(
            s.heard().await,
            [
                format!("all: {ada} types in {ada}"),
                format!("not there: {ada} types in {ada}")
            ]
        );
        act(s, group, Action::SendMessageRecordAudioAction).await;
        assert_eq!(
            s.heard().await,
            ["all", "group", "talks"].map(|name| format!("{name}: {ada} talks in {group}"))
        );
        act(s, group, types::SendMessageUploadPhotoAction::new(40)).await;
        act(s, group, Action::SendMessageCancelAction).await;
        // parity: E-userupdate.event.cancel
        assert_eq!(
            s.heard().await,
            [
                format!("all: {ada} shows in {group}"),
                format!("group: {ada} shows in {group}"),
                format!("all: {ada} stops in {group}"),
                format!("group: {ada} stops in {group}"),
            ]
        );
    });
}

#[test]
fn statuses_tell_until_when_and_since_when() {
    scene(72, async |s| {
        let log = s.log.clone();
        let ada = s.ada_id;
        s.grace.on(UserUpdate::new(), move |event| {
            assert_eq!(event.user_id(), Some(PeerId::User(ada)));
            assert!(event.is_private() && event.action().is_none() && !event.typing());
            // parity: E-userupdate.event.recently, E-userupdate.event.within_weeks, E-userupdate.event.within_months
            assert!(event.recently() && event.within_weeks() && event.within_months());
            let known = |at: Option<telewire_core::time::Unix>| at.is_some();
            let (seen, until) = (known(event.last_seen()), known(event.until()));
            log.note(format!(
                "online {:?}, seen {seen}, until {until}",
                event.online()
            ));
            async {}
        });
        s.run();
        s.write("known to each other").await;
        s.heard().await;
        let status = |offline| functions::account::UpdateStatus::new(offline);
        s.ada.invoke(&status(false)).await.unwrap();
        // parity: E-userupdate.event.online, E-userupdate.event.until
        assert_eq!(
            s.heard().await,
            ["online Some(true), seen false, until true"]
        );
        s.ada.invoke(&status(true)).await.unwrap();
        // parity: E-userupdate.event.last_seen
        assert_eq!(
            s.heard().await,
            ["online Some(false), seen true, until false"]
        );
    });
}

#[test]
fn the_user_is_the_sender() {
    scene(73, async |s| {
        let log = s.log.clone();
        s.grace.on(UserUpdate::new(), move |event| {
            let log = log.clone();
            async move {
                // parity: E-userupdate.event.sender
                let user = event.get_user().await?;
                assert_eq!(event.user(), Some(user.clone()));
                assert_eq!(event.get_sender().await?, user);
                assert_eq!(event.sender_id(), event.user_id());
                let input = event.get_input_user().await?;
                assert_eq!(event.get_input_sender().await?, input);
                assert_eq!(event.input_user(), Some(input));
                // parity: E-common.event.chatgetter
                assert!(event.get_chat().await?.is_group());
                log.note(user.username().unwrap_or_default());
                Ok::<_, telewire_core::Error>(())
            }
        });
        s.run();
        act(s, s.group(), Action::SendMessageTypingAction).await;
        assert_eq!(s.heard().await, ["ada_lovelace"]);
    });
}
