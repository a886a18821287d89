//! A thousand accounts in one process: the sandbox that they sign in to, which is a process of its own, and what they cost.

use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use telewire_core::client::Start;
use telewire_core::config::Network;

use crate::told;

/// How many accounts there are.
pub const ACCOUNTS: usize = 1000;

/// How many sign in at the same time: enough to keep the processors busy, and few enough for nobody's time limit.
pub const AT_ONCE: usize = 32;

/// A sandbox in a process of its own, so that this one's memory is the clients'.
pub struct Crowd {
    server: Child,
    code: String,
    /// What a client is built with.
    pub api_id: i32,
    /// The same.
    pub api_hash: String,
    /// Where clients find the sandbox.
    pub network: Network,
    began: Instant,
    /// Before there was any client.
    memory: Option<u64>,
}

impl Crowd {
    /// Starts the sandbox from its program.
    ///
    /// # Panics
    /// When it cannot be started, or the system does not grant enough open files.
    pub fn start(program: &str) -> Self {
        // Both processes: the sandbox inherits it, and needs three descriptors a connection.
        let files = rlimit::increase_nofile_limit(u64::MAX).expect("limits can be read");
        assert!(
            files >= 4 * ACCOUNTS as u64,
            "{files} open files are too few; raise the hard limit (ulimit -Hn)"
        );
        let mut server = Command::new(program)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the sandbox starts");
        let mut line = String::new();
        let output = server.stdout.take().expect("its output is piped");
        BufReader::new(output)
            .read_line(&mut line)
            .expect("it says where it is");
        let info: serde_json::Value = serde_json::from_str(&line).expect("it says so in JSON");
        Self {
            server,
            api_id: told::number(&info["api_id"]),
            api_hash: told::text(&info["api_hash"]).to_owned(),
            code: told::text(&info["code"]).to_owned(),
            network: told::network(&info),
            began: Instant::now(),
            memory: memory(),
        }
    }

    /// What the `n`-th account signs up with.
    pub fn answers(&self, n: usize) -> Start {
        Start::new()
            .phone(phone(n))
            .code(self.code.clone())
            .first_name(format!("Number {n}"))
    }

    /// Prints the time since the beginning, and what each account costs by now.
    #[allow(clippy::print_stdout, reason = "what the figures are measured for")]
    pub fn report(&self, what: &str) {
        let seconds = self.began.elapsed().as_secs_f32();
        match (self.memory, memory()) {
            (Some(before), Some(now)) => println!(
                "{ACCOUNTS} accounts {what} after {seconds:.1} s: {:.1} KiB of memory each",
                now.saturating_sub(before) as f64 / ACCOUNTS as f64
            ),
            _ => println!(
                "{ACCOUNTS} accounts {what} after {seconds:.1} s; memory cannot be read on this system"
            ),
        }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        let ended = self
            .server
            .kill()
            .and_then(|()| self.server.wait().map(drop));
        ended.expect("the sandbox can be ended");
    }
}

/// The phone of the `n`-th account; the sandbox signs up everybody whose phone begins like this.
pub fn phone(n: usize) -> String {
    format!("+999662{:04}", 5000 + n % ACCOUNTS)
}

/// What the `n`-th account is told by the one before.
pub fn greeting(n: usize) -> String {
    format!("Hello, number {n}")
}

/// The memory of this process that is in use, in KiB, where the system tells.
fn memory() -> Option<u64> {
    let status: io::Result<String> = std::fs::read_to_string("/proc/self/status");
    let status = status.ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
