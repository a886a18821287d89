//! The engine over one blocking socket: no runtime, no driver, no threads.
//!
//! ```text
//! cargo run -p telewire-core --example bare_socket -- HOST:PORT KEY.pem API_ID API_HASH
//! ```
//!
//! `KEY.pem` is the server's RSA key in PKCS#1 form, such as the one that `telewire-sandbox` prints. The program makes
//! an authorization key, asks for the nearest data centre, and prints the answer. Run without arguments it says this.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "this is the outside: what the core may not touch is touched here"
)]

use std::error::Error;
use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use telewire_core::config::Network;
use telewire_core::dc::DcId;
use telewire_core::engine::{Answer, Engine, LinkEvent, LinkId, Output, Request, RequestId, State};
use telewire_core::exchange::RsaKeys;
use telewire_core::rand::Seed;
use telewire_core::session::{DcOption, Session};
use telewire_core::time::{Mono, Now, Unix};
use telewire_core::{Config, functions, types};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, pem, api_id, api_hash] = &args[..] else {
        return Err("usage: bare_socket HOST:PORT KEY.pem API_ID API_HASH".into());
    };
    let answer = ask(
        address.parse()?,
        &fs::read_to_string(pem)?,
        api_id.parse()?,
        api_hash,
    )?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "connected to {address}; nearest data centre: {}",
        answer.nearest_dc
    )?;
    Ok(())
}

/// Makes a key with the server at `address` and asks it one question.
pub(crate) fn ask(
    address: SocketAddr,
    pem: &str,
    api_id: i32,
    api_hash: &str,
) -> Result<types::NearestDc, Box<dyn Error>> {
    let mut config = Config::new(api_id, api_hash);
    config.network = Network::Custom {
        default_dc: DcId(2),
        dcs: vec![DcOption::new(DcId(2), address.ip(), address.port())],
        keys: RsaKeys::from_pem(pem)?,
    };
    config.connection_retries = Some(2);
    let clock = Clock(Instant::now());
    let mut seed = [0; 32];
    fs::File::open("/dev/urandom")?.read_exact(&mut seed)?;

    let mut engine = Engine::new(config, Session::default(), clock.now(), Seed::new(seed));
    engine.connect(clock.now());
    let request = Request::new(&functions::help::GetNearestDc {});
    let question = engine.invoke(clock.now(), request);
    run(&mut engine, &clock, question)
}

/// Feeds the engine and does what it wants until the question is answered.
fn run(
    engine: &mut Engine,
    clock: &Clock,
    question: RequestId,
) -> Result<types::NearestDc, Box<dyn Error>> {
    let mut kept = Session::default();
    let mut socket: Option<(LinkId, TcpStream)> = None;
    loop {
        // Everything out: what is to be done first, then packets, until both have nothing more.
        loop {
            while let Some(output) = engine.poll_output(clock.now()) {
                match output {
                    Output::Connect(link, to) => {
                        let opened = to
                            .socket_addr()
                            .ok_or_else(|| io::Error::other("no name resolution here"));
                        let event = match opened
                            .and_then(|a| TcpStream::connect_timeout(&a, Duration::from_secs(10)))
                        {
                            Ok(stream) => {
                                socket = Some((link, stream));
                                LinkEvent::Connected
                            }
                            Err(error) => LinkEvent::Lost(error.to_string()),
                        };
                        engine.handle_link(clock.now(), link, event);
                    }
                    Output::Close(link) => drop(socket.take_if(|(open, _)| *open == link)),
                    Output::Result(id, result) if id == question => return Ok(result?.decode()?),
                    Output::Store(task, changes) => {
                        changes.iter().for_each(|change| kept.apply(change));
                        engine.handle_answer(clock.now(), Answer::Stored(task, Ok(())));
                    }
                    Output::Find(task, _) => {
                        engine.handle_answer(clock.now(), Answer::Found(task, None));
                    }
                    Output::Work(task, job) => {
                        engine.handle_answer(clock.now(), Answer::Worked(task, job.run()));
                    }
                    Output::State(State::Ended(Some(why))) => return Err(why.into()),
                    _ => {}
                }
            }
            let Some((link, stream)) = &mut socket else {
                break;
            };
            let Some(packet) = engine.poll_packet(clock.now(), *link) else {
                break;
            };
            stream.write_all(packet.bytes())?;
        }
        // Then one thing in: bytes, the end of the connection, or the time that the engine waits for.
        let wait = engine.poll_timeout().map(|at| at.since(clock.now().mono));
        let wait = wait
            .ok_or("nothing to wait for")?
            .max(Duration::from_millis(1));
        let Some((link, stream)) = &mut socket else {
            std::thread::sleep(wait);
            engine.handle_timeout(clock.now());
            continue;
        };
        let link = *link;
        stream.set_read_timeout(Some(wait))?;
        match stream.read(engine.receive_buffer(link)) {
            Ok(n @ 1..) => engine.handle_received(clock.now(), link, n),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                engine.handle_timeout(clock.now());
            }
            ended => {
                let why = ended
                    .err()
                    .map_or_else(|| "closed".into(), |error| error.to_string());
                socket = None;
                engine.handle_link(clock.now(), link, LinkEvent::Lost(why));
            }
        }
    }
}

/// The clocks, read where the core cannot.
struct Clock(Instant);

impl Clock {
    fn now(&self) -> Now {
        Now {
            mono: Mono::from_origin(self.0.elapsed()),
            wall: Unix::from_epoch(
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default(),
            ),
        }
    }
}
