//! The public methods of a crate, read from its source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;

use crate::expand::expand;

/// The public methods of one crate's types.
#[derive(Default)]
pub(crate) struct Side {
    pub(crate) types: BTreeMap<String, BTreeMap<String, Method>>,
    /// Types that implement `Iterator`, whose `next` and `collect` that is.
    pub(crate) iterators: BTreeSet<String>,
    /// Macros that write methods.
    pub(crate) macros: BTreeMap<String, TokenStream>,
}

pub(crate) struct Method {
    pub(crate) file: String,
    pub(crate) is_async: bool,
    pub(crate) generics: String,
    pub(crate) parameters: String,
    pub(crate) result: String,
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
    pub(crate) fn leads_to(&self, twins: &[&String]) -> bool {
        self.result
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| twins.iter().any(|twin| *twin == word))
    }

    pub(crate) fn differences(&self, twin: &Self, full: &str, other_types: bool) -> Vec<String> {
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
    pub(crate) fn of(source: &str) -> Self {
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

    pub(crate) fn read(&mut self, name: &str, file: &syn::File) {
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
