//! A client whose server is a function and whose files are in memory, for tests of the methods.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::io::Cursor;
use telewire_schema::{RpcError, Serialize};

use crate::Driver;
use crate::client::Client;
use crate::client::handle::{Command, Reply};
use crate::config::Config;
use crate::dc::DcId;
use crate::engine::{Request, Value};
use crate::error::Error;
use crate::peers::PeerTable;
use crate::rand::{Rng, Seed};
use crate::runtime::{Endpoint, File, Mode, Runtime};
use crate::session::{MemorySession, SentFile, SentFileKey, Session, SessionChange};
use crate::time::{Mono, Now, Unix};

/// What the server answers.
pub(crate) fn value(result: &impl Serialize) -> Result<Value, Error> {
    Ok(Value::Bytes(result.to_bytes().into()))
}

/// That the server refuses.
pub(crate) fn refuse(code: i32, message: &str) -> Result<Value, Error> {
    Err(Error::Rpc {
        request: "",
        error: RpcError::parse(code, message),
    })
}

type Content = Arc<Mutex<Vec<u8>>>;

/// A runtime of nothing but files.
#[derive(Clone, Default)]
pub(crate) struct Files {
    files: Arc<Mutex<HashMap<PathBuf, Content>>>,
    directories: Arc<Mutex<HashSet<PathBuf>>>,
}

impl Files {
    pub(crate) fn put(&self, path: &str, content: impl Into<Vec<u8>>) {
        let content = Arc::new(Mutex::new(content.into()));
        self.files.lock().unwrap().insert(path.into(), content);
    }

    pub(crate) fn make_directory(&self, path: &str) {
        self.directories.lock().unwrap().insert(path.into());
    }

    pub(crate) fn get(&self, path: impl AsRef<Path>) -> Option<Vec<u8>> {
        let files = self.files.lock().unwrap();
        files.get(path.as_ref()).map(|f| f.lock().unwrap().clone())
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let files = self.files.lock().unwrap();
        let mut names: Vec<_> = files.keys().map(|p| p.display().to_string()).collect();
        names.sort();
        names
    }
}

pub(crate) struct OpenFile {
    path: PathBuf,
    content: Option<Content>,
    all: Files,
}

impl OpenFile {
    fn content(&self) -> io::Result<&Content> {
        self.content
            .as_ref()
            .ok_or_else(|| io::ErrorKind::IsADirectory.into())
    }
}

impl File for OpenFile {
    async fn read_at(&self, offset: u64, len: usize) -> io::Result<Bytes> {
        let content = self.content()?.lock().unwrap();
        let from = usize::try_from(offset).unwrap().min(content.len());
        let to = from.saturating_add(len).min(content.len());
        Ok(Bytes::copy_from_slice(&content[from..to]))
    }

    async fn write_at(&self, offset: u64, data: Bytes) -> io::Result<()> {
        let mut content = self.content()?.lock().unwrap();
        let from = usize::try_from(offset).unwrap();
        let end = content.len().max(from + data.len());
        content.resize(end, 0);
        content[from..from + data.len()].copy_from_slice(&data);
        Ok(())
    }

    async fn len(&self) -> io::Result<u64> {
        Ok(self
            .content
            .as_ref()
            .map_or(4096, |c| c.lock().unwrap().len() as u64))
    }

    async fn rename(&self, to: PathBuf) -> io::Result<()> {
        let mut files = self.all.files.lock().unwrap();
        let content = files.remove(&self.path).ok_or(io::ErrorKind::NotFound)?;
        files.insert(to, content);
        Ok(())
    }

    async fn remove(&self) -> io::Result<()> {
        self.all.files.lock().unwrap().remove(&self.path);
        Ok(())
    }
}

impl Runtime for Files {
    type Socket = Cursor<Vec<u8>>;
    type File = OpenFile;

    async fn connect(self, _: Endpoint) -> io::Result<Self::Socket> {
        Err(io::ErrorKind::ConnectionRefused.into())
    }

    async fn sleep_until(self, _: Mono) {}

    fn now(&self) -> Now {
        Now {
            mono: Mono::from_origin(Duration::from_secs(1)),
            wall: Unix::from_secs(1_582_979_696),
        }
    }

    fn seed(&self) -> Seed {
        Seed::new([7; 32])
    }

    fn spawn(&self, _: impl Future<Output = ()> + Send + 'static) {}

    async fn unblock<T: Send + 'static>(self, f: impl FnOnce() -> T + Send + 'static) -> T {
        f()
    }

    async fn open(self, path: PathBuf, mode: Mode) -> io::Result<OpenFile> {
        let directory = self.directories.lock().unwrap().contains(&path);
        let content = match mode {
            _ if directory && mode == Mode::Read => None,
            _ if directory => return Err(io::ErrorKind::IsADirectory.into()),
            Mode::Read => {
                let files = self.files.lock().unwrap();
                Some(files.get(&path).ok_or(io::ErrorKind::NotFound)?.clone())
            }
            Mode::Create => {
                let content = Content::default();
                self.files
                    .lock()
                    .unwrap()
                    .insert(path.clone(), content.clone());
                Some(content)
            }
        };
        Ok(OpenFile {
            path,
            content,
            all: self,
        })
    }
}

/// A client and what stands in for the rest of the world.
pub(crate) struct Stage {
    pub(crate) client: Client,
    pub(crate) files: Files,
    _driver: Driver<Files>,
    sent_files: HashMap<SentFileKey, SentFile>,
    /// What the session holds beside that.
    session: Session,
    /// What the session remembers.
    pub(crate) peers: PeerTable,
    rng: Rng,
    /// The most requests that waited at once, and their bytes.
    pub(crate) most_waiting: usize,
    pub(crate) most_bytes: usize,
    /// How long the client slept in all.
    pub(crate) slept: Duration,
    /// The data centres that became the account's home.
    pub(crate) moved: Vec<DcId>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with(Config::new(1, "hash"))
    }

    pub(crate) fn with(config: Config) -> Self {
        let files = Files::default();
        let (client, driver) = Client::with_driver(files.clone(), MemorySession::new(), config);
        Self {
            client,
            files,
            _driver: driver,
            sent_files: HashMap::new(),
            session: Session::default(),
            peers: PeerTable::default(),
            rng: Rng::new(Seed::new([3; 32])),
            most_waiting: 0,
            most_bytes: 0,
            slept: Duration::ZERO,
            moved: Vec::new(),
        }
    }

    /// Runs `f` with a server that answers what waits in random order.
    pub(crate) fn run<'a, T, F>(
        &mut self,
        f: impl FnOnce(Client) -> F,
        mut server: impl FnMut(&Request) -> Result<Value, Error> + 'a,
    ) -> T
    where
        F: Future<Output = T> + Send + 'a,
        T: 'a,
    {
        let future: BoxFuture<'a, T> = Box::pin(f(self.client.clone()));
        let mut future = pin!(future);
        let mut cx = Context::from_waker(std::task::Waker::noop());
        let mut waiting: Vec<(Request, Reply<Result<Value, Error>>)> = Vec::new();
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                return output;
            }
            let commands = self.client.shared().take_commands();
            let idle = commands.is_empty();
            for command in commands {
                self.carry_out(command, &mut waiting);
            }
            self.most_waiting = self.most_waiting.max(waiting.len());
            let bytes = waiting
                .iter()
                .filter_map(|(r, _)| r.tail.as_ref())
                .map(Bytes::len);
            self.most_bytes = self.most_bytes.max(bytes.sum());
            if idle {
                assert!(!waiting.is_empty(), "the future waits for nothing");
                let at = self.rng.u32() as usize % waiting.len();
                let (request, reply) = waiting.swap_remove(at);
                let _ = reply.send(server(&request));
            }
        }
    }

    fn carry_out(
        &mut self,
        command: Command,
        waiting: &mut Vec<(Request, Reply<Result<Value, Error>>)>,
    ) {
        match command {
            Command::Invoke { request, reply, .. } => waiting.push((request, reply)),
            Command::Sleep(_, d, reply) => {
                self.slept += d;
                let _ = reply.send(());
            }
            Command::MoveHome(dc, reply) => {
                self.moved.push(dc);
                let _ = reply.send(());
            }
            Command::Find(key, reply) => {
                let _ = reply.send(Ok(self.peers.find(&key).cloned()));
            }
            Command::Session(reply) => {
                let _ = reply.send(Ok(self.session.clone()));
            }
            Command::SentFile(key, reply) => {
                let _ = reply.send(Ok(self.sent_files.get(&key).cloned()));
            }
            Command::Store(changes, reply) => {
                for change in changes {
                    self.session.apply(&change);
                    match change {
                        SessionChange::SentFile(key, file) => {
                            self.sent_files.insert(key, file);
                        }
                        SessionChange::Peer(peer) => self.peers.insert(peer),
                        _ => {}
                    }
                }
                if let Some(reply) = reply {
                    let _ = reply.send(Ok(()));
                }
            }
            _ => {}
        }
    }
}
