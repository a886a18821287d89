//! Users, groups and channels.

use super::*;

#[test]
fn ids_carry_marks() {
    // parity: U-peer.mark, U-peer.mark.64bit, U-peer.resolve
    let marked = |peer: types::Peer| get_peer_id(&peer).unwrap();
    assert_eq!(marked(types::PeerUser::new(5).into()), 5);
    assert_eq!(marked(types::PeerChat::new(5).into()), -5);
    assert_eq!(
        marked(types::PeerChannel::new(1_234_567_890).into()),
        -1_001_234_567_890
    );
    for (id, mark) in [
        (5, -1_000_000_000_005),
        (123_456, -1_000_000_123_456),
        (30_000_000_000, -1_030_000_000_000),
    ] {
        assert_eq!(marked(types::PeerChannel::new(id).into()), mark);
        assert_eq!(resolve_id(mark), Some(PeerId::Channel(id)));
        assert_eq!(resolve_id(mark).unwrap().bare(), id);
    }
    assert_eq!(resolve_id(5_000_000_000), Some(PeerId::User(5_000_000_000)));
    assert_eq!(resolve_id(-5), Some(PeerId::Chat(5)));
    assert_eq!(resolve_id(-100), Some(PeerId::Chat(100)));
    assert_eq!(resolve_id(-1_000_123), Some(PeerId::Chat(1_000_123)));
    assert_eq!(resolve_id(0), None);
    // What is marked already stays as it is.
    for id in [5, -5, -1_000_000_000_005] {
        assert_eq!(get_peer_id(&id).unwrap(), id);
    }
    // parity: U-peer.mark.fix
    assert_eq!(marked(types::PeerChat::new(-5).into()), -5);
    assert_eq!(
        marked(types::PeerChannel::new(-1_000_000_000_005).into()),
        -1_000_000_000_005
    );
    // parity: U-peer.mark.self
    fails(get_peer_id(&types::InputPeer::Self_), "InputPeer", "Peer");
    fails(get_peer_id(&types::InputPeer::Empty), "InputPeer", "Peer");
    fails(get_peer_id(&0), "0", "Peer");
}

#[test]
fn whatever_names_somebody_tells_who_that_is() {
    // parity: U-peer.get_peer
    let ada = types::Peer::from(types::PeerUser::new(5));
    let news = types::Peer::from(types::PeerChannel::new(7));
    let club = types::Peer::from(types::PeerChat::new(9));
    let input = types::InputPeer::from(types::InputPeerUser::new(5, 0));
    let resolved = types::contacts::ResolvedPeer::new(ada, vec![], vec![]);
    let dialog = types::DialogPeer::from(types::DialogPeerData::new(ada));
    let top = types::TopPeer::new(ada, 1.0);
    let notify = types::InputNotifyPeer::from(types::InputNotifyPeerData::new(input.clone()));
    let member = types::ChatParticipant::from(types::ChatParticipantData::new(5, 1, 0));
    let subscriber = types::ChannelParticipant::from(types::ChannelParticipantData::new(5, 0));
    let banned = types::ChannelParticipant::from(types::ChannelParticipantLeft::new(news));
    // No access hash is needed to be somebody.
    let stranger = types::UserData::new(5);
    let min = user().min(true).self_(true);
    let people: [&dyn ToPeer; 13] = [
        &5_i64,
        &ada,
        &input,
        &resolved,
        &dialog,
        &top,
        &notify,
        &member,
        &subscriber,
        &stranger,
        &min,
        &types::User::from(user()),
        &types::InputUser::from(types::InputUserData::new(5, 6)),
    ];
    for one in people {
        assert_eq!(one.to_peer().unwrap(), ada);
    }
    let channels: [&dyn ToPeer; 5] = [
        &-1_000_000_000_007_i64,
        &news,
        &banned,
        &channel(),
        &types::InputChannel::from(types::InputChannelData::new(7, 8)),
    ];
    for one in channels {
        assert_eq!(one.to_peer().unwrap(), news);
    }
    let empty = types::Chat::from(types::ChatEmpty::new(9));
    for one in [&-9_i64 as &dyn ToPeer, &club, &empty] {
        assert_eq!(one.to_peer().unwrap(), club);
    }
    let all = types::InputNotifyPeer::InputNotifyUsers;
    fails(get_peer(&all), "InputNotifyPeer", "Peer");
}

#[test]
fn peers_are_reached_by_what_came_along() {
    // parity: U-cast.peer
    let ada = types::InputPeer::from(types::InputPeerUser::new(5, 6));
    assert_eq!(get_input_peer(&ada).unwrap(), ada);
    assert_eq!(get_input_peer(&user()).unwrap(), ada);
    assert_eq!(get_input_peer(&types::User::from(user())).unwrap(), ada);
    assert_eq!(get_input_peer(&Entity::from(user())).unwrap(), ada);
    let input_user = types::InputUser::from(types::InputUserData::new(5, 6));
    assert_eq!(get_input_peer(&input_user).unwrap(), ada);
    let me = user().self_(true);
    assert_eq!(get_input_peer(&me).unwrap(), types::InputPeer::Self_);
    let not_self = PeerOptions::new().not_self();
    assert_eq!(get_input_peer_with(&me, not_self).unwrap(), ada);
    assert_eq!(
        get_input_peer(&types::InputUser::Self_).unwrap(),
        types::InputPeer::Self_
    );
    let nobody = types::User::from(types::UserEmpty::new(5));
    assert_eq!(get_input_peer(&nobody).unwrap(), types::InputPeer::Empty);
    let settings = types::PeerSettings::new();
    let full = types::UserFull::new(5, settings, types::PeerNotifySettings::new(), 0);
    let full = types::users::UserFull::new(full, vec![], vec![user().into()]);
    assert_eq!(get_input_peer(&full).unwrap(), ada);

    let news = types::InputPeer::from(types::InputPeerChannel::new(7, 8));
    let closed = types::Chat::from(types::ChannelForbidden::new(7, 8, "News"));
    assert_eq!(get_input_peer(&channel()).unwrap(), news);
    assert_eq!(get_input_peer(&types::Chat::from(channel())).unwrap(), news);
    assert_eq!(get_input_peer(&closed).unwrap(), news);
    let input_channel = types::InputChannel::from(types::InputChannelData::new(7, 8));
    assert_eq!(get_input_peer(&input_channel).unwrap(), news);

    let club = types::InputPeer::from(types::InputPeerChat::new(9));
    let participants = types::ChatParticipantsForbidden::new(9);
    let full = types::ChatFullData::new(9, "", participants, types::PeerNotifySettings::new());
    let full = types::messages::ChatFull::new(full, vec![], vec![]);
    assert_eq!(get_input_peer(&full).unwrap(), club);
    for chat in [
        types::Chat::from(types::ChatEmpty::new(9)),
        types::ChatForbidden::new(9, "Club").into(),
        types::ChatData::new(9, "Club", types::ChatPhoto::Empty, 1, 0, 1).into(),
    ] {
        assert_eq!(get_input_peer(&chat).unwrap(), club);
    }
    assert_eq!(
        get_input_peer(&types::Peer::from(types::PeerChat::new(9))).unwrap(),
        club
    );

    // parity: U-cast.peer.hash0
    let unhashed = types::InputPeer::from(types::InputPeerUser::new(5, 0));
    assert_eq!(get_input_peer(&unhashed).unwrap(), unhashed);
    let unchecked = PeerOptions::new().unchecked();
    assert_eq!(
        get_input_peer_with(&types::UserData::new(5), unchecked).unwrap(),
        unhashed
    );
    // parity: U-cast.peer.fail
    let to = "any kind of InputPeer";
    fails(get_input_peer(&types::UserData::new(5)), "User", to);
    fails(get_input_peer(&user().min(true)), "min constructor", to);
    fails(get_input_peer(&channel().min(true)), "Channel", to);
    fails(
        get_input_peer(&types::Peer::from(types::PeerUser::new(5))),
        "PeerUser",
        to,
    );
}

#[test]
fn users_and_channels_are_told_apart() {
    // parity: U-cast.user
    let ada = types::InputUser::from(types::InputUserData::new(5, 6));
    assert_eq!(get_input_user(&user()).unwrap(), ada);
    let peer = types::InputPeer::from(types::InputPeerUser::new(5, 6));
    assert_eq!(get_input_user(&peer).unwrap(), ada);
    assert_eq!(
        get_input_user(&types::InputPeer::Self_).unwrap(),
        types::InputUser::Self_
    );
    assert_eq!(
        get_input_user(&types::InputPeer::Empty).unwrap(),
        types::InputUser::Empty
    );
    let nobody = types::User::from(types::UserEmpty::new(5));
    assert_eq!(get_input_user(&nobody).unwrap(), types::InputUser::Empty);
    let settings = types::PeerSettings::new();
    let full = types::UserFull::new(5, settings, types::PeerNotifySettings::new(), 0);
    let full = types::users::UserFull::new(full, vec![], vec![user().into()]);
    assert_eq!(get_input_user(&full).unwrap(), ada);
    fails(get_input_user(&channel()), "Channel", "InputUser");
    // parity: U-cast.channel
    let news = types::InputChannel::from(types::InputChannelData::new(7, 8));
    assert_eq!(get_input_channel(&channel()).unwrap(), news);
    let closed = types::Chat::from(types::ChannelForbidden::new(7, 8, "News"));
    assert_eq!(get_input_channel(&closed).unwrap(), news);
    let peer = types::InputPeer::from(types::InputPeerChannel::new(7, 8));
    assert_eq!(get_input_channel(&peer).unwrap(), news);
    let unhashed = types::Channel::new(7, "News", types::ChatPhoto::Empty, 0);
    assert_eq!(
        get_input_channel(&unhashed).unwrap(),
        types::InputChannelData::new(7, 0).into()
    );
    fails(get_input_channel(&user()), "User", "InputChannel");
    let dialog =
        types::InputDialogPeer::from(types::InputPeer::from(types::InputPeerUser::new(5, 6)));
    assert_eq!(get_input_dialog(&user()).unwrap(), dialog);
    fails(
        get_input_dialog(&types::UserData::new(5)),
        "User",
        "InputPeer",
    );
}
