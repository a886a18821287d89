//! One scripted session, told once: sign in, send, receive, upload, download, reconnect, come back.
//!
//! Async and blocking clients have the same methods, so the script is a macro that is given what differs: how a call is
//! waited for, how a handler is written, and what runs beside the script. [`run`] fills that in for async clients, which
//! are the same on every runtime.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::oneshot;
use telewire_core::config::Network;
use telewire_core::error::StoreError;
use telewire_core::events::NewMessage;
use telewire_core::peers::{PeerKey, PeerRecord};
use telewire_core::runtime::Runtime;
use telewire_core::session::{
    MemorySession, SentFile, SentFileKey, Session, SessionChange, SessionStore,
};
use telewire_core::{Client, Error};

/// What a script needs of the place that it runs in.
pub trait Stage {
    /// The code that signs anybody in.
    fn code(&self) -> String;
    /// Somebody of the sandbox, who is not the account.
    fn friend(&self) -> i64;
    /// That friend writes to an account.
    fn friend_writes(&self, to: i64, text: &str);
    /// Breaks all connections.
    fn break_lines(&self);
    /// The texts that an account has in its chat with a peer, oldest first.
    fn texts(&self, account: i64, peer: i64) -> Vec<String>;
    /// How many requests of that method were run.
    fn executed(&self, method: &str) -> usize;
    /// Where an account lives.
    fn home(&self, account: i64) -> Option<i32>;
}

/// The data centre that the account of the script lives at; clients begin at another one.
pub const HOME: i32 = 4;

/// How large the transferred file is: several parts, and no multiple of anything.
pub const FILE_SIZE: usize = 1_300_007;

/// The content of that file.
pub fn content() -> Vec<u8> {
    (0..FILE_SIZE as u32)
        .map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()[0])
        .collect()
}

/// Runs the script. `$wait!(e)` waits for a call, `$hear!(e)` for a future of the script's own, `$client!()` makes a connected
/// client on the same session every time, `$answer!(client, sender)` registers a handler that replies to incoming messages with
/// `You said: ` and their text and then sends that text on, `$beside!(client)` lets handlers run until the client disconnects.
#[macro_export]
macro_rules! scripted_session {
    ($stage:expr, $folder:expr, $client:ident, $wait:ident, $hear:ident, $answer:ident, $beside:ident) => {{
        use futures::StreamExt as _;
        use telewire_core::client::{Attachment, Download, SignIn, Upload};
        use $crate::script::Stage;

        let stage = $stage;
        let folder: std::path::PathBuf = $folder;
        // The digit names the data centre that such phones belong to.
        const PHONE: &str = "+99966 4 7777";

        // Signing in: the phone is new, a wrong code is refused and the right one goes on.
        let client = $client!();
        assert!(!$wait!(client.is_user_authorized()).unwrap());
        $wait!(client.send_code_request(PHONE)).unwrap();
        let refused = $wait!(client.sign_in(PHONE, "00000")).unwrap_err();
        assert!(refused.is("PHONE_CODE_INVALID"), "{refused}");
        let signed_in = $wait!(client.sign_in(PHONE, &Stage::code(stage))).unwrap();
        assert!(
            matches!(signed_in, SignIn::SignUpRequired { .. }),
            "{signed_in:?}"
        );
        let me = $wait!(client.sign_up("Mary", "Shelley")).unwrap();
        assert_eq!(me.first_name.as_deref(), Some("Mary"));
        assert_eq!($wait!(client.get_me()).unwrap().id, me.id);
        assert_eq!(Stage::home(stage, me.id), Some($crate::script::HOME));

        // Sending.
        let sent = $wait!(client.send_message("me", "A **bold** beginning")).unwrap();
        assert_eq!(sent.raw_text(), "A bold beginning");
        assert_eq!(sent.entities().len(), 1);
        assert_eq!(Stage::texts(stage, me.id, me.id), ["A bold beginning"]);
        let dialogs = $wait!(client.get_dialogs(20)).unwrap();
        assert!(
            dialogs.iter().any(|d| d.is_channel()),
            "a channel is among the dialogs"
        );

        // Receiving, and answering.
        let (sender, mut heard) = futures::channel::mpsc::unbounded::<String>();
        $answer!(client, sender);
        let beside = $beside!(client);
        Stage::friend_writes(stage, me.id, "Hello?");
        assert_eq!($hear!(heard.next()).unwrap(), "Hello?");
        assert_eq!(
            Stage::texts(stage, me.id, Stage::friend(stage)),
            ["Hello?", "You said: Hello?"]
        );

        // Up and down again.
        let content = $crate::script::content();
        let steps = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let report = {
            let steps = steps.clone();
            move |done: u64, total: Option<u64>| steps.lock().unwrap().push((done, total))
        };
        let file = Attachment::from(
            Upload::bytes(content.clone())
                .name("file.bin")
                .progress(report),
        )
        .caption("a __file__");
        let sent = $wait!(client.send_file("me", file)).unwrap();
        assert_eq!(sent.raw_text(), "a file");
        let size = content.len() as u64;
        assert_eq!(steps.lock().unwrap().last(), Some(&(size, Some(size))));
        assert!(steps.lock().unwrap().is_sorted(), "progress only grows");
        let back = $wait!(client.download_bytes(Download::of(&sent)))
            .unwrap()
            .unwrap();
        assert!(back == content, "the file came back changed");
        let path =
            $wait!(client.download_media(Download::of(&sent), folder.join("copy.bin"))).unwrap();
        assert_eq!(path, Some(folder.join("copy.bin")));

        // The line breaks; nothing is lost, nothing is done twice, and updates go on.
        let before = Stage::executed(stage, "messages.sendMessage");
        Stage::break_lines(stage);
        Stage::friend_writes(stage, me.id, "Still there?");
        $wait!(client.send_message("me", "after the break")).unwrap();
        assert_eq!($hear!(heard.next()).unwrap(), "Still there?");
        assert_eq!(
            Stage::executed(stage, "messages.sendMessage"),
            before + 2,
            "one message and one answer"
        );
        let history = $wait!(client.get_messages("me", 10)).unwrap();
        let texts: Vec<_> = history.iter().map(|m| m.raw_text()).collect();
        assert_eq!(texts, ["after the break", "a file", "A bold beginning"]);
        let _ = $wait!(client.disconnect());
        $hear!(beside);
        drop(client);

        // The saved session needs no code.
        let again = $client!();
        assert!($wait!(again.is_user_authorized()).unwrap());
        assert_eq!($wait!(again.get_me()).unwrap().id, me.id);
        assert!($wait!(again.log_out()).unwrap());
        let _ = heard;
    }};
}

/// The script for async clients. `connect` makes a connected client on the same session every time; what runs beside the
/// script is spawned on `runtime`.
pub async fn run<R: Runtime, C: Future<Output = Result<Client, Error>>>(
    stage: &impl Stage,
    folder: PathBuf,
    runtime: R,
    connect: impl Fn() -> C,
) {
    macro_rules! client {
        () => {
            connect().await.unwrap()
        };
    }
    macro_rules! wait {
        ($e:expr) => {
            $e.await
        };
    }
    macro_rules! answer {
        ($client:ident, $sender:ident) => {
            $client.on(NewMessage::new().incoming(), move |event| {
                let heard = $sender.clone();
                async move {
                    let text = event.raw_text().to_owned();
                    event.respond(format!("You said: {text}")).await?;
                    let _ = heard.unbounded_send(text);
                    Ok::<_, Error>(())
                }
            })
        };
    }
    macro_rules! beside {
        ($client:ident) => {{
            let client = $client.clone();
            let (ended, end) = oneshot::channel();
            runtime.spawn(async move {
                let _ = ended.send(client.run_until_disconnected().await);
            });
            async { end.await.unwrap().unwrap() }
        }};
    }
    scripted_session!(stage, folder, client, wait, wait, answer, beside);
}

impl Stage for telewire_sandbox::Sandbox {
    fn code(&self) -> String {
        Self::code(self)
    }

    fn friend(&self) -> i64 {
        self.users()[0].id
    }

    fn friend_writes(&self, to: i64, text: &str) {
        self.write(self.friend(), to, text)
            .expect("the friend may write");
    }

    fn break_lines(&self) {
        self.close_all();
    }

    fn texts(&self, account: i64, peer: i64) -> Vec<String> {
        self.with(|server| server.texts(account, peer))
    }

    fn executed(&self, method: &str) -> usize {
        Self::executed(self, method)
    }

    fn home(&self, account: i64) -> Option<i32> {
        self.with(|server| server.home(account))
    }
}

impl Stage for crate::sim::Sim {
    fn code(&self) -> String {
        self.server(|server, _| server.options().code.clone())
    }

    fn friend(&self) -> i64 {
        self.server(|server, _| server.users()[0].id)
    }

    fn friend_writes(&self, to: i64, text: &str) {
        let from = self.friend();
        self.server(|server, now| server.write(now, from, to, text))
            .expect("the friend may write");
    }

    fn break_lines(&self) {
        self.server(|server, _| server.close_all());
    }

    fn texts(&self, account: i64, peer: i64) -> Vec<String> {
        self.server(|server, _| server.texts(account, peer))
    }

    fn executed(&self, method: &str) -> usize {
        self.server(|server, _| server.executed(method))
    }

    fn home(&self, account: i64) -> Option<i32> {
        self.server(|server, _| server.home(account))
    }
}

/// A sandbox that is known at one family of addresses only, and how clients find it there. `None` if the machine does not have
/// that family, which is printed.
pub fn over(ipv6: bool) -> Option<(telewire_sandbox::Sandbox, Network)> {
    let sandbox = telewire_sandbox::Sandbox::start().expect("there is a free port");
    let network = only(sandbox.network(), ipv6);
    if matches!(&network, Network::Custom { dcs, .. } if dcs.is_empty()) {
        eprintln!("skipped: this machine has no loopback address of IPv6");
        return None;
    }
    sandbox.with(|server| server.keep_family(ipv6));
    Some((sandbox, network))
}

/// What is left of a network without the other family of addresses.
pub fn only(mut network: Network, ipv6: bool) -> Network {
    if let Network::Custom { dcs, .. } = &mut network {
        dcs.retain(|option| option.ip.is_ipv6() == ipv6);
    }
    network
}

/// A session in memory that several clients use, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Shared(Arc<Mutex<MemorySession>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, MemorySession> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionStore for Shared {
    fn load(&mut self) -> Result<Session, StoreError> {
        self.lock().load()
    }

    fn apply(&mut self, changes: &[SessionChange]) -> Result<(), StoreError> {
        self.lock().apply(changes)
    }

    fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, StoreError> {
        self.lock().peer(key)
    }

    fn sent_file(&mut self, key: &SentFileKey) -> Result<Option<SentFile>, StoreError> {
        self.lock().sent_file(key)
    }

    fn close(&mut self) -> Result<(), StoreError> {
        self.lock().close()
    }

    fn delete(&mut self) -> Result<bool, StoreError> {
        self.lock().delete()
    }
}
