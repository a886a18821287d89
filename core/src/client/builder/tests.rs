use std::io;
use std::sync::Mutex;

use super::*;
use crate::client::Start;
use crate::client::testing::Files;

#[test]
fn an_impossible_application_is_refused_with_advice() {
    // parity: N-ctor.api_id, N-ctor.api_hash
    let text = |builder: Builder| {
        builder
            .with_driver(Files::default())
            .unwrap_err()
            .to_string()
    };
    assert!(text(Client::builder(0, "x")).contains("api_id is 0"));
    assert!(text(Client::builder("", "x")).contains("api_id is not a number"));
    assert!(text(Client::builder("twelve", "x")).contains("my.telegram.org"));
    assert!(text(Client::builder(1, " ")).contains("api_hash is empty"));
    assert!(text(Client::builder(1, "")).contains("my.telegram.org"));
    for builder in [
        Client::builder(12, "x"),
        Client::builder("12", "x"),
        Client::builder(String::from(" 12 "), "x"),
    ] {
        let (client, _driver) = builder.with_driver(Files::default()).unwrap();
        assert_eq!(client.config().api_id, 12);
    }
}

#[test]
fn an_impossible_proxy_is_refused_before_anything_is_sent_to_it() {
    // parity: N-conn.proxy, N-ctor.proxy, N-conn.mtproxy.secret
    use crate::config::Proxy;
    let secret = "dd00112233445566778899aabbccddeeff";
    let builder = Client::builder(1, "x").proxy(Proxy::mtproto("host", 443, secret));
    let builder = builder.transport(transport::Mode::Abridged);
    assert!(!format!("{builder:?}").contains("4455"));
    let error = builder.with_driver(Files::default()).unwrap_err();
    assert!(matches!(error, Error::Misuse(text) if text.contains("Mode::Padded")));
    for proxy in [
        Proxy::mtproto("host", 443, secret),
        Proxy::socks5("host", 1080).credentials("user", "password"),
        Proxy::socks4("10.0.0.1", 1080),
    ] {
        let builder = Client::builder(1, "x").proxy(proxy.clone());
        let (client, _driver) = builder.with_driver(Files::default()).unwrap();
        let set = client.config().proxy.as_ref().unwrap();
        assert_eq!(set.to_string(), proxy.to_string());
    }
    let proxy = Proxy::socks4("host", 1080).credentials("user", "s3cret");
    let builder = Client::builder(1, "x").proxy(proxy);
    assert!(!format!("{builder:?}").contains("s3cret"));
    let error = builder.with_driver(Files::default()).unwrap_err();
    assert!(matches!(&error, Error::Misuse(text) if text.contains("SOCKS5")));
    assert!(!format!("{error:?}").contains("s3cret"));
    let builder = Client::builder(1, "x").proxy(Proxy::http("host", 3128));
    let (client, _driver) = builder.with_driver(Files::default()).unwrap();
    let proxy = client.config().proxy.as_ref().unwrap();
    assert_eq!(proxy.to_string(), "the HTTP proxy at host:3128");
    let builder = Client::builder(1, "x")
        .proxy(Proxy::http("", 1))
        .proxy(None);
    assert!(builder.config().proxy.is_none());
}

#[test]
fn every_setting_arrives() {
    // parity: N-ctor.use_ipv6, N-ctor.timeout, N-ctor.connection, N-ctor.sequential_updates
    // parity: N-ctor.device_model, N-ctor.system_version, N-ctor.app_version, N-ctor.lang_code, N-ctor.system_lang_code
    let b = Client::builder(1, "x")
        .use_ipv6(true)
        .timeout(Duration::from_secs(3))
        .transport(transport::Mode::Abridged)
        .auto_reconnect(false)
        .sequential_updates(true)
        .catch_up(CatchUp::All)
        .save_entities(false)
        .peer_cache(1 << 16)
        .network(Network::Test)
        .device_model("a")
        .system_version("b")
        .app_version("c")
        .lang_code("d")
        .system_lang_code("e");
    let c = b.config();
    assert!(c.use_ipv6 && !c.auto_reconnect && c.sequential_updates && !c.save_entities);
    assert_eq!(c.peer_cache, 1 << 16);
    assert_eq!(c.timeout, Duration::from_secs(3));
    assert_eq!(c.catch_up, CatchUp::All);
    assert!(matches!(c.network, Network::Test));
    assert!(matches!(c.transport, transport::Mode::Abridged));
    assert_eq!(words(&c.device), ["a", "b", "c", "d", "e"]);
    let (client, _driver) = b.with_driver(Files::default()).unwrap();
    assert_eq!(words(&client.config().device), ["a", "b", "c", "d", "e"]);
}

#[test]
fn what_is_not_said_is_as_in_telethon() {
    // parity: M-base.new
    // parity: N-ctor.use_ipv6, N-ctor.timeout, N-ctor.connection, N-ctor.sequential_updates
    // parity: N-ctor.request_retries, N-ctor.connection_retries, N-ctor.retry_delay, N-ctor.flood_sleep_threshold
    // parity: N-ctor.device_model, N-ctor.system_version, N-ctor.app_version, N-ctor.lang_code, N-ctor.system_lang_code
    let b = Client::builder(1, "x");
    let (client, _driver) = b.with_driver(Files::default()).unwrap();
    let c = client.config();
    assert!(!c.use_ipv6 && c.auto_reconnect && !c.sequential_updates);
    assert!(matches!(c.transport, transport::Mode::Full));
    assert_eq!(c.timeout, Duration::from_secs(10));
    assert_eq!(
        (c.request_retries, c.connection_retries),
        (Some(5), Some(5))
    );
    assert_eq!(c.retry_delay, Duration::from_secs(1));
    assert_eq!(c.flood_sleep_threshold, Duration::from_secs(60));
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(words(&c.device), ["Unknown", "1.0", version, "en", "en"]);
}

#[test]
fn retries_are_a_number_or_for_ever() {
    // parity: N-ctor.request_retries, N-ctor.connection_retries
    let b = || Client::builder(1, "x");
    assert_eq!(b().request_retries(0).config().request_retries, Some(0));
    assert_eq!(b().request_retries(7_u32).config().request_retries, Some(7));
    assert_eq!(b().request_retries(None).config().request_retries, None);
    assert_eq!(b().request_retries(-1).config().request_retries, None);
    assert_eq!(
        b().connection_retries(Some(3)).config().connection_retries,
        Some(3)
    );
    assert_eq!(
        b().connection_retries(Some(-2)).config().connection_retries,
        None
    );
    assert_eq!(
        b().connection_retries(None).config().connection_retries,
        None
    );
}

#[test]
fn pauses_have_their_bounds() {
    // parity: N-ctor.retry_delay, N-ctor.flood_sleep_threshold
    let b = || Client::builder(1, "x");
    let delay = |b: Builder| b.config().retry_delay;
    assert_eq!(delay(b().retry_delay(None)), Duration::ZERO);
    assert_eq!(
        delay(b().retry_delay(Duration::from_secs(4))),
        Duration::from_secs(4)
    );
    let threshold = |seconds| {
        let b = b().flood_sleep_threshold(Duration::from_secs(seconds));
        b.config().flood_sleep_threshold.as_secs()
    };
    assert_eq!(threshold(0), 0);
    assert_eq!(threshold(86_400), 86_400);
    assert_eq!(threshold(1_000_000), 86_400);
}

#[test]
fn the_platform_fills_in_what_the_program_leaves_open() {
    // parity: N-ctor.device_model, N-ctor.system_version, N-ctor.app_version, N-ctor.lang_code
    let platform = || {
        let mut platform = Platform::new();
        platform.device_model = Some("Linux".into());
        platform.system_version = Some("6.1".into());
        platform
    };
    let device = |b: Builder| {
        let (client, _driver) = b
            .platform(platform())
            .with_driver(Files::default())
            .unwrap();
        client.config().device.clone()
    };
    let version = env!("CARGO_PKG_VERSION");
    let open = device(Client::builder(1, "x"));
    assert_eq!(words(&open), ["Linux", "6.1", version, "en", "en"]);
    let own = device(
        Client::builder(1, "x")
            .device_model("Desk")
            .system_version("9"),
    );
    assert_eq!(words(&own), ["Desk", "9", version, "en", "en"]);
    let blank = Client::builder(1, "x")
        .device_model("")
        .app_version(" ")
        .lang_code("")
        .system_lang_code("");
    assert_eq!(words(&device(blank)), ["Linux", "6.1", version, "en", "en"]);
}

fn words(d: &Device) -> [&str; 5] {
    [
        &d.model,
        &d.system_version,
        &d.app_version,
        &d.lang_code,
        &d.system_lang_code,
    ]
}

/// Writes down what it is asked.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<String>>>);

impl Console for Paper {
    fn ask(&self, question: &str) -> io::Result<String> {
        self.0.lock().unwrap().push(question.to_owned());
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    fn ask_secret(&self, question: &str) -> io::Result<String> {
        self.ask(question)
    }

    fn tell(&self, _: &str) {}

    fn announce(&self, _: &str) {}
}

#[test]
fn the_terminal_is_asked_unless_another_is_or_none_may_be() {
    let terminal = Paper::default();
    let with_terminal = || {
        let mut platform = Platform::new();
        platform.console = Some(Arc::new(terminal.clone()));
        Client::builder(1, "x").platform(platform)
    };
    let may_ask = |b: Builder| {
        let (client, _driver) = b.with_driver(Files::default()).unwrap();
        client.console().is_some()
    };
    assert!(may_ask(with_terminal()));
    assert!(!may_ask(with_terminal().interactive(false)));
    assert!(!may_ask(Client::builder(1, "x")));
    let own = Paper::default();
    let (client, _driver) = with_terminal()
        .console(own.clone())
        .interactive(false)
        .with_driver(Files::default())
        .unwrap();
    let asked = client.console().unwrap().ask("who?");
    assert!(asked.is_err() && terminal.0.lock().unwrap().is_empty());
    assert_eq!(*own.0.lock().unwrap(), ["who?"]);
    assert!(format!("{:?}", Start::new().phone("+34")).len() < 60);
}
