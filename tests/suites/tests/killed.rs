//! A process that is killed at any moment leaves a session that opens, that needs no new login, and that misses nothing.

#![cfg(unix)]
#![allow(clippy::print_stdout, reason = "the seed is what replays a failure")]

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use telewire_core::rand::{Rng, Seed};
use telewire_core::session::{Session, SessionStore as _};
use telewire_sandbox::{Sandbox, Trouble, User};
use telewire_sqlite::SqliteSession;

/// How often somebody is killed.
const KILLS: usize = 100;

/// How often in the life of one session.
const KILLS_A_LIFE: usize = 5;

/// Longer than this nobody is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a process is left at work, at most.
const BUSY: Duration = Duration::from_millis(120);

/// How long the server takes for each step of a sign-in, so that there is something to be killed in.
const ANSWER_AFTER: Duration = Duration::from_millis(5);

/// How far the process gets before the time until it is killed begins.
const MOMENTS: [Option<&str>; 4] = [None, Some("connected"), Some("asked"), Some("in")];

/// One session and what is known of it.
struct Life<'a> {
    sandbox: &'a Sandbox,
    me: &'a User,
    friend: &'a User,
    file: PathBuf,
    /// The server has run `auth.signIn` for it.
    signed_in: bool,
    /// What was written to it since it has had a position in the updates.
    written: Vec<String>,
    took: HashSet<String>,
}

/// A process at work.
struct Mortal {
    child: Child,
    said: Receiver<String>,
    reader: std::thread::JoinHandle<()>,
}

#[test]
fn killing_the_process_costs_neither_the_session_nor_the_login_nor_an_update() {
    let seed = std::env::var("TELEWIRE_SEED").map_or(1, |seed| seed.parse().unwrap());
    println!(
        "TELEWIRE_SEED={seed} kills at the same places again, as far as the machine's timing allows"
    );
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&u64::to_le_bytes(seed));
    let mut rng = Rng::new(Seed::new(bytes));
    let sandbox = Sandbox::builder().seed(seed).start().unwrap();
    for step in ["auth.sendCode", "auth.signIn"] {
        sandbox.order(step, KILLS, Trouble::Delay(ANSWER_AFTER));
    }
    let users = sandbox.users();
    let easy: Vec<&User> = users.iter().filter(|u| u.password.is_none()).collect();
    let folder = tempfile::tempdir().unwrap();
    let (mut kills, mut before_sign_in, mut lost_news) = (0, 0, 0);
    for n in 0..KILLS / KILLS_A_LIFE {
        let file = folder.path().join(format!("life-{n}.session"));
        let mut life = Life::new(&sandbox, &easy, file);
        for _ in 0..KILLS_A_LIFE {
            let was_signed_in = life.signed_in;
            let told = life.run_and_kill(&mut rng);
            kills += 1;
            before_sign_in += usize::from(!life.signed_in);
            // Signed in for the server, and the client had not heard of it yet.
            lost_news += usize::from(life.signed_in && !was_signed_in && !told);
        }
        life.end();
    }
    assert_eq!(kills, KILLS);
    println!(
        "{kills} kills, {before_sign_in} before the sign-in, {lost_news} between it and its news"
    );
    assert!(
        before_sign_in >= 3 && lost_news > 0,
        "everybody signed in in time"
    );
}

impl<'a> Life<'a> {
    fn new(sandbox: &'a Sandbox, users: &[&'a User], file: PathBuf) -> Self {
        let [me, friend, ..] = users else {
            panic!("two accounts without a password are needed")
        };
        Self {
            sandbox,
            me,
            friend,
            file,
            signed_in: false,
            written: Vec::new(),
            took: HashSet::new(),
        }
    }

    /// Lets the process run and kills it at a random moment. Returns whether it knew that it was signed in.
    fn run_and_kill(&mut self, rng: &mut Rng) -> bool {
        let had = open(&self.file);
        let before = self.asked();
        let mut mortal = Mortal::start(self);
        // Fresh sessions are killed on the way to the sign-in, the others at work.
        let stages = if self.signed_in { 1 } else { MOMENTS.len() - 1 };
        let moment = MOMENTS[usize::try_from(rng.u32()).unwrap() % stages];
        let span = match moment {
            Some(_) if !self.signed_in => 2 * ANSWER_AFTER,
            _ => BUSY,
        };
        let delay = span.mul_f64(f64::from(rng.u32()) / f64::from(u32::MAX));
        let mut said = Vec::new();
        if let Some(moment) = moment {
            mortal.hear_until(&mut said, |line| line == moment);
        }
        let end = Instant::now() + delay;
        while Instant::now() < end {
            // Only what comes after a position was stored can be asked of it.
            if had.as_ref().is_some_and(|s| s.state.is_some()) {
                self.write();
            }
            std::thread::sleep(
                Duration::from_millis(2).min(end.saturating_duration_since(Instant::now())),
            );
        }
        said.extend(mortal.kill());
        self.took.extend(taken(&said));
        self.check(had.as_ref(), before);
        said.iter().any(|line| line == "in")
    }

    /// What the killed process has left behind.
    fn check(&mut self, had: Option<&Session>, before: [usize; 2]) {
        let [codes, sign_ins] = self.asked();
        if self.signed_in {
            assert_eq!([codes, sign_ins], before, "it needed a new login");
        }
        let left = open(&self.file);
        if codes > before[0] {
            let key = left.as_ref().and_then(|s| s.keys.values().next());
            assert!(
                key.is_some(),
                "signing in began under a key that was not stored"
            );
        }
        // A key that was stored is the one that is kept.
        if let Some(had) = had.filter(|s| !s.keys.is_empty()) {
            assert_eq!(
                left.expect("a session").keys,
                had.keys,
                "the key has changed"
            );
        }
        self.signed_in |= sign_ins > before[1];
    }

    /// Lets the process take everything that is still to come, and end in peace.
    fn end(mut self) {
        let before = self.asked();
        if open(&self.file).is_some_and(|s| s.state.is_some()) {
            self.write();
        }
        let mut mortal = Mortal::start(&self);
        let (missing, took) = (self.written.clone(), &mut self.took);
        let mut said = Vec::new();
        mortal.hear_until(&mut said, |line| line == "in");
        took.extend(taken(&said));
        if missing.iter().any(|text| !took.contains(text)) {
            mortal.hear_until(&mut said, |line| {
                took.extend(taken(&[line.to_owned()]));
                missing.iter().all(|text| took.contains(text))
            });
        }
        drop(mortal.child.stdin.take());
        let status = mortal.child.wait().unwrap();
        assert!(status.success(), "{status}");
        if self.signed_in {
            assert_eq!(self.asked(), before, "it needed a new login");
        }
        let session = open(&self.file).expect("a session");
        assert_eq!(session.user.map(|user| user.id), Some(self.me.id));
    }

    fn write(&mut self) {
        let text = format!("{} to {}", self.written.len(), self.file.display());
        self.sandbox
            .write(self.friend.id, self.me.id, &text)
            .unwrap();
        self.written.push(text);
    }

    /// How many codes were asked for, and how many sign-ins run.
    fn asked(&self) -> [usize; 2] {
        ["auth.sendCode", "auth.signIn"].map(|method| self.sandbox.executed(method))
    }
}

impl Mortal {
    fn start(life: &Life<'_>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mortal"))
            .arg(&life.file)
            .args([
                life.me.phone.as_str(),
                life.friend.username.as_deref().unwrap(),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let line = life.sandbox.json();
        writeln!(child.stdin.as_mut().unwrap(), "{line}").unwrap();
        let (tell, said) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        let reader = std::thread::spawn(move || {
            let lines = output.lines();
            lines
                .map_while(Result::ok)
                .for_each(|line| tell.send(line).unwrap_or(()));
        });
        Self {
            child,
            said,
            reader,
        }
    }

    /// Notes what it says until that is said.
    fn hear_until(&mut self, said: &mut Vec<String>, mut enough: impl FnMut(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        loop {
            match self
                .said
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(line) => {
                    said.push(line);
                    if enough(said.last().unwrap()) {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("waited in vain; it said {said:?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended by itself, after {said:?}"),
            }
        }
    }

    /// Kills it with SIGKILL; what it has said until then.
    fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        assert!(!status.success(), "it had ended by itself");
        self.reader.join().unwrap();
        self.said.try_iter().collect()
    }
}

/// The session in that file, if there is one; whole, and nobody's.
fn open(file: &Path) -> Option<Session> {
    if !file.exists() {
        return None;
    }
    let session = SqliteSession::open(file).and_then(|mut store| {
        let session = store.load();
        store.close()?;
        session
    });
    let session = session.unwrap_or_else(|e| panic!("the session does not open: {e}"));
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let sound: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
    Some(session)
}

fn taken(said: &[String]) -> impl Iterator<Item = String> + '_ {
    said.iter()
        .filter_map(|line| line.strip_prefix("took "))
        .map(str::to_owned)
}
