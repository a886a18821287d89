//! Connections that lead through a proxy.

use std::time::Duration;

use telewire_schema::functions;

use super::bench::{Bench, auth_key, me, settings};
use super::peer::Peer;
use crate::config::{Config, Network, Proxy};
use crate::crypto::ctr::Ctr;
use crate::crypto::hash::sha256;
use crate::dc::DcId;
use crate::engine::dc::DcKey;
use crate::engine::{LinkEvent, LinkId, Request, Target};
use crate::transport::Mode;

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

#[test]
fn what_no_builder_has_checked_is_refused_without_a_connection() {
    for proxy in [
        Proxy::socks5("proxy.test", 1080).credentials("s3cret".repeat(99), ""),
        Proxy::mtproto("proxy.test", 1080, "s3cret"),
    ] {
        let mut bench = Bench::new(through(proxy));
        bench.engine.connect(bench.now);
        bench.drain();
        assert!(bench.opening.is_empty());
        let text = bench.ended().unwrap().to_string();
        assert!(text.contains("cannot be used: the proxy's"), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}

const SECRET: [u8; 16] = [0x5a; 16];

fn mtproto() -> Proxy {
    Proxy::mtproto("proxy.test", 1080, "5a".repeat(16))
}

/// What the first bytes of an obfuscated stream tell those who know the secret: framing and data centre.
fn hidden(stream: &[u8]) -> ([u8; 4], i16) {
    let key = sha256(&[&stream[8..40], &SECRET]);
    let mut header = stream[..64].to_vec();
    Ctr::new(&key, stream[40..56].try_into().unwrap()).apply(&mut header);
    let dc = i16::from_le_bytes([header[60], header[61]]);
    (header[56..60].try_into().unwrap(), dc)
}

// rule: transport.obfuscated_dc
#[test]
fn an_mtproto_proxy_is_told_the_data_centre_in_the_first_bytes() {
    // parity: N-conn.mtproxy.keys, N-conn.mtproxy.abridged, N-conn.mtproxy.intermediate
    for (mode, test, tag, home) in [
        (Mode::Abridged, false, [0xef; 4], 2),
        (Mode::Intermediate, false, [0xee; 4], 2),
        (Mode::Padded, true, [0xdd; 4], 10_002),
    ] {
        let mut config = through(mtproto());
        config.transport = mode;
        if test {
            config.network = Network::Test;
        }
        let mut bench = Bench::new(config);
        bench.engine.connect(bench.now);
        let link = reach_proxy(&mut bench);
        assert_eq!(hidden(&said(&mut bench, link)), (tag, home));
    }
}

#[test]
fn the_servers_are_told_of_an_mtproto_proxy() {
    // parity: N-conn.mtproxy.initproxy
    let told = |proxy: Proxy| {
        let engine = Bench::new(through(proxy)).engine;
        let field = b"\x0aproxy.test\0\x38\x04\0\0";
        let carries = [DcKey::main(DcId(2)), DcKey::main(DcId(4))].map(|key| {
            let head = engine.greeting(key).head;
            head.windows(field.len()).any(|bytes| bytes == field)
        });
        assert_eq!(carries[0], carries[1], "abroad as at home");
        (
            engine.client_proxy().map(|p| (p.address, p.port)),
            carries[0],
        )
    };
    assert_eq!(told(mtproto()), (Some(("proxy.test".into(), 1080)), true));
    assert_eq!(told(socks()), (None, false));
}

#[test]
fn an_mtproto_proxy_that_hangs_up_is_an_error_about_its_secret() {
    // parity: N-conn.mtproxy.probe
    let text = ends_with(mtproto(), |bench, link| {
        let lost = LinkEvent::Lost("the other end closed the connection".into());
        bench.engine.handle_link(bench.now, link, lost);
    });
    assert!(
        text.contains("the MTProto proxy at proxy.test:1080: the other end closed the connection"),
        "{text}"
    );
    assert!(text.contains("see whether its secret is right"), "{text}");
}
