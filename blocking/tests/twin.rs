//! Every method of the asynchronous client and of its objects has its blocking twin, in a file of the same name, with the
//! same parameters and the plain result.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;

/// Types of which everything public has a twin; objects only need twins of what waits or leads back to the client.
const WHOLE: [&str; 2] = ["Client", "Builder"];

/// Methods that have no twin, and why.
const ONLY_ASYNC: [(&str, &str); 4] = [
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
const OTHER_TYPES: [(&str, &str); 1] = [(
    "Client::on",
    "handlers are plain functions, and their events are twins",
)];

#[test]
fn every_method_has_its_twin() {
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

/// The public methods of one crate's types.
#[derive(Default)]
struct Side {
    types: BTreeMap<String, BTreeMap<String, Method>>,
    /// Types that implement `Iterator`, whose `next` and `collect` that is.
    iterators: BTreeSet<String>,
    /// Macros that write methods.
    macros: BTreeMap<String, TokenStream>,
}

struct Method {
    file: String,
    is_async: bool,
    generics: String,
    parameters: String,
    result: String,
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

impl Method {
    fn new(file: &str, signature: &syn::Signature) -> Self {
        let parameters: Vec<_> = signature.inputs.iter().map(parameter).collect();
        let result = match &signature.output {
            syn::ReturnType::Default => "()".to_owned(),
            syn::ReturnType::Type(_, ty) => without_paths(&ty.to_token_stream().to_string()),
        };
        let generics = &signature.generics;
        Self {
            file: file.to_owned(),
            is_async: signature.asyncness.is_some(),
            generics: format!(
                "{} {}",
                generics.to_token_stream(),
                generics.where_clause.to_token_stream()
            ),
            parameters: parameters.join(", "),
            result,
        }
    }

    /// Whether the result holds something that has a twin.
    fn leads_to(&self, twins: &[&String]) -> bool {
        self.result
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| twins.iter().any(|twin| *twin == word))
    }

    fn differences(&self, twin: &Self, full: &str, other_types: bool) -> Vec<String> {
        let mut problems = Vec::new();
        let mut differ = |what: &str, have: &str, want: &str| {
            if have != want {
                problems.push(format!("{full}: {what}: {have} instead of {want}"));
            }
        };
        differ("file", &twin.file, &self.file);
        differ(
            "async",
            if twin.is_async { "async" } else { "blocking" },
            "blocking",
        );
        if !other_types {
            differ("generics", &twin.generics, &self.generics);
            differ("parameters", &twin.parameters, &self.parameters);
        }
        // What cannot fail by itself is refused on the driver thread.
        let can_fail = self.result.starts_with("Result ") || !self.is_async;
        let result = if can_fail {
            self.result.clone()
        } else {
            format!("Result < {} , Error >", self.result)
        };
        // A twin is made on the way out, so it may come by value.
        differ(
            "result",
            &twin.result.replace("& ", ""),
            &result.replace("& ", ""),
        );
        problems
    }
}

/// The text without `crate::module::` before names, as macros have to write it.
fn without_paths(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut kept = Vec::new();
    let mut i = 0;
    while i < words.len() {
        if words[i] == "crate" {
            while words.get(i + 1) == Some(&"::") {
                i += 2;
            }
        }
        kept.push(words[i]);
        i += 1;
    }
    kept.join(" ")
}

/// A parameter without `mut`, which is nobody else's business.
fn parameter(input: &syn::FnArg) -> String {
    match input {
        syn::FnArg::Receiver(receiver) => match receiver.to_token_stream().to_string() {
            by_value if by_value == "mut self" => "self".into(),
            other => other,
        },
        syn::FnArg::Typed(typed) => {
            let name = match &*typed.pat {
                syn::Pat::Ident(name) => name.ident.to_string(),
                other => other.to_token_stream().to_string(),
            };
            format!("{name}: {}", typed.ty.to_token_stream())
        }
    }
}

impl Side {
    fn of(source: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
        let mut files = Vec::new();
        for folder in ["client", "objects", "events"] {
            collect(&root.join(folder), &mut files);
        }
        files.sort();
        let parsed: Vec<_> = files
            .iter()
            .map(|path| {
                // The file, or the folder beside it that a large file was split into.
                let name = path.strip_prefix(&root).unwrap().with_extension("");
                let module: Vec<_> = name
                    .iter()
                    .take(2)
                    .map(|part| part.to_str().unwrap())
                    .collect();
                (
                    module.join("/"),
                    syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap(),
                )
            })
            .collect();
        let mut side = Self::default();
        for (_, file) in &parsed {
            side.read_macros(file);
        }
        for (name, file) in &parsed {
            side.read(name, file);
        }
        side
    }

    fn read_macros(&mut self, file: &syn::File) {
        for item in &file.items {
            if let syn::Item::Macro(item) = item
                && let Some(name) = &item.ident
            {
                self.macros
                    .insert(name.to_string(), item.mac.tokens.clone());
            }
        }
    }

    fn read(&mut self, name: &str, file: &syn::File) {
        for item in &file.items {
            match item {
                syn::Item::Impl(item) => self.read_impl(name, item),
                syn::Item::Macro(item) if item.ident.is_none() => {
                    let called = item.mac.path.get_ident().map(Ident::to_string);
                    if let Some(rules) = called.and_then(|called| self.macros.get(&called)) {
                        self.read(name, &expand(rules.clone(), item.mac.tokens.clone()));
                    }
                }
                _ => {}
            }
        }
    }

    fn read_impl(&mut self, file: &str, item: &syn::ItemImpl) {
        let syn::Type::Path(owner) = &*item.self_ty else {
            return;
        };
        let owner = owner.path.segments.last().unwrap().ident.to_string();
        if let Some((path, _)) = &item.trait_ {
            if path.is_ident("Iterator") {
                self.iterators.insert(owner);
            }
            return;
        }
        for item in &item.items {
            if let syn::ImplItem::Fn(item) = item
                && matches!(item.vis, syn::Visibility::Public(_))
            {
                let method = Method::new(file, &item.sig);
                self.types
                    .entry(owner.clone())
                    .or_default()
                    .insert(item.sig.ident.to_string(), method);
            }
        }
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
}

/// What a macro with one rule makes of a call such as `iterator!(A of B)`: its first variable is the first name of the
/// call, the second one the last.
fn expand(rules: TokenStream, call: TokenStream) -> syn::File {
    let mut groups = rules.into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    let (pattern, body) = (groups.next().unwrap(), groups.next().unwrap());
    let variables: Vec<String> = variables(pattern);
    let names: Vec<Ident> = call
        .into_iter()
        .filter_map(|token| match token {
            TokenTree::Ident(ident) if ident != "of" => Some(ident),
            _ => None,
        })
        .collect();
    syn::parse2(substitute(body, &variables, &names)).unwrap()
}

/// The names after `$` that stand for one thing each.
fn variables(pattern: TokenStream) -> Vec<String> {
    let tokens: Vec<_> = pattern.into_iter().collect();
    tokens
        .windows(2)
        .filter_map(|pair| match pair {
            [TokenTree::Punct(p), TokenTree::Ident(name)] if p.as_char() == '$' => {
                Some(name.to_string())
            }
            _ => None,
        })
        .collect()
}

fn substitute(body: TokenStream, variables: &[String], names: &[Ident]) -> TokenStream {
    let mut out = TokenStream::new();
    let mut tokens = body.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(p) if p.as_char() == '$' => match tokens.next().unwrap() {
                TokenTree::Ident(name) => {
                    match variables.iter().position(|v| name == v) {
                        Some(i) => names[i].to_tokens(&mut out),
                        None => name.to_tokens(&mut out), // $crate
                    }
                }
                // A repetition: of attributes, which do not matter here.
                _ => drop(tokens.next()),
            },
            TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                let inner = substitute(group.stream(), variables, names);
                proc_macro2::Group::new(group.delimiter(), inner).to_tokens(&mut out);
            }
            other => other.to_tokens(&mut out),
        }
    }
    out
}
