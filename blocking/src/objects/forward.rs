//! Where a message was forwarded from.

use telewire_core::objects::Entity;
use telewire_core::{Error, types};

use crate::client::Client;
use crate::objects::getter::{chat_getter, sender_getter};

/// Where a message was forwarded from. Whatever needs no waiting, such as
/// [`sender`](telewire_core::objects::Forward::sender), is that of [`telewire_core::objects::Forward`], and the header that
/// the server sent can be read directly.
#[derive(Clone)]
pub struct Forward {
    inner: telewire_core::objects::Forward,
    client: Client,
}

chat_getter!(Forward);
sender_getter!(Forward);

impl Forward {
    pub(crate) fn wrap(client: &Client, inner: telewire_core::objects::Forward) -> Self {
        Self {
            inner,
            client: client.clone(),
        }
    }

    /// The client that it came from.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl std::ops::Deref for Forward {
    type Target = telewire_core::objects::Forward;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl std::fmt::Debug for Forward {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}
