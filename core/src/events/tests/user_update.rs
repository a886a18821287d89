//! What users are doing.

use telewire_schema::types::SendMessageAction as Action;

use super::*;
use crate::client::testing::value;
use crate::time::Unix;

const DAY: i64 = 24 * 3600;

fn build(stage: &Stage, raw: impl Into<types::Update>) -> UserUpdateEvent {
    UserUpdateEvent::build(&stage.client, &update(raw)).expect("a user does something")
}

fn status(stage: &Stage, status: impl Into<types::UserStatus>) -> UserUpdateEvent {
    build(stage, types::UpdateUserStatus::new(5, status))
}

fn action(stage: &Stage, action: Action) -> UserUpdateEvent {
    build(stage, types::UpdateUserTyping::new(5, action))
}

/// Within months, weeks and a day.
fn within(event: &UserUpdateEvent) -> [bool; 3] {
    [
        event.within_months(),
        event.within_weeks(),
        event.recently(),
    ]
}

/// What is done, apart from with what.
fn kinds(event: &UserUpdateEvent) -> [bool; 5] {
    [
        event.cancel(),
        event.typing(),
        event.recording(),
        event.uploading(),
        event.playing(),
    ]
}

/// With what it is done.
fn things(event: &UserUpdateEvent) -> [bool; 8] {
    [
        event.audio(),
        event.round(),
        event.video(),
        event.document(),
        event.geo(),
        event.photo(),
        event.contact(),
        event.sticker(),
    ]
}

#[test]
fn a_status_tells_when_somebody_was_seen() {
    let stage = stage();
    let now = stage.client.now().wall.secs();
    let ago = |seconds: i64| {
        let at = i32::try_from(now - seconds).unwrap();
        types::UserStatus::from(types::UserStatusOffline::new(at))
    };
    // parity: E-userupdate.event.within_months, E-userupdate.event.within_weeks, E-userupdate.event.recently
    for (seen, expected) in [
        (ago(DAY - 1), [true, true, true]),
        (ago(DAY), [true, true, false]),
        (ago(7 * DAY - 1), [true, true, false]),
        (ago(7 * DAY), [true, false, false]),
        (ago(30 * DAY - 1), [true, false, false]),
        // parity: E-userupdate.event.seen_old
        (ago(30 * DAY), [false; 3]),
        (ago(400 * DAY), [false; 3]),
        (types::UserStatusOnline::new(1).into(), [true; 3]),
        (types::UserStatusRecently::new().into(), [true; 3]),
        (
            types::UserStatusRecently::new().by_me(true).into(),
            [true; 3],
        ),
        (types::UserStatusLastWeek::new().into(), [true, true, false]),
        (
            types::UserStatusLastMonth::new().into(),
            [true, false, false],
        ),
        (types::UserStatus::Empty, [false; 3]),
    ] {
        let event = status(&stage, seen.clone());
        assert_eq!(within(&event), expected, "{seen:?}");
        // parity: E-userupdate.event.online
        let online = matches!(seen, types::UserStatus::Online(_));
        assert_eq!(event.online(), Some(online));
        assert_eq!(event.status(), Some(&seen));
    }
    let event = action(&stage, Action::SendMessageTypingAction);
    assert_eq!((event.online(), event.status()), (None, None));
    assert_eq!(within(&event), [false; 3]);
    assert_eq!((event.last_seen(), event.until()), (None, None));
}

#[test]
fn times_are_told_where_they_are_known() {
    let stage = stage();
    let gone = status(&stage, types::UserStatusOffline::new(1_582_900_000));
    // parity: E-userupdate.event.last_seen, E-userupdate.event.until, E-userupdate.tz
    assert_eq!(gone.last_seen(), Some(Unix::from_secs(1_582_900_000)));
    assert_eq!(gone.until(), None);
    let here = status(&stage, types::UserStatusOnline::new(1_582_990_000));
    assert_eq!(here.until(), Some(Unix::from_secs(1_582_990_000)));
    assert_eq!(here.last_seen(), None);
    for vague in [
        types::UserStatus::from(types::UserStatusRecently::new()),
        types::UserStatus::Empty,
    ] {
        let vague = status(&stage, vague);
        assert_eq!((vague.last_seen(), vague.until()), (None, None));
    }
    assert!(
        format!("{gone}").contains(
            "online=False, last_seen=datetime.datetime(2020, 2, 28, 14, 26, 40, tzinfo=datetime.timezone.utc), until=None"
        ),
        "{gone}"
    );
}

#[test]
fn an_action_tells_what_is_done_with_what() {
    let stage = stage();
    const NOTHING: [bool; 8] = [false; 8];
    let [audio, round, video, document, geo, photo, contact, sticker] = std::array::from_fn(|at| {
        let mut things = NOTHING;
        things[at] = true;
        things
    });
    let [cancel, typing, recording, uploading, playing] = std::array::from_fn(|at| {
        let mut kinds = [false; 5];
        kinds[at] = true;
        kinds
    });
    // parity: E-userupdate.event.action_map, E-userupdate.event.cancel, E-userupdate.event.typing
    // parity: E-userupdate.event.recording, E-userupdate.event.uploading, E-userupdate.event.playing
    // parity: E-userupdate.event.audio, E-userupdate.event.round, E-userupdate.event.video, E-userupdate.event.document
    // parity: E-userupdate.event.geo, E-userupdate.event.photo, E-userupdate.event.contact
    let table: Vec<(Action, [bool; 5], [bool; 8])> = vec![
        (Action::SendMessageCancelAction, cancel, NOTHING),
        (Action::SendMessageTypingAction, typing, NOTHING),
        (Action::SendMessageGamePlayAction, playing, NOTHING),
        (Action::SendMessageGeoLocationAction, [false; 5], geo),
        (Action::SendMessageRecordAudioAction, recording, audio),
        (Action::SendMessageRecordRoundAction, recording, round),
        (Action::SendMessageRecordVideoAction, recording, video),
        (Action::SendMessageChooseContactAction, uploading, contact),
        (Action::SendMessageChooseStickerAction, uploading, sticker),
        (
            types::SendMessageUploadAudioAction::new(1).into(),
            uploading,
            audio,
        ),
        (
            types::SendMessageUploadDocumentAction::new(1).into(),
            uploading,
            document,
        ),
        (
            types::SendMessageUploadPhotoAction::new(1).into(),
            uploading,
            photo,
        ),
        (
            types::SendMessageUploadRoundAction::new(1).into(),
            uploading,
            round,
        ),
        (
            types::SendMessageUploadVideoAction::new(1).into(),
            uploading,
            video,
        ),
        (Action::SpeakingInGroupCallAction, [false; 5], NOTHING),
    ];
    for (what, done, with) in table {
        let event = action(&stage, what.clone());
        assert_eq!(kinds(&event), done, "{what:?}");
        assert_eq!(things(&event), with, "{what:?}");
        // parity: E-userupdate.event.action
        assert_eq!(event.action(), Some(&what));
    }
    // parity: E-userupdate.event.noaction
    let event = status(&stage, types::UserStatusOnline::new(1));
    assert_eq!(event.action(), None);
    assert_eq!((kinds(&event), things(&event)), ([false; 5], NOTHING));
}

#[test]
fn the_update_says_where_it_is() {
    let stage = stage();
    let typing = Action::SendMessageTypingAction;
    let (user, hidden) = (types::PeerUser::new(5), types::PeerChannel::new(3));
    // Supergroups have an update of their own by now, so that nothing needs to be guessed.
    // parity: E-userupdate.triggers, E-userupdate.event.chat
    let group = build(
        &stage,
        types::UpdateChatUserTyping::new(44, user, typing.clone()),
    );
    assert_eq!(group.chat_id(), Some(PeerId::Chat(44)));
    assert_eq!(group.sender_id(), Some(PeerId::User(5)));
    assert!(group.is_group() && !group.is_channel());
    let channel = build(
        &stage,
        types::UpdateChannelUserTyping::new(3, user, typing.clone()),
    );
    assert_eq!(channel.chat_id(), Some(PeerId::Channel(3)));
    assert_eq!(channel.sender_id(), Some(PeerId::User(5)));
    assert!(channel.is_group() && channel.is_channel());
    let admin = types::UpdateChannelUserTyping::new(3, hidden, typing.clone());
    assert_eq!(build(&stage, admin).sender_id(), Some(PeerId::Channel(3)));
    for private in [
        action(&stage, typing),
        status(&stage, types::UserStatus::Empty),
    ] {
        assert_eq!(private.chat_id(), Some(PeerId::User(5)));
        assert_eq!(private.sender_id(), Some(PeerId::User(5)));
        assert!(private.is_private());
    }
    assert!(UserUpdateEvent::build(&stage.client, &update(types::Update::PtsChanged)).is_none());
}

#[test]
fn a_builder_chooses_by_the_chat() {
    let mut stage = stage();
    let typing = || Action::SendMessageTypingAction;
    let private = update(types::UpdateUserTyping::new(5, typing()));
    let user = types::PeerUser::new(5);
    let group = update(types::UpdateChatUserTyping::new(44, user, typing()));
    // parity: E-userupdate.new
    for raw in [&private, &group] {
        assert!(wants(&mut stage, UserUpdate::new(), raw));
        let (ada, there) = (UserUpdate::new().chats([5]), UserUpdate::new().chats([-44]));
        let is_group = Arc::ptr_eq(raw, &group);
        assert_eq!(wants(&mut stage, ada.blacklist_chats(), raw), is_group);
        assert_eq!(wants(&mut stage, there, raw), is_group);
        let func = UserUpdate::new().func(UserUpdateEvent::is_private);
        assert_eq!(wants(&mut stage, func, raw), !is_group);
    }
}

#[test]
fn the_user_is_the_sender() {
    let mut stage = stage();
    let user_typing = types::UpdateUserTyping::new(5, Action::SendMessageTypingAction);
    let brought = bringing(user_typing.clone(), vec![user(5)], vec![]);
    let brought = UserUpdateEvent::build(&stage.client, &brought).unwrap();
    // parity: E-userupdate.event.sender
    assert_eq!(brought.user_id(), Some(PeerId::User(5)));
    assert_eq!(brought.user(), brought.sender());
    assert_eq!(brought.user().unwrap().id(), PeerId::User(5));
    assert_eq!(brought.input_user(), Some(input(5)));
    assert_eq!(brought.input_user(), brought.input_sender());
    // Who did not come along is asked for.
    let event = build(&stage, user_typing);
    assert_eq!((event.user(), event.input_user()), (None, None));
    let mut asked = Vec::new();
    stage.run(
        |_| async {
            let fetched = event.get_user().await.unwrap();
            assert_eq!(event.user(), Some(fetched.clone()));
            assert_eq!(event.get_sender().await.unwrap(), fetched);
            assert_eq!(event.get_input_user().await.unwrap(), input(5));
            assert_eq!(event.get_input_sender().await.unwrap(), input(5));
        },
        |request| {
            asked.push(request.name);
            value(&vec![user(5)])
        },
    );
    assert!(
        asked.iter().all(|name| *name == "users.getUsers"),
        "{asked:?}"
    );
}
