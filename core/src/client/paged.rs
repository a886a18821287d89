//! Lists that the server gives out page by page.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::future::{BoxFuture, poll_fn};

use crate::client::Client;
use crate::error::Error;
use crate::objects::TotalList;
use crate::time::Mono;

/// The most that the server gives out at once.
pub(super) const PAGE: usize = 100;

/// Where pages come from. After an error it must be as before, so that the same page can be asked for again.
/// A clone of one that was not asked yet begins anew.
pub(super) trait Source: Clone + Sized + Send + 'static {
    type Item: Send + 'static;

    /// The pause between two pages of a list that is fetched up to `limit`, where nobody has named another.
    fn pause(_limit: Option<usize>) -> Duration {
        Duration::ZERO
    }

    /// The next page, for somebody who takes `left` more items; with none left only the total is wanted.
    fn page(
        &mut self,
        client: &Client,
        left: usize,
    ) -> impl Future<Output = Result<Page<Self::Item>, Error>> + Send;
}

pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    /// How many there are in all, if the page tells.
    pub(super) total: Option<usize>,
    /// Nothing follows.
    pub(super) last: bool,
}

impl<T> Page<T> {
    /// The end.
    pub(super) fn empty() -> Self {
        Self {
            items: Vec::new(),
            total: None,
            last: true,
        }
    }
}

/// Items one by one; a page is fetched when the one before it is used up.
pub(super) struct Paged<S: Source> {
    client: Client,
    /// What to begin with, now and whenever it is restarted.
    start: S,
    state: State<S>,
    buffer: VecDeque<S::Item>,
    total: Option<usize>,
    limit: Option<usize>,
    left: usize,
    /// The pause between two pages, if it is not the usual one.
    wait: Option<Duration>,
    fetched: Option<Mono>,
    ended: bool,
}

enum State<S: Source> {
    /// Nothing was asked for yet.
    Fresh,
    Idle(Box<S>),
    Busy(BoxFuture<'static, Fetched<S>>),
    /// Only while it changes.
    Changing,
}

struct Fetched<S: Source> {
    source: Box<S>,
    page: Result<Page<S::Item>, Error>,
    at: Mono,
}

impl<S: Source> Paged<S> {
    pub(super) fn new(client: &Client, start: S) -> Self {
        Self {
            client: client.clone(),
            start,
            state: State::Fresh,
            buffer: VecDeque::new(),
            total: None,
            limit: None,
            left: usize::MAX,
            wait: None,
            fetched: None,
            ended: false,
        }
    }

    /// No limit means everything.
    pub(super) fn set_limit(&mut self, limit: Option<usize>) {
        self.limit = limit;
        self.left = limit.unwrap_or(usize::MAX);
    }

    pub(super) fn set_wait(&mut self, wait: Option<Duration>) {
        self.wait = wait;
    }

    /// Changes what is asked for, as long as nothing has been.
    pub(super) fn configure(mut self, change: impl FnOnce(&mut S)) -> Self {
        if matches!(self.state, State::Fresh) {
            change(&mut self.start);
        }
        self
    }

    /// The same number of items out of another source.
    pub(super) fn instead<T: Source>(self, other: impl FnOnce(S) -> T) -> Paged<T> {
        let mut paged = Paged::new(&self.client, other(self.start));
        paged.set_limit(self.limit);
        paged.set_wait(self.wait);
        paged
    }

    pub(super) fn start(&self) -> &S {
        &self.start
    }

    pub(super) fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// Begins anew: what was fetched is forgotten, a request that is under way is given up.
    pub(super) fn restart(&mut self) {
        self.state = State::Fresh;
        self.buffer.clear();
        self.total = None;
        self.left = self.limit.unwrap_or(usize::MAX);
        self.fetched = None;
        self.ended = false;
    }

    pub(super) fn total(&self) -> Option<usize> {
        self.total
    }

    pub(super) async fn next(&mut self) -> Result<Option<S::Item>, Error> {
        poll_fn(|cx| self.poll_next(cx)).await.transpose()
    }

    pub(super) async fn collect(mut self) -> Result<TotalList<S::Item>, Error> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await? {
            items.push(item);
        }
        Ok(TotalList::new(items, self.total))
    }

    pub(super) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<S::Item, Error>>> {
        loop {
            if self.left > 0
                && let Some(item) = self.buffer.pop_front()
            {
                self.left -= 1;
                return Poll::Ready(Some(Ok(item)));
            }
            let first = self.fetched.is_none();
            if self.ended || (self.left == 0 && !first) {
                return Poll::Ready(None);
            }
            if let Err(error) = ready!(self.poll_page(cx)) {
                return Poll::Ready(Some(Err(error)));
            }
        }
    }

    fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let mut busy = match std::mem::replace(&mut self.state, State::Changing) {
            State::Fresh => self.fetch(Box::new(self.start.clone())),
            State::Idle(source) => self.fetch(source),
            State::Busy(busy) => busy,
            // A poll that panicked has lost the source.
            State::Changing => {
                self.ended = true;
                return Poll::Ready(Ok(()));
            }
        };
        let Poll::Ready(fetched) = Pin::new(&mut busy).poll(cx) else {
            self.state = State::Busy(busy);
            return Poll::Pending;
        };
        self.state = State::Idle(fetched.source);
        let page = fetched.page?;
        self.fetched = Some(fetched.at);
        self.ended = page.last;
        self.total = page.total.or(self.total);
        self.buffer.extend(page.items);
        Poll::Ready(Ok(()))
    }

    fn fetch(&self, mut source: Box<S>) -> BoxFuture<'static, Fetched<S>> {
        let (client, left, fetched) = (self.client.clone(), self.left, self.fetched);
        let wait = self.wait.unwrap_or_else(|| S::pause(self.limit));
        Box::pin(async move {
            if let Some(last) = fetched {
                let passed = client.now().mono.since(last);
                if passed < wait {
                    client.sleep(wait - passed).await;
                }
            }
            let at = client.now().mono;
            let page = source.page(&client, left).await;
            Fetched { source, page, at }
        })
    }
}

/// What iterators over pages have in common: one item at a time, all at once, or as a stream.
macro_rules! iterator {
    ($name:ident of $item:ty) => {
        impl $name {
            /// The next item; `None` at the end. After an error it may be called again and asks for the same page.
            ///
            /// # Errors
            /// Whatever the server answers to the request for the page.
            pub async fn next(&mut self) -> Result<Option<$item>, crate::error::Error> {
                self.pages.next().await
            }

            /// How many there are in all, not only within the limit; known once the first page is there.
            pub fn total(&self) -> Option<usize> {
                self.pages.total()
            }

            /// All of them, and how many there would be without the limit.
            ///
            /// # Errors
            /// As [`Self::next`].
            pub async fn collect(
                self,
            ) -> Result<crate::objects::TotalList<$item>, crate::error::Error> {
                self.pages.collect().await
            }

            /// At most so many; `None` for all, as it is unless something is said. With 0 one request is made that only
            /// tells the total.
            pub fn limit(mut self, limit: impl Into<Option<usize>>) -> Self {
                self.pages.set_limit(limit.into());
                self
            }

            /// The pause between the requests for two pages, less the time that has passed anyway. None unless it is said
            /// otherwise, but one second for messages where there is no limit or one above 3,000.
            pub fn wait_time(mut self, wait: std::time::Duration) -> Self {
                self.pages.set_wait(Some(wait));
                self
            }

            /// Begins anew, as if nothing had been asked for yet: the next item is the first one, asked for again.
            pub fn restart(&mut self) {
                self.pages.restart();
            }
        }

        impl futures::Stream for $name {
            type Item = Result<$item, crate::error::Error>;

            fn poll_next(
                mut self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Option<Self::Item>> {
                self.pages.poll_next(cx)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("total", &self.total())
                    .finish_non_exhaustive()
            }
        }
    };
}

pub(super) use iterator;
