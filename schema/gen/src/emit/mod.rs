//! Rust text from the model.

mod any;
mod constructor;
mod errors;
pub mod secret;
mod union;

use std::collections::BTreeMap;

pub use any::{any, list, names};
pub use errors::errors;

use crate::model::{Constructor, Field, Model};
use crate::names as naming;
use crate::parse::Type;

/// How to write a schema.
#[derive(Debug)]
pub struct Options {
    /// Path of the codec.
    pub codec: &'static str,
    /// Path of the module that holds `types`.
    pub root: &'static str,
    /// Whether what the friendly methods do not reach is behind the feature `full`.
    pub gated: bool,
    /// The page to link, if all definitions are on one.
    pub page: Option<&'static str>,
    /// Who may call a function.
    pub usable_by: BTreeMap<String, String>,
}

impl Options {
    /// For `api.tl`.
    pub fn api(usable_by: BTreeMap<String, String>) -> Self {
        Self {
            codec: "crate::codec",
            root: "crate",
            gated: true,
            page: None,
            usable_by,
        }
    }

    /// For `mtproto.tl`.
    pub fn mtproto() -> Self {
        Self {
            codec: "crate::codec",
            root: "crate::mtproto",
            gated: false,
            page: Some("https://core.telegram.org/schema/mtproto"),
            usable_by: BTreeMap::new(),
        }
    }

    fn link(&self, kind: &str, name: &str) -> String {
        match self.page {
            Some(page) => format!("[{name}]({page})"),
            None => format!("[{name}](https://core.telegram.org/{kind}/{name})"),
        }
    }
}

/// Who may call a function, by its name, from the rows of `methods.csv`.
pub fn usable_by(csv: &str) -> BTreeMap<String, String> {
    let rows = csv.lines().skip(1).filter_map(|line| {
        let mut cells = line.split(',');
        let (name, who) = (cells.next()?, cells.next()?);
        let who = match who {
            "user" => "users",
            "bot" => "bots",
            "both" => "users and bots",
            _ => return None,
        };
        Some((name.to_owned(), who.to_owned()))
    });
    rows.collect()
}

/// The type that, with its constructors, can be copied and hashed: it is everybody's key.
const COPIED: &str = "Peer";

/// Before what is compiled by the crates that call it: each uses few of the functions.
const INLINE: &str = "#[inline]\n";

/// The files of a schema: `types/mod.rs`, `types/auth.rs`, …, `functions/mod.rs`, ….
pub fn schema(model: &Model, options: &Options) -> Vec<(String, String)> {
    let open = |client| client || !options.gated;
    let (mut types, mut functions) = (Modules::default(), Modules::default());
    for union in model.unions.values().filter(|union| union.is_enum) {
        let (space, own) = naming::split(&union.name);
        let mut item = Item {
            name: naming::pascal(own),
            ..Item::default()
        };
        item.copied = union::is_copied(model, union);
        union::emit(model, options, union, &mut item.text);
        types.add(space, open(union.client), item);
    }
    for constructor in model
        .constructors
        .iter()
        .filter(|constructor| constructor.has_struct)
    {
        let mut item = Item {
            name: constructor.rust.clone(),
            ..Item::default()
        };
        item.copied = constructor.definition.result == Type::Boxed(COPIED.to_owned());
        constructor::emit(model, options, constructor, None, &mut item.text);
        constructor::emit_bare(constructor, "", &mut item.text);
        types.add(
            naming::split(&constructor.definition.name).0,
            open(constructor.client),
            item,
        );
    }
    for function in &model.functions {
        let mut item = Item {
            name: function.rust.clone(),
            ..Item::default()
        };
        constructor::emit(
            model,
            options,
            function,
            Some(&function.definition.result),
            &mut item.text,
        );
        constructor::emit_bare(function, INLINE, &mut item.server);
        functions.add(
            naming::split(&function.definition.name).0,
            open(function.client),
            item,
        );
    }
    let layer = match model.layer {
        Some(layer) => {
            format!("/// Number of the schema's layer.\npub const LAYER: i32 = {layer};\n")
        }
        None => String::new(),
    };
    let mut files = types.files("types", "Types", options, &layer);
    files.extend(functions.files("functions", "Functions", options, ""));
    files
}

/// A type of the generated code.
#[derive(Default)]
struct Item {
    name: String,
    /// Its code, and what only servers need of it.
    text: String,
    server: String,
    /// Whether it derives what others have through the codec.
    copied: bool,
}

/// Items of the modules, one a namespace.
#[derive(Default)]
struct Modules(BTreeMap<String, Module>);

#[derive(Default)]
struct Module {
    client: Part,
    full: Part,
}

#[derive(Default)]
struct Part {
    items: String,
    server: String,
    /// Names, and whether they are copied.
    named: BTreeMap<String, bool>,
}

impl Modules {
    fn add(&mut self, space: Option<&str>, client: bool, item: Item) {
        let module = self
            .0
            .entry(space.unwrap_or_default().to_owned())
            .or_default();
        let part = if client {
            &mut module.client
        } else {
            &mut module.full
        };
        part.items.push_str(&item.text);
        part.server.push_str(&item.server);
        part.named.insert(item.name, item.copied);
    }

    fn files(
        &self,
        directory: &str,
        what: &str,
        options: &Options,
        extra: &str,
    ) -> Vec<(String, String)> {
        let mut root = String::new();
        let mut files = Vec::new();
        for (space, module) in self.0.iter().filter(|(space, _)| !space.is_empty()) {
            let only_full = module.client.named.is_empty();
            let gate = if only_full {
                "#[cfg(feature = \"full\")]\n"
            } else {
                ""
            };
            root.push_str(&format!(
                "{gate}pub mod {};\n",
                naming::escaped(space.clone())
            ));
            let text = module.text(options, only_full);
            let title = format!("//! {what} of the namespace `{space}`.\n{HEADER}");
            files.push((format!("{directory}/{space}.rs"), title + &text));
        }
        let own = match self.0.get("") {
            Some(module) => module.text(options, false),
            None => String::new(),
        };
        files.push((
            format!("{directory}/mod.rs"),
            format!("//! {what}, one module a namespace.\n{HEADER}\n{root}\n{extra}\n{own}"),
        ));
        files
    }
}

const HEADER: &str =
    "//!\n//! Generated by telewire-schema-gen: edit the schema or the generator instead.\n";

impl Module {
    fn text(&self, options: &Options, only_full: bool) -> String {
        let imports = format!(
            "use {}::prelude::*;\nuse {}::types;\n",
            options.codec, options.root
        );
        if only_full {
            return format!("\n{imports}\n{}", self.full.text());
        }
        let mut out = format!("\n{imports}\n{}", self.client.text());
        if !self.full.named.is_empty() {
            out.push_str("\n#[cfg(feature = \"full\")]\npub use full::*;\n");
            out.push_str("/// What the friendly methods do not reach.\n");
            out.push_str("#[cfg(feature = \"full\")]\n");
            out.push_str(&format!(
                "mod full {{\n{imports}\n{}\n}}\n",
                self.full.text()
            ));
        }
        out
    }
}

impl Part {
    fn text(&self) -> String {
        let mut out = self.items.clone();
        for (name, wanted) in [("common", false), ("debug", true)] {
            let names = self.named.iter().filter(|(_, copied)| **copied == wanted);
            let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
            if !names.is_empty() {
                out.push_str(&format!("{name}!({});\n", names.join(", ")));
            }
        }
        if !self.server.is_empty() {
            out.push_str("\n/// Reading requests, which only servers do.\n");
            out.push_str("#[cfg(feature = \"server\")]\nmod server {\nuse super::*;\n");
            out.push_str(&self.server);
            out.push_str("}\n");
        }
        out
    }
}

/// The Rust type of `ty`.
fn rust_type(model: &Model, ty: &Type) -> String {
    match ty {
        Type::True | Type::Bool => "bool".to_owned(),
        Type::Int => "i32".to_owned(),
        Type::Long => "i64".to_owned(),
        Type::Double => "f64".to_owned(),
        Type::Int128 => "[u8; 16]".to_owned(),
        Type::Int256 => "[u8; 32]".to_owned(),
        Type::String => "String".to_owned(),
        Type::Bytes | Type::Generic => "Bytes".to_owned(),
        Type::Vector { item, .. } => format!("Vec<{}>", rust_type(model, item)),
        Type::Boxed(name) => format!("types::{}", model.path(name)),
        Type::Bare(name) => format!("types::{}", model.struct_path(model.constructor(name))),
    }
}

/// The Rust type of a field.
fn field_type(model: &Model, field: &Field) -> String {
    let mut ty = rust_type(model, &field.ty);
    if field.boxed {
        ty = format!("Box<{ty}>");
    }
    if field.flag.is_some() && field.ty != Type::True {
        format!("Option<{ty}>")
    } else {
        ty
    }
}

/// The expression that makes the metadata of a constructor.
fn meta(constructor: &Constructor, fields: &str, request: bool) -> String {
    let definition = &constructor.definition;
    let kind = if request { "request" } else { "new" };
    let peers = if constructor.holds_peers {
        ".holds_peers()"
    } else {
        ""
    };
    format!(
        "Meta::{kind}(0x{:08x}, \"{}\", &[{fields}]){peers}",
        definition.id, definition.name
    )
}
