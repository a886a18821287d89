//! Links, and what admins of a channel find of what was done.

use std::time::Duration;

use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::types;

use super::common::{Bench, Client};
use super::people::{channel, channel_in, flat, group, person, place};
use super::{say, updates};

fn link(
    client: &mut Client,
    bench: &mut Bench,
    export: fm::ExportChatInvite,
) -> Result<(String, types::ChatInviteExported), String> {
    match client.call(bench, &export)? {
        types::ExportedChatInvite::ChatInviteExported(invite) => {
            let hash = invite.link.strip_prefix("https://t.me/+").expect("a link");
            Ok((hash.to_owned(), *invite))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_link_lets_somebody_in() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let own = channel(&mut ada, &mut bench, false);
    let (hash, invite) =
        link(&mut ada, &mut bench, fm::ExportChatInvite::new(place(&own))).unwrap();
    assert!(invite.permanent);
    let check = |hash: &str| fm::CheckChatInvite::new(hash);
    assert_eq!(
        grace.call(&mut bench, &check("")).unwrap_err(),
        "INVITE_HASH_EMPTY"
    );
    assert_eq!(
        grace.call(&mut bench, &check("nonsense")).unwrap_err(),
        "INVITE_HASH_INVALID"
    );
    let types::ChatInvite::ChatInvite(shown) = grace.call(&mut bench, &check(&hash)).unwrap()
    else {
        panic!("in already")
    };
    assert_eq!(
        (
            shown.title.as_str(),
            shown.megagroup,
            shown.participants_count
        ),
        ("Round table", true, 1)
    );
    let join = fm::ImportChatInvite::new(hash.as_str());
    let types::messages::ChatInviteJoinResult::Ok(joined) = grace.call(&mut bench, &join).unwrap()
    else {
        panic!("not in")
    };
    let theirs = channel_in(&joined.updates).expect("the supergroup");
    let by_link = |u: &types::Update| match u {
        types::Update::NewChannelMessage(u) => {
            matches!(&u.message, types::Message::Service(m) if matches!(m.action, types::MessageAction::ChatJoinedByLink(_)))
        }
        _ => false,
    };
    assert!(flat(vec![joined.updates]).iter().any(by_link));
    assert!(flat(updates(&mut ada, &mut bench)).iter().any(by_link));
    say(&mut grace, &mut bench, place(&theirs), "hello").unwrap();
    assert_eq!(
        grace.call(&mut bench, &join).unwrap_err(),
        "USER_ALREADY_PARTICIPANT"
    );
    assert!(matches!(
        grace.call(&mut bench, &check(&hash)),
        Ok(types::ChatInvite::Already(_))
    ));
    let refused = link(
        &mut grace,
        &mut bench,
        fm::ExportChatInvite::new(place(&theirs)),
    );
    assert_eq!(refused.unwrap_err(), "CHAT_ADMIN_REQUIRED");
}

#[test]
fn links_end_by_time_by_use_and_by_being_revoked() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let table = group(&mut ada, &mut bench, &[2]);
    let to: types::InputPeer = types::InputPeerChat::new(table).into();
    let now = i32::try_from(bench.now.wall.secs()).unwrap();
    let export = || fm::ExportChatInvite::new(to.clone());
    assert_eq!(
        link(&mut ada, &mut bench, export().expire_date(now)).unwrap_err(),
        "EXPIRE_DATE_INVALID"
    );
    let (timed, _) = link(&mut ada, &mut bench, export().expire_date(now + 60)).unwrap();
    let (once, _) = link(&mut ada, &mut bench, export().usage_limit(1)).unwrap();
    let (asking, _) = link(&mut ada, &mut bench, export().request_needed(true)).unwrap();
    let (old, _) = link(&mut ada, &mut bench, export()).unwrap();
    let (new, _) = link(&mut ada, &mut bench, export()).unwrap();
    assert_ne!(old, new, "a new one ends the old one");
    bench.pass(Duration::from_secs(61));
    let try_ = |client: &mut Client, bench: &mut Bench, hash: &str| {
        client.call(bench, &fm::ImportChatInvite::new(hash))
    };
    assert_eq!(
        try_(&mut grace, &mut bench, &timed).unwrap_err(),
        "INVITE_HASH_EXPIRED"
    );
    assert_eq!(
        try_(&mut grace, &mut bench, &old).unwrap_err(),
        "INVITE_HASH_EXPIRED"
    );
    assert_eq!(
        try_(&mut grace, &mut bench, &asking).unwrap_err(),
        "INVITE_REQUEST_SENT"
    );
    try_(&mut grace, &mut bench, &once).unwrap();
    let mut stranger = bench.ready(9);
    stranger.sign_up(&mut bench, "9996620077", "Emmy");
    assert_eq!(
        try_(&mut stranger, &mut bench, &once).unwrap_err(),
        "INVITE_HASH_EXPIRED"
    );
    let revoke = fm::EditExportedChatInvite::new(to.clone(), format!("https://t.me/+{asking}"))
        .revoked(true);
    ada.call(&mut bench, &revoke).unwrap();
    assert_eq!(
        try_(&mut stranger, &mut bench, &asking).unwrap_err(),
        "INVITE_HASH_EXPIRED"
    );
    let me = person(&mut ada, &mut bench, 0);
    let list = fm::GetExportedChatInvites::new(to, me, 100).revoked(true);
    assert_eq!(ada.call(&mut bench, &list).unwrap().count, 2);
}

#[test]
fn somebody_who_asked_is_let_in() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let own = channel(&mut ada, &mut bench, true);
    let export = fm::ExportChatInvite::new(place(&own)).request_needed(true);
    let (hash, _) = link(&mut ada, &mut bench, export).unwrap();
    let join = fm::ImportChatInvite::new(hash);
    assert_eq!(
        grace.call(&mut bench, &join).unwrap_err(),
        "INVITE_REQUEST_SENT"
    );
    let ask = fm::GetChatInviteImporters::new(place(&own), 0, types::InputUser::Empty, 10)
        .requested(true);
    let asked = ada.call(&mut bench, &ask).unwrap();
    assert_eq!(asked.count, 1);
    let friend = person(&mut ada, &mut bench, 1);
    let decide = fm::HideChatJoinRequest::new(place(&own), friend.clone()).approved(true);
    ada.call(&mut bench, &decide).unwrap();
    assert_eq!(
        ada.call(&mut bench, &decide).unwrap_err(),
        "HIDE_REQUESTER_MISSING"
    );
    assert!(
        updates(&mut grace, &mut bench)
            .iter()
            .any(|u| channel_in(u).is_some())
    );
}

#[test]
fn the_log_has_what_was_done_newest_first() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let own = channel(&mut ada, &mut bench, false);
    let theirs = super::people::invite(&mut ada, &mut bench, &own, 1, &mut grace);
    ada.call(
        &mut bench,
        &f::channels::EditTitle::new(own.clone(), "Square table"),
    )
    .unwrap();
    ada.call(
        &mut bench,
        &fm::EditChatAbout::new(place(&own), "New business"),
    )
    .unwrap();
    ada.call(
        &mut bench,
        &f::channels::ToggleSlowMode::new(own.clone(), 10),
    )
    .unwrap();
    say(&mut ada, &mut bench, place(&own), "first").unwrap();
    ada.call(&mut bench, &fm::UpdatePinnedMessage::new(place(&own), 4))
        .unwrap();
    let edit = fm::EditMessage::new(place(&own), 4).message("second");
    ada.call(&mut bench, &edit).unwrap();
    ada.call(
        &mut bench,
        &f::channels::DeleteMessages::new(own.clone(), vec![4]),
    )
    .unwrap();
    let friend = person(&mut ada, &mut bench, 1);
    let admin = types::ChatAdminRights::new().pin_messages(true);
    ada.call(
        &mut bench,
        &f::channels::EditAdmin::new(own.clone(), friend.clone(), admin),
    )
    .unwrap();
    let out = types::ChatBannedRights::new(0).view_messages(true);
    let get = |channel: &types::InputChannelData| {
        f::channels::GetAdminLog::new(channel.clone(), "", 0, 0, 100)
    };
    assert!(
        grace.call(&mut bench, &get(&theirs)).is_ok(),
        "an admin may look"
    );
    ada.call(
        &mut bench,
        &f::channels::EditBanned::new(own.clone(), super::people::as_peer(&friend), out),
    )
    .unwrap();
    use types::ChannelAdminLogEventAction as A;
    let all = ada.call(&mut bench, &get(&own)).unwrap();
    let kinds: Vec<&A> = all.events.iter().map(|e| &e.action).collect();
    let expected = matches!(&kinds[..], [
        A::ParticipantToggleBan(_),
        A::ParticipantToggleAdmin(_),
        A::DeleteMessage(_),
        A::EditMessage(_),
        A::UpdatePinned(_),
        A::ToggleSlowMode(_),
        A::ChangeAbout(about),
        A::ChangeTitle(title),
        A::ParticipantInvite(_),
    ] if about.prev_value == "Old business" && title.new_value == "Square table");
    assert!(expected, "{kinds:#?}");
    assert!(all.users.len() >= 2, "both come along");
    let only = get(&own).events_filter(types::ChannelAdminLogEventsFilter::new().info(true));
    let info = ada.call(&mut bench, &only).unwrap();
    assert_eq!(info.events, all.events[6..8]);
    let found = f::channels::GetAdminLog::new(own.clone(), "square", 0, 0, 100);
    assert_eq!(
        ada.call(&mut bench, &found).unwrap().events,
        all.events[7..8]
    );
    let page = f::channels::GetAdminLog::new(own.clone(), "", all.events[1].id, 0, 2);
    assert_eq!(
        ada.call(&mut bench, &page).unwrap().events,
        all.events[2..4]
    );
}

#[test]
fn photos_links_and_the_end_of_a_channel() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let own = channel(&mut ada, &mut bench, true);
    let theirs = super::people::invite(&mut ada, &mut bench, &own, 1, &mut grace);
    let none = f::channels::EditPhoto::new(own.clone(), types::InputChatPhoto::Empty);
    assert_eq!(
        ada.call(&mut bench, &none).unwrap_err(),
        "CHAT_NOT_MODIFIED"
    );
    assert_eq!(
        grace
            .call(
                &mut bench,
                &f::channels::EditPhoto::new(theirs.clone(), types::InputChatPhoto::Empty)
            )
            .unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
    let link = f::channels::ExportMessageLink::new(own.clone(), 1);
    let link = ada.call(&mut bench, &link).unwrap().link;
    assert_eq!(link, format!("https://t.me/c/{}/1", own.channel_id));
    let missing = f::channels::ExportMessageLink::new(own.clone(), 99);
    assert_eq!(
        ada.call(&mut bench, &missing).unwrap_err(),
        "MESSAGE_ID_INVALID"
    );
    let delete =
        |channel: &types::InputChannelData| f::channels::DeleteChannel::new(channel.clone());
    assert_eq!(
        grace.call(&mut bench, &delete(&theirs)).unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
    ada.call(&mut bench, &delete(&own)).unwrap();
    let told = flat(updates(&mut grace, &mut bench));
    assert!(
        matches!(told.last(), Some(types::Update::Channel(_))),
        "{told:?}"
    );
    let full = f::channels::GetFullChannel::new(theirs);
    assert_eq!(
        grace.call(&mut bench, &full).unwrap_err(),
        "CHANNEL_PRIVATE"
    );
}
