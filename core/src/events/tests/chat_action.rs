//! What happens to chats.

mod people;

use super::*;
use crate::objects::{Entity, Message};

const GROUP: i64 = 44;
const ADA: PeerId = PeerId::User(5);
const GRACE: PeerId = PeerId::User(6);

fn build(stage: &Stage, raw: impl Into<types::Update>) -> ChatActionEvent {
    ChatActionEvent::build(&stage.client, &update(raw)).expect("something happened to a chat")
}

/// A service message of the group.
fn service(from: Option<PeerId>, action: impl Into<types::MessageAction>) -> types::MessageService {
    let mut service = types::MessageService::new(9, types::PeerChat::new(GROUP), 1, action);
    service.from_id = from.map(Into::into);
    service
}

fn new(service: types::MessageService) -> types::Update {
    types::UpdateNewMessage::new(service, 1, 1).into()
}

fn said(stage: &Stage, from: PeerId, action: impl Into<types::MessageAction>) -> ChatActionEvent {
    build(stage, new(service(Some(from), action)))
}

/// Pinned, unpinned, photo, added, joined, left, kicked, created.
fn flags(event: &ChatActionEvent) -> [bool; 8] {
    [
        event.new_pin(),
        event.unpin(),
        event.new_photo(),
        event.user_added(),
        event.user_joined(),
        event.user_left(),
        event.user_kicked(),
        event.created(),
    ]
}

const fn only(at: usize) -> [bool; 8] {
    let mut flags = [false; 8];
    flags[at] = true;
    flags
}

const PIN: [bool; 8] = only(0);
const UNPIN: [bool; 8] = only(1);
const PHOTO: [bool; 8] = only(2);
const ADDED: [bool; 8] = only(3);
const JOINED: [bool; 8] = only(4);
const LEFT: [bool; 8] = only(5);
const KICKED: [bool; 8] = only(6);
const CREATED: [bool; 8] = only(7);

fn add(users: &[i64]) -> types::MessageAction {
    types::MessageActionChatAddUser::new(users.to_vec()).into()
}

fn delete(user: i64) -> types::MessageAction {
    types::MessageActionChatDeleteUser::new(user).into()
}

#[test]
fn who_comes_has_joined_or_was_added() {
    let stage = stage();
    // parity: E-chataction.trigger.adduser, E-chataction.event.user_added, E-chataction.event.user_joined
    let added = said(&stage, ADA, add(&[6, 8]));
    assert_eq!(flags(&added), ADDED);
    assert_eq!(added.user_ids(), [GRACE, PeerId::User(8)]);
    assert_eq!(flags(&said(&stage, ADA, add(&[5]))), JOINED);
    assert_eq!(
        flags(&said(&stage, ADA, add(&[5, 6]))),
        ADDED,
        "not the sole one"
    );
    let hidden = build(&stage, new(service(None, add(&[6]))));
    assert_eq!((flags(&hidden), hidden.added_by()), (ADDED, None));
    // parity: E-chataction.trigger.joinlink
    for action in [
        types::MessageActionChatJoinedByLink::new(7).into(),
        types::MessageAction::ChatJoinedByRequest,
        types::MessageActionChatJoinedViaCommunity::new(7).into(),
    ] {
        let joined = said(&stage, GRACE, action);
        assert_eq!((flags(&joined), joined.user_ids()), (JOINED, &[GRACE][..]));
    }
    // parity: E-chataction.trigger.add
    let add = |inviter| types::UpdateChatParticipantAdd::new(GROUP, 6, inviter, 1, 2);
    let added = build(&stage, add(5));
    assert_eq!((flags(&added), added.user_ids()), (ADDED, &[GRACE][..]));
    assert_eq!(added.chat_id(), Some(PeerId::Chat(GROUP)));
    assert!(added.action_message().is_none());
    assert_eq!(flags(&build(&stage, add(0))), JOINED);
    assert_eq!(flags(&build(&stage, add(6))), JOINED);
}

#[test]
fn who_goes_has_left_or_was_removed() {
    let stage = stage();
    // parity: E-chataction.trigger.deluser, E-chataction.event.user_left, E-chataction.event.user_kicked
    let kicked = said(&stage, ADA, delete(6));
    assert_eq!((flags(&kicked), kicked.user_ids()), (KICKED, &[GRACE][..]));
    let left = said(&stage, GRACE, delete(6));
    assert_eq!((flags(&left), left.user_ids()), (LEFT, &[GRACE][..]));
    let unsaid = build(&stage, new(service(None, delete(6))));
    assert_eq!(flags(&unsaid), LEFT);
    // parity: E-chataction.trigger.delete
    let gone = build(&stage, types::UpdateChatParticipantDelete::new(GROUP, 6, 2));
    assert_eq!((flags(&gone), gone.user_ids()), (LEFT, &[GRACE][..]));
    assert_eq!(gone.chat_id(), Some(PeerId::Chat(GROUP)));
    assert!(gone.action_message().is_none());
}

#[test]
fn chats_are_made_and_renamed() {
    let stage = stage();
    // parity: E-chataction.trigger.create, E-chataction.event.created, E-chataction.event.new_title
    let group = said(
        &stage,
        ADA,
        types::MessageActionChatCreate::new("Tea", vec![6]),
    );
    assert_eq!((flags(&group), group.new_title()), (CREATED, Some("Tea")));
    assert_eq!(group.user_ids(), [GRACE]);
    let post = types::MessageService::new(
        1,
        types::PeerChannel::new(3),
        1,
        types::MessageActionChannelCreate::new("News"),
    );
    let post = types::UpdateNewChannelMessage::new(post.post(true), 2, 1);
    let channel = build(&stage, post);
    assert_eq!(
        (flags(&channel), channel.new_title()),
        (CREATED, Some("News"))
    );
    assert!(channel.user_ids().is_empty() && channel.user().is_none());
    assert_eq!(channel.chat_id(), Some(PeerId::Channel(3)));
    assert!(channel.is_channel() && !channel.is_group());
    let made = said(&stage, ADA, types::MessageActionChannelCreate::new("News"));
    assert_eq!(made.user_ids(), [ADA]);
    // parity: E-chataction.trigger.title
    let renamed = said(
        &stage,
        ADA,
        types::MessageActionChatEditTitle::new("Coffee"),
    );
    assert_eq!(
        (flags(&renamed), renamed.new_title()),
        ([false; 8], Some("Coffee"))
    );
    assert_eq!(renamed.user_id(), Some(ADA));
    assert_eq!(said(&stage, ADA, delete(6)).new_title(), None);
}

#[test]
fn pictures_come_and_go() {
    let stage = stage();
    let photo = types::PhotoData::new(77, 1, Vec::new(), 1, vec![], 2);
    let edit = types::MessageActionChatEditPhoto::new(photo);
    let event = said(&stage, ADA, edit);
    // parity: E-chataction.trigger.photo, E-chataction.event.new_photo, E-chataction.event.photo
    assert_eq!((flags(&event), event.user_id()), (PHOTO, Some(ADA)));
    assert_eq!(event.photo().map(|photo| photo.id), Some(77));
    let removed = said(&stage, ADA, types::MessageAction::ChatDeletePhoto);
    assert_eq!((flags(&removed), removed.photo()), (PHOTO, None));
    let empty = types::MessageActionChatEditPhoto::new(types::PhotoEmpty::new(1));
    let empty = said(&stage, ADA, empty);
    assert_eq!((flags(&empty), empty.photo()), (PHOTO, None));
    assert_eq!(said(&stage, ADA, add(&[6])).photo(), None);
}

#[test]
fn pins_are_told_by_service_messages_and_unpins_by_updates() {
    let stage = stage();
    let pin = service(Some(ADA), types::MessageAction::PinMessage);
    let event = build(&stage, new(pin));
    // parity: E-chataction.trigger.pin, E-chataction.event.new_pin
    assert_eq!((flags(&event), event.user_id()), (PIN, Some(ADA)));
    // parity: E-chataction.trigger.unpin, E-chataction.event.unpin
    let channel = types::UpdatePinnedChannelMessages::new(3, vec![8, 9], 5, 1);
    let user = types::UpdatePinnedMessages::new(types::PeerUser::new(5), vec![8, 9], 5, 1);
    for (raw, chat) in [
        (types::Update::from(channel.clone()), PeerId::Channel(3)),
        (user.clone().into(), ADA),
    ] {
        let event = build(&stage, raw);
        assert_eq!((flags(&event), event.chat_id()), (UNPIN, Some(chat)));
        assert_eq!(event.unpinned_ids(), [8, 9]);
        assert!(event.user_ids().is_empty() && event.action_message().is_none());
    }
    // A new pin is told once, by its service message.
    for raw in [
        types::Update::from(channel.pinned(true)),
        user.pinned(true).into(),
    ] {
        assert!(ChatActionEvent::build(&stage.client, &update(raw)).is_none());
    }
    // Who pins something in a private chat is told by the direction alone.
    let pin = types::MessageService::new(
        9,
        types::PeerUser::new(5),
        1,
        types::MessageAction::PinMessage,
    );
    let theirs = build(&stage, new(pin.clone()));
    assert_eq!(theirs.user_id(), Some(ADA));
    assert_eq!(
        build(&stage, new(pin.out(true))).user_id(),
        Some(PeerId::User(ME))
    );
}

#[test]
fn other_things_are_no_actions() {
    let stage = stage();
    let migrated = types::MessageActionChatMigrateTo::new(3);
    let message = types::MessageData::new(1, types::PeerUser::new(5), 1, "hi");
    for raw in [
        new(service(Some(ADA), migrated)),
        types::UpdateNewMessage::new(message, 1, 1).into(),
        types::UpdateEditMessage::new(service(Some(ADA), add(&[6])), 1, 1).into(),
        types::Update::PtsChanged,
    ] {
        assert!(ChatActionEvent::build(&stage.client, &update(raw)).is_none());
    }
}

#[test]
fn a_builder_chooses_by_the_chat() {
    let mut stage = stage();
    let here = update(new(service(Some(ADA), add(&[6]))));
    // parity: E-chataction.new
    assert!(wants(&mut stage, ChatAction::new(), &here));
    let listed = |chat: i64| ChatAction::new().chats([chat]);
    assert!(wants(&mut stage, listed(-GROUP), &here));
    assert!(!wants(&mut stage, listed(3), &here));
    assert!(!wants(&mut stage, listed(-GROUP).blacklist_chats(), &here));
    assert!(wants(&mut stage, listed(3).blacklist_chats(), &here));
    let joined = |event: &ChatActionEvent| event.user_joined();
    assert!(!wants(&mut stage, ChatAction::new().func(joined), &here));
}

#[test]
fn what_came_along_costs_nothing() {
    let stage = stage();
    let raw = new(service(Some(ADA), add(&[6, 8])));
    let raw = bringing(raw, vec![user(5), user(6), user(8)], vec![]);
    let event = ChatActionEvent::build(&stage.client, &raw).unwrap();
    let ids = |users: Vec<Entity>| users.iter().map(Entity::id).collect::<Vec<_>>();
    // parity: E-chataction.event.added_by, E-chataction.event.users, E-chataction.event.user
    assert_eq!(event.added_by().unwrap().id(), ADA);
    assert_eq!(event.kicked_by(), None);
    assert_eq!(ids(event.users()), event.user_ids());
    assert_eq!(event.user().unwrap().id(), GRACE);
    // parity: E-chataction.event.user_id, E-chataction.event.user_ids, E-chataction.event.input_user
    // parity: E-chataction.event.input_users
    assert_eq!(event.user_ids(), [GRACE, PeerId::User(8)]);
    assert_eq!(event.user_id(), Some(GRACE));
    assert_eq!(event.input_users(), [input(6), input(8)]);
    assert_eq!(event.input_user(), Some(input(6)));
    // parity: E-chataction.event.kicked_by
    let raw = bringing(new(service(Some(ADA), delete(6))), vec![user(5)], vec![]);
    let event = ChatActionEvent::build(&stage.client, &raw).unwrap();
    assert_eq!(event.kicked_by().unwrap().id(), ADA);
    assert_eq!(event.added_by(), None);
    assert!(event.users().is_empty() && event.user().is_none());
    assert_eq!(event.user_id(), Some(GRACE));
    // parity: E-chataction.event.action_message
    assert_eq!(event.action_message().map(Message::id), Some(9));
    let nobody = build(
        &stage,
        types::UpdatePinnedChannelMessages::new(3, vec![8], 5, 1),
    );
    assert_eq!((nobody.user_id(), nobody.input_user()), (None, None));
    assert_eq!((nobody.added_by(), nobody.kicked_by()), (None, None));
}

#[test]
fn an_action_is_printed_like_telethon_does_it() {
    let stage = stage();
    let unpin = build(
        &stage,
        types::UpdatePinnedChannelMessages::new(3, vec![8], 5, 1),
    );
    assert_eq!(
        format!("{unpin}"),
        "ChatAction.Event(original_update=UpdatePinnedChannelMessages(pinned=False, channel_id=3, messages=[8], pts=5, \
         pts_count=1), action_message=None, new_pin=False, new_photo=False, photo=None, user_added=False, user_joined=False, \
         user_left=False, user_kicked=False, unpin=True, created=False, new_title=None)"
    );
}
