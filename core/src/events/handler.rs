//! Handlers apart from any client, and how one of them is run.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::lock::Mutex;

use crate::client::Client;
use crate::error::Error;
use crate::events::{Event, EventBuilder, Outcome, Raw, RawEvent, Verdict};
use crate::time::Mono;
use crate::updates::Update;

/// Functions with the events that they are for, apart from any client: define it once, and add it to as many clients as
/// needed with [`Client::add_event_handler`].
///
/// What a handler consists of can be changed until it is added; clients that have it already are not touched by that. Clones
/// are the same handler: [`Client::remove_event_handler`] takes any of them.
///
/// ```no_run
/// # fn f(client: telewire_core::Client, other: telewire_core::Client) {
/// use telewire_core::events::{Handler, MessageEdited, NewMessage};
///
/// let handler = Handler::new(NewMessage::new().incoming(), |event| async move {
///     println!("{} writes {}", event.sender_id().map_or(0, |id| id.marked()), event.text());
/// })
/// .and(MessageEdited::new(), |event| async move {
///     println!("message {} says {} now", event.id(), event.text());
/// });
/// client.add_event_handler(&handler);
/// other.add_event_handler(&handler);
/// assert_eq!(handler.list().len(), 2);
/// # }
/// ```
///
/// [`Client::add_event_handler`]: crate::Client::add_event_handler
/// [`Client::remove_event_handler`]: crate::Client::remove_event_handler
#[derive(Clone)]
pub struct Handler {
    parts: Vec<Part>,
}

impl Handler {
    /// A function and the events that it is for. The function takes the event and returns a future; see
    /// [`Client::on`](crate::Client::on).
    #[must_use = "a handler does nothing until it is added to a client"]
    pub fn new<B, F, T>(events: B, function: F) -> Self
    where
        B: EventBuilder,
        F: Fn(B::Event) -> T + Send + Sync + 'static,
        T: Future<Output: Outcome> + Send + 'static,
    {
        Self { parts: Vec::new() }.and(events, function)
    }

    /// A function for every update, as with [`Raw::new`].
    #[must_use = "a handler does nothing until it is added to a client"]
    pub fn raw<F, T>(function: F) -> Self
    where
        F: Fn(RawEvent) -> T + Send + Sync + 'static,
        T: Future<Output: Outcome> + Send + 'static,
    {
        Self::new(Raw::new(), function)
    }

    /// The same with another function, or the same one, for other events. An update that is for both is handled by both.
    #[must_use = "a handler does nothing until it is added to a client"]
    pub fn and<B, F, T>(mut self, events: B, function: F) -> Self
    where
        B: EventBuilder,
        F: Fn(B::Event) -> T + Send + Sync + 'static,
        T: Future<Output: Outcome> + Send + 'static,
    {
        self.parts
            .push(Part(Arc::new(Function { events, function })));
        self
    }

    /// Takes out what is for the events of such builders, and returns how many parts that were.
    ///
    /// ```
    /// use telewire_core::events::{Handler, MessageEdited, NewMessage};
    ///
    /// let mut handler = Handler::new(NewMessage::new(), |_| async {}).and(MessageEdited::new(), |_| async {});
    /// assert_eq!(handler.unregister::<NewMessage>(), 1);
    /// assert_eq!(handler.list(), ["MessageEdited"]);
    /// ```
    pub fn unregister<B: EventBuilder>(&mut self) -> usize {
        self.retain(|part| !part.is::<B>())
    }

    /// Takes everything out, and returns how many parts that were.
    pub fn unregister_all(&mut self) -> usize {
        self.retain(|_| false)
    }

    /// Whether there is anything that it is for.
    pub fn is_handler(&self) -> bool {
        !self.parts.is_empty()
    }

    /// The names of the events that it is for, in the order in which they were given.
    pub fn list(&self) -> Vec<&'static str> {
        self.parts.iter().map(|part| part.0.name()).collect()
    }

    /// The builders of that type among those that it is for, in the order in which they were given.
    pub fn builders<B: EventBuilder>(&self) -> Vec<&B> {
        let builders = self.parts.iter().map(|part| part.0.builder());
        builders
            .filter_map(|builder| builder.downcast_ref())
            .collect()
    }

    /// The part of it that is for the events of such builders, to be added or removed alone.
    pub fn only<B: EventBuilder>(&self) -> Self {
        let parts = self.parts.iter().filter(|part| part.is::<B>());
        Self {
            parts: parts.cloned().collect(),
        }
    }

    fn retain(&mut self, keep: impl Fn(&Part) -> bool) -> usize {
        let before = self.parts.len();
        self.parts.retain(keep);
        before - self.parts.len()
    }

    /// Its parts, each with a place for what it knows of one client.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        self.parts.iter().map(|part| Place {
            part: part.clone(),
            known: Arc::default(),
        })
    }

    /// Whether that is a part of it.
    pub(crate) fn contains(&self, place: &Place) -> bool {
        self.parts.contains(&place.part)
    }
}

/// Two handlers are the same if they are clones, or parts of clones.
impl PartialEq for Handler {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handler").field(&self.list()).finish()
    }
}

/// A function with one builder.
#[derive(Clone)]
struct Part(Arc<dyn Run>);

impl Part {
    fn is<B: EventBuilder>(&self) -> bool {
        self.0.builder().is::<B>()
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A part that was added to a client.
#[derive(Clone)]
pub(crate) struct Place {
    part: Part,
    known: Arc<KnownPeers>,
}

/// Whom the filters of a builder name, as one client knows them.
type KnownPeers = Mutex<Looked>;

#[derive(Default)]
enum Looked {
    #[default]
    NotYet,
    /// Found, for the account with that id: another one may know others by the same names.
    Found(Option<i64>, Arc<dyn Any + Send + Sync>),
    /// There was an answer, but none that helps.
    InVain(Mono),
}

/// After that long the server is asked again for names that nobody had. Asking with every message would flood it.
const AGAIN: Duration = Duration::from_secs(60);

impl Place {
    pub(crate) fn name(&self) -> &'static str {
        self.part.0.name()
    }

    /// The handler that consists of this part alone.
    pub(crate) fn handler(&self) -> Handler {
        Handler {
            parts: vec![self.part.clone()],
        }
    }

    /// Hands the event that an update is to the function, if both the type and the filters want it.
    pub(crate) async fn run(
        &self,
        client: &Client,
        update: &Arc<Update>,
        built: &mut Built,
    ) -> Verdict {
        if !self.part.0.concerns(client, update, built) {
            return Verdict::Next;
        }
        self.part.0.run(client, built, &self.known).await
    }
}

/// The events that were made from one update so far, by their types.
#[derive(Default)]
pub(crate) struct Built(Vec<(TypeId, Option<Box<dyn Any + Send + Sync>>)>);

impl Built {
    /// Makes the event unless that was done before. Returns whether the update is one.
    fn make<E: Event>(&mut self, client: &Client, update: &Arc<Update>) -> bool {
        let id = TypeId::of::<E>();
        if let Some((_, event)) = self.0.iter().find(|(of, _)| *of == id) {
            return event.is_some();
        }
        let event = E::build(client, update).map(|event| Box::new(event) as Box<_>);
        let is_one = event.is_some();
        self.0.push((id, event));
        is_one
    }

    fn get<E: Event>(&self) -> Option<&E> {
        let id = TypeId::of::<E>();
        let (_, event) = self.0.iter().find(|(of, _)| *of == id)?;
        event.as_ref()?.downcast_ref()
    }
}

/// A function for whatever events.
trait Run: Send + Sync {
    fn name(&self) -> &'static str;

    fn builder(&self) -> &dyn Any;

    /// Whether the update is an event of the right type.
    fn concerns(&self, client: &Client, update: &Arc<Update>, built: &mut Built) -> bool;

    fn run<'a>(
        &'a self,
        client: &'a Client,
        built: &'a Built,
        known: &'a KnownPeers,
    ) -> BoxFuture<'a, Verdict>;
}

struct Function<B, F> {
    events: B,
    function: F,
}

impl<B: EventBuilder, F> Function<B, F> {
    /// Looks up whom the filters name, unless that was done for this account; `None` if it was in vain not long ago. Whoever
    /// comes meanwhile waits for the outcome.
    async fn known(
        &self,
        client: &Client,
        known: &KnownPeers,
    ) -> Result<Option<Arc<B::Known>>, Error> {
        let mut known = known.lock().await;
        let account = || client.self_user().map(|me| me.id);
        match &*known {
            Looked::Found(of, peers) if *of == account() => {
                return Ok(Arc::clone(peers).downcast().ok());
            }
            Looked::InVain(at) if client.now().mono < *at + AGAIN => return Ok(None),
            _ => {}
        }
        match self.events.resolve(client).await {
            Ok(peers) => {
                let peers = Arc::new(peers);
                // Looking up may have told who is signed in.
                *known = Looked::Found(account(), Arc::<B::Known>::clone(&peers));
                Ok(Some(peers))
            }
            Err(error) => {
                let answered = matches!(
                    error,
                    Error::NotFound(_) | Error::Misuse(_) | Error::Rpc { .. }
                );
                if answered {
                    *known = Looked::InVain(client.now().mono);
                }
                Err(error)
            }
        }
    }
}

impl<B, F, T> Run for Function<B, F>
where
    B: EventBuilder,
    F: Fn(B::Event) -> T + Send + Sync + 'static,
    T: Future<Output: Outcome> + Send + 'static,
{
    fn name(&self) -> &'static str {
        B::Event::NAME
    }

    fn builder(&self) -> &dyn Any {
        &self.events
    }

    fn concerns(&self, client: &Client, update: &Arc<Update>, built: &mut Built) -> bool {
        built.make::<B::Event>(client, update)
    }

    fn run<'a>(
        &'a self,
        client: &'a Client,
        built: &'a Built,
        known: &'a KnownPeers,
    ) -> BoxFuture<'a, Verdict> {
        Box::pin(async move {
            let Some(event) = built.get::<B::Event>() else {
                return Verdict::Next;
            };
            let known = match self.known(client, known).await {
                Ok(Some(known)) => known,
                Ok(None) => return Verdict::Next,
                Err(error) => return Verdict::Failed(error.into()),
            };
            match self.events.accept(&known, event) {
                Some(event) => (self.function)(event).await.verdict(),
                None => Verdict::Next,
            }
        })
    }
}
