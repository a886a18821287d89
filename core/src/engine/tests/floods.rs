//! What becomes of requests that the server wants to come later.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use telewire_schema::functions;

use super::bench::{Bench, settings};
use crate::engine::{Request, RequestId};
use crate::error::Error;

const SECOND: Duration = Duration::from_secs(1);

type Probe = functions::help::GetNearestDc;

fn probe(bench: &mut Bench) -> RequestId {
    bench.invoke(&functions::help::GetNearestDc {})
}

fn refuse(bench: &mut Bench, code: i32, text: &str) {
    let id = bench.peer().take::<Probe>().expect("the request was sent");
    bench.peer().refuse(id, code, text);
    bench.drain();
}

fn sent(bench: &mut Bench) -> bool {
    !bench.peer().requests.is_empty()
}

#[test]
fn a_short_flood_wait_is_slept_through() {
    let mut bench = Bench::ready(settings(), None);
    let id = probe(&mut bench);
    refuse(&mut bench, 420, "FLOOD_WAIT_30");
    bench.pass(29 * SECOND);
    assert!(!sent(&mut bench));
    bench.pass(SECOND);
    let again = bench.peer().take::<Probe>().expect("sent again");
    bench.peer().answer(again, b"fine");
    bench.drain();
    assert!(bench.result(id).unwrap().is_ok());
}

#[test]
fn waits_up_to_the_threshold_are_slept_through() {
    // parity: M-base.call.flood
    for (text, slept) in [
        ("FLOOD_WAIT_60", true),
        ("FLOOD_TEST_PHONE_WAIT_60", true),
        ("FLOOD_WAIT_61", false),
        ("FLOOD_TEST_PHONE_WAIT_61", false),
    ] {
        let mut bench = Bench::ready(settings(), None);
        let id = probe(&mut bench);
        refuse(&mut bench, 420, text);
        match bench.result(id) {
            None => {
                bench.pass(59 * SECOND);
                assert!(!sent(&mut bench), "{text}");
                bench.pass(SECOND);
                assert!(slept && sent(&mut bench), "{text}");
            }
            Some(result) => {
                let error = result.unwrap_err();
                assert!(!slept, "{text}");
                assert_eq!(error.retry_after(), Some(61 * SECOND));
            }
        }
    }
}

#[test]
fn a_long_flood_wait_is_returned_and_remembered() {
    // rule: floods.known_waits, floods.per_method
    // parity: M-base.call.flood_early
    let mut bench = Bench::ready(settings(), None);
    let id = probe(&mut bench);
    refuse(&mut bench, 420, "FLOOD_WAIT_100");
    let error = bench.result(id).unwrap().unwrap_err();
    assert_eq!(error.retry_after(), Some(100 * SECOND));
    assert!(error.to_string().contains("help.getNearestDc"));
    // The next one is not even sent, and says what is left.
    bench.pass(20 * SECOND);
    let id = probe(&mut bench);
    assert!(!sent(&mut bench));
    assert_eq!(
        bench.result(id).unwrap().unwrap_err().retry_after(),
        Some(80 * SECOND)
    );
    // Other methods go on.
    bench.invoke(&functions::help::GetCdnConfig {});
    assert!(
        bench
            .peer()
            .take::<functions::help::GetCdnConfig>()
            .is_some()
    );
    // A wait that is short by now is slept through.
    bench.pass(30 * SECOND);
    let id = probe(&mut bench);
    assert!(bench.result(id).is_none());
    bench.pass(50 * SECOND);
    assert!(sent(&mut bench));
    // Of a wait that is as good as over nothing is left to wait for.
    refuse(&mut bench, 420, "FLOOD_WAIT_100");
    assert!(bench.result(id).unwrap().is_err());
    bench.pass(97 * SECOND);
    probe(&mut bench);
    assert!(sent(&mut bench));
}

#[test]
fn a_method_that_has_to_wait_waits_in_one_account_only() {
    // rule: floods.per_method
    let mut one = Bench::ready(settings(), None);
    let id = probe(&mut one);
    refuse(&mut one, 420, "FLOOD_WAIT_100");
    assert!(one.result(id).unwrap().is_err());
    let mut other = Bench::ready(settings(), None);
    probe(&mut other);
    assert!(sent(&mut other));
}

#[test]
fn a_transfer_that_is_slowed_does_not_hold_up_the_others() {
    // rule: floods.premium
    let mut bench = Bench::ready(settings(), None);
    let slow = probe(&mut bench);
    refuse(&mut bench, 420, "FLOOD_PREMIUM_WAIT_30");
    let other = probe(&mut bench);
    let request = bench.peer().take::<Probe>().expect("it goes at once");
    bench.peer().answer(request, b"fine");
    bench.drain();
    assert!(bench.result(other).unwrap().is_ok());
    bench.pass(29 * SECOND);
    assert!(!sent(&mut bench));
    bench.pass(SECOND);
    let request = bench.peer().take::<Probe>().expect("its own wait is over");
    bench.peer().answer(request, b"fine");
    bench.drain();
    assert!(bench.result(slow).unwrap().is_ok());
}

#[test]
fn slow_mode_concerns_a_chat_and_is_left_to_the_caller() {
    // rule: floods.slow_mode
    let mut bench = Bench::ready(settings(), None);
    let id = probe(&mut bench);
    refuse(&mut bench, 420, "SLOWMODE_WAIT_9");
    let error = bench.result(id).unwrap().unwrap_err();
    assert_eq!(error.retry_after(), Some(9 * SECOND));
    probe(&mut bench);
    assert!(sent(&mut bench), "other chats are not concerned");
}

#[test]
fn a_request_may_have_a_threshold_of_its_own() {
    let mut bench = Bench::ready(settings(), None);
    let ask = |bench: &mut Bench, threshold| {
        let mut request = Request::new(&functions::help::GetNearestDc {});
        request.flood_sleep_threshold = Some(threshold);
        let id = bench.engine.invoke(bench.now, request);
        bench.drain();
        id
    };
    let never = ask(&mut bench, Duration::ZERO);
    refuse(&mut bench, 420, "FLOOD_WAIT_10");
    let error = bench.result(never).unwrap().unwrap_err();
    assert_eq!(error.retry_after(), Some(10 * SECOND));
    // A wait that is known is not slept on either, and the others sleep.
    let never = ask(&mut bench, Duration::ZERO);
    assert!(bench.result(never).unwrap().is_err());
    let patient = probe(&mut bench);
    assert!(bench.result(patient).is_none() && !sent(&mut bench));
    bench.pass(10 * SECOND);
    refuse(&mut bench, 420, "FLOOD_WAIT_100");
    assert!(bench.result(patient).unwrap().is_err());
    bench.pass(100 * SECOND);
    let long = ask(&mut bench, 7200 * SECOND);
    refuse(&mut bench, 420, "FLOOD_WAIT_7000");
    assert!(bench.result(long).is_none());
    bench.pass(7000 * SECOND);
    assert!(sent(&mut bench));
}

#[test]
fn a_request_is_sent_again_so_often_and_the_error_says_how_often() {
    // parity: M-base.call.retries
    for (retries, expected) in [(None, 6), (Some(0), 1), (Some(2), 3)] {
        let mut config = settings();
        if let Some(retries) = retries {
            config.request_retries = Some(retries);
        }
        let mut bench = Bench::ready(config, None);
        let id = probe(&mut bench);
        let mut sends = 0;
        let error = loop {
            refuse(&mut bench, 500, "RPC_CALL_FAIL");
            sends += 1;
            if let Some(result) = bench.result(id) {
                break result.unwrap_err();
            }
            assert!(!sent(&mut bench), "not at once");
            bench.pass(2 * SECOND);
        };
        assert_eq!(sends, expected);
        assert!(error.is("RPC_CALL_FAIL") && error.may_have_run());
        let times = format!("help.getNearestDc was unsuccessful {expected} time");
        assert!(error.to_string().starts_with(&times), "{error}");
    }
    // Short flood waits count as well.
    let mut bench = Bench::ready(settings(), None);
    let id = probe(&mut bench);
    for _ in 0..6 {
        refuse(&mut bench, 420, "FLOOD_WAIT_5");
        bench.pass(5 * SECOND);
    }
    let error = bench.result(id).unwrap().unwrap_err();
    assert!(matches!(error, Error::Unsuccessful { sends: 6, .. }));
    assert_eq!(error.retry_after(), Some(5 * SECOND));
    // Without a limit there is no end.
    let mut config = settings();
    config.request_retries = None;
    let mut bench = Bench::ready(config, None);
    let id = probe(&mut bench);
    for _ in 0..100 {
        refuse(&mut bench, 500, "RPC_MCGET_FAIL");
        assert!(bench.result(id).is_none());
        bench.pass(2 * SECOND);
    }
}

#[test]
fn errors_that_do_not_pass_are_told_at_once() {
    // rule: floods.allow_list, signin.not_acceptable
    let mut bench = Bench::ready(settings(), None);
    for (code, text) in [
        (500, "UNKNOWN_METHOD"),
        (500, "RANDOM_ID_DUPLICATE"),
        (406, "RPC_CALL_FAIL"),
        (406, "FRESH_CHANGE_PHONE_FORBIDDEN"),
    ] {
        let id = probe(&mut bench);
        refuse(&mut bench, code, text);
        assert!(bench.result(id).unwrap().unwrap_err().is(text));
        bench.pass(10 * SECOND);
        assert!(!sent(&mut bench), "{text}");
    }
}

#[test]
fn a_request_that_nobody_waits_for_is_not_sent_again() {
    for (code, text) in [(420, "FLOOD_WAIT_5"), (500, "RPC_CALL_FAIL")] {
        let mut bench = Bench::ready(settings(), None);
        let id = probe(&mut bench);
        bench.engine.forget(bench.now, id);
        refuse(&mut bench, code, text);
        bench.pass(10 * SECOND);
        assert!(!sent(&mut bench), "{text}");
    }
}

/// The fields of what is traced, a line each.
#[derive(Clone, Default)]
struct Traced(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Traced {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        struct Fields(String);
        impl tracing::field::Visit for Fields {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                self.0 += &format!("{field}={value:?} ");
            }
        }
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn every_sleep_is_traced_with_method_and_length_and_without_arguments() {
    let traced = Traced::default();
    tracing::subscriber::with_default(traced.clone(), || {
        // Other tests may have met these lines first, when nobody listened.
        tracing::callsite::rebuild_interest_cache();
        let mut bench = Bench::ready(settings(), None);
        let search = functions::contacts::Search::new("secret words", 5);
        let ask = |bench: &mut Bench| bench.invoke(&search);
        ask(&mut bench);
        let id = bench.peer().take::<functions::contacts::Search>().unwrap();
        bench.peer().refuse(id, 420, "FLOOD_WAIT_30");
        bench.drain();
        // The next knows of the wait before it is sent.
        bench.pass(10 * SECOND);
        ask(&mut bench);
    });
    let lines = traced.0.lock().unwrap();
    let sleeps: Vec<_> = lines.iter().filter(|l| l.contains("sleeping")).collect();
    assert_eq!(sleeps.len(), 2, "{lines:?}");
    for (sleep, seconds) in sleeps.into_iter().zip([30, 20]) {
        assert!(sleep.contains("method=\"contacts.search\""), "{sleep}");
        assert!(sleep.contains(&format!("seconds={seconds} ")), "{sleep}");
    }
    assert!(lines.iter().all(|line| !line.contains("secret")));
}
