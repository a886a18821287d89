//! Authorizations, files and figures away from home.

use telewire_schema::{functions as f, types};

use super::common::{Bench, Client};
use super::{EMMY, carry, config, upload, user};

// rule: signin.user_migrate
#[test]
fn an_exported_authorization_is_good_for_files_and_not_for_the_account() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let mut away = bench.ready_at(2, 4);
    let (mine, dc) = upload(&mut ada, &mut bench);
    assert_eq!(dc, 2);
    let mut emmy = bench.ready_at(3, 4);
    emmy.sign_in(&mut bench, EMMY).unwrap();
    let (hers, dc) = upload(&mut emmy, &mut bench);
    assert_eq!(dc, 4, "files lie where their owner lives");
    // Nobody yet.
    assert_eq!(
        away.refused(&mut bench, &hers),
        (401, "AUTH_KEY_UNREGISTERED".to_owned())
    );
    carry(&mut bench, &mut ada, &mut away).unwrap();
    assert!(away.call(&mut bench, &hers).is_ok());
    config(&mut bench, &mut away);
    let elsewhere = (303, "USER_MIGRATE_2".to_owned());
    assert_eq!(
        away.refused(&mut bench, &f::updates::GetState),
        elsewhere.clone()
    );
    let me = f::users::GetUsers::new(vec![types::InputUser::Self_]);
    assert_eq!(away.refused(&mut bench, &me), elsewhere.clone());
    let part = f::upload::SaveFilePart::new(8, 0, vec![1; 10]);
    assert_eq!(away.refused(&mut bench, &part), elsewhere.clone());
    let export = f::auth::ExportAuthorization::new(1);
    assert_eq!(away.refused(&mut bench, &export), elsewhere);
    // rule: files.download_errors
    assert_eq!(
        away.refused(&mut bench, &mine),
        (303, "FILE_MIGRATE_2".to_owned())
    );
    assert!(ada.call(&mut bench, &mine).is_ok());
}

// rule: signin.export
#[test]
fn an_exported_authorization_works_once_and_where_it_was_made_for() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let (mut at_1, mut at_4) = (bench.ready_at(2, 1), bench.ready_at(3, 4));
    let export = |ada: &mut Client, bench: &mut Bench| {
        let export = f::auth::ExportAuthorization::new(4);
        let out = ada.call(bench, &export).unwrap();
        f::auth::ImportAuthorization::new(out.id, out.bytes)
    };
    let import = export(&mut ada, &mut bench);
    let invalid = "AUTH_BYTES_INVALID";
    assert_eq!(at_1.call(&mut bench, &import).unwrap_err(), invalid);
    assert_eq!(
        at_4.call(&mut bench, &import).unwrap_err(),
        invalid,
        "it was tried elsewhere"
    );
    let import = export(&mut ada, &mut bench);
    at_4.call(&mut bench, &import).unwrap();
    assert_eq!(at_4.call(&mut bench, &import).unwrap_err(), invalid);
    let mut wrong = export(&mut ada, &mut bench);
    wrong.bytes = vec![0; 32].into();
    assert_eq!(at_4.call(&mut bench, &wrong).unwrap_err(), invalid);
    // What is signed out has nothing to hand over any more.
    let import = export(&mut ada, &mut bench);
    ada.call(&mut bench, &f::auth::LogOut).unwrap();
    assert_eq!(at_4.call(&mut bench, &import).unwrap_err(), invalid);
}

#[test]
fn an_authorization_is_one_wherever_it_was_exported_to() {
    let mut bench = Bench::new();
    let (mut one, mut two) = (bench.signed_in(1, 0), bench.signed_in(2, 0));
    let (mut away, mut file) = (bench.ready_at(3, 4), bench.ready_at(4, 1));
    carry(&mut bench, &mut one, &mut away).unwrap();
    carry(&mut bench, &mut two, &mut file).unwrap();
    let list = one
        .call(&mut bench, &f::account::GetAuthorizations)
        .unwrap();
    assert_eq!(list.authorizations.len(), 2, "two clients, not four keys");
    assert_eq!(list.authorizations.iter().filter(|a| a.current).count(), 1);
    // One ends the other's: everywhere.
    let other = list.authorizations.iter().find(|a| !a.current).unwrap();
    let reset = f::account::ResetAuthorization::new(other.hash);
    assert!(one.call(&mut bench, &reset).unwrap());
    let support = f::upload::GetFile::new(
        types::InputDocumentFileLocation::new(1, 1, Vec::new(), ""),
        0,
        4096,
    );
    assert_eq!(
        file.call(&mut bench, &support).unwrap_err(),
        "AUTH_KEY_UNREGISTERED"
    );
    assert_ne!(
        away.call(&mut bench, &support).unwrap_err(),
        "AUTH_KEY_UNREGISTERED"
    );
    // Signing out away from home ends what was imported there only.
    away.call(&mut bench, &f::auth::LogOut).unwrap();
    assert!(one.call(&mut bench, &f::updates::GetState).is_ok());
    carry(&mut bench, &mut one, &mut away).unwrap();
    one.call(&mut bench, &f::auth::LogOut).unwrap();
    assert_eq!(
        away.call(&mut bench, &support).unwrap_err(),
        "AUTH_KEY_UNREGISTERED"
    );
}

#[test]
fn somebody_who_has_moved_is_sent_after() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let id = user(&bench, "9996620001").id;
    let (file, _) = upload(&mut ada, &mut bench);
    bench.server.move_user(bench.now, id, 4);
    let elsewhere = (303, "USER_MIGRATE_4".to_owned());
    assert_eq!(ada.refused(&mut bench, &f::updates::GetState), elsewhere);
    assert_eq!(
        ada.send_code(&mut bench, "9996620001").unwrap_err(),
        "PHONE_MIGRATE_4"
    );
    // The authorization comes along.
    let mut home = bench.ready_at(2, 4);
    carry(&mut bench, &mut ada, &mut home).unwrap();
    assert!(home.call(&mut bench, &f::updates::GetState).is_ok());
    let list = home
        .call(&mut bench, &f::account::GetAuthorizations)
        .unwrap();
    assert_eq!(list.authorizations.len(), 1);
    assert!(list.authorizations[0].current);
    // So do updates; files stay, and the old key is good for them.
    let from = user(&bench, "9996620002").id;
    bench.server.write(bench.now, from, id, "hello").unwrap();
    assert!(!home.poll(&mut bench).is_empty());
    assert!(ada.poll(&mut bench).is_empty());
    assert_eq!(home.call(&mut bench, &file).unwrap_err(), "FILE_MIGRATE_2");
    assert!(ada.call(&mut bench, &file).is_ok());
    let (_, dc) = upload(&mut home, &mut bench);
    assert_eq!(dc, 4);
}

#[test]
fn files_can_be_moved_with_or_without_a_word() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let (file, _) = upload(&mut ada, &mut bench);
    bench.server.move_files(1, false);
    assert_eq!(ada.call(&mut bench, &file).unwrap_err(), "FILE_MIGRATE_1");
    let mut away = bench.ready_at(2, 1);
    carry(&mut bench, &mut ada, &mut away).unwrap();
    assert!(away.call(&mut bench, &file).is_ok());
    let (_, told) = upload(&mut ada, &mut bench);
    assert_eq!(told, 2, "new ones lie at home as ever");
    bench.server.move_files(4, true);
    assert_eq!(away.call(&mut bench, &file).unwrap_err(), "FILE_MIGRATE_4");
}

#[test]
fn statistics_are_kept_in_one_data_centre() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let name = f::contacts::ResolveUsername::new("telewire_news");
    let found = ada.call(&mut bench, &name).unwrap();
    let Some(types::Chat::Channel(news)) = found.chats.first() else {
        panic!("no channel")
    };
    let channel = types::InputChannelData::new(news.id, news.access_hash.unwrap());
    let full = f::channels::GetFullChannel::new(channel.clone());
    let full = ada.call(&mut bench, &full).unwrap().full_chat;
    let types::ChatFull::ChannelFull(full) = full else {
        panic!("{full:?}")
    };
    assert_eq!((full.stats_dc, full.can_view_stats), (Some(1), true));
    let ask = |id| f::stats::GetMessageStats::new(channel.clone(), id);
    assert_eq!(
        ada.refused(&mut bench, &ask(2)),
        (303, "STATS_MIGRATE_1".to_owned())
    );
    let mut keeper = bench.ready_at(2, 1);
    carry(&mut bench, &mut ada, &mut keeper).unwrap();
    assert!(keeper.call(&mut bench, &ask(2)).is_ok());
    assert_eq!(
        keeper.call(&mut bench, &ask(999)).unwrap_err(),
        "MESSAGE_ID_INVALID"
    );
    // They are for those who run the channel.
    let mut grace = bench.signed_in(3, 1);
    let mut her_keeper = bench.ready_at(4, 1);
    carry(&mut bench, &mut grace, &mut her_keeper).unwrap();
    let found = grace.call(&mut bench, &name).unwrap();
    let Some(types::Chat::Channel(news)) = found.chats.first() else {
        panic!("no channel")
    };
    let hers = types::InputChannelData::new(news.id, news.access_hash.unwrap());
    let ask = f::stats::GetMessageStats::new(hers, 2);
    assert_eq!(
        her_keeper.call(&mut bench, &ask).unwrap_err(),
        "CHAT_ADMIN_REQUIRED"
    );
}
