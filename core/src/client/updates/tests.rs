//! Handlers on updates that a test delivers.

use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use futures::channel::oneshot;
use futures::future::BoxFuture;
use telewire_schema::types;

use super::*;
use crate::client::EntityLike;
use crate::client::handle::Command;
use crate::client::testing::Files;
use crate::config::Config;
use crate::driver::Driver;
use crate::engine::State;
use crate::events::{NewMessage, Raw, StopPropagation};
use crate::session::{MemorySession, SelfUser};

type Log = Arc<Mutex<Vec<String>>>;

/// A client on which `run_until_disconnected` runs.
struct Loop {
    client: Client,
    _driver: Driver<Files>,
    run: BoxFuture<'static, Result<(), Error>>,
    confirmed: Vec<u64>,
    delivered: u64,
    ended: bool,
}

impl Loop {
    fn new(sequential: bool) -> Self {
        let mut config = Config::new(1, "x");
        config.sequential_updates = sequential;
        let (client, driver) = Client::with_driver(Files::default(), MemorySession::new(), config);
        client.shared().set_state(State::Ready);
        *lock(&client.shared().user) = Some(SelfUser {
            id: 7,
            access_hash: 8,
            bot: false,
        });
        let own = client.clone();
        let run = Box::pin(async move { own.run_until_disconnected().await });
        Self {
            client,
            _driver: driver,
            run,
            confirmed: Vec::new(),
            delivered: 0,
            ended: false,
        }
    }

    /// Runs until everything waits.
    fn turn(&mut self) {
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..50 {
            if !self.ended
                && let Poll::Ready(end) = self.run.as_mut().poll(&mut cx)
            {
                end.unwrap();
                self.ended = true;
            }
            for command in self.client.shared().take_commands() {
                match command {
                    Command::Confirm(id) => self.confirmed.push(id.0),
                    Command::Find(_, reply) => drop(reply.send(Ok(None))),
                    Command::Disconnect(reply) => {
                        self.client.shared().set_state(State::Ended(None));
                        let _ = reply.send(());
                    }
                    _ => {}
                }
            }
        }
    }

    fn deliver(&mut self, raw: types::Update) {
        self.delivered += 1;
        let update = Arc::new(Update {
            raw,
            peers: Arc::default(),
            date: 1,
            catch_up: false,
            gap: None,
        });
        self.client
            .shared()
            .deliver(UpdateId(self.delivered), update);
        self.turn();
    }

    fn message(&mut self, from: i64, text: &str) {
        let message = types::MessageData::new(1, types::PeerUser::new(from), 1, text);
        self.deliver(types::UpdateNewMessage::new(message, 1, 1).into());
    }

    fn end(&mut self) {
        self.client.shared().set_state(State::Ended(None));
        self.turn();
        assert!(self.ended, "it goes on after the end");
    }
}

fn note(log: &Log, what: impl Into<String>) {
    log.lock().unwrap().push(what.into());
}

fn taken(log: &Log) -> Vec<String> {
    std::mem::take(&mut log.lock().unwrap())
}

/// What was logged, as `LEVEL text` with what else the event says.
#[derive(Clone, Default)]
struct Logged(Log);

impl tracing::Subscriber for Logged {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        struct Fields(String);
        impl tracing::field::Visit for Fields {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                self.0 += &format!(" {field}={value:?}");
            }
        }
        let mut fields = Fields(event.metadata().level().to_string());
        event.record(&mut fields);
        note(&self.0, fields.0);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn failures_are_logged_and_the_next_handler_runs() {
    let logged = Logged::default();
    tracing::subscriber::with_default(logged.clone(), || {
        let (mut stage, log) = (Loop::new(false), Log::default());
        let client = &stage.client;
        client.on(Raw::new(), |_| async { Err::<(), _>("no tea left") });
        client.on(Raw::new(), |_| async {
            Err::<(), _>(Error::NotFound("@somebody".into()))
        });
        client.on(Raw::new(), |_| async {
            Err::<(), _>(Error::AlreadyInConversation)
        });
        let copy = log.clone();
        client.on(Raw::new(), move |_| {
            note(&copy, "ran");
            async {}
        });
        stage.turn();
        // Other tests may have met these lines first, when nobody listened.
        stage.deliver(types::Update::PtsChanged);
        tracing::callsite::rebuild_interest_cache();
        drop((taken(&log), taken(&logged.0)));
        stage.deliver(types::Update::PtsChanged);
        // parity: E-dispatch.error
        assert_eq!(taken(&log), ["ran"]);
        let lines = taken(&logged.0);
        assert!(
            lines[0].starts_with("WARN") && lines[0].contains("no tea left"),
            "{lines:?}"
        );
        assert!(
            lines[1].starts_with("WARN") && lines[1].contains("not found"),
            "{lines:?}"
        );
        assert!(
            !lines[1].contains("somebody"),
            "names are nobody's business"
        );
        // parity: E-dispatch.conv
        assert!(
            lines[2].starts_with("DEBUG") && lines[2].contains("conversation"),
            "{lines:?}"
        );
        assert_eq!(lines.len(), 3, "{lines:?}");
        // What is cut short by the end says nothing.
        let _gates = waiting(&stage.client, &log);
        stage.message(5, "a");
        taken(&logged.0);
        stage.end();
        assert_eq!(taken(&logged.0), Vec::<String>::new());
    });
}

#[test]
fn handlers_run_in_order_and_the_update_is_confirmed_behind_the_last() {
    let (mut stage, log) = (Loop::new(false), Log::default());
    for name in ["first", "second"] {
        let log = log.clone();
        stage.client.on(NewMessage::new(), move |event| {
            note(&log, format!("{name} {}", event.raw_text()));
            async {}
        });
    }
    stage.turn();
    stage.message(5, "a");
    assert_eq!(taken(&log), ["first a", "second a"]);
    assert_eq!(stage.confirmed, [1]);
    stage.end();
}

#[test]
fn failures_and_panics_do_not_keep_others_from_running() {
    let (mut stage, log) = (Loop::new(false), Log::default());
    stage
        .client
        .on(Raw::new(), |_| async { Err::<(), _>("no") });
    stage.client.on(Raw::new(), |_| async {
        if true {
            panic!("oh")
        }
    });
    stage
        .client
        .on(Raw::new().func(|_| panic!("ah")), |_| async {});
    let copy = log.clone();
    stage.client.on(Raw::new(), move |_| {
        note(&copy, "ran");
        async {}
    });
    stage.turn();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    stage.deliver(types::Update::PtsChanged);
    std::panic::set_hook(hook);
    assert_eq!(taken(&log), ["ran"]);
    assert_eq!(stage.confirmed, [1], "a failed one is taken as well");
}

#[test]
fn propagation_can_be_stopped_and_handlers_removed() {
    let (mut stage, log) = (Loop::new(false), Log::default());
    let stopper = stage.client.on(Raw::new(), |_| async { StopPropagation });
    let copy = log.clone();
    stage.client.on(Raw::new(), move |_| {
        note(&copy, "ran");
        async {}
    });
    stage.turn();
    stage.deliver(types::Update::PtsChanged);
    assert_eq!((taken(&log).len(), stage.confirmed.clone()), (0, vec![1]));
    assert_eq!(stage.client.list_event_handlers().len(), 2);
    assert_eq!(stage.client.remove_event_handler(&stopper), 1);
    assert_eq!(stage.client.remove_event_handler(&stopper), 0);
    stage.deliver(types::Update::PtsChanged);
    assert_eq!(taken(&log), ["ran"]);
}

/// A handler that waits until the test lets it go on.
fn waiting(client: &Client, log: &Log) -> Arc<Mutex<Vec<oneshot::Sender<()>>>> {
    let gates: Arc<Mutex<Vec<oneshot::Sender<()>>>> = Arc::default();
    let (log, copy) = (log.clone(), gates.clone());
    client.on(NewMessage::new(), move |event| {
        let (open, gate) = oneshot::channel::<()>();
        copy.lock().unwrap().push(open);
        let log = log.clone();
        async move {
            note(&log, format!("begin {}", event.raw_text()));
            let _ = gate.await;
            note(&log, format!("end {}", event.raw_text()));
        }
    });
    gates
}

#[test]
fn updates_are_handled_at_the_same_time_and_confirmed_when_they_are_done() {
    let (mut stage, log) = (Loop::new(false), Log::default());
    let gates = waiting(&stage.client, &log);
    stage.turn();
    stage.message(5, "a");
    stage.message(5, "b");
    assert_eq!(taken(&log), ["begin a", "begin b"]);
    assert_eq!(stage.confirmed, []);
    gates.lock().unwrap().pop().unwrap().send(()).unwrap();
    stage.turn();
    assert_eq!(
        (taken(&log), stage.confirmed.clone()),
        (vec!["end b".to_owned()], vec![2])
    );
    // What is cut short by the end is not taken.
    stage.end();
    assert_eq!(stage.confirmed, [2]);
}

#[test]
fn no_more_than_the_bound_are_handled_at_the_same_time() {
    let (mut stage, log) = (Loop::new(false), Log::default());
    let _gates = waiting(&stage.client, &log);
    stage.turn();
    for _ in 0..CONCURRENT + 10 {
        stage.message(5, "a");
    }
    assert_eq!(taken(&log).len(), CONCURRENT);
}

#[test]
fn one_by_one_means_in_order() {
    let (mut stage, log) = (Loop::new(true), Log::default());
    let gates = waiting(&stage.client, &log);
    stage.turn();
    stage.message(5, "a");
    stage.message(5, "b");
    assert_eq!(taken(&log), ["begin a"]);
    gates.lock().unwrap().pop().unwrap().send(()).unwrap();
    stage.turn();
    assert_eq!(taken(&log), ["end a", "begin b"]);
    assert_eq!(stage.confirmed, [1]);
}

#[test]
fn disconnecting_ends_the_loop() {
    let mut stage = Loop::new(false);
    stage.turn();
    let client = stage.client.clone();
    let mut leave: BoxFuture<'_, ()> = Box::pin(client.disconnect());
    let _ = leave.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    stage.turn();
    assert!(stage.ended);
}

#[test]
fn a_handler_that_disconnects_has_taken_its_update() {
    let (mut stage, log) = (Loop::new(false), Log::default());
    let told = log.clone();
    stage.client.on(NewMessage::new(), move |event| {
        let log = told.clone();
        async move {
            match event.raw_text() {
                "stop" => event.client().disconnect().await,
                "ask" => {
                    let _ = event.client().disconnected().await;
                    return Err(Error::Disconnected);
                }
                _ => std::future::pending().await,
            }
            note(&log, "goes on");
            Ok(())
        }
    });
    stage.turn();
    stage.message(5, "hang");
    stage.message(5, "ask");
    stage.message(5, "stop");
    assert!(stage.ended);
    assert_eq!(taken(&log), ["goes on"]);
    // The others may want to be heard once more.
    assert_eq!(stage.confirmed, [3]);
}

#[test]
fn filters_choose_direction_sender_chat_and_text() {
    let (mut stage, log) = (Loop::new(false), Log::default());
    let listen = |name: &'static str, events: NewMessage| {
        let log = log.clone();
        stage.client.on(events, move |_| {
            note(&log, name);
            async {}
        });
    };
    listen("incoming", NewMessage::new().incoming());
    listen("outgoing", NewMessage::new().outgoing());
    listen("both", NewMessage::new().incoming().outgoing());
    listen("chat 5", NewMessage::new().chats([5]));
    listen("not 5", NewMessage::new().chats([5]).blacklist_chats());
    listen("from me", NewMessage::new().from_users(["me"]));
    listen("group 5", NewMessage::new().chats([-5]));
    listen(
        "text",
        NewMessage::new().matching(|text| text.starts_with("hey")),
    );
    listen("forward", NewMessage::new().forwards(true));
    listen(
        "late",
        NewMessage::new().func(|event| event.raw_text() == "x"),
    );
    listen(
        "unknown",
        NewMessage::new().chats([EntityLike::from(types::InputPeer::Empty)]),
    );
    stage.turn();
    stage.message(5, "hey");
    assert_eq!(taken(&log), ["incoming", "both", "chat 5", "text"]);
    // The chat with oneself.
    stage.message(7, "x");
    assert_eq!(
        taken(&log),
        ["outgoing", "both", "not 5", "from me", "late"]
    );
    let group = types::MessageData::new(1, types::PeerChat::new(5), 1, "y")
        .from_id(types::PeerUser::new(9))
        .fwd_from(types::MessageFwdHeader::new(1));
    stage.deliver(types::UpdateNewMessage::new(group, 1, 1).into());
    assert_eq!(
        taken(&log),
        ["incoming", "both", "chat 5", "group 5", "forward"]
    );
    let service = types::MessageService::new(
        1,
        types::PeerUser::new(5),
        1,
        types::MessageAction::PinMessage,
    );
    stage.deliver(types::UpdateNewMessage::new(service, 1, 1).into());
    assert_eq!(
        taken(&log),
        Vec::<String>::new(),
        "service messages are no new messages"
    );
    assert_eq!(stage.confirmed.len(), 4);
}
