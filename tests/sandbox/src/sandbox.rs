//! A running sandbox.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use telewire_core::config::Network;
use telewire_core::dc::DcId;
use telewire_core::exchange::RsaKeys;
use telewire_core::session::DcOption;

use crate::controls::Trouble;
use crate::dcs::{Dc, Entrance};
use crate::fault::Fault;
use crate::info::{Bot, User};
use crate::net::{Builder, Shared, lock};
use crate::server::Server;

/// A running sandbox; dropping it stops it.
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
    /// The default data centre's is the first.
    pub(crate) doors: Vec<(Entrance, SocketAddr)>,
    pub(crate) threads: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts with the default settings on a free port.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Settings other than the default ones.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where clients connect to: the default data centre.
    pub fn address(&self) -> SocketAddr {
        self.address_of(Entrance::main(self.default_dc()))
    }

    /// Where clients connect to for transfers there; `help.getConfig` says so, too.
    pub fn media_address(&self) -> SocketAddr {
        self.address_of(Entrance::media(self.default_dc()))
    }

    /// Where an entrance is, over the interface that the sandbox was told to listen at.
    ///
    /// # Panics
    /// When there is no such data centre.
    pub fn address_of(&self, entrance: Entrance) -> SocketAddr {
        let mut doors = self.doors.iter();
        let door = doors.find(|(e, _)| *e == entrance);
        door.expect("there is such a data centre").1
    }

    /// The data centres, the default one first.
    pub fn dcs(&self) -> Vec<Dc> {
        self.lock().dcs()
    }

    fn default_dc(&self) -> i32 {
        self.lock().options().dc
    }

    /// The RSA key that clients have to know.
    pub fn public_key_pem(&self) -> String {
        self.lock().public_key_pem()
    }

    /// That key's fingerprint.
    pub fn fingerprint(&self) -> String {
        self.lock().fingerprint()
    }

    /// What a Telewire client is told to find this Telegram.
    pub fn network(&self) -> Network {
        let server = self.lock();
        let mains = self.doors.iter().filter(|(entrance, _)| !entrance.media);
        let option = |(entrance, at): &(Entrance, SocketAddr)| {
            DcOption::new(DcId(entrance.dc), at.ip(), at.port())
        };
        Network::Custom {
            default_dc: DcId(server.options().dc),
            dcs: mains.map(option).collect(),
            keys: RsaKeys::new(server.public_keys()),
        }
    }

    /// The application identifier to sign in with.
    pub fn api_id(&self) -> i32 {
        self.lock().options().api_id
    }

    /// The application's hash.
    pub fn api_hash(&self) -> String {
        self.lock().options().api_hash.clone()
    }

    /// The code that signs any phone in.
    pub fn code(&self) -> String {
        self.lock().options().code.clone()
    }

    /// Accounts with a phone.
    pub fn users(&self) -> Vec<User> {
        self.lock().users()
    }

    /// Bots with their tokens.
    pub fn bots(&self) -> Vec<Bot> {
        self.lock().bots()
    }

    /// All of this in one line, as the binary prints it.
    pub fn json(&self) -> String {
        self.lock().json()
    }

    /// `from` writes to `to`; the message's identifier in the receiver's box.
    ///
    /// # Errors
    /// The refusal that a client would get.
    pub fn write(&self, from: i64, to: i64, text: &str) -> Result<i32, Fault> {
        let now = self.shared.now();
        self.with(|server| server.write(now, from, to, text))
    }

    /// Has an account live in another data centre from now on; see [`Server::move_user`].
    pub fn move_user(&self, user: i64, dc: i32) {
        let now = self.shared.now();
        self.with(|server| server.move_user(now, user, dc));
    }

    /// Closes every connection.
    pub fn close_all(&self) {
        self.with(Server::close_all);
    }

    /// Has the next `times` requests of `method` (`*` for any) go wrong.
    pub fn order(&self, method: &str, times: usize, trouble: Trouble) {
        self.with(|server| server.order(method, times, trouble));
    }

    /// How many requests of a method were run.
    pub fn executed(&self, method: &str) -> usize {
        self.lock().executed(method)
    }

    /// How often a request with this `random_id` was run.
    pub fn executed_with(&self, random_id: i64) -> usize {
        self.lock().executed_with(random_id)
    }

    /// Reads every connection at no more than this many bytes a second; `None` lifts the limit.
    pub fn throttle(&self, bytes_per_second: Option<u64>) {
        self.shared
            .throttle
            .store(bytes_per_second.unwrap_or(0), Ordering::Relaxed);
    }

    /// Anything else that a [`Server`] offers.
    pub fn with<T>(&self, act: impl FnOnce(&mut Server) -> T) -> T {
        let mut server = self.lock();
        let result = act(&mut server);
        self.shared.pump(&mut server);
        result
    }

    /// Writes the state to the folder given to [`Builder::keep`] now rather than within a quarter of a second.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self) -> io::Result<()> {
        self.shared.save(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Server> {
        self.shared.lock()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        self.shared.wake.notify_all();
        let links = std::mem::take(&mut *lock(&self.shared.links));
        for link in links.values() {
            let _ = link.socket.shutdown(Shutdown::Both);
        }
        // Each accepting thread waits for one more connection.
        for (_, address) in &self.doors {
            let _ = TcpStream::connect_timeout(address, Duration::from_secs(1));
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        let _ = self.shared.save(&mut self.shared.lock());
    }
}
