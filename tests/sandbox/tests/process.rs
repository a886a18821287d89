//! The sandbox on real sockets: in this process and as one of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use telewire_core::config::Network;
use telewire_core::dc::DcId;
use telewire_core::internals::plain;
use telewire_core::rand::{Rng, Seed};
use telewire_core::transport::{Codec, Frame, Framing, Mode, Packet};
use telewire_sandbox::{Entrance, Sandbox};
use telewire_schema::mtproto::{functions, types};
use telewire_schema::{Deserialize as _, Serialize as _};

/// The answer to the first question of the key exchange.
fn first_answer(address: SocketAddr, mode: Mode) -> types::ResPq {
    let mut rng = Rng::new(Seed::new([3; 32]));
    let mut codec = Codec::client(mode, &mut rng);
    let mut socket = TcpStream::connect(address).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let question = plain::pack(1 << 32, &functions::ReqPqMulti::new([5; 16]).to_bytes());
    let mut packet = Packet::new(question.len());
    packet.extend_from_slice(&question);
    codec.encode(&mut packet, &mut rng).unwrap();
    socket.write_all(packet.bytes()).unwrap();
    loop {
        let count = socket.read(codec.receive_buffer()).unwrap();
        assert!(count > 0, "closed");
        codec.received(count);
        if let Some(Frame::Packet(packet)) = codec.poll_frame().unwrap() {
            let (_, body) = plain::unpack(&packet.freeze()).unwrap();
            return types::ResPq::from_bytes(&body).unwrap();
        }
    }
}

/// A process that ends with the test.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Running {
    /// The process and the line that it began with.
    fn start(args: &[&str]) -> (Self, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_telewire-sandbox"))
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self { child, out };
        let mut line = String::new();
        running.out.read_line(&mut line).unwrap();
        (running, line)
    }

    /// Ends it; what it printed after the line.
    fn end(mut self) -> String {
        self.child.kill().unwrap();
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        rest
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn several_sandboxes_live_side_by_side_and_end_when_dropped() {
    let (one, two) = (Sandbox::start().unwrap(), Sandbox::start().unwrap());
    assert_ne!(one.address(), two.address());
    for address in [one.address(), one.media_address(), two.address()] {
        for mode in [
            Mode::Full,
            Mode::Abridged,
            Mode::Obfuscated(Framing::Padded),
        ] {
            assert_eq!(first_answer(address, mode).nonce, [5; 16]);
        }
    }
    let gone = one.address();
    drop(one);
    assert!(TcpStream::connect(gone).is_err());
    assert_eq!(first_answer(two.address(), Mode::Full).nonce, [5; 16]);
}

#[test]
fn every_data_centre_listens_at_both_its_doors_over_both_families() {
    let sandbox = Sandbox::start().unwrap();
    let ipv6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    let dcs = sandbox.dcs();
    assert_eq!(dcs.iter().map(|d| d.id).collect::<Vec<_>>(), [2, 1, 4]);
    for dc in dcs {
        let main = sandbox.address_of(Entrance::main(dc.id));
        let told = dc.address.clone().unwrap();
        assert_eq!(told, (main.ip().to_string(), main.port()));
        assert_eq!(dc.ipv6.is_some(), ipv6);
        let doors = [dc.address, dc.media_address, dc.ipv6, dc.media_ipv6];
        for (host, port) in doors.into_iter().flatten() {
            let address = SocketAddr::new(host.parse().unwrap(), port);
            let answer = first_answer(address, Mode::Abridged);
            let print = answer.server_public_key_fingerprints[0].cast_unsigned();
            assert_eq!(format!("{print:016x}"), dc.fingerprint, "{address}");
        }
    }
    let Network::Custom {
        default_dc, dcs, ..
    } = sandbox.network()
    else {
        panic!("not the sandbox's own")
    };
    assert_eq!(
        (default_dc, dcs[0].ip),
        (DcId(2), Ipv4Addr::LOCALHOST.into())
    );
    assert_eq!(dcs.len(), if ipv6 { 6 } else { 3 });
}

#[test]
fn the_doors_follow_each_other_where_a_port_is_named() {
    // Ports that were free a moment ago, unless somebody takes one in between.
    let found = (0..20).any(|_| {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let Ok(sandbox) = Sandbox::builder().listen(address).start() else {
            return false;
        };
        assert_eq!(sandbox.address(), address);
        let dcs = sandbox.dcs().into_iter();
        let doors = dcs.flat_map(|dc| [dc.address, dc.media_address]).flatten();
        let ports: Vec<u16> = doors.map(|(_, port)| port).collect();
        (address.port()..)
            .zip(&ports)
            .all(|(want, port)| want == *port)
    });
    assert!(found, "never one after the other");
}

#[test]
fn closing_all_connections_reaches_the_clients() {
    let sandbox = Sandbox::start().unwrap();
    let mut socket = TcpStream::connect(sandbox.address()).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    while sandbox.with(|server| server.connections().is_empty()) {
        std::thread::yield_now();
    }
    sandbox.close_all();
    assert_eq!(socket.read(&mut [0; 10]).unwrap(), 0);
}

#[test]
fn the_binary_says_all_that_a_client_needs_in_one_line() {
    let (running, line) = Running::start(&["--listen", "127.0.0.1:0", "--seed", "9"]);
    let info: serde_json::Value = serde_json::from_str(&line).unwrap();
    let dc = &info["dcs"][0];
    assert_eq!(
        (dc["id"].as_i64(), dc["host"].as_str()),
        (Some(2), Some("127.0.0.1"))
    );
    let port = u16::try_from(dc["port"].as_u64().unwrap()).unwrap();
    let answer = first_answer(SocketAddr::from(([127, 0, 0, 1], port)), Mode::Intermediate);
    let fingerprint = info["fingerprint"].as_str().unwrap();
    assert_eq!(fingerprint.len(), 16);
    assert!(!fingerprint.starts_with('0'));
    let told = answer.server_public_key_fingerprints[0].cast_unsigned();
    assert_eq!(u64::from_str_radix(fingerprint, 16), Ok(told));
    assert!(
        info["public_key_pem"]
            .as_str()
            .unwrap()
            .starts_with("-----BEGIN RSA PUBLIC KEY-----\n")
    );
    assert_eq!(info["code"], "22222");
    assert!(info["api_id"].is_i64() && info["api_hash"].is_string());
    assert!(
        info["users"]
            .as_array()
            .unwrap()
            .iter()
            .all(|u| u["phone"].is_string()
                && u["name"].is_string()
                && (u["password"].is_string() || u["password"].is_null()))
    );
    let mut passwords = info["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|u| u["password"].is_string());
    assert!(passwords.clone().any(|has| has) && passwords.any(|has| !has));
    assert!(
        info["bots"]
            .as_array()
            .unwrap()
            .iter()
            .all(|b| b["username"].is_string() && b["token"].is_string())
    );

    assert!(line.ends_with('\n'), "{line:?}");
    assert_eq!(running.end(), "", "one line and no more, whoever connects");
}

/// The fields of an object, sorted.
fn keys(object: &serde_json::Value) -> Vec<&str> {
    let mut keys: Vec<&str> = object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

#[test]
fn the_line_has_these_fields_and_no_others() {
    let (_running, line) = Running::start(&["--listen", "127.0.0.1:0"]);
    let info: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        keys(&info),
        [
            "api_hash",
            "api_id",
            "bots",
            "code",
            "dcs",
            "fingerprint",
            "public_key_pem",
            "users"
        ]
    );
    for (list, fields) in [
        (
            "dcs",
            &[
                "fingerprint",
                "host",
                "id",
                "ipv6_host",
                "ipv6_media_port",
                "ipv6_port",
                "media_port",
                "port",
                "public_key_pem",
            ][..],
        ),
        ("users", &["dc", "name", "password", "phone"]),
        ("bots", &["dc", "token", "username"]),
    ] {
        let objects = info[list].as_array().unwrap();
        assert!(!objects.is_empty(), "{list}");
        for object in objects {
            assert_eq!(keys(object), fields, "{list}");
        }
    }
    assert_eq!(info["dcs"].as_array().unwrap().len(), 3);
}

#[test]
fn wrong_options_are_explained() {
    let run = |args: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_telewire-sandbox"))
            .args(args)
            .output()
            .unwrap();
        (out.status.code(), String::from_utf8(out.stderr).unwrap())
    };
    for (args, says) in [
        (&["--seed", "x"][..], "x is no seed"),
        (&["--listen", "nowhere"], "nowhere"),
        (&["--colour", "red"], "unknown option --colour"),
        (&["--keep"], "--keep needs a value"),
    ] {
        let (code, error) = run(args);
        assert_eq!(code, Some(2));
        assert!(error.contains(says) && error.contains("usage:"), "{error}");
    }
}

#[test]
fn kept_state_is_there_again() {
    let dir = std::env::temp_dir().join(format!("telewire-sandbox-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    let before = {
        let sandbox = Sandbox::builder().keep(&dir).start().unwrap();
        let users = sandbox.users();
        sandbox.write(users[1].id, users[0].id, "kept").unwrap();
        sandbox.move_user(users[1].id, 1);
        sandbox.users()
    };
    let sandbox = Sandbox::builder().keep(&dir).seed(77).start().unwrap();
    assert_eq!(
        sandbox.users(),
        before,
        "the kept world, not one of another seed"
    );
    let homes: Vec<_> = before.iter().map(|u| u.dc).collect();
    assert_eq!(homes, [2, 1, 2, 4]);
    let texts = sandbox.with(|server| server.texts(before[0].id, before[1].id));
    assert_eq!(texts, ["kept"]);
    drop(sandbox);
    std::fs::write(dir.join("state.json"), "{").unwrap();
    assert!(Sandbox::builder().keep(&dir).start().is_err());
    std::fs::remove_dir_all(&dir).unwrap();
}
