//! Connections that lead through a proxy.

use std::time::Duration;

use telewire_schema::functions;

use super::bench::{Bench, auth_key, me, settings};
use super::peer::Peer;
use crate::config::{Config, Proxy};
use crate::dc::DcId;
use crate::engine::{LinkEvent, LinkId, Request, Target};

fn through(proxy: Proxy) -> Config {
    let mut config = settings();
    config.proxy = Some(proxy);
    config
}

fn socks() -> Proxy {
    Proxy::socks5("proxy.test", 1080).credentials("user", "s3cret")
}

/// Opens the next connection, as far as the proxy.
fn reach_proxy(bench: &mut Bench) -> LinkId {
    bench.drain();
    let (link, endpoint) = bench.opening.remove(0);
    assert_eq!(endpoint.to_string(), "proxy.test:1080");
    bench
        .engine
        .handle_link(bench.now, link, LinkEvent::Connected);
    link
}

/// What the engine says to the proxy.
fn said(bench: &mut Bench, link: LinkId) -> Vec<u8> {
    let mut said = Vec::new();
    while let Some(packet) = bench.engine.poll_packet(bench.now, link) {
        said.extend_from_slice(packet.bytes());
    }
    said
}

/// The proxy answers, one byte at a time.
fn answer(bench: &mut Bench, link: LinkId, bytes: &[u8]) {
    for byte in bytes {
        bench.engine.receive_buffer(link)[0] = *byte;
        bench.engine.handle_received(bench.now, link, 1);
    }
}

/// Lets the proxy connect; returns where to.
fn pass(bench: &mut Bench, link: LinkId) -> Vec<u8> {
    assert_eq!(said(bench, link), [5, 2, 0, 2]);
    answer(bench, link, &[5, 0]);
    let request = said(bench, link);
    answer(bench, link, &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    let peer = Peer::new(auth_key(), bench.now.wall.secs());
    bench.peers.insert(link, peer);
    bench.drain();
    request
}

#[test]
fn every_connection_asks_the_proxy_first() {
    // parity: N-conn.proxy
    let mut bench = Bench::with(through(socks()), Some(me()));
    bench.engine.connect(bench.now);
    let link = reach_proxy(&mut bench);
    assert_eq!(pass(&mut bench, link), [5, 1, 0, 1, 127, 0, 0, 1, 0, 10]);
    bench.greet();
    assert!(bench.is_ready());

    let mut request = Request::new(&functions::help::GetNearestDc {});
    request.dc = Target::Of(DcId(4));
    bench.engine.invoke(bench.now, request);
    let foreign = reach_proxy(&mut bench);
    assert_eq!(pass(&mut bench, foreign), [5, 1, 0, 1, 127, 0, 0, 4, 0, 40]);
    bench.greet();

    // And each further one.
    bench.peers.remove(&foreign);
    bench
        .engine
        .handle_link(bench.now, link, LinkEvent::Lost("connection reset".into()));
    bench.peers.remove(&link);
    bench.until_opening();
    let again = reach_proxy(&mut bench);
    assert_eq!(pass(&mut bench, again)[..4], [5, 1, 0, 1]);
}

/// The text of the error that a proxy's trouble ends with.
fn ends_with(proxy: Proxy, trouble: impl Fn(&mut Bench, LinkId)) -> String {
    let mut config = through(proxy);
    config.connection_retries = Some(0);
    let mut bench = Bench::new(config);
    bench.engine.connect(bench.now);
    let link = reach_proxy(&mut bench);
    let _ = said(&mut bench, link);
    trouble(&mut bench, link);
    bench.drain();
    let error = bench.ended().expect("it has given up");
    assert!(
        matches!(error, crate::Error::Transport(_)),
        "{error:?} is the way's"
    );
    let text = error.to_string();
    assert!(!format!("{error:?} {text}").contains("s3cret"), "{text}");
    text
}

#[test]
fn what_goes_wrong_at_the_proxy_is_told() {
    // parity: N-conn.proxy
    let text = ends_with(socks(), |bench, link| answer(bench, link, &[5, 2, 1, 1]));
    assert!(
        text.contains(
            "127.0.0.1:10: the SOCKS5 proxy at proxy.test:1080 does not accept the user and the password"
        ),
        "{text}"
    );
    let open = Proxy::socks5("proxy.test", 1080);
    let text = ends_with(open, |bench, link| answer(bench, link, &[5, 0xff]));
    assert!(text.contains("asks for a user and a password"), "{text}");
    let text = ends_with(socks(), |bench, link| {
        let lost = LinkEvent::Lost("it broke".into());
        bench.engine.handle_link(bench.now, link, lost);
    });
    assert!(
        text.contains("the SOCKS5 proxy at proxy.test:1080: it broke"),
        "{text}"
    );
    // What no constructor has checked is refused at the latest here.
    let mute = Proxy::socks5("proxy.test", 1080).credentials("s3cret".repeat(99), "");
    let text = ends_with(mute, |_, _| {});
    assert!(text.contains("cannot be used"), "{text}");
}

#[test]
fn a_proxy_that_is_silent_is_left_in_time() {
    // parity: N-conn.proxy
    let text = ends_with(socks(), |bench, link| {
        answer(bench, link, &[5]);
        bench.pass(Duration::from_secs(9));
        assert!(bench.ended().is_none());
        bench.pass(Duration::from_secs(1));
    });
    assert!(text.contains("no answer within 10 seconds"), "{text}");
}

#[test]
fn a_proxy_that_cannot_be_reached_is_named() {
    let mut config = through(socks());
    config.connection_retries = Some(0);
    let mut bench = Bench::new(config);
    bench.engine.connect(bench.now);
    bench.refuse();
    let text = bench.ended().unwrap().to_string();
    assert!(
        text.contains("the SOCKS5 proxy at proxy.test:1080: connection refused"),
        "{text}"
    );
}
