//! What names whom.

use super::*;

#[test]
fn names_of_oneself_are_taken_in_any_case() {
    for text in ["me", "Self", " ME "] {
        assert_eq!(EntityLike::from(text), types::InputPeer::Self_.into());
    }
}

#[test]
fn marked_ids_are_exact_and_positive_ones_are_not() {
    assert_eq!(EntityLike::from(-5), PeerId::Chat(5).into());
    assert_eq!(
        EntityLike::from("-1001234567890"),
        PeerId::Channel(1_234_567_890).into()
    );
    assert_eq!(EntityLike::from(5).0, Like::Number(5));
    assert_eq!(EntityLike::from(0).0, Like::Nobody);
}

#[test]
fn min_users_are_looked_up_by_their_id() {
    let user = types::UserData::new(7).access_hash(1);
    assert_eq!(
        EntityLike::from(&user).0,
        Like::Input(types::InputPeerUser::new(7, 1).into())
    );
    assert_eq!(
        EntityLike::from(user.min(true)).0,
        Like::Exact(PeerId::User(7))
    );
}

#[test]
fn debug_tells_no_names() {
    assert_eq!(
        format!("{:?}", EntityLike::from("durov")),
        "EntityLike(***)"
    );
}

#[test]
fn links_to_people_name_them() {
    assert_eq!(EntityLike::from("tg://user?id=5"), PeerId::User(5).into());
    for link in [
        "t.me/+34600",
        "https://t.me/+34600/",
        "tg://resolve?phone=+34600",
        "+34600",
    ] {
        assert_eq!(
            EntityLike::from(link).0,
            Like::Text("+34600".into()),
            "{link}"
        );
    }
    assert_eq!(EntityLike::from("id:5").0, Like::Number(5));
    let invite = EntityLike::from("t.me/+AbC");
    assert_eq!(invite.0, Like::Text("t.me/+AbC".into()));
}

#[test]
fn requests_take_what_methods_take() {
    let names = [
        EntityLike::from("@ada"),
        EntityLike::from("+34600"),
        EntityLike::from("Ada Lovelace"),
        EntityLike::from(5),
        EntityLike::from(-1_000_000_000_005),
        EntityLike::from("me"),
        EntityLike::from(PeerId::User(5)),
        EntityLike::from(types::InputPeer::from(types::InputPeerUser::new(5, 6))),
        EntityLike::none(),
    ];
    for name in names {
        let peer = types::InputPeer::from(name.clone());
        assert_eq!(EntityLike::from(peer), name);
        let user = types::InputUser::from(name.clone());
        assert_eq!(EntityLike::from(user), name);
    }
    let group = EntityLike::from(-5);
    assert_eq!(
        EntityLike::from(types::InputChannel::from(group.clone())),
        group
    );
    let user = Entity::from(types::UserData::new(5).access_hash(6));
    let peer = types::InputPeer::from(types::InputPeerUser::new(5, 6));
    assert_eq!(types::InputPeer::from(&user), peer);
    assert_eq!(types::InputDialogPeer::from(&user), peer.into());
}

#[test]
fn whatever_names_somebody_is_taken() {
    let ada = EntityLike::from(PeerId::User(5));
    let peer = || types::PeerUser::new(5);
    let dialog = types::DialogPeer::from(types::DialogPeerData::new(peer()));
    assert_eq!(EntityLike::from(&dialog), ada);
    let resolved = types::contacts::ResolvedPeer::new(peer(), vec![], vec![]);
    assert_eq!(EntityLike::from(&resolved), ada);
    let member = types::ChannelParticipant::from(types::ChannelParticipantData::new(5, 0));
    assert_eq!(EntityLike::from(&member), ada);
    let folder = types::DialogPeer::from(types::DialogPeerFolder::new(1));
    assert_eq!(EntityLike::from(&folder), EntityLike::none());
}
