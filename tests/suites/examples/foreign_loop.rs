//! The engine inside of an event loop that belongs to the program: no async, no driver, one thread and a poller.
//!
//! ```text
//! cargo run -p telewire-tests --example foreign_loop
//! ```
//!
//! The loop is that of a small gateway: whatever comes as a datagram on its own UDP socket is sent as a message on Telegram.
//! Telegram's connections stand in the same poller, the engine's deadline bounds the wait, and long computations run on a
//! thread that rings the poller when it is done. After every turn everything is polled out of the engine; that is all.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::HashMap;
use std::error::Error;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use polling::{AsRawSource, Event, Events, Poller};
use telewire_core::engine::{Answer, Engine, LinkEvent, LinkId, Output, Request, RequestId, Value};
use telewire_core::rand::Rng;
use telewire_core::session::{MemorySession, SessionStore};
use telewire_core::transport::Packet;
use telewire_core::{Config, Error as Refusal, functions, schema, types};
use telewire_native::Clock;
use telewire_sandbox::Sandbox;

type Failure = Box<dyn Error + Send + Sync>;

/// The program's own socket; connections of the engine have the keys after it.
const DATAGRAMS: usize = 0;

/// How many messages are sent before the example ends.
const MESSAGES: usize = 3;

struct Gateway {
    poller: Arc<Poller>,
    clock: Clock,
    engine: Engine,
    store: MemorySession,
    connections: HashMap<usize, Connection>,
    next_key: usize,
    /// Answers of jobs that ran elsewhere.
    done: (Sender<Answer>, Receiver<Answer>),
    results: HashMap<RequestId, Result<Value, Refusal>>,
    datagrams: UdpSocket,
    texts: Vec<String>,
}

struct Connection {
    link: LinkId,
    socket: TcpStream,
    connected: bool,
    /// A packet of which the socket took only a part.
    rest: Option<Packet>,
}

pub(crate) fn main() -> Result<(), Failure> {
    let sandbox = Sandbox::start()?;
    let mut config = Config::new(sandbox.api_id(), sandbox.api_hash());
    config.network = sandbox.network();
    let mut gateway = Gateway::new(config)?;

    let me = gateway.sign_in("+9996624002", &sandbox.code(), &sandbox)?;
    println!("signed in as {me}");

    let device = UdpSocket::bind("127.0.0.1:0")?;
    for n in 1..=MESSAGES {
        let text = format!("reading number {n}");
        device.send_to(text.as_bytes(), gateway.datagrams.local_addr()?)?;
    }
    gateway.forward(MESSAGES)?;
    println!(
        "the account holds {:?}",
        sandbox.with(|server| server.texts(me, me))
    );
    Ok(())
}

impl Gateway {
    fn new(config: Config) -> Result<Self, Failure> {
        let (clock, mut store) = (Clock::start(), MemorySession::new());
        let mut engine = Engine::new(config, store.load()?, clock.now(), telewire_native::seed());
        engine.connect(clock.now());
        let (poller, datagrams) = (Poller::new()?, UdpSocket::bind("127.0.0.1:0")?);
        datagrams.set_nonblocking(true)?;
        watch(&poller, &datagrams, Event::readable(DATAGRAMS))?;
        Ok(Self {
            poller: Arc::new(poller),
            clock,
            engine,
            store,
            connections: HashMap::new(),
            next_key: DATAGRAMS + 1,
            done: channel(),
            results: HashMap::new(),
            datagrams,
            texts: Vec::new(),
        })
    }

    /// Signs a phone up that the sandbox does not know yet, with raw requests.
    fn sign_in(&mut self, phone: &str, code: &str, sandbox: &Sandbox) -> Result<i64, Failure> {
        let settings = types::CodeSettings::default();
        let send_code =
            functions::auth::SendCode::new(phone, sandbox.api_id(), sandbox.api_hash(), settings);
        let types::auth::SentCode::SentCode(sent) = self.call(&send_code)? else {
            return Err("the server wants something else than a code".into());
        };
        let sign_in = functions::auth::SignIn::new(phone, &*sent.phone_code_hash).phone_code(code);
        self.call(&sign_in)?;
        let sign_up = functions::auth::SignUp::new(phone, sent.phone_code_hash, "Gate", "Way");
        match self.call(&sign_up)? {
            types::auth::Authorization::Authorization(granted) => Ok(match granted.user {
                types::User::User(user) => user.id,
                types::User::Empty(nobody) => nobody.id,
            }),
            other => Err(format!("not signed up: {other:?}").into()),
        }
    }

    /// Sends what comes as datagrams until `count` messages are delivered.
    fn forward(&mut self, count: usize) -> Result<(), Failure> {
        let mut random = Rng::new(telewire_native::seed());
        let mut sending = Vec::new();
        let mut delivered = 0;
        while delivered < count {
            self.turn()?;
            for text in std::mem::take(&mut self.texts) {
                let message = functions::messages::SendMessage::new(
                    types::InputPeer::Self_,
                    text,
                    random.i64(),
                );
                sending.push(self.invoke(&message)?);
            }
            for id in &sending {
                if let Some(result) = self.results.remove(id) {
                    result?;
                    delivered += 1;
                }
            }
        }
        Ok(())
    }

    /// Waits for the answer to one request; the loop goes on meanwhile.
    fn call<R: schema::Request>(&mut self, request: &R) -> Result<R::Result, Failure> {
        let id = self.invoke(request)?;
        loop {
            if let Some(result) = self.results.remove(&id) {
                return Ok(result?.decode()?);
            }
            self.turn()?;
        }
    }

    fn invoke<R: schema::Request>(&mut self, request: &R) -> Result<RequestId, Failure> {
        let id = self.engine.invoke(self.clock.now(), Request::new(request));
        self.drain()?;
        Ok(id)
    }

    /// One turn of the loop: wait for whatever comes first, put it in, and take out what follows from it.
    fn turn(&mut self) -> Result<(), Failure> {
        let due = self.engine.poll_timeout();
        let wait = due.map(|at| at.since(self.clock.mono()));
        let mut events = Events::new();
        self.poller.wait(&mut events, wait)?;

        for event in events.iter() {
            if event.key == DATAGRAMS {
                self.take_datagrams()?;
            } else {
                self.handle_socket(event);
            }
        }
        while let Ok(answer) = self.done.1.try_recv() {
            self.engine.handle_answer(self.clock.now(), answer);
        }
        if due.is_some_and(|at| at <= self.clock.mono()) {
            self.engine.handle_timeout(self.clock.now());
        }
        self.drain()
    }
}

/// What the engine wants.
impl Gateway {
    fn drain(&mut self) -> Result<(), Failure> {
        loop {
            while let Some(output) = self.engine.poll_output(self.clock.now()) {
                self.obey(output)?;
            }
            // A gateway only sends. Who wants events takes them here, and confirms each when it is done with it.
            while let Some((id, _update)) = self.engine.poll_update() {
                self.engine.confirm(id);
            }
            if !self.write_all() {
                return Ok(());
            }
        }
    }

    fn obey(&mut self, output: Output) -> Result<(), Failure> {
        let now = self.clock.now();
        match output {
            Output::Connect(link, to) => {
                let address = to.socket_addr().ok_or("this loop resolves no names")?;
                if let Err(e) = self.open(link, address) {
                    self.engine
                        .handle_link(now, link, LinkEvent::Lost(e.to_string()));
                }
            }
            Output::Close(link) => self.close(link),
            Output::Result(id, result) => drop(self.results.insert(id, result)),
            // In memory, so at once. A file would be written on another thread, like the jobs below.
            Output::Store(task, changes) => {
                let stored = self.store.apply(&changes);
                self.engine.handle_answer(now, Answer::Stored(task, stored));
            }
            Output::Find(task, key) => {
                let found = self.store.peer(&key)?;
                self.engine.handle_answer(now, Answer::Found(task, found));
            }
            // Prime tests and key exchange: up to a second of computing that would hold up the loop.
            Output::Work(task, job) => {
                let (done, poller) = (self.done.0.clone(), Arc::clone(&self.poller));
                thread::spawn(move || {
                    // The loop may be over.
                    let _ = done.send(Answer::Worked(task, job.run()));
                    let _ = poller.notify();
                });
            }
            // State, Lapse, Config: for programs that show or use them.
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, link: LinkId, to: std::net::SocketAddr) -> io::Result<()> {
        let socket = socket2::Socket::new(
            socket2::Domain::for_address(to),
            socket2::Type::STREAM,
            None,
        )?;
        socket.set_nonblocking(true)?;
        socket.set_tcp_nodelay(true)?;
        // The poller reports the outcome: a socket that can be written to is connected or has failed.
        let _in_progress = socket.connect(&to.into());
        let (socket, key) = (TcpStream::from(socket), self.next_key);
        watch(&self.poller, &socket, Event::writable(key))?;
        self.next_key += 1;
        let connection = Connection {
            link,
            socket,
            connected: false,
            rest: None,
        };
        self.connections.insert(key, connection);
        Ok(())
    }

    fn close(&mut self, link: LinkId) {
        self.connections.retain(|_, connection| {
            let gone = connection.link == link;
            if gone && let Err(e) = self.poller.delete(&connection.socket) {
                println!("a socket could not be taken out of the poller: {e}");
            }
            !gone
        });
    }

    /// Writes packets while the sockets take them. Returns whether the engine has to be asked again.
    fn write_all(&mut self) -> bool {
        let mut lost = Vec::new();
        for (&key, connection) in &mut self.connections {
            if let Err(e) = connection.write(&mut self.engine, &self.clock) {
                lost.push((connection.link, e));
                continue;
            }
            // The poller reports once and has to be asked again.
            let interest = Event::new(
                key,
                connection.connected,
                !connection.connected || connection.rest.is_some(),
            );
            if let Err(e) = self.poller.modify(&connection.socket, interest) {
                lost.push((connection.link, e));
            }
        }
        let any = !lost.is_empty();
        for (link, e) in lost {
            self.close(link);
            self.engine
                .handle_link(self.clock.now(), link, LinkEvent::Lost(e.to_string()));
        }
        any
    }
}

/// What comes in.
impl Gateway {
    fn handle_socket(&mut self, event: Event) {
        // An event of a connection that was closed in the same turn.
        let Some(connection) = self.connections.get_mut(&event.key) else {
            return;
        };
        let link = connection.link;
        if let Err(e) = connection.read(&mut self.engine, &self.clock) {
            self.close(link);
            self.engine
                .handle_link(self.clock.now(), link, LinkEvent::Lost(e.to_string()));
        }
    }

    fn take_datagrams(&mut self) -> io::Result<()> {
        let mut buffer = [0; 1024];
        loop {
            match self.datagrams.recv(&mut buffer) {
                Ok(n) => self
                    .texts
                    .push(String::from_utf8_lossy(&buffer[..n]).into_owned()),
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                Err(e) => return Err(e),
            }
        }
        self.poller
            .modify(&self.datagrams, Event::readable(DATAGRAMS))
    }
}

impl Connection {
    /// Hands what has come to the engine, beginning with the news that the connection stands.
    fn read(&mut self, engine: &mut Engine, clock: &Clock) -> io::Result<()> {
        if !self.connected {
            if let Some(e) = self.socket.take_error()? {
                return Err(e);
            }
            self.connected = true;
            engine.handle_link(clock.now(), self.link, LinkEvent::Connected);
        }
        loop {
            let buffer = engine.receive_buffer(self.link);
            if buffer.is_empty() {
                return Ok(()); // the engine has closed it, and says so next
            }
            match self.socket.read(buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(n) => engine.handle_received(clock.now(), self.link, n),
                Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(e) => return Err(e),
            }
        }
    }

    /// Packets are pulled when the socket takes them, so that they are fresh when they leave.
    fn write(&mut self, engine: &mut Engine, clock: &Clock) -> io::Result<()> {
        while self.connected {
            let Some(mut packet) = self
                .rest
                .take()
                .or_else(|| engine.poll_packet(clock.now(), self.link))
            else {
                break;
            };
            match self.socket.write(packet.bytes()) {
                Ok(n) => packet.advance(n),
                Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                Err(e) => return Err(e),
            }
            if !packet.is_empty() {
                self.rest = Some(packet);
                break;
            }
        }
        Ok(())
    }
}

/// Puts a socket into the poller, which reports it once.
#[allow(
    unsafe_code,
    reason = "the poller wants a promise that only the owner of the socket can give"
)]
fn watch(poller: &Poller, socket: impl AsRawSource, interest: Event) -> io::Result<()> {
    // SAFETY: connections are deleted from the poller before their socket is dropped, in `Gateway::close`; what stays to
    // the end is dropped together with the poller.
    unsafe { poller.add(socket, interest) }
}
