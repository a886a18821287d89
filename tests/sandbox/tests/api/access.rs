//! Who may ask, and for what: before and after signing in, by method and by access hash.

use std::time::Duration;

use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::{Identifiable as _, Serialize as _, Writer, types};

use super::common::{Bench, wrapped};
use super::{NEARS, peer, say};

// rule: mtproto.connection_inited, field.new_sessions
#[test]
fn nothing_goes_before_init_connection_and_only_known_layers_do() {
    let mut bench = Bench::new();
    let mut client = bench.client(1);
    assert_eq!(
        client.call(&mut bench, &NEARS).unwrap_err(),
        "CONNECTION_NOT_INITED"
    );
    for layer in [199, 231] {
        let request = wrapped(&bench, layer, &NEARS.to_bytes());
        assert_eq!(
            client.call_bytes(&mut bench, &request).unwrap_err(),
            "CONNECTION_LAYER_INVALID"
        );
    }
    let request = wrapped(&bench, 200, &NEARS.to_bytes());
    assert!(client.call_bytes(&mut bench, &request).is_ok());
    // The key remembers, whatever the session.
    client.renew();
    assert!(client.call(&mut bench, &NEARS).is_ok());
}

// rule: updates.bot_methods, signin.code_errors
#[test]
fn methods_are_refused_by_name() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    assert_eq!(
        client.call(&mut bench, &f::updates::GetState).unwrap_err(),
        "AUTH_KEY_UNREGISTERED"
    );
    let unknown = 0x1234_5678_u32.to_le_bytes();
    assert_eq!(
        client.call_bytes(&mut bench, &unknown).unwrap_err(),
        "INPUT_METHOD_INVALID"
    );
    let cut = f::contacts::ResolveUsername::ID.to_le_bytes();
    let mut client = bench.signed_in(2, 0);
    assert_eq!(
        client.call_bytes(&mut bench, &cut).unwrap_err(),
        "INPUT_FETCH_FAIL"
    );
    assert_eq!(
        client
            .call(&mut bench, &f::account::GetAccountTtl)
            .unwrap_err(),
        "METHOD_INVALID"
    );
    let commands = f::bots::SetBotCommands::new(types::BotCommandScope::Default, "", Vec::new());
    assert_eq!(
        client.call(&mut bench, &commands).unwrap_err(),
        "USER_BOT_REQUIRED"
    );
    let mut bot = bench.ready(3);
    let options = bench.server.options().clone();
    let token = bench.server.bots()[1].token.clone();
    let enter = |token: &str| {
        f::auth::ImportBotAuthorization::new(0, options.api_id, options.api_hash.as_str(), token)
    };
    assert_eq!(
        bot.call(&mut bench, &enter("1:no")).unwrap_err(),
        "ACCESS_TOKEN_INVALID"
    );
    bot.call(&mut bench, &enter(&token)).unwrap();
    let dialogs = fm::GetDialogs::new(0, 0, types::InputPeer::Empty, 10, 0);
    assert_eq!(
        bot.call(&mut bench, &dialogs).unwrap_err(),
        "BOT_METHOD_INVALID"
    );
}

// rule: signin.code_errors, signin.password_needed, signin.srp_id
#[test]
fn codes_are_checked() {
    let mut bench = Bench::new();
    let mut client = bench.ready(1);
    let wrong = f::auth::SendCode::new("9996620001", 5, "x", types::CodeSettings::new());
    assert_eq!(
        client.call(&mut bench, &wrong).unwrap_err(),
        "API_ID_INVALID"
    );
    assert_eq!(
        client.send_code(&mut bench, "abc").unwrap_err(),
        "PHONE_NUMBER_INVALID"
    );
    let hash = client.send_code(&mut bench, "+999 662 0001").unwrap();
    let give = |code: &str, hash: &str| f::auth::SignIn::new("9996620001", hash).phone_code(code);
    assert_eq!(
        client.call(&mut bench, &give("", &hash)).unwrap_err(),
        "PHONE_CODE_EMPTY"
    );
    assert_eq!(
        client.call(&mut bench, &give("11111", &hash)).unwrap_err(),
        "PHONE_CODE_INVALID"
    );
    assert_eq!(
        client.call(&mut bench, &give("22222", "no")).unwrap_err(),
        "PHONE_CODE_EXPIRED"
    );
    let again = f::auth::ResendCode::new("9996620001", hash.as_str());
    assert!(
        client
            .call(&mut bench, &again)
            .unwrap_err()
            .starts_with("FLOOD_WAIT_")
    );
    bench.pass(Duration::from_secs(61));
    assert!(client.call(&mut bench, &again).is_ok());
    bench.pass(Duration::from_secs(400));
    assert_eq!(
        client.call(&mut bench, &give("22222", &hash)).unwrap_err(),
        "PHONE_CODE_EXPIRED"
    );
    client.sign_in(&mut bench, "9996620001").unwrap();
    client.call(&mut bench, &f::auth::LogOut).unwrap();
    assert_eq!(
        client.call(&mut bench, &f::updates::GetState).unwrap_err(),
        "AUTH_KEY_UNREGISTERED"
    );
    assert_eq!(
        client.sign_in(&mut bench, "9996620003").unwrap_err(),
        "SESSION_PASSWORD_NEEDED"
    );
    assert_eq!(
        client.call(&mut bench, &f::updates::GetState).unwrap_err(),
        "SESSION_PASSWORD_NEEDED"
    );
    let check = types::InputCheckPasswordSrpData::new(1, vec![1; 256], vec![2; 32]);
    let check = f::auth::CheckPassword::new(check);
    assert_eq!(
        client.call(&mut bench, &check).unwrap_err(),
        "SRP_ID_INVALID"
    );
}

// rule: signin.export
#[test]
fn an_authorization_is_exported_once() {
    let mut bench = Bench::new();
    let mut client = bench.signed_in(1, 0);
    let exported = client
        .call(&mut bench, &f::auth::ExportAuthorization::new(1))
        .unwrap();
    let import = f::auth::ImportAuthorization::new(exported.id, exported.bytes);
    let mut other = bench.ready_at(2, 1);
    assert!(other.call(&mut bench, &import).is_ok());
    let mut third = bench.ready_at(3, 1);
    assert_eq!(
        third.call(&mut bench, &import).unwrap_err(),
        "AUTH_BYTES_INVALID",
        "it was used"
    );
    for nowhere in [2, 9] {
        let export = f::auth::ExportAuthorization::new(nowhere);
        let refused = client.call(&mut bench, &export).unwrap_err();
        assert_eq!(refused, "DC_ID_INVALID", "{nowhere}");
    }
}

// rule: peers.own_hashes
#[test]
fn access_hashes_are_personal() {
    let mut bench = Bench::new();
    let (mut ada, mut grace) = (bench.signed_in(1, 0), bench.signed_in(2, 1));
    let (a, g) = (
        peer(&mut ada, &mut bench, "echo_bot"),
        peer(&mut grace, &mut bench, "echo_bot"),
    );
    assert_ne!(a, g);
    assert_eq!(
        say(&mut ada, &mut bench, g, "hi").unwrap_err(),
        "PEER_ID_INVALID"
    );
    let news = peer(&mut grace, &mut bench, "telewire_news");
    let history = fm::GetHistory::new(news, 0, 0, 0, 10, 0, 0, 0);
    assert_eq!(
        ada.call(&mut bench, &history).unwrap_err(),
        "CHANNEL_INVALID"
    );
}

// rule: field.input_peers
#[test]
fn peers_are_taken_for_users_and_channels() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let types::InputPeer::User(echo) = peer(&mut ada, &mut bench, "echo_bot") else {
        panic!("no user")
    };
    let types::InputPeer::Channel(news) = peer(&mut ada, &mut bench, "telewire_news") else {
        panic!("no channel")
    };
    let mut w = Writer::new();
    w.word(f::users::GetFullUser::ID);
    types::InputPeer::from(echo).serialize(&mut w);
    assert!(ada.call_bytes(&mut bench, &w.into_vec()).is_ok());
    let mut w = Writer::new();
    w.word(f::channels::GetFullChannel::ID);
    types::InputPeer::from(news).serialize(&mut w);
    assert!(ada.call_bytes(&mut bench, &w.into_vec()).is_ok());
}

#[test]
fn identifiers_do_not_fit_32_bits() {
    // rule: peers.wide_ids
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    for user in bench.server.users() {
        assert!(user.id > 1 << 31, "{}", user.id);
    }
    let types::InputPeer::Channel(news) = peer(&mut ada, &mut bench, "telewire_news") else {
        panic!("no channel")
    };
    assert!(news.channel_id > 10_000_000_000, "{}", news.channel_id);
    let history = fm::GetHistory::new(news, 0, 0, 0, 10, 0, 0, 0);
    assert!(ada.call(&mut bench, &history).is_ok());
}
