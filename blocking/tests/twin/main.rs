//! Every method of the asynchronous client and of its objects has its blocking twin, in a file of the same name, with the
//! same parameters and the plain result.

mod expand;
mod source;

use std::collections::BTreeMap;

use source::{Method, Side};

/// Types of which everything public has a twin; objects only need twins of what waits or leads back to the client.
const WHOLE: [&str; 2] = ["Client", "Builder"];

/// Methods that have no twin, and why.
const ONLY_ASYNC: [(&str, &str); 10] = [
    (
        "Client::set_facade",
        "for wrappers of the client, such as the blocking one",
    ),
    (
        "Client::facade",
        "for wrappers of the client, such as the blocking one",
    ),
    (
        "Client::is_scoped",
        "for wrappers of the client, such as the blocking one",
    ),
    (
        "Client::with_driver",
        "embeds the driver in a program's own executor",
    ),
    (
        "Client::is_last_handle",
        "for wrappers of the client, such as the blocking one",
    ),
    (
        "Builder::with_driver",
        "embeds the driver in a program's own executor",
    ),
    ("Builder::platform", "for the crates of runtimes"),
    ("EmailCode::future", "asks users without blocking"),
    ("Prompt::fallible", "is written for both"),
    ("Prompt::future", "asks users without blocking"),
];

/// Types that have no twin, and why.
const NO_TWIN: [(&str, &str); 1] = [("FileHandle", "programs are given none")];

/// Methods that only the blocking side has, and why.
const ONLY_BLOCKING: [(&str, &str); 5] = [
    ("Client::as_async", "the way out to async"),
    ("Client::block_on", "the way out to async"),
    (
        "Builder::connect",
        "on async runtimes an extension trait has it",
    ),
    (
        "Builder::build",
        "on async runtimes an extension trait has it",
    ),
    (
        "Builder::session_file",
        "on async runtimes an extension trait has it",
    ),
];

/// Methods whose parameters differ, and why. Their names are compared all the same.
const OTHER_TYPES: [(&str, &str); 2] = [
    (
        "Client::on",
        "handlers are plain functions, and their events are twins",
    ),
    ("Conversation::wait_event", "the events are twins"),
];

#[test]
fn every_method_has_its_twin() {
    // parity: M-base.sync
    let problems = compare(&core(), &blocking());
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn exceptions_are_still_needed() {
    let (core, blocking) = (core(), blocking());
    let has = |side: &Side, name: &str| {
        let (owner, method) = name.split_once("::").unwrap();
        side.types
            .get(owner)
            .is_some_and(|t| t.contains_key(method))
    };
    for (name, _) in ONLY_ASYNC {
        assert!(has(&core, name) && !has(&blocking, name), "{name}");
    }
    for (name, _) in ONLY_BLOCKING {
        assert!(!has(&core, name) && has(&blocking, name), "{name}");
    }
    for (name, _) in OTHER_TYPES {
        assert!(has(&core, name) && has(&blocking, name), "{name}");
    }
    for (name, _) in NO_TWIN {
        assert!(
            core.types.contains_key(name) && !blocking.types.contains_key(name),
            "{name}"
        );
    }
}

/// Whether the comparison would notice anything.
#[test]
fn differences_are_noticed() {
    let core = "
        impl Client {
            pub async fn get(&self, mut what: impl Into<Name>) -> Result<Message, Error> {}
            pub async fn leave(&self) {}
            pub fn here(&self) -> bool {}
        }
        impl Message {
            pub fn id(&self) -> i32 {}
            pub async fn reply(&self) -> Result<Self, Error> {}
            pub fn client(&self) -> &Client {}
        }";
    let right = "
        impl Client {
            pub fn get(&self, what: impl Into<Name>) -> Result<Message, Error> {}
            pub fn leave(&self) -> Result<(), Error> {}
            pub fn here(&self) -> bool {}
        }
        impl Message {
            pub fn reply(&self) -> Result<Self, Error> {}
            pub fn client(&self) -> &Client {}
        }";
    let problems = |blocking: &str| {
        let read = |text: &str| {
            let mut side = Side::default();
            side.read("client/a", &syn::parse_file(text).unwrap());
            side
        };
        compare(&read(core), &read(blocking))
    };
    assert_eq!(problems(right), [""; 0]);
    for (good, bad, problem) in [
        (
            "what: impl Into<Name>",
            "what: Name",
            "Client::get: parameters",
        ),
        (
            "what: impl Into<Name>",
            "name: impl Into<Name>",
            "Client::get: parameters",
        ),
        (
            "-> Result<Message, Error>",
            "-> Result<Messages, Error>",
            "Client::get: result",
        ),
        ("-> Result<(), Error>", "", "Client::leave: result"),
        ("pub fn get", "pub async fn get", "Client::get: async"),
        ("pub fn get", "fn get", "Client::get: missing"),
        ("pub fn here", "pub fn there", "Client::here: missing"),
        ("pub fn here", "pub fn there", "Client::there: superfluous"),
        ("pub fn reply", "pub fn respond", "Message::reply: missing"),
        ("pub fn client", "fn client", "Message::client: missing"),
    ] {
        assert!(right.contains(good));
        let found = problems(&right.replacen(good, bad, 1));
        assert!(
            found.iter().any(|p| p.starts_with(problem)),
            "{bad}: {found:?}"
        );
    }
}

fn core() -> Side {
    let side = Side::of("../core/src");
    assert!(side.types["Client"].len() > 30, "methods were overlooked");
    assert!(
        side.types["MessageIter"].contains_key("next"),
        "what macros write was overlooked"
    );
    side
}

fn blocking() -> Side {
    Side::of("src")
}

fn compare(core: &Side, blocking: &Side) -> Vec<String> {
    let listed = |list: &[(&str, &str)], name: &str| list.iter().any(|(n, _)| *n == name);
    let twins: Vec<&String> = core
        .types
        .iter()
        .filter(|(name, methods)| needs_twin(name, methods))
        .map(|(name, _)| name)
        .collect();
    let mut problems = Vec::new();
    for owner in &twins {
        let Some(theirs) = blocking.types.get(*owner) else {
            problems.push(format!("{owner}: missing"));
            continue;
        };
        for (name, method) in &core.types[*owner] {
            let full = format!("{owner}::{name}");
            let by_trait =
                blocking.iterators.contains(*owner) && ["next", "collect"].contains(&name.as_str());
            if listed(&ONLY_ASYNC, &full) || by_trait {
                continue;
            }
            let wanted =
                WHOLE.contains(&owner.as_str()) || method.is_async || method.leads_to(&twins);
            match theirs.get(name) {
                Some(twin) => {
                    problems.extend(method.differences(twin, &full, listed(&OTHER_TYPES, &full)));
                }
                None if wanted => problems.push(format!("{full}: missing in {}", method.file)),
                None => {}
            }
        }
        for name in theirs.keys() {
            let full = format!("{owner}::{name}");
            if !core.types[*owner].contains_key(name) && !listed(&ONLY_BLOCKING, &full) {
                problems.push(format!("{full}: superfluous"));
            }
        }
    }
    problems
}

/// Whether a type has something to wait for, or leads to something that has.
fn needs_twin(name: &str, methods: &BTreeMap<String, Method>) -> bool {
    let is_exempt = NO_TWIN.iter().any(|(n, _)| *n == name);
    !is_exempt
        && (WHOLE.contains(&name)
            || methods
                .values()
                .any(|m| m.is_async || m.result.contains("& Client")))
}
