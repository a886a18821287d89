//! Small proxies: each serves one protocol on std threads, and leads to a sandbox that is nowhere else to be found.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use telewire_core::internals::ctr::Ctr;
use telewire_core::internals::hash::sha256;

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Socks4,
    Socks5,
    Http,
    Mtproto,
}

/// The secret of MTProto proxies.
pub(crate) const SECRET: [u8; 16] = *b"sixteen bytes ok";

/// A proxy on the loopback interface, until it is dropped.
pub(crate) struct Relay {
    address: SocketAddr,
    state: Arc<State>,
    listener: Option<JoinHandle<()>>,
}

struct State {
    kind: Kind,
    /// Whom it lets through; everybody without.
    user: Option<(&'static str, &'static str)>,
    /// The addresses that it knows, and where they really are.
    routes: Vec<(SocketAddr, SocketAddr)>,
    asked: Mutex<Vec<SocketAddr>>,
    /// How MTProto clients frame their packets.
    tags: Mutex<BTreeSet<u8>>,
    sockets: Mutex<Vec<TcpStream>>,
    stopped: AtomicBool,
}

impl Relay {
    pub(crate) fn start(
        kind: Kind,
        user: Option<(&'static str, &'static str)>,
        routes: Vec<(SocketAddr, SocketAddr)>,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            kind,
            user,
            routes,
            asked: Mutex::default(),
            tags: Mutex::default(),
            sockets: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let own = state.clone();
        let listener = thread::spawn(move || {
            for client in listener.incoming() {
                if own.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let (own, client) = (own.clone(), client.unwrap());
                // A client that goes away is none of the proxy's troubles.
                thread::spawn(move || own.serve(client).unwrap_or_default());
            }
        });
        Self {
            address,
            state,
            listener: Some(listener),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Where clients wanted to go.
    pub(crate) fn asked(&self) -> Vec<SocketAddr> {
        self.state.asked.lock().unwrap().clone()
    }

    /// The first bytes of the framings that MTProto clients chose.
    pub(crate) fn tags(&self) -> Vec<u8> {
        self.state.tags.lock().unwrap().iter().copied().collect()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        for socket in self.state.sockets.lock().unwrap().iter() {
            let _ = socket.shutdown(Shutdown::Both); // gone already
        }
        let _ = TcpStream::connect(self.address); // wakes the listener
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

impl State {
    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        let server = match self.kind {
            Kind::Socks4 => self.socks4(&mut client)?,
            Kind::Socks5 => self.socks5(&mut client)?,
            Kind::Http => self.http(&mut client)?,
            Kind::Mtproto => return self.mtproto(client),
        };
        let Some(server) = server else {
            return Ok(()); // refused, and told so
        };
        server.set_nodelay(true)?;
        self.join(client, server, |_| {}, |_| {})
    }

    /// Carries bytes between the two until one of them ends.
    fn join(
        &self,
        client: TcpStream,
        server: TcpStream,
        there: impl FnMut(&mut [u8]) + Send + 'static,
        back: impl FnMut(&mut [u8]),
    ) -> io::Result<()> {
        let mut sockets = self.sockets.lock().unwrap();
        sockets.extend([client.try_clone()?, server.try_clone()?]);
        drop(sockets);
        let (from, to) = (client.try_clone()?, server.try_clone()?);
        let other = thread::spawn(move || pipe(from, to, there));
        pipe(server, client, back);
        other.join().unwrap();
        Ok(())
    }

    /// Takes the obfuscation off and goes on without. Whoever does not know the secret is left.
    fn mtproto(&self, mut client: TcpStream) -> io::Result<()> {
        let header: [u8; 64] = take(&mut client)?;
        let cipher = |bytes: &[u8]| {
            let key = sha256(&[&bytes[..32], &SECRET]);
            Ctr::new(&key, bytes[32..48].try_into().unwrap())
        };
        let mut there = cipher(&header[8..56]);
        let reversed: Vec<u8> = header[8..56].iter().rev().copied().collect();
        let mut back = cipher(&reversed);
        let mut hidden = header;
        there.apply(&mut hidden);
        let tag = match hidden[56..60] {
            [0xef, 0xef, 0xef, 0xef] => &[0xef][..],
            [0xee, 0xee, 0xee, 0xee] => &[0xee; 4],
            [0xdd, 0xdd, 0xdd, 0xdd] => &[0xdd; 4],
            _ => return Ok(()),
        };
        // The first route is the data centre's own, the second that of its file servers.
        let to = match i16::from_le_bytes([hidden[60], hidden[61]]) {
            2 => self.routes[0].0,
            -2 => self.routes[1].0,
            other => panic!("there is no data centre {other}"),
        };
        self.tags.lock().unwrap().insert(tag[0]);
        let Some(mut server) = self.dial(to) else {
            return Ok(());
        };
        server.set_nodelay(true)?;
        server.write_all(tag)?;
        self.join(
            client,
            server,
            move |bytes| there.apply(bytes),
            move |bytes| back.apply(bytes),
        )
    }

    fn socks4(&self, client: &mut TcpStream) -> io::Result<Option<TcpStream>> {
        let [version, command, high, low, a, b, c, d] = take(client)?;
        assert_eq!([version, command], [4, 1]);
        let user = until_zero(client)?;
        if self.user.is_some_and(|(name, _)| user != name.as_bytes()) {
            trickle(client, &[0, 93, 0, 0, 0, 0, 0, 0])?;
            return Ok(None);
        }
        let port = u16::from_be_bytes([high, low]);
        let server = self.dial(SocketAddr::from(([a, b, c, d], port)));
        let code = if server.is_some() { 90 } else { 91 };
        trickle(client, &[0, code, 0, 0, 0, 0, 0, 0])?;
        Ok(server)
    }

    fn socks5(&self, client: &mut TcpStream) -> io::Result<Option<TcpStream>> {
        let [version, count] = take(client)?;
        assert_eq!(version, 5);
        let mut methods = vec![0; count.into()];
        client.read_exact(&mut methods)?;
        let method = if self.user.is_some() { 2 } else { 0 };
        if !methods.contains(&method) {
            trickle(client, &[5, 0xff])?;
            return Ok(None);
        }
        trickle(client, &[5, method])?;
        if let Some((name, secret)) = self.user {
            let [version] = take(client)?;
            assert_eq!(version, 1);
            let given = [counted(client)?, counted(client)?];
            let known = given == [name.as_bytes(), secret.as_bytes()];
            trickle(client, &[1, (!known).into()])?;
            if !known {
                return Ok(None);
            }
        }
        let [version, command, reserved, kind] = take(client)?;
        assert_eq!([version, command, reserved, kind], [5, 1, 0, 1]);
        let [a, b, c, d, high, low] = take(client)?;
        let port = u16::from_be_bytes([high, low]);
        let server = self.dial(SocketAddr::from(([a, b, c, d], port)));
        let code = if server.is_some() { 0 } else { 4 };
        // The longest form of where it connects from.
        trickle(client, &[5, code, 0, 3, 5])?;
        trickle(client, b"proxy\x1f\x90")?;
        Ok(server)
    }

    fn http(&self, client: &mut TcpStream) -> io::Result<Option<TcpStream>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let [byte] = take(client)?;
            head.push(byte);
            if !b"CONNECT ".starts_with(&head[..head.len().min(8)]) {
                trickle(client, b"HTTP/1.1 400 Bad Request\r\n\r\n")?;
                return Ok(None);
            }
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.lines();
        let target = lines
            .next()
            .and_then(|line| line.strip_prefix("CONNECT ")?.strip_suffix(" HTTP/1.1"))
            .unwrap();
        let fields: Vec<_> = lines.filter_map(|line| line.split_once(": ")).collect();
        assert!(fields.contains(&("Host", target)));
        if let Some((name, secret)) = self.user {
            let basic = format!("Basic {}", STANDARD.encode(format!("{name}:{secret}")));
            if !fields.contains(&("Proxy-Authorization", &basic)) {
                trickle(client, b"HTTP/1.1 407 Who are you\r\n\r\n")?;
                return Ok(None);
            }
        }
        let server = self.dial(target.parse().unwrap());
        trickle(
            client,
            match server {
                Some(_) => b"HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n",
                None => b"HTTP/1.1 502 Bad Gateway\r\n\r\n",
            },
        )?;
        Ok(server)
    }

    fn dial(&self, to: SocketAddr) -> Option<TcpStream> {
        self.asked.lock().unwrap().push(to);
        let (_, real) = self.routes.iter().find(|(known, _)| *known == to)?;
        TcpStream::connect(real).ok()
    }
}

/// One direction, to its end.
fn pipe(mut from: TcpStream, mut to: TcpStream, mut change: impl FnMut(&mut [u8])) {
    let mut buffer = vec![0; 64 * 1024];
    // A broken line ends it as well as a closed one.
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        change(&mut buffer[..n]);
        if to.write_all(&buffer[..n]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

/// Writes byte by byte, so that answers arrive in pieces.
fn trickle(client: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    bytes.iter().try_for_each(|byte| client.write_all(&[*byte]))
}

fn take<const N: usize>(client: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    client.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn counted(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let [len] = take(client)?;
    let mut bytes = vec![0; len.into()];
    client.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn until_zero(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        match take(client)? {
            [0] => return Ok(bytes),
            [byte] => bytes.push(byte),
        }
    }
}
