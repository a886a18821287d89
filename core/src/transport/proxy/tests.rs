use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;
use crate::runtime::Host;

/// What comes behind the proxy's last word: the server's, and none of the handshake's business.
const SERVER: &[u8] = b"the server's own bytes";

fn v4() -> Endpoint {
    Endpoint::new(Host::Ip(Ipv4Addr::new(149, 154, 167, 51).into()), 443)
}

fn v6() -> Endpoint {
    Endpoint::new(
        Host::Ip(Ipv6Addr::new(0x2001, 0x67c, 0x4e8, 0xf002, 0, 0, 0, 0xa).into()),
        443,
    )
}

fn name() -> Endpoint {
    Endpoint::new("dc.example", 443)
}

fn socks5() -> Proxy {
    Proxy::socks5("proxy", 1080)
}

fn socks4() -> Proxy {
    Proxy::socks4("proxy", 1080)
}

fn http() -> Proxy {
    Proxy::http("proxy", 3128)
}

/// How a handshake ended, and what it said: each of its words, joined to what the proxy answered before.
#[derive(Debug, PartialEq)]
struct Talk {
    end: Result<bool, ProxyError>,
    said: Vec<Vec<u8>>,
    /// How much of the proxy's stream was read.
    read: usize,
}

/// Plays a proxy's answers, joined, in reads of at most `step` bytes.
fn talk(proxy: &Proxy, target: &Endpoint, answers: &[u8], step: usize) -> Talk {
    let mut talk = Talk {
        end: Ok(false),
        said: Vec::new(),
        read: 0,
    };
    let mut handshake = match Handshake::new(proxy, target) {
        Ok(handshake) => handshake,
        Err(error) => {
            talk.end = Err(error);
            return talk;
        }
    };
    loop {
        talk.said
            .extend(handshake.poll_packet().map(|p| p.bytes().to_vec()));
        assert!(handshake.poll_packet().is_none(), "said once");
        let rest = &answers[talk.read..];
        let room = handshake.receive_buffer();
        assert!(!room.is_empty(), "there is always room");
        let n = room.len().min(rest.len()).min(step);
        if n == 0 {
            return talk;
        }
        room[..n].copy_from_slice(&rest[..n]);
        talk.read += n;
        talk.end = handshake.handle_received(n);
        if talk.end != Ok(false) {
            return talk;
        }
    }
}

/// A dialogue that succeeds, however it is cut, and of which every answer is needed to its last byte.
fn succeeds(proxy: &Proxy, target: &Endpoint, dialogue: &[(&[u8], &[u8])]) {
    let answers: Vec<u8> = dialogue.iter().flat_map(|(_, a)| a.to_vec()).collect();
    let stream = [&answers, SERVER].concat();
    for step in 1..=stream.len() {
        let talk = talk(proxy, target, &stream, step);
        assert_eq!(talk.end, Ok(true), "in reads of {step}");
        let should: Vec<_> = dialogue.iter().map(|(words, _)| words.to_vec()).collect();
        assert_eq!(talk.said, should);
        assert_eq!(talk.read, answers.len(), "nothing of the server's is taken");
    }
    for cut in 0..answers.len() {
        assert_eq!(
            talk(proxy, target, &answers[..cut], usize::MAX).end,
            Ok(false),
            "cut after {cut} bytes"
        );
    }
}

#[track_caller]
fn fails(proxy: &Proxy, answers: &[u8], error: ProxyError) {
    for step in [1, 2, 3, usize::MAX] {
        assert_eq!(talk(proxy, &v4(), answers, step).end, Err(error));
    }
}

#[test]
fn socks5_without_a_user() {
    // parity: N-conn.proxy
    let granted = [5, 0, 0, 1, 10, 0, 0, 1, 0x1f, 0x90];
    succeeds(
        &socks5(),
        &v4(),
        &[
            (&[5, 1, 0], &[5, 0]),
            (&[5, 1, 0, 1, 149, 154, 167, 51, 0x01, 0xbb], &granted),
        ],
    );
    let mut request = vec![5, 1, 0, 4];
    request.extend([0x20, 0x01, 0x06, 0x7c, 0x04, 0xe8, 0xf0, 0x02]);
    request.extend([0, 0, 0, 0, 0, 0, 0, 0x0a, 0x01, 0xbb]);
    let granted = [&[5, 0, 0, 4][..], &[7; 18]].concat();
    succeeds(
        &socks5(),
        &v6(),
        &[(&[5, 1, 0], &[5, 0]), (&request, &granted)],
    );
}

#[test]
fn socks5_looks_names_up_at_the_proxy() {
    // parity: N-conn.proxy
    let request = b"\x05\x01\x00\x03\x0adc.example\x01\xbb";
    for bound in [&b"\x00"[..], b"\x05bound"] {
        let granted = [b"\x05\x00\x00\x03", bound, b"\x1f\x90"].concat();
        succeeds(
            &socks5(),
            &name(),
            &[(&[5, 1, 0], &[5, 0]), (request, &granted)],
        );
    }
    let long = Endpoint::new("x".repeat(256), 1);
    assert!(matches!(
        Handshake::new(&socks5(), &long),
        Err(ProxyError::Unfit(_))
    ));
}

#[test]
fn socks5_with_a_user() {
    // parity: N-conn.proxy
    let proxy = socks5().credentials("user", "pass");
    let granted = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    let request = [5, 1, 0, 1, 149, 154, 167, 51, 0x01, 0xbb];
    succeeds(
        &proxy,
        &v4(),
        &[
            (&[5, 2, 0, 2], &[5, 2]),
            (b"\x01\x04user\x04pass", &[1, 0]),
            (&request, &granted),
        ],
    );
    // A proxy that is open does not hear the password.
    succeeds(
        &proxy,
        &v4(),
        &[(&[5, 2, 0, 2], &[5, 0]), (&request, &granted)],
    );
    let proxy = socks5().credentials("x".repeat(255), "");
    let introduction = [&[1, 255][..], &[b'x'; 255], &[0]].concat();
    let said = talk(&proxy, &v4(), &[5, 2, 1, 0], 1).said;
    assert_eq!(said[1], introduction);
}

#[test]
fn socks5_refusals_are_told_apart() {
    // parity: N-conn.proxy
    let named = socks5().credentials("user", "pass");
    fails(&socks5(), &[5, 0xff], ProxyError::NeedsCredentials);
    fails(&socks5(), &[5, 2], ProxyError::NeedsCredentials);
    fails(&socks5(), &[5, 1], ProxyError::Foreign);
    fails(&named, &[5, 0xff], ProxyError::NoMethod);
    fails(&named, &[5, 1], ProxyError::Foreign);
    fails(&named, &[5, 2, 1, 1], ProxyError::WrongCredentials);
    fails(&named, &[5, 2, 5, 0], ProxyError::Foreign);
    fails(
        &socks5(),
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        ProxyError::Foreign,
    );
    for (code, error) in [
        (1, ProxyError::Failed(1)),
        (2, ProxyError::Forbidden),
        (3, ProxyError::Unreachable("no route to its network")),
        (4, ProxyError::Unreachable("no route to it")),
        (5, ProxyError::Unreachable("connection refused")),
        (6, ProxyError::Unreachable("timed out")),
        (7, ProxyError::Failed(7)),
        (
            8,
            ProxyError::Unreachable("the proxy does not know this kind of address"),
        ),
        (255, ProxyError::Failed(255)),
    ] {
        // Some close right behind the code.
        fails(&socks5(), &[5, 0, 5, code], error);
        fails(&socks5(), &[5, 0, 5, code, 0, 1, 0, 0, 0, 0, 0, 0], error);
    }
    fails(&socks5(), &[5, 0, 5, 0, 0, 9], ProxyError::Foreign);
    fails(&socks5(), &[5, 0, 4], ProxyError::Foreign);
}

#[test]
fn socks4_with_and_without_a_user() {
    // parity: N-conn.proxy
    let granted = [0, 90, 0, 0, 0, 0, 0, 0];
    succeeds(
        &socks4(),
        &v4(),
        &[(&[4, 1, 0x01, 0xbb, 149, 154, 167, 51, 0], &granted)],
    );
    succeeds(
        &socks4().credentials("fred", ""),
        &v4(),
        &[(b"\x04\x01\x01\xbb\x95\x9a\xa7\x33fred\0", &granted)],
    );
}

#[test]
fn socks4a_takes_what_is_no_ipv4_address() {
    // parity: N-conn.proxy
    let granted = [0, 90, 9, 9, 9, 9, 9, 9];
    succeeds(
        &socks4().credentials("fred", ""),
        &name(),
        &[(b"\x04\x01\x01\xbb\0\0\0\x01fred\0dc.example\0", &granted)],
    );
    succeeds(
        &socks4(),
        &v6(),
        &[(
            b"\x04\x01\x01\xbb\0\0\0\x01\x002001:67c:4e8:f002::a\0",
            &granted,
        )],
    );
    assert!(matches!(
        Handshake::new(&socks4(), &Endpoint::new("a\0b", 1)),
        Err(ProxyError::Unfit(_))
    ));
}

#[test]
fn socks4_refusals_are_told_apart() {
    // parity: N-conn.proxy
    fails(&socks4(), &[0, 91], ProxyError::Failed(91));
    fails(
        &socks4(),
        &[0, 91, 0, 0, 0, 0, 0, 0],
        ProxyError::Failed(91),
    );
    fails(&socks4(), &[0, 92], ProxyError::WrongCredentials);
    fails(&socks4(), &[0, 93], ProxyError::WrongCredentials);
    fails(&socks4(), &[0, 94], ProxyError::Foreign);
    fails(&socks4(), &[5, 0xff], ProxyError::Foreign);
}

#[test]
fn http_connect_with_and_without_a_user() {
    // parity: N-conn.proxy
    let request = b"CONNECT 149.154.167.51:443 HTTP/1.1\r\nHost: 149.154.167.51:443\r\n\r\n";
    for answer in [
        &b"HTTP/1.1 200 Connection established\r\n\r\n"[..],
        b"HTTP/1.0 200\r\nVia: 1.1 a\r\nContent-Length: 5\r\n\r\n",
        b"HTTP/1.1 204 \n\n",
        b"HTTP/1.1 200\n\n",
        b"HTTP/1.1 200 OK\nX: y\n\r\n",
    ] {
        succeeds(&http(), &v4(), &[(request, answer)]);
    }
    // The example of RFC 7617.
    let request =
        b"CONNECT [2001:67c:4e8:f002::a]:443 HTTP/1.1\r\nHost: [2001:67c:4e8:f002::a]:443\r\n\
        Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n";
    succeeds(
        &http().credentials("Aladdin", "open sesame"),
        &v6(),
        &[(request, b"HTTP/1.1 200 OK\r\n\r\n")],
    );
    let request = b"CONNECT dc.example:443 HTTP/1.1\r\nHost: dc.example:443\r\n\r\n";
    succeeds(&http(), &name(), &[(request, b"HTTP/1.1 200 OK\r\n\r\n")]);
}

#[test]
fn http_refusals_are_told_apart() {
    // parity: N-conn.proxy
    let named = http().credentials("u", "p");
    let needs = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n";
    fails(&http(), needs, ProxyError::NeedsCredentials);
    fails(&named, needs, ProxyError::WrongCredentials);
    for (line, error) in [
        ("HTTP/1.1 403 Forbidden\r\n", ProxyError::Forbidden),
        ("HTTP/1.1 405 No CONNECT here\r\n", ProxyError::Forbidden),
        (
            "HTTP/1.1 503 Unavailable\r\n",
            ProxyError::Unreachable("connection refused"),
        ),
        (
            "HTTP/1.1 504 Timeout\r\n",
            ProxyError::Unreachable("timed out"),
        ),
        ("HTTP/1.1 302 Found\r\n", ProxyError::Status(302)),
        ("HTTP/1.1 20 OK now\r\n", ProxyError::Foreign),
        ("HTTP/1.1 2000 OK\r\n", ProxyError::Foreign),
        ("HTTP/1.1 +20 OK\r\n", ProxyError::Foreign),
        ("HTTP/1.1 999 OK\r\n", ProxyError::Foreign),
        ("HTTP/1.1\r\n\r\n\r\n\r\n", ProxyError::Foreign),
        ("HTTP/2 200 OK\r\n", ProxyError::Foreign),
        ("\x05\0", ProxyError::Foreign),
        ("SSH-2.0-x\r\n", ProxyError::Foreign),
    ] {
        fails(&http(), line.as_bytes(), error);
    }
}

#[test]
fn an_answer_without_an_end_is_not_read_for_ever() {
    let mut endless = b"HTTP/1.1 200 OK\r\n".to_vec();
    endless.resize(2 * MAX_ANSWER, b'x');
    fails(&http(), &endless, ProxyError::TooLong);
    let mut line = b"HTTP/1.1 ".to_vec();
    line.resize(2 * MAX_ANSWER, b'x');
    fails(&http(), &line, ProxyError::TooLong);
    assert!(talk(&http(), &v4(), &endless, 7).read <= MAX_ANSWER);
}

#[test]
fn texts_and_debug_show_no_credentials() {
    let proxy = socks5().credentials("mallory", "s3cret");
    let handshake = Handshake::new(&proxy, &v4()).unwrap();
    let shown = format!("{proxy:?} {handshake:?} {:?}", proxy.check());
    assert!(
        !shown.contains("s3cret") && !shown.contains("mallory"),
        "{shown}"
    );
    let mut config = crate::Config::new(1, "");
    config.proxy = Some(proxy);
    let shown = format!("{config:?}");
    assert!(
        shown.contains("1080") && !shown.contains("s3cret"),
        "{shown}"
    );
}

proptest! {
    #[test]
    fn whatever_comes_is_survived(
        answers in prop::collection::vec(prop_oneof![
            any::<u8>().boxed(),
            prop::sample::select(vec![0, 1, 2, 3, 4, 5, 90, b'\r', b'\n']).boxed(),
        ], 0..64),
        start in prop::sample::select(vec![&b""[..], b"\x05\0", b"\x05\x02\x01\0", b"\x05\0\x05\0\0", b"HTTP/1.1 200 "]),
        step in 1..9_usize,
    ) {
        let answers = [start, &answers].concat();
        for proxy in [socks5(), socks5().credentials("u", "p"), socks4(), http(), http().credentials("u", "p")] {
            let whole = talk(&proxy, &v4(), &answers, usize::MAX);
            let cut = talk(&proxy, &v4(), &answers, step);
            // What it comes to does not depend on how it was cut; how much was read before a refusal may.
            prop_assert_eq!(whole.end, cut.end);
            prop_assert_eq!(whole.said, cut.said);
            if whole.end.is_ok() {
                prop_assert_eq!(whole.read, cut.read);
            }
        }
    }
}
