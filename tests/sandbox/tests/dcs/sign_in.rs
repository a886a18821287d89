//! Where one signs in.

use telewire_schema::functions as f;
use telewire_schema::types::{self, auth::LoginToken};

use super::common::Bench;
use super::{EMMY, carry, user};

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
