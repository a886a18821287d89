//! Waiting, and how it ends.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::{BoxFuture, Either, pending, poll_fn, select};
use futures::pin_mut;

use super::Conversation;
use super::talk::Talk;
use crate::client::Client;
use crate::error::Error;
use crate::events::{Event, EventBuilder};
use crate::time::Mono;

impl Conversation {
    /// Waits for what `poll` waits for, as long as it may take.
    pub(super) async fn wait<T>(
        &self,
        name: &'static str,
        poll: impl FnMut(&mut Context<'_>) -> Poll<Result<T, Error>>,
    ) -> Result<T, Error> {
        let client = &self.life.client;
        within(client, self.due(), name, poll_fn(poll)).await
    }

    /// When a wait that begins now is over.
    fn due(&self) -> Option<Mono> {
        let each = self.within.map(|d| self.life.client.now().mono + d);
        each.into_iter().chain(self.life.due).min()
    }
}

/// What `answer` gives, unless it takes too long or nothing can come any more.
async fn within<T>(
    client: &Client,
    due: Option<Mono>,
    name: &'static str,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let over = async {
        match due {
            Some(at) => client.sleep(at.since(client.now().mono)).await,
            None => pending().await,
        }
    };
    let gone = client.disconnected();
    pin_mut!(answer, over, gone);
    match select(answer, select(gone, over)).await {
        Either::Left((answer, _)) => answer,
        Either::Right((Either::Left((end, _)), _)) => Err(end.err().unwrap_or(Error::Disconnected)),
        Either::Right((Either::Right(((), _)), _)) => Err(Error::Deadline {
            request: name,
            sent: false,
        }),
    }
}

/// An event that is waited for; see [`Conversation::wait_event`]. Awaiting it gives the event.
#[must_use = "awaiting it gives the event"]
pub struct EventWait<B: EventBuilder> {
    event: BoxFuture<'static, Result<B::Event, Error>>,
}

impl<B: EventBuilder> EventWait<B> {
    pub(super) fn new(talk: &Conversation, events: B) -> Self {
        let place = Expected::new(&talk.life.talk);
        let (client, each, due) = (talk.client().clone(), talk.within, talk.life.due);
        Self {
            event: Box::pin(async move {
                let each = each.map(|d| client.now().mono + d);
                let due = each.into_iter().chain(due).min();
                let found = find(&client, &events, &place);
                within(&client, due, "Conversation::wait_event", found).await
            }),
        }
    }
}

impl<B: EventBuilder> Future for EventWait<B> {
    type Output = Result<B::Event, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.event.as_mut().poll(cx)
    }
}

impl<B: EventBuilder> fmt::Debug for EventWait<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventWait").finish_non_exhaustive()
    }
}

/// The first update that is an event which is wanted.
async fn find<B: EventBuilder>(
    client: &Client,
    events: &B,
    place: &Expected,
) -> Result<B::Event, Error> {
    let known = events.resolve(client).await?;
    loop {
        let update = poll_fn(|cx| place.talk.poll_event(cx, place.id)).await?;
        let event = B::Event::build(client, &update);
        if let Some(wanted) = event.and_then(|event| events.accept(&known, &event)) {
            return Ok(wanted);
        }
    }
}

/// A place where updates are kept; dropping it gives it up.
struct Expected {
    talk: Arc<Talk>,
    id: u64,
}

impl Expected {
    fn new(talk: &Arc<Talk>) -> Self {
        Self {
            talk: Arc::clone(talk),
            id: talk.expect(),
        }
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        self.talk.expect_no_more(self.id);
    }
}
