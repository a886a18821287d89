//! What turns into what.

use crate::types;

fn named<T: From<&'static str>>(name: &'static str) -> T {
    name.into()
}

#[test]
fn users_and_chats_turn_into_input_peers() {
    let user = types::UserData::new(5).access_hash(6);
    let peer = types::InputPeer::from(types::InputPeerUser::new(5, 6));
    assert_eq!(types::InputPeer::from(&user), peer);
    assert_eq!(
        types::InputPeer::from(types::User::from(user.clone())),
        peer
    );
    assert_eq!(
        types::InputUser::from(&user),
        types::InputUserData::new(5, 6).into()
    );
    let me = user.clone().self_(true);
    assert_eq!(types::InputPeer::from(&me), types::InputPeer::Self_);
    assert_eq!(types::InputUser::from(me), types::InputUser::Self_);
    // The hash of a min user reaches nobody.
    let min = user.min(true);
    assert_eq!(types::InputPeer::from(&min), named("tg://user?id=5"));
    assert_eq!(types::InputUser::from(&min), named("tg://user?id=5"));
    assert_eq!(
        types::InputPeer::from(types::User::from(types::UserEmpty::new(5))),
        types::InputPeer::Empty
    );
    let channel = types::Channel::new(7, "News", types::ChatPhoto::Empty, 0).access_hash(8);
    assert_eq!(
        types::InputPeer::from(&channel),
        types::InputPeerChannel::new(7, 8).into()
    );
    assert_eq!(
        types::InputChannel::from(types::Chat::from(channel.clone())),
        types::InputChannelData::new(7, 8).into()
    );
    let min = channel.min(true);
    assert_eq!(types::InputChannel::from(&min), named("-1000000000007"));
    let closed = types::Chat::from(types::ChannelForbidden::new(7, 8, "News"));
    assert_eq!(
        types::InputPeer::from(&closed),
        types::InputPeerChannel::new(7, 8).into()
    );
    for chat in [
        types::Chat::from(types::ChatEmpty::new(9)),
        types::ChatForbidden::new(9, "Club").into(),
        types::ChatData::new(9, "Club", types::ChatPhoto::Empty, 1, 0, 1).into(),
    ] {
        assert_eq!(
            types::InputPeer::from(&chat),
            types::InputPeerChat::new(9).into()
        );
        // A group is no channel, which sending the request will tell.
        assert_eq!(types::InputChannel::from(&chat), named("-9"));
    }
}

#[test]
fn names_ids_and_peers_stay_names() {
    assert_eq!(types::InputUser::from(5), named("id:5"));
    assert_eq!(types::InputPeer::from(-5), named("-5"));
    assert_eq!(types::InputPeer::from(String::from("ada")), named("ada"));
    let user = types::Peer::from(types::PeerUser::new(5));
    assert_eq!(types::InputUser::from(&user), named("tg://user?id=5"));
    let channel = types::Peer::from(types::PeerChannel::new(7));
    assert_eq!(types::InputChannel::from(channel), named("-1000000000007"));
    // A group needs no access hash, with or without its mark.
    for id in [9, -9] {
        let chat = types::Peer::from(types::PeerChat::new(id));
        assert_eq!(
            types::InputPeer::from(&chat),
            types::InputPeerChat::new(9).into()
        );
    }
}

#[test]
fn input_kinds_turn_into_each_other() {
    let place = || types::InputPeer::from(types::InputPeerChat::new(1));
    let peers: [(types::InputPeer, types::InputUser); 5] = [
        (types::InputPeer::Self_, types::InputUser::Self_),
        (types::InputPeer::Empty, types::InputUser::Empty),
        (named("ada"), named("ada")),
        (
            types::InputPeerUser::new(5, 6).into(),
            types::InputUserData::new(5, 6).into(),
        ),
        (
            types::InputPeerUserFromMessage::new(place(), 2, 5).into(),
            types::InputUserFromMessage::new(place(), 2, 5).into(),
        ),
    ];
    for (peer, user) in peers {
        assert_eq!(types::InputUser::from(&peer), user);
        assert_eq!(types::InputPeer::from(user), peer);
    }
    let channels: [(types::InputPeer, types::InputChannel); 3] = [
        (types::InputPeer::Empty, types::InputChannel::Empty),
        (
            types::InputPeerChannel::new(7, 8).into(),
            types::InputChannelData::new(7, 8).into(),
        ),
        (
            types::InputPeerChannelFromMessage::new(place(), 2, 7).into(),
            types::InputChannelFromMessage::new(place(), 2, 7).into(),
        ),
    ];
    for (peer, channel) in channels {
        assert_eq!(types::InputChannel::from(&peer), channel);
        assert_eq!(types::InputPeer::from(channel), peer);
    }
    let user = types::InputPeer::from(types::InputPeerUser::new(5, 6));
    assert_eq!(types::InputChannel::from(&user), named("tg://user?id=5"));
    let channel = types::InputPeer::from(types::InputPeerChannel::new(7, 8));
    assert_eq!(types::InputUser::from(channel), named("-1000000000007"));
}

#[test]
fn dialogs_and_notifications_are_named_by_peers() {
    // parity: U-cast.dialog, U-cast.notify
    let user = types::UserData::new(5).access_hash(6);
    let peer = || types::InputPeer::from(types::InputPeerUser::new(5, 6));
    let dialog = types::InputDialogPeer::from(types::InputDialogPeerData::new(peer()));
    assert_eq!(types::InputDialogPeer::from(peer()), dialog);
    assert_eq!(types::InputDialogPeer::from(&user), dialog);
    let ada = types::InputDialogPeerData::new("@ada");
    assert_eq!(types::InputDialogPeer::from("@ada"), ada.into());
    let notify = types::InputNotifyPeer::from(types::InputNotifyPeerData::new(peer()));
    assert_eq!(types::InputNotifyPeer::from(peer()), notify);
    assert_eq!(types::InputNotifyPeer::from(&user), notify);
    let ada = types::InputNotifyPeerData::new("@ada");
    assert_eq!(types::InputNotifyPeer::from("@ada"), ada.into());
}
