use std::time::Duration;

use telewire_schema::{Serialize as _, types};

use super::*;
use crate::client::testing::{Stage, refuse, value};
use crate::engine::{Request, Value};

fn takeout(id: i64) -> types::account::Takeout {
    types::account::Takeout { id }
}

#[test]
fn every_request_through_the_handle_belongs_to_the_takeout() {
    // parity: M-account.takeout.wrap
    let mut stage = Stage::new();
    stage.files.put("a.txt", *b"some text");
    let mut seen = Vec::new();
    let mut server = |request: &Request| -> Result<Value, Error> {
        seen.push((request.name, request.takeout));
        match request.name {
            "account.initTakeoutSession" => value(&takeout(77)),
            "upload.saveFilePart" | "account.finishTakeoutSession" => value(&true),
            _ => refuse(400, "PEER_ID_INVALID"),
        }
    };
    stage.run(
        async |client| {
            let plain = client.clone();
            let client = client.takeout(Takeout::new().users()).await.unwrap();
            assert_eq!(client.takeout_id(), Some(77));
            // Friendly and raw ones, in lists, transfers, and those of clones.
            client.get_dialogs(1).await.unwrap_err();
            client.upload_file("a.txt").await.unwrap();
            let hasty = client.clone().with_timeout(Duration::from_secs(9));
            let raw = [telewire_schema::functions::help::GetNearestDc];
            hasty.invoke_many(raw).await.unwrap_err();
            plain.get_dialogs(1).await.unwrap_err();
            plain.finish_takeout(true).await.unwrap_err();
            client.finish_takeout(true).await.unwrap();
        },
        &mut server,
    );
    assert_eq!(
        seen,
        [
            ("account.initTakeoutSession", None),
            ("messages.getDialogs", Some(77)),
            ("upload.saveFilePart", Some(77)),
            ("help.getNearestDc", Some(77)),
            ("messages.getDialogs", None),
            ("account.finishTakeoutSession", Some(77)),
        ]
    );
}

#[test]
fn a_takeout_is_remembered_until_it_is_finished() {
    // parity: M-account.takeout.enter
    let mut stage = Stage::new();
    let mut asked = Vec::new();
    let mut finished = true;
    let mut server = |request: &Request| match request.name {
        "account.initTakeoutSession" => {
            asked.push(request.head.clone());
            value(&takeout(asked.len() as i64))
        }
        _ => value(&std::mem::replace(&mut finished, true)),
    };
    let what = Takeout::new().contacts().files().max_file_size(5);
    stage.run(
        async |client| {
            let first = client.takeout(what.clone()).await.unwrap();
            let error = client.takeout(what.clone()).await.unwrap_err();
            assert!(matches!(error, Error::Misuse(_)), "{error}");
            let same = client.takeout(Takeout::new()).await.unwrap();
            assert_eq!(same.takeout_id(), first.takeout_id());
            same.finish_takeout(false).await.unwrap();
            let next = client.takeout(Takeout::new()).await.unwrap();
            assert_eq!(next.takeout_id(), Some(2));
        },
        &mut server,
    );
    let mut request = InitTakeoutSession::new();
    (request.contacts, request.files) = (true, true);
    request.file_max_size = Some(5);
    assert_eq!(
        asked,
        [request.to_bytes(), InitTakeoutSession::new().to_bytes()]
    );
}

#[test]
fn the_server_may_ask_for_patience() {
    // parity: M-account.takeout.delay
    let mut stage = Stage::new();
    let error = stage.run(
        async |client| client.takeout(Takeout::new()).await.unwrap_err(),
        |_| refuse(420, "TAKEOUT_INIT_DELAY_86400"),
    );
    assert!(error.is("TAKEOUT_INIT_DELAY"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(86_400)));
}

#[test]
fn a_handle_may_limit_the_time_of_every_request() {
    let mut stage = Stage::new();
    let mut limits = Vec::new();
    stage.run(
        async |client| {
            let hasty = client.with_timeout(Duration::from_secs(5));
            for client in [&client, &hasty] {
                client.get_dialogs(1).await.unwrap_err();
            }
            let options = crate::client::InvokeOptions::new();
            for seconds in [3, 8] {
                let options = options.clone().timeout(Duration::from_secs(seconds));
                let nearest = telewire_schema::functions::help::GetNearestDc;
                hasty.invoke_with(&nearest, options).await.unwrap_err();
            }
        },
        |request| {
            limits.push(request.deadline.map(|at| at.since_origin().as_secs()));
            refuse(400, "X")
        },
    );
    // The stage's clock stands at one second.
    assert_eq!(limits, [None, Some(6), Some(4), Some(6)]);
}
