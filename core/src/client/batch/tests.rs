use std::time::Duration;

use telewire_schema::{Identifiable as _, Serialize as _, functions, types};

use super::*;
use crate::client::testing::{Stage, refuse, value};
use crate::error::Error;

type Resolve = functions::contacts::ResolveUsername;

fn resolve(name: &str) -> Resolve {
    Resolve::new(name)
}

fn resolved(id: i64) -> types::contacts::ResolvedPeer {
    let peer = types::PeerUser { user_id: id };
    types::contacts::ResolvedPeer::new(peer, Vec::new(), Vec::new())
}

fn nearest() -> types::NearestDc {
    types::NearestDc::new("NL", 2, 4)
}

/// Answers names by their length, except that nobody is called `nobody`.
fn server(request: &engine::Request) -> Result<Value, Error> {
    match request.name {
        "contacts.resolveUsername" => {
            let length = |name: &str| request.head == resolve(name).to_bytes();
            match ["ada", "grace"].into_iter().find(|name| length(name)) {
                Some(name) => value(&resolved(name.len() as i64)),
                None => refuse(400, "USERNAME_NOT_OCCUPIED"),
            }
        }
        "help.getNearestDc" => value(&nearest()),
        other => unreachable!("{other}"),
    }
}

#[test]
fn one_request_is_answered_with_a_result_and_several_with_as_many() {
    // parity: M-base.call
    let mut stage = Stage::new();
    let one = stage.run(async |client| client.invoke(&resolve("ada")).await, server);
    assert_eq!(one.unwrap(), resolved(3));
    let names = vec![resolve("grace"), resolve("ada")];
    let list = stage.run(async |client| client.invoke_many(names).await, server);
    assert_eq!(list.unwrap(), [resolved(5), resolved(3)]);
    assert_eq!(stage.most_waiting, 2, "they leave together");
    let mixed = (resolve("ada"), functions::help::GetNearestDc);
    let (ada, dc) = stage
        .run(async |client| client.invoke_many(&mixed).await, server)
        .unwrap();
    assert_eq!((ada, dc), (resolved(3), nearest()));
    let none: Vec<Resolve> = Vec::new();
    let none = stage.run(async |client| client.invoke_many(none).await, server);
    assert!(none.unwrap().is_empty());
}

#[test]
fn failures_are_told_together_with_the_successes() {
    // parity: M-base.call.list
    let mut stage = Stage::new();
    let names = ["ada", "nobody", "grace"].map(resolve);
    let error = stage
        .run(async |client| client.invoke_many(names).await, server)
        .unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("1 of 3 requests failed: "), "{text}");
    assert!(text.contains("USERNAME_NOT_OCCUPIED"), "{text}");
    let Error::Multi(several) = error else {
        panic!("{error:?}")
    };
    assert_eq!(several.requests(), [Resolve::NAME; 3]);
    let errors = several.errors();
    assert!(errors[0].is_none() && errors[2].is_none());
    assert!(errors[1].unwrap().is("USERNAME_NOT_OCCUPIED"));
    let results = several.results::<types::contacts::ResolvedPeer>();
    assert_eq!(results, [Some(&resolved(3)), None, Some(&resolved(5))]);
    assert!(!format!("{several:?}").contains("user_id"), "{several:?}");

    let mixed = (functions::help::GetNearestDc, resolve("nobody"));
    let error = stage.run(async |client| client.invoke_many(mixed).await, server);
    let Err(Error::Multi(several)) = error else {
        panic!("{error:?}")
    };
    assert_eq!(several.requests(), ["help.getNearestDc", Resolve::NAME]);
    assert_eq!(several.result(0), Some(&nearest()));
    assert_eq!(several.result::<types::contacts::ResolvedPeer>(1), None);

    // A single one fails as it would alone.
    let alone = stage
        .run(
            async |client| client.invoke_many([resolve("nobody")]).await,
            server,
        )
        .unwrap_err();
    assert!(matches!(alone, Error::Rpc { .. }), "{alone:?}");
}

#[test]
fn flood_waits_are_slept_on_only_when_the_batch_says_so() {
    // parity: M-base.call.list.flood
    let mut stage = Stage::new();
    let mut seen = Vec::new();
    let mut ask = |batch| {
        stage
            .run(
                async |client: Client| client.invoke_many(batch).await,
                |request| {
                    seen.push(request.flood_sleep_threshold);
                    refuse(420, "FLOOD_WAIT_5")
                },
            )
            .unwrap_err()
    };
    let names = || [resolve("ada"), resolve("grace")];
    let Error::Multi(several) = ask(Batch::of(names())) else {
        panic!("both failed")
    };
    for error in several.errors() {
        assert_eq!(error.unwrap().retry_after(), Some(Duration::from_secs(5)));
    }
    let minute = InvokeOptions::new().flood_sleep_threshold(Duration::from_secs(60));
    ask(Batch::of(names()).options(minute));
    let minute = Some(Duration::from_secs(60));
    assert_eq!(
        seen,
        [Some(Duration::ZERO), Some(Duration::ZERO), minute, minute]
    );
}
