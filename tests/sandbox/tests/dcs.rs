//! Data centres: who lives where, what each of them knows, and where it sends people.

mod common;

use common::{Bench, Client, Scheme};
use telewire_core::transport::Mode;
use telewire_sandbox::{Entrance, Options};
use telewire_schema::Serialize as _;
use telewire_schema::functions as f;
use telewire_schema::types::{self, auth::LoginToken};

/// Lives in DC 4.
const EMMY: &str = "9996640001";

fn user(bench: &Bench, phone: &str) -> telewire_sandbox::User {
    let mut users = bench.server.users().into_iter();
    users.find(|u| u.phone == phone).unwrap()
}

/// Takes the authorization of `from` to another data centre.
fn carry(bench: &mut Bench, from: &mut Client, to: &mut Client) -> Result<(), String> {
    let export = f::auth::ExportAuthorization::new(to.entrance.dc);
    let exported = from.call(bench, &export)?;
    let import = f::auth::ImportAuthorization::new(exported.id, exported.bytes);
    to.call(bench, &import).map(drop)
}

/// A file of the client's, as a location that can be fetched.
fn upload(client: &mut Client, bench: &mut Bench) -> (f::upload::GetFile, i32) {
    let part = f::upload::SaveFilePart::new(7, 0, vec![9; 1000]);
    assert!(client.call(bench, &part).unwrap());
    let file = types::InputFileData::new(7, 1, "a.bin", "");
    let media = types::InputMediaUploadedDocument::new(file, "application/x", Vec::new());
    let sent = f::messages::UploadMedia::new(types::InputPeer::Self_, media);
    let types::MessageMedia::Document(m) = client.call(bench, &sent).unwrap() else {
        panic!("no document")
    };
    let Some(types::Document::Document(d)) = m.document else {
        panic!("no document")
    };
    let location = types::InputDocumentFileLocation::new(d.id, d.access_hash, d.file_reference, "");
    (f::upload::GetFile::new(location, 0, 4096), d.dc_id)
}

fn config(bench: &mut Bench, client: &mut Client) -> types::Config {
    client.call(bench, &f::help::GetConfig).unwrap()
}

#[test]
fn every_data_centre_has_a_key_of_its_own() {
    let bench = Bench::new();
    let dcs = bench.server.dcs();
    assert_eq!(dcs.iter().map(|d| d.id).collect::<Vec<_>>(), [2, 1, 4]);
    assert_eq!(dcs[0].public_key_pem, bench.server.public_key_pem());
    assert_eq!(dcs[0].fingerprint, bench.server.fingerprint());
    let mut prints: Vec<_> = dcs.iter().map(|d| d.fingerprint.clone()).collect();
    assert!(prints.iter().all(|p| p.len() == 16 && !p.starts_with('0')));
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), 3);
    // Whatever else is there, each is offered at its own.
    let mut bench = bench;
    for (seed, dc) in (1..).zip([2, 1, 4]) {
        bench.ready_at(seed, dc);
    }
}

#[test]
fn only_those_that_are_listed_are_there() {
    let options = Options {
        dcs: vec![5],
        dc: 3,
        ..Options::default()
    };
    let mut bench = Bench::with(options);
    let ids: Vec<_> = bench.server.dcs().iter().map(|d| d.id).collect();
    assert_eq!(ids, [3, 5]);
    let mut client = bench.ready(1);
    assert_eq!(config(&mut bench, &mut client).this_dc, 3);
    // Nobody lives where nothing is: DC 2 and 4 are not there.
    let homes: Vec<_> = bench.server.users().iter().map(|u| u.dc).collect();
    assert_eq!(homes, [3, 3, 3, 5]);
    client.sign_in(&mut bench, "9996620001").unwrap();
}

#[test]
fn a_key_is_known_only_where_it_was_made() {
    let mut bench = Bench::new();
    let mut client = bench.signed_in(1, 0);
    client.entrance = Entrance::main(1);
    client.reconnect(&mut bench);
    client.send(&mut bench, &f::updates::GetState.to_bytes(), true);
    client.poll(&mut bench);
    assert_eq!((client.error, client.closed), (Some(-404), true));
    // At its own it is as good as before, through the door for transfers too.
    client.entrance = Entrance::media(2);
    client.reconnect(&mut bench);
    assert!(client.call(&mut bench, &f::updates::GetState).is_ok());
}

// rule: transport.wrong_dc
#[test]
fn a_key_meant_for_another_data_centre_is_not_made() {
    let mut bench = Bench::new();
    let mut lost = Client::create_for(&mut bench, Entrance::main(1), 4);
    assert_eq!((lost.error, lost.closed), (Some(-444), true));
    // Transfers and test servers are counted apart.
    for told in [1, -1, 10_001, -10_001] {
        lost = Client::create_for(&mut bench, Entrance::main(1), told);
        assert_eq!((lost.error, lost.closed), (None, false), "{told}");
    }
}

#[test]
fn the_configuration_lists_every_address_with_its_flags() {
    let mut bench = Bench::new();
    let doors = [
        (Entrance::main(2), "10.0.0.2", false),
        (Entrance::media(2), "10.0.1.2", false),
        (Entrance::main(2), "fd00::2", true),
        (Entrance::main(4), "10.0.0.4", false),
        (Entrance::media(4), "fd00:1::4", true),
    ];
    for (entrance, host, _) in doors {
        bench.server.set_address_of(entrance, host, 443);
    }
    let odd = types::DcOption::new(4, "10.9.9.9", 80)
        .tcpo_only(true)
        .secret(vec![7; 16]);
    bench.server.add_dc_option(odd.clone());
    let mut client = bench.ready_at(1, 4);
    let told = config(&mut bench, &mut client);
    assert_eq!(told.this_dc, 4);
    for (entrance, host, v6) in doors {
        let found = told.dc_options.iter().find(|o| o.ip_address == host);
        let found = found.unwrap_or_else(|| panic!("{host}"));
        assert_eq!(
            (found.id, found.media_only, found.ipv6, found.port),
            (entrance.dc, entrance.media, v6, 443),
            "{host}"
        );
        assert!(found.this_port_only && !found.cdn && !found.static_);
    }
    assert_eq!(told.dc_options.last(), Some(&odd));
    // One address of each kind: a new one takes the old one's place.
    bench
        .server
        .set_address_of(Entrance::main(4), "10.0.0.44", 444);
    bench.server.clear_dc_options();
    let told = config(&mut bench, &mut client);
    let mains = told.dc_options.iter().filter(|o| o.id == 4 && !o.ipv6);
    let mains: Vec<_> = mains.map(|o| o.ip_address.as_str()).collect();
    assert_eq!(mains, ["10.0.0.44"]);
    assert_eq!(told.dc_options.len(), doors.len());
    let nearest = client.call(&mut bench, &f::help::GetNearestDc).unwrap();
    assert_eq!((nearest.this_dc, nearest.nearest_dc), (4, 2));
}

// rule: signin.phone_migrate
#[test]
fn codes_are_sent_by_the_home_of_the_phone() {
    let mut bench = Bench::new();
    assert_eq!(user(&bench, EMMY).dc, 4);
    let mut here = bench.ready(1);
    let mut there = bench.ready_at(2, 4);
    // Those who are there, and those who might come.
    for phone in [EMMY, "9996641234"] {
        let refused = here.send_code(&mut bench, phone).unwrap_err();
        assert_eq!(refused, "PHONE_MIGRATE_4", "{phone}");
        there.send_code(&mut bench, phone).unwrap();
    }
    for phone in ["9996620001", "9996671234", "4917012345678"] {
        let refused = there.send_code(&mut bench, phone).unwrap_err();
        assert_eq!(refused, "PHONE_MIGRATE_2", "{phone}");
        here.send_code(&mut bench, phone).unwrap();
    }
    // A code is known to whom it was asked from.
    let hash = there.send_code(&mut bench, EMMY).unwrap();
    let sign_in = f::auth::SignIn::new(EMMY, hash).phone_code("22222");
    assert_eq!(
        here.call(&mut bench, &sign_in).unwrap_err(),
        "PHONE_CODE_EXPIRED"
    );
    there.call(&mut bench, &sign_in).unwrap();
    let id = there.sign_up(&mut bench, "9996649999", "New");
    assert_eq!(bench.server.home(id), Some(4));
}

// rule: signin.network_migrate
#[test]
fn the_network_can_be_ordered_to_send_people_elsewhere() {
    let mut bench = Bench::new();
    let away = telewire_sandbox::Trouble::migrate("NETWORK", 1);
    bench.server.order("auth.sendCode", 1, away);
    let mut client = bench.ready(1);
    let (phone, id, hash) = ("9996620001", bench.server.options().api_id, "");
    let ask = f::auth::SendCode::new(phone, id, hash, types::CodeSettings::new());
    assert_eq!(
        client.refused(&mut bench, &ask),
        (303, "NETWORK_MIGRATE_1".to_owned())
    );
    client.send_code(&mut bench, phone).unwrap();
}

// rule: signin.user_migrate
#[test]
fn bots_sign_in_at_home() {
    let mut bench = Bench::new();
    let bot = bench.server.bots().pop().unwrap();
    assert_eq!((bot.dc, bot.username.as_str()), (4, "faraway_bot"));
    let options = bench.server.options();
    let import = f::auth::ImportBotAuthorization::new(
        0,
        options.api_id,
        options.api_hash.clone(),
        bot.token,
    );
    let mut here = bench.ready(1);
    assert_eq!(
        here.refused(&mut bench, &import),
        (303, "USER_MIGRATE_4".to_owned())
    );
    let mut there = bench.ready_at(2, 4);
    there.call(&mut bench, &import).unwrap();
    assert!(there.call(&mut bench, &f::updates::GetState).is_ok());
}

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
fn updates_go_home_only() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let mut away = bench.ready_at(2, 4);
    carry(&mut bench, &mut ada, &mut away).unwrap();
    // Its last request asked for updates, as does everything that is not wrapped.
    config(&mut bench, &mut away);
    ada.call(&mut bench, &f::updates::GetState).unwrap();
    let users = bench.server.users();
    let (to, from) = (users[0].id, users[1].id);
    bench.server.write(bench.now, from, to, "hello").unwrap();
    assert!(away.poll(&mut bench).is_empty());
    let heard = ada.poll(&mut bench);
    let has = |bytes: &[u8]| bytes.windows(5).any(|w| w == b"hello");
    assert!(heard.iter().any(|m| has(&m.body)), "{heard:?}");
    // Nor is the session away told that it has missed something.
    away.reconnect(&mut bench);
    away.send(&mut bench, &ping(5), false);
    let got = away.poll(&mut bench);
    assert!(!got.iter().any(|m| m.id() == TOO_LONG), "{got:?}");
}

fn ping(id: i64) -> Vec<u8> {
    telewire_schema::mtproto::functions::Ping::new(id).to_bytes()
}

/// `updatesTooLong`.
const TOO_LONG: u32 = 0xe317_af7e;

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

#[test]
fn a_token_leads_to_the_home_of_whoever_accepts_it() {
    let mut bench = Bench::new();
    let (mut desk, mut phone) = (bench.ready(1), bench.ready_at(2, 4));
    phone.sign_in(&mut bench, EMMY).unwrap();
    let options = bench.server.options();
    let export =
        f::auth::ExportLoginToken::new(options.api_id, options.api_hash.clone(), Vec::new());
    let LoginToken::LoginToken(token) = desk.call(&mut bench, &export).unwrap() else {
        panic!("no token")
    };
    let accept = f::auth::AcceptLoginToken::new(token.token);
    phone.call(&mut bench, &accept).unwrap();
    assert!(!desk.poll(&mut bench).is_empty(), "updateLoginToken");
    let LoginToken::MigrateTo(to) = desk.call(&mut bench, &export).unwrap() else {
        panic!("not sent on")
    };
    assert_eq!(to.dc_id, 4);
    let import = f::auth::ImportLoginToken::new(to.token);
    let mut elsewhere = bench.ready_at(3, 1);
    let again = elsewhere.call(&mut bench, &import).unwrap();
    assert!(matches!(again, LoginToken::MigrateTo(to) if to.dc_id == 4));
    let mut home = bench.ready_at(4, 4);
    let done = home.call(&mut bench, &import).unwrap();
    assert!(matches!(done, LoginToken::Success(_)), "{done:?}");
    assert!(home.call(&mut bench, &f::updates::GetState).is_ok());
    assert_eq!(
        home.call(&mut bench, &import).unwrap_err(),
        "AUTH_TOKEN_INVALIDX",
        "it was used"
    );
    // Accepting is a matter of home.
    let mut away = bench.ready(5);
    carry(&mut bench, &mut home, &mut away).unwrap();
    assert_eq!(
        away.call(&mut bench, &accept).unwrap_err(),
        "USER_MIGRATE_4"
    );
}

#[test]
fn media_links_of_each_data_centre_share_its_keys() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let mut away = bench.ready_at(2, 4);
    carry(&mut bench, &mut ada, &mut away).unwrap();
    let missing = f::upload::GetFile::new(
        types::InputDocumentFileLocation::new(1, 1, Vec::new(), ""),
        0,
        4096,
    );
    away.entrance = Entrance::media(4);
    away.reconnect(&mut bench);
    away.renew();
    assert_eq!(
        away.call(&mut bench, &missing).unwrap_err(),
        "FILE_ID_INVALID"
    );
    // A key may be made there as well.
    let entrance = Entrance::media(1);
    let mut fresh = Client::create_at(&mut bench, entrance, Mode::Padded, 3, Scheme::Padded);
    fresh.init(&mut bench);
}
