//! The first request on every connection.

use std::time::Duration;

use bytes::Bytes;
use telewire_schema::{Identifiable, LAYER, Serialize, functions};

use super::bench::{Bench, me, settings};
use crate::dc::DcId;
use crate::engine::dc::DcKey;
use crate::error::Error;
use crate::session::SessionChange;

const SECOND: Duration = Duration::from_secs(1);

// rule: mtproto.inited_every_link
#[test]
fn every_connection_begins_by_saying_who_we_are() {
    // parity: N-life.init
    let bench = Bench::new(settings());
    let device = settings().device;
    let init = functions::InitConnection {
        api_id: 1,
        device_model: device.model,
        system_version: device.system_version,
        app_version: device.app_version,
        system_lang_code: device.system_lang_code,
        lang_pack: String::new(),
        lang_code: device.lang_code,
        proxy: None,
        params: None,
        query: functions::help::GetConfig {}.to_bytes().into(),
    };
    let init = Bytes::from(init.to_bytes());
    // Others than the home have no updates for us.
    let silent = functions::InvokeWithoutUpdates {
        query: init.clone(),
    };
    let silent = Bytes::from(silent.to_bytes());
    for (dc, query) in [(2, init), (4, silent)] {
        let expected = functions::InvokeWithLayer {
            layer: LAYER,
            query,
        };
        let request = bench.engine.greeting(DcKey::main(DcId(dc)));
        assert_eq!(request.head, expected.to_bytes());
    }
    // Once for each connection, and again on the next.
    let mut bench = Bench::ready(settings(), Some(me()));
    bench.pass(20 * SECOND);
    assert!(bench.peer().take::<functions::InvokeWithLayer>().is_none());
    bench.cut();
    bench.until_opening();
    bench.accept();
    let first = bench.peer().requests.first().expect("it says something");
    assert_eq!(first.1[..4], functions::InvokeWithLayer::ID.to_le_bytes());
}

/// A bench whose greeting is refused.
fn refused_greeting(user: Option<crate::session::SelfUser>, code: i32, text: &str) -> Bench {
    let mut bench = Bench::with(settings(), user);
    bench.engine.connect(bench.now);
    bench.accept();
    let peer = bench.peer();
    let id = peer.take::<functions::InvokeWithLayer>().unwrap();
    peer.refuse(id, code, text);
    bench.drain();
    bench
}

#[test]
fn an_account_that_ended_meanwhile_is_noticed_at_the_greeting() {
    let mut bench = refused_greeting(Some(me()), 401, "SESSION_REVOKED");
    assert!(matches!(bench.ended(), Some(Error::AccountEnded(_))));
    assert!(bench.engine.session().user.is_none());
    let gone = |c: &SessionChange| matches!(c, SessionChange::User(None));
    assert!(bench.stored.iter().any(gone));
    assert!(bench.engine.session().keys.contains_key(&DcId(2)));
    // One can sign in again.
    bench.engine.connect(bench.now);
    bench.accept();
    bench.greet();
    assert!(bench.is_ready());

    let bench = refused_greeting(None, 401, "AUTH_KEY_UNREGISTERED");
    assert!(matches!(bench.ended(), Some(Error::Rpc { .. })));
}

#[test]
fn a_greeting_that_the_server_cannot_take_now_is_repeated() {
    for (code, text) in [
        (500, "RPC_CALL_FAIL"),
        (-503, "Timeout"),
        (-500, "No workers running"),
    ] {
        let mut bench = refused_greeting(None, code, text);
        assert!(bench.until_opening() < 10 * SECOND);
        bench.accept();
        bench.greet();
        assert!(bench.is_ready());
    }
    let bench = refused_greeting(None, 400, "CONNECTION_API_ID_INVALID");
    assert!(bench.ended().is_some());
}

#[test]
fn a_greeting_waits_as_long_as_the_server_asks() {
    let mut bench = refused_greeting(None, 420, "FLOOD_WAIT_30");
    assert_eq!(bench.until_opening(), 30 * SECOND);
    bench.accept();
    bench.greet();
    assert!(bench.is_ready());
}
