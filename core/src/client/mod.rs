//! The asynchronous client: handles on a [`Driver`], and the methods of the library as plain `async fn`s.
//!
//! Everything here awaits only the leaf futures of `handle`, so it runs on any executor. A [`Client`] is cheap to
//! clone; the connection lives in the [`Driver`] that was made with it and ends with it, or when the last clone is gone.

mod attachments;
mod auth;
mod batch;
mod builder;
mod cache;
mod console;
mod content;
pub(crate) mod conversation;
mod date_like;
mod dialogs;
mod downloads;
mod drafts;
pub(crate) mod entity_like;
pub(crate) mod handle;
mod history;
mod host;
mod input_message;
mod messages;
mod paged;
mod prompt;
mod qr;
mod raw;
pub(crate) mod router;
mod scope;
mod session;
mod several;
mod some_ids;
mod start;
mod state;
mod takeout;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod two_factor;
mod updates;
mod uploads;
mod users;

use std::any::Any;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use futures::future::BoxFuture;

use crate::config::Config;
use crate::driver::Driver;
use crate::engine::{Request, UpdateId, Value};
use crate::error::{Error, StoreError};
use crate::peers::{PeerKey, PeerRecord};
use crate::rand::Rng;
use crate::runtime::{Mode, Runtime};
use crate::session::{SelfUser, SentFile, SentFileKey, SessionChange, SessionStore};
use crate::time::Now;
use crate::updates::Update;

pub use attachments::Attachment;
pub use auth::{CodeRequest, LoginCode, Phone, SignIn};
pub use batch::{Batch, Requests};
pub use builder::Builder;
pub use console::{Console, Platform};
pub use content::Content;
pub use conversation::ConversationOptions;
pub use date_like::DateLike;
pub use dialogs::{Archive, DialogIter};
pub use downloads::{Chunks, Download};
pub use drafts::{DraftChange, DraftIter};
pub use entity_like::EntityLike;
use handle::{Command, Shared, lock};
pub use history::{
    AllChats, MessageIter, MessageQuery, MessageRef, MessageRefs, MessagesById, Scope,
};
pub use host::FileHandle;
use host::Host;
pub use input_message::{InputMessage, ReplyTo};
pub use messages::{Delete, Edit, Forward, ForwardItem, Read};
pub use prompt::{Answer, Prompt};
pub use qr::QrLogin;
pub use raw::InvokeOptions;
pub use some_ids::{MessageId, SomeIds};
pub use start::Start;
pub use takeout::Takeout;
pub use two_factor::{Edit2fa, EmailCode};
use uploads::undecoded;
pub use uploads::{Upload, UploadedFile};

/// A handle on an account. Clones share one connection and may be used from several tasks at once.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
    /// What this handle adds to its requests.
    scope: Option<Arc<scope::Scope>>,
}

/// What the clones of a client share. The driver ends when it is dropped.
pub(crate) struct Inner {
    shared: Arc<Shared>,
    config: Config,
    host: Box<dyn Host>,
    rng: Mutex<Rng>,
    state: state::State,
    facade: OnceLock<Weak<dyn Any + Send + Sync>>,
}

impl Client {
    /// A client and the future that does its work. Nothing happens until the [`Driver`] is polled, by spawning it or
    /// beside the caller's own future; dropping it ends everything with [`Error::Disconnected`].
    pub fn with_driver<R: Runtime>(
        runtime: R,
        store: impl SessionStore,
        config: Config,
    ) -> (Self, Driver<R>) {
        let shared = Arc::new(Shared::new(config.peer_cache));
        let rng = Mutex::new(Rng::new(runtime.seed()));
        let driver = Driver::new(
            runtime.clone(),
            Box::new(store),
            config.clone(),
            Arc::clone(&shared),
        );
        let inner = Inner {
            shared,
            config,
            host: Box::new(runtime),
            rng,
            state: state::State::default(),
            facade: OnceLock::new(),
        };
        (
            Self {
                inner: Arc::new(inner),
                scope: None,
            },
            driver,
        )
    }

    /// Connects, unless that is done already: makes an authorization key if the session has none, and returns once the
    /// server has answered. It does not sign in; if the session does not say whose it is (a string does not), it asks the
    /// server that. May be called again after [`Client::disconnect`].
    ///
    /// # Errors
    /// [`Error::Transport`] when `connection_retries` are used up, [`Error::Store`] when the session cannot be read,
    /// and the server's error if it refuses `api_id` or the layer.
    pub async fn connect(&self) -> Result<(), Error> {
        self.shared().ask(Command::Connect).await??;
        // Such as one of Telethon, which does not say who has signed in.
        if self.shared().unnamed.load(Ordering::Relaxed) {
            match self.whoever_is_here().await {
                Ok(_) => self.shared().unnamed.store(false, Ordering::Relaxed),
                Err(error) => tracing::warn!(%error, "who is signed in could not be found out"),
            }
        }
        Ok(())
    }

    /// Disconnects. Requests that are pending end with [`Error::Disconnected`]; what is due to be stored is stored
    /// first. Does nothing when there is no connection.
    pub async fn disconnect(&self) {
        // A driver that is gone has disconnected.
        let _ = self.shared().ask(Command::Disconnect).await;
    }

    /// Whether the client has connected and was not disconnected since. It stays true while a connection that broke is being
    /// made again, until that is given up.
    pub fn is_connected(&self) -> bool {
        self.shared().is_connected()
    }

    /// Waits until the client is disconnected for good: with `Ok` after [`Client::disconnect`], with the reason when
    /// reconnecting was given up. Returns at once if it is not connected.
    ///
    /// # Errors
    /// Why the connection ended.
    pub async fn disconnected(&self) -> Result<(), Error> {
        self.shared().ended().await
    }

    /// Whether no other clone of this client is around, so that dropping it disconnects.
    pub fn is_last_handle(&self) -> bool {
        Arc::strong_count(&self.inner) == 1
    }

    /// Has the client know what wraps it, such as the blocking one: handlers are given that one. Only the first call counts.
    #[doc(hidden)]
    pub fn set_facade(&self, facade: Weak<dyn Any + Send + Sync>) {
        let _ = self.inner.facade.set(facade);
    }

    /// What wraps this client, if it still exists.
    #[doc(hidden)]
    pub fn facade<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.inner.facade.get()?.upgrade()?.downcast().ok()
    }

    /// Why the session could not be written, if that has happened. Everything goes on, but since then the position in the
    /// updates has not been kept, so that the next run begins where the last good one ended.
    pub fn store_failure(&self) -> Option<StoreError> {
        lock(&self.shared().store_failure).clone()
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }
}

/// The leaf operations that every method is made of.
impl Client {
    /// Sends a request and waits for its answer. A dropped future withdraws the request if it was not sent yet.
    pub(crate) async fn send(&self, request: Request) -> Result<Value, Error> {
        self.shared().request(self.scoped(request)).await
    }

    /// Sends several requests at once, if need be to run on the server in their order, and waits for all answers.
    pub(crate) async fn send_all(
        &self,
        requests: Vec<Request>,
        ordered: bool,
    ) -> Vec<Result<Value, Error>> {
        let requests = requests.into_iter().map(|r| self.scoped(r)).collect();
        futures::future::join_all(self.shared().several(requests, ordered)).await
    }

    /// Waits that long.
    pub(crate) async fn sleep(&self, d: Duration) {
        self.shared().sleep(d).await;
    }

    /// Runs `f` where it may block or compute for long.
    pub(crate) async fn unblock<T: Send + 'static>(
        &self,
        f: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = futures::channel::oneshot::channel();
        self.inner
            .host
            .unblock(Box::new(move || {
                // Whoever asked may have stopped waiting.
                let _ = reply.send(f());
            }))
            .await;
        answer.await.map_err(|_| Error::Disconnected)
    }

    /// Both clocks.
    pub(crate) fn now(&self) -> Now {
        self.inner.host.now()
    }

    /// A number for a `random_id` or `file_id` field.
    pub(crate) fn random_id(&self) -> i64 {
        lock(&self.inner.rng).i64()
    }

    /// A generator of one's own, for jobs that run elsewhere.
    pub(crate) fn rng(&self) -> Rng {
        lock(&self.inner.rng).fork()
    }

    /// What is remembered of a peer: from memory, else from the store.
    pub(crate) async fn find_peer(&self, key: PeerKey) -> Result<Option<PeerRecord>, Error> {
        if let Some(found) = lock(&self.shared().peers).find(&key) {
            return Ok(Some(found));
        }
        let found = self
            .shared()
            .ask(|reply| Command::Find(key, reply))
            .await??;
        if let Some(peer) = &found {
            lock(&self.shared().peers).insert(peer.clone());
        }
        Ok(found)
    }

    /// Applies changes to the session; they are durable when it returns.
    pub(crate) async fn store(&self, changes: Vec<SessionChange>) -> Result<(), Error> {
        if changes.is_empty() {
            return Ok(());
        }
        let stored = self
            .shared()
            .ask(|reply| Command::Store(changes, Some(reply)));
        Ok(stored.await??)
    }

    /// Remembers peers that came by, without waiting for the store.
    pub(crate) fn remember(&self, peers: Vec<PeerRecord>) {
        let new: Vec<_> = {
            let mut cache = lock(&self.shared().peers);
            peers
                .into_iter()
                .filter(|p| cache.insert(p.clone()))
                .collect()
        };
        if !new.is_empty() && self.inner.config.save_entities {
            let changes = new.into_iter().map(SessionChange::Peer).collect();
            self.shared().push(Command::Store(changes, None));
        }
    }

    /// The remembered upload with that digest, size and kind.
    #[allow(
        dead_code,
        reason = "sending a file again without an upload comes with the albums"
    )]
    pub(crate) async fn sent_file(&self, key: SentFileKey) -> Result<Option<SentFile>, Error> {
        let found = self.shared().ask(|reply| Command::SentFile(key, reply));
        Ok(found.await??)
    }

    /// Removes everything the session has kept, as after logging out. Returns whether there was something.
    pub(crate) async fn delete_session(&self) -> Result<bool, Error> {
        Ok(self.shared().ask(Command::Delete).await??)
    }

    /// Opens a file.
    pub(crate) async fn open(&self, path: PathBuf, mode: Mode) -> io::Result<FileHandle> {
        let opened: BoxFuture<'_, _> = self.inner.host.open(path, mode);
        opened.await
    }

    /// The next update, once the engine has one; `None` when the client is disconnected. The first call registers a
    /// consumer: from then on an update counts as taken only when it is confirmed.
    pub(crate) async fn next_update(&self) -> Option<(UpdateId, Arc<Update>)> {
        self.shared().next_update().await
    }

    /// Says that an update was taken, so that it need not come again after a crash.
    pub(crate) fn confirm(&self, id: UpdateId) {
        self.shared().push(Command::Confirm(id));
    }

    /// Who is signed in, as far as the session knows.
    pub(crate) fn self_user(&self) -> Option<SelfUser> {
        lock(&self.shared().user).clone()
    }

    /// Writes down who is signed in, or that nobody is any more. Signing in starts the updates.
    pub(crate) async fn set_self_user(&self, user: Option<SelfUser>) -> Result<(), Error> {
        lock(&self.shared().user).clone_from(&user);
        self.store(vec![SessionChange::User(user)]).await
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.inner.shared
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("state", &self.shared().state())
            .finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.abandon();
    }
}
