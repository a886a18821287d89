//! Through proxies to a Telegram that cannot be reached without: small real proxies on the loopback interface.

mod relay;

use std::net::{Ipv4Addr, SocketAddr};

use relay::{Kind, Relay, SECRET};
use telewire_core::config::{Network, Proxy};
use telewire_core::dc::DcId;
use telewire_core::exchange::RsaKeys;
use telewire_core::session::DcOption;
use telewire_core::transport::{Framing, Mode};
use telewire_sandbox::Sandbox;
use telewire_tokio::{BuilderExt as _, Client, Download, Error, Start, Upload};

const USER: (&str, &str) = ("ada", "s3cret");

/// The addresses that clients are told. Nobody listens there: only the proxies know where they lead.
const HOME: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(127, 0, 77, 1)), 11);
const MEDIA: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(127, 0, 77, 2)), 22);

/// A sandbox behind a proxy.
struct Walled {
    sandbox: Sandbox,
    relay: Relay,
}

impl Walled {
    fn new(kind: Kind, user: Option<(&'static str, &'static str)>) -> Self {
        let sandbox = Sandbox::start().unwrap();
        sandbox.with(|server| {
            server.set_address(&HOME.ip().to_string(), HOME.port());
            server.set_media_address(&MEDIA.ip().to_string(), MEDIA.port());
        });
        let routes = vec![(HOME, sandbox.address()), (MEDIA, sandbox.media_address())];
        let relay = Relay::start(kind, user, routes);
        Self { sandbox, relay }
    }

    fn network(&self) -> Network {
        Network::Custom {
            default_dc: DcId(2),
            dcs: vec![DcOption::new(DcId(2), HOME.ip(), HOME.port())],
            keys: RsaKeys::new([self.sandbox.with(|server| server.public_key())]),
        }
    }

    fn start(&self) -> Start {
        Start::new()
            .phone("+99966 2 8888")
            .code(self.sandbox.code())
    }

    /// Signs in and moves a file in both directions.
    async fn sign_in_and_transfer(&self, proxy: Proxy, mode: Mode) {
        let client = Client::builder(self.sandbox.api_id(), self.sandbox.api_hash())
            .network(self.network())
            .transport(mode)
            .proxy(proxy)
            .connect()
            .await
            .unwrap();
        client.start(self.start()).await.unwrap();
        let content: Vec<u8> = (0..700_000_u32).map(|i| ((i * 31) >> 7) as u8).collect();
        let file = Upload::bytes(content.clone()).name("file.bin");
        let sent = client.send_file("me", file).await.unwrap();
        let back = client.download_bytes(Download::of(&sent)).await.unwrap();
        assert!(back.unwrap() == content, "the file came back changed");
        self.check_ways();
        client.disconnect().await;
    }

    /// Both kinds of servers were reached, and nothing but what is there was asked for.
    fn check_ways(&self) {
        let asked = self.relay.asked();
        assert!(asked.contains(&HOME) && asked.contains(&MEDIA), "{asked:?}");
        assert!(
            asked.iter().all(|to| [HOME, MEDIA].contains(to)),
            "{asked:?}"
        );
    }

    /// The error of a client that does not get through.
    async fn refused(&self, proxy: Proxy) -> String {
        let error = Client::builder(self.sandbox.api_id(), self.sandbox.api_hash())
            .network(self.network())
            .proxy(proxy)
            .connection_retries(0)
            .connect()
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{error:?}");
        let text = error.to_string();
        assert!(!format!("{text} {error:?}").contains("s3cret"), "{text}");
        text
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn socks5_with_a_password() {
    // parity: N-conn.proxy
    let walled = Walled::new(Kind::Socks5, Some(USER));
    let proxy = Proxy::socks5("127.0.0.1", walled.relay.port()).credentials(USER.0, USER.1);
    walled.sign_in_and_transfer(proxy, Mode::Full).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn socks5_for_everybody_found_by_its_name() {
    // parity: N-conn.proxy
    let walled = Walled::new(Kind::Socks5, None);
    let proxy = Proxy::socks5("localhost", walled.relay.port());
    walled.sign_in_and_transfer(proxy, Mode::Intermediate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn socks4_with_a_user() {
    // parity: N-conn.proxy
    let walled = Walled::new(Kind::Socks4, Some(USER));
    let proxy = Proxy::socks4("127.0.0.1", walled.relay.port()).credentials(USER.0, "");
    walled.sign_in_and_transfer(proxy, Mode::Abridged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_connect_with_a_password() {
    // parity: N-conn.proxy
    let walled = Walled::new(Kind::Http, Some(USER));
    let proxy = Proxy::http("127.0.0.1", walled.relay.port()).credentials(USER.0, USER.1);
    let mode = Mode::Obfuscated(Framing::Padded);
    walled.sign_in_and_transfer(proxy, mode).await;
}

/// The secret as users are given it.
fn secret() -> String {
    SECRET.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn mtproto_in_every_framing() {
    // parity: N-ctor.proxy, N-conn.mtproxy.abridged, N-conn.mtproxy.intermediate, N-conn.mtproxy.randomized
    for (mode, secret, tag) in [
        (Mode::Abridged, secret(), 0xef),
        (Mode::Intermediate, secret(), 0xee),
        (Mode::Padded, secret(), 0xdd),
        (Mode::Padded, format!("dd{}", secret()), 0xdd),
        (Mode::Full, format!("dd{}", secret()), 0xdd),
    ] {
        let walled = Walled::new(Kind::Mtproto, None);
        let proxy = Proxy::mtproto("127.0.0.1", walled.relay.port(), secret);
        walled.sign_in_and_transfer(proxy, mode).await;
        assert_eq!(walled.relay.tags(), [tag], "{mode:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mtproto_without_the_secret_is_an_error_that_says_so() {
    // parity: N-conn.mtproxy.probe, N-conn.mtproxy.keys
    let walled = Walled::new(Kind::Mtproto, None);
    let wrong = "00".repeat(16);
    let proxy = Proxy::mtproto("127.0.0.1", walled.relay.port(), wrong);
    let text = walled.refused(proxy).await;
    assert!(text.contains("see whether its secret is right"), "{text}");
    assert_eq!(walled.relay.asked(), []);
}

#[test]
fn http_connect_for_everybody_without_async() {
    // parity: N-conn.proxy
    let walled = Walled::new(Kind::Http, None);
    let proxy = Proxy::http("127.0.0.1", walled.relay.port());
    let client =
        telewire_blocking::Client::builder(walled.sandbox.api_id(), walled.sandbox.api_hash())
            .network(walled.network())
            .proxy(proxy)
            .connect()
            .unwrap();
    client.start(walled.start()).unwrap();
    let file = Upload::bytes(vec![7; 300_000]).name("file.bin");
    let sent = client.send_file("me", file).unwrap();
    let back = client.download_bytes(Download::of(&sent)).unwrap();
    assert!(back.unwrap() == vec![7; 300_000]);
    walled.check_ways();
    client.disconnect().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_proxy_there_is_no_way() {
    let walled = Walled::new(Kind::Socks5, None);
    let connecting = Client::builder(walled.sandbox.api_id(), walled.sandbox.api_hash())
        .network(walled.network())
        .proxy(None)
        .connection_retries(0)
        .connect();
    assert!(matches!(connecting.await, Err(Error::Transport(_))));
    assert_eq!(walled.relay.asked(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_refuses_is_named_with_its_reason() {
    // parity: N-conn.proxy
    let walled = Walled::new(Kind::Socks5, Some(USER));
    let socks5 = || Proxy::socks5("127.0.0.1", walled.relay.port());
    let text = walled.refused(socks5()).await;
    assert!(text.contains("asks for a user and a password"), "{text}");
    let text = walled
        .refused(socks5().credentials("ada", "not s3cret"))
        .await;
    let named = format!(
        "the SOCKS5 proxy at 127.0.0.1:{} does not accept the user and the password",
        walled.relay.port()
    );
    assert!(text.contains(&named), "{text}");
    assert_eq!(walled.relay.asked(), []);

    let walled = Walled::new(Kind::Http, Some(USER));
    let http = || Proxy::http("127.0.0.1", walled.relay.port());
    let text = walled.refused(http()).await;
    assert!(text.contains("asks for a user and a password"), "{text}");
    let text = walled
        .refused(http().credentials("ada", "not s3cret"))
        .await;
    assert!(text.contains("does not accept the user"), "{text}");
    // One of another kind.
    let text = walled
        .refused(Proxy::socks5("127.0.0.1", walled.relay.port()))
        .await;
    assert!(text.contains("another kind"), "{text}");

    let lost = Walled {
        relay: Relay::start(Kind::Http, None, Vec::new()),
        sandbox: Sandbox::start().unwrap(),
    };
    let text = lost
        .refused(Proxy::http("127.0.0.1", lost.relay.port()))
        .await;
    assert!(text.contains("cannot reach the server"), "{text}");
}
