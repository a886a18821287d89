//! What an account was told, run by run.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use telewire_core::peers::PeerId;
use telewire_core::time::Mono;
use telewire_core::types;

/// After so long without being told anything nothing lies ready: longer than a handler takes.
const QUIET: Duration = Duration::from_secs(5);

/// Everything that the clients of one account were told.
#[derive(Default)]
pub(super) struct Heard(Mutex<Vec<Run>>);

/// One client, from its start to its end.
#[derive(Default)]
pub(super) struct Run {
    /// In the order in which the handler was called.
    pub(super) told: Vec<Told>,
    /// Whether it was ended properly, with no handler at work or about to be, and everything could be stored: then nothing
    /// of it comes again.
    pub(super) is_settled: bool,
    /// When it was told something last.
    last: Mono,
}

/// One update, and whether its handler came to its end.
pub(super) struct Told {
    pub(super) what: What,
    pub(super) taken: bool,
}

/// What an update says, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum What {
    New {
        chat: i64,
        id: i32,
        own: bool,
        text: String,
    },
    Edited {
        chat: i64,
        id: i32,
        text: String,
    },
    /// In a channel, or for the whole account.
    Deleted {
        channel: Option<i64>,
        ids: Vec<i32>,
    },
    /// Somebody does something; the number makes it unique.
    Action(i32),
    Other,
}

impl Heard {
    /// A client begins; its number.
    pub(super) fn begin(&self) -> usize {
        let mut runs = self.runs();
        runs.push(Run::default());
        runs.len() - 1
    }

    pub(super) fn hear(&self, now: Mono, run: usize, what: What) -> usize {
        let mut runs = self.runs();
        runs[run].last = now;
        let told = &mut runs[run].told;
        told.push(Told { what, taken: false });
        told.len() - 1
    }

    pub(super) fn take(&self, run: usize, n: usize) {
        self.runs()[run].told[n].taken = true;
    }

    /// The client began to close at that time, is closed, and its store has not failed.
    pub(super) fn settle(&self, run: usize, closing: Mono) {
        let run = &mut self.runs()[run];
        // What is told together counts together, and some of it may not have had its turn.
        let is_quiet = closing.since(run.last) > QUIET;
        run.is_settled = is_quiet && run.told.iter().all(|told| told.taken);
    }

    pub(super) fn runs(&self) -> MutexGuard<'_, Vec<Run>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl What {
    pub(super) fn of(update: &types::Update) -> Self {
        use types::Update;
        match update {
            Update::NewMessage(u) => Self::new(&u.message),
            Update::NewChannelMessage(u) => Self::new(&u.message),
            Update::EditMessage(u) => Self::edited(&u.message),
            Update::EditChannelMessage(u) => Self::edited(&u.message),
            Update::DeleteMessages(u) => Self::Deleted {
                channel: None,
                ids: u.messages.clone(),
            },
            Update::DeleteChannelMessages(u) => Self::Deleted {
                channel: Some(PeerId::Channel(u.channel_id).marked()),
                ids: u.messages.clone(),
            },
            Update::UserTyping(u) => match &u.action {
                types::SendMessageAction::SendMessageUploadDocumentAction(a) => {
                    Self::Action(a.progress)
                }
                _ => Self::Other,
            },
            _ => Self::Other,
        }
    }

    fn new(message: &types::Message) -> Self {
        match message {
            types::Message::Message(m) => Self::New {
                chat: PeerId::from(&m.peer_id).marked(),
                id: m.id,
                own: m.out,
                text: m.message.clone(),
            },
            _ => Self::Other,
        }
    }

    fn edited(message: &types::Message) -> Self {
        match message {
            types::Message::Message(m) => Self::Edited {
                chat: PeerId::from(&m.peer_id).marked(),
                id: m.id,
                text: m.message.clone(),
            },
            _ => Self::Other,
        }
    }
}
