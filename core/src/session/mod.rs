//! What is remembered between runs: data centres, keys, the account, update states and peers.
//!
//! A client keeps its session in a [`SessionStore`]: a [`MemorySession`] unless it is given another one, a
//! [`StringSession`], a file (`SqliteSession`, in the runtimes' crates with their feature `sqlite`), or one of your own.
//! [`copy`] carries a session from one kind to another.
//!
//! # A store of your own
//!
//! A store answers [`load`](SessionStore::load) once, in the beginning, and is told of everything that happens by
//! [`apply`](SessionStore::apply). Whether an account survives a crash depends on it: what `apply` has returned from must
//! be durable. This one keeps what signing in takes in a keyring, as a string, and leaves the rest to memory:
//!
//! ```
//! use telewire_core::error::StoreError;
//! use telewire_core::peers::{PeerKey, PeerRecord};
//! use telewire_core::session::{
//!     SentFile, SentFileKey, Session, SessionChange, SessionStore, StringSession,
//! };
//!
//! # struct Keyring(std::collections::HashMap<&'static str, String>);
//! # impl Keyring {
//! #     fn get(&self, name: &str) -> Option<String> { self.0.get(name).cloned() }
//! #     fn set(&mut self, name: &'static str, value: &str) -> Result<(), std::io::Error> {
//! #         self.0.insert(name, value.to_owned());
//! #         Ok(())
//! #     }
//! #     fn remove(&mut self, name: &str) -> bool { self.0.remove(name).is_some() }
//! # }
//! struct KeyringSession {
//!     keyring: Keyring,
//!     session: StringSession,
//! }
//!
//! impl KeyringSession {
//!     fn open(keyring: Keyring) -> Result<Self, StoreError> {
//!         let session = StringSession::new(&keyring.get("telegram").unwrap_or_default())?;
//!         Ok(Self { keyring, session })
//!     }
//! }
//!
//! impl SessionStore for KeyringSession {
//!     fn load(&mut self) -> Result<Session, StoreError> {
//!         self.session.load()
//!     }
//!
//!     fn apply(&mut self, changes: &[SessionChange]) -> Result<(), StoreError> {
//!         let before = self.session.save()?;
//!         self.session.apply(changes)?;
//!         let after = self.session.save()?;
//!         if after.as_str() != before.as_str() {
//!             let kept = self.keyring.set("telegram", after.as_str());
//!             kept.map_err(|e| StoreError::caused(format!("unlock the keyring, then try again: {e}"), e))?;
//!         }
//!         Ok(())
//!     }
//!
//!     fn peer(&mut self, key: &PeerKey) -> Result<Option<PeerRecord>, StoreError> {
//!         self.session.peer(key)
//!     }
//!
//!     fn sent_file(&mut self, key: &SentFileKey) -> Result<Option<SentFile>, StoreError> {
//!         self.session.sent_file(key)
//!     }
//!
//!     fn close(&mut self) -> Result<(), StoreError> {
//!         Ok(())
//!     }
//!
//!     fn delete(&mut self) -> Result<bool, StoreError> {
//!         self.session.delete()?;
//!         Ok(self.keyring.remove("telegram"))
//!     }
//! }
//! # use telewire_core::dc::DcId;
//! # use telewire_core::session::{AuthKey, DcOption};
//! # let mut store = KeyringSession::open(Keyring(Default::default())).unwrap();
//! # let option = DcOption::new(DcId(2), [127, 0, 0, 1].into(), 443);
//! # let key = AuthKey::new([7; 256]);
//! # let home = [SessionChange::Dc(option), SessionChange::Home(DcId(2)), SessionChange::Key(DcId(2), Some(key))];
//! # store.apply(&home).unwrap();
//! # let mut store = KeyringSession::open(store.keyring).unwrap();
//! # assert_eq!(store.load().unwrap().home, Some(DcId(2)));
//! # assert!(store.delete().unwrap() && store.keyring.get("telegram").is_none());
//! ```
//!
//! `tests/suites/examples/json_session` in the repository is a larger one, which keeps everything in a JSON file.

mod data;
mod memory;
mod store;
mod string;

pub use crate::crypto::AuthKey;
pub use data::{DcOption, SelfUser, Session, SessionChange, UpdateState};
pub use memory::MemorySession;
pub(crate) use store::receive;
pub use store::{SentFile, SentFileKey, SentFileKind, SessionStore, copy};
pub use string::{SessionString, StringSession};

#[cfg(test)]
mod tests;
