use std::fmt::Write;

use super::{COPIED, INLINE, Options, field_type, meta, rust_type, secret};
use crate::layout;
use crate::model::{Constructor, Field, Model};
use crate::parse::{ParamKind, Type};

/// Methods that a setter must not hide.
const METHODS: [&str; 8] = [
    "new",
    "view",
    "walk",
    "meta",
    "field",
    "clone",
    "into",
    "serialize",
];

/// Writes the struct of a constructor, or of a function that answers `result`.
pub(super) fn emit(
    model: &Model,
    options: &Options,
    constructor: &Constructor,
    result: Option<&Type>,
    out: &mut String,
) {
    let name = &constructor.definition.name;
    let rust = &constructor.rust;
    let link = options.link(
        if result.is_some() {
            "method"
        } else {
            "constructor"
        },
        name,
    );
    let who = match options.usable_by.get(name) {
        Some(who) => format!(", for {who}"),
        None => String::new(),
    };
    let derive = match &constructor.definition.result {
        Type::Boxed(name) if name == COPIED => "Clone, Copy, PartialEq, Eq, Hash",
        // Nothing is required, so there is an empty value.
        _ if constructor.fields.iter().all(|field| field.flag.is_some()) => "Clone, Default",
        _ => "Clone",
    };
    let _ = writeln!(out, "/// {link}{who}\n#[derive({derive})]");
    if constructor.fields.is_empty() {
        let _ = writeln!(out, "pub struct {rust};");
    } else {
        let _ = writeln!(out, "pub struct {rust} {{");
        for field in &constructor.fields {
            let _ = writeln!(out, "pub {}: {},", field.rust, field_type(model, field));
        }
        let _ = writeln!(out, "}}");
        methods(model, constructor, out);
    }
    let fields = field_metas(model, constructor);
    let meta = meta(constructor, &fields, result.is_some());
    let _ = writeln!(
        out,
        "impl Identifiable for {rust} {{\nconst META: &'static Meta = &{meta};"
    );
    emit_fields(constructor, out);
    out.push_str("}\n");
    if let Some(result) = result.filter(|_| !constructor.is_wrapper()) {
        let ty = rust_type(model, result);
        let _ = writeln!(out, "impl Request for {rust} {{ type Result = {ty}; }}");
    }
    out.push('\n');
}

/// Writes how the fields are read.
pub(super) fn emit_bare(constructor: &Constructor, inline: &str, out: &mut String) {
    let rust = &constructor.rust;
    let params = &constructor.definition.params;
    let reader = if params.is_empty() { "_" } else { "r" };
    let _ = writeln!(
        out,
        "impl Bare for {rust} {{ {inline} fn bare({reader}: &mut Reader<'_>) -> Self {{"
    );
    // What precedes the last flag word is read into variables, the rest in place.
    let last_flags = params
        .iter()
        .rposition(|param| param.kind == ParamKind::Flags);
    let early = last_flags.map_or(0, |place| place + 1);
    let mut flag_words = 0;
    let mut fields = constructor.fields.iter();
    let mut literal = String::new();
    for (place, param) in params.iter().enumerate() {
        if param.kind == ParamKind::Flags {
            let used = constructor
                .fields
                .iter()
                .any(|field| field.flag.is_some_and(|flag| flag / 32 == flag_words));
            let underscore = if used { "" } else { "_" };
            let _ = writeln!(out, "let {underscore}word{flag_words} = r.word();");
            flag_words += 1;
            continue;
        }
        let Some(field) = fields.next() else { continue };
        if place < early {
            let _ = writeln!(out, "let {} = {};", field.rust, read_field(field));
            let _ = writeln!(literal, "{},", field.rust);
        } else {
            let _ = writeln!(literal, "{}: {},", field.rust, read_field(field));
        }
    }
    if constructor.fields.is_empty() {
        out.push_str("Self\n");
    } else {
        let _ = writeln!(out, "Self {{ {literal} }}");
    }
    out.push_str("} }\n");
}

fn read_field(field: &Field) -> String {
    let mut read = read_type(&field.ty);
    if field.boxed {
        read = format!("Box::new({read})");
    }
    let Some(flag) = field.flag else { return read };
    let set = format!("word{} & 0x{:x} != 0", flag / 32, 1_u32 << (flag % 32));
    if field.ty == Type::True {
        set
    } else {
        format!("optional!({set}, {read})")
    }
}

fn read_type(ty: &Type) -> String {
    let method = match ty {
        Type::True => return "true".to_owned(),
        Type::Boxed(_) => return "Deserialize::read(r)".to_owned(),
        Type::Bare(_) => return "Bare::bare(r)".to_owned(),
        Type::Bool => "boolean",
        Type::Int => "int",
        Type::Long => "long",
        Type::Double => "double",
        Type::Int128 => "int128",
        Type::Int256 => "int256",
        Type::String => "string",
        Type::Bytes => "bytes",
        Type::Generic => "remainder",
        Type::Vector { boxed: true, .. } => "vector",
        Type::Vector { item, .. } if matches!(**item, Type::Bare(_)) => "bare_vector_of_bare",
        Type::Vector { .. } => "bare_vector",
    };
    format!("r.{method}()")
}

fn methods(model: &Model, constructor: &Constructor, out: &mut String) {
    let rust = &constructor.rust;
    let (mut params, mut literal, mut setters) = (String::new(), String::new(), String::new());
    for field in &constructor.fields {
        let name = &field.rust;
        let ty = rust_type(model, &field.ty);
        let (ty, mut value) = match &field.ty {
            Type::String | Type::Bytes | Type::Generic => {
                (format!("impl Into<{ty}>"), format!("{name}.into()"))
            }
            Type::Boxed(union) if model.unions[union].is_enum => {
                (format!("impl Into<{ty}>"), format!("{name}.into()"))
            }
            _ => (ty, name.clone()),
        };
        if field.boxed {
            value = format!("Box::new({value})");
        }
        if field.flag.is_none() {
            let _ = write!(params, "{name}: {ty},");
            let _ = if value == *name {
                write!(literal, "{name},")
            } else {
                write!(literal, "{name}: {value},")
            };
            continue;
        }
        let default = if field.ty == Type::True {
            "false"
        } else {
            "None"
        };
        let _ = write!(literal, "{name}: {default},");
        let setter = if METHODS.contains(&name.as_str()) {
            format!("{name}_")
        } else {
            name.clone()
        };
        let value = if field.ty == Type::True {
            value
        } else {
            format!("Some({value})")
        };
        let _ = writeln!(
            setters,
            "#[inline]\npub fn {setter}(mut self, {name}: {ty}) -> Self {{ self.{name} = {value}; self }}"
        );
    }
    let _ = writeln!(out, "impl {rust} {{");
    let _ = writeln!(
        out,
        "#[inline]\npub fn new({params}) -> Self {{ Self {{ {literal} }} }}"
    );
    out.push_str(&setters);
    out.push_str("}\n");
}

fn emit_fields(constructor: &Constructor, out: &mut String) {
    // `Object::field`, which is in the tables of methods, has the only copy.
    out.push_str(INLINE);
    if constructor.fields.is_empty() {
        out.push_str("fn field(&self, _: usize) -> View<'_> { View::Null }\n");
        return;
    }
    out.push_str("fn field(&self, index: usize) -> View<'_> { match index {\n");
    for (index, field) in constructor.fields.iter().enumerate() {
        let name = &field.rust;
        let view = match (field.boxed, field.flag) {
            (true, None) => format!("(*self.{name}).reflect()"),
            (true, Some(_)) => {
                format!(
                    "match &self.{name} {{ Some(inner) => (**inner).reflect(), None => View::Null }}"
                )
            }
            (false, _) => format!("self.{name}.reflect()"),
        };
        let _ = writeln!(out, "{index} => {view},");
    }
    out.push_str("_ => View::Null,\n} }\n");
}

fn field_metas(model: &Model, constructor: &Constructor) -> String {
    let mut out = String::new();
    let mut flag_words = 0;
    let mut fields = constructor.fields.iter();
    for param in &constructor.definition.params {
        if param.kind == ParamKind::Flags {
            let _ = write!(out, "Field::flags({flag_words}),");
            flag_words += 1;
        } else if let Some(field) = fields.next() {
            out.push_str(&field_meta(model, &constructor.definition.name, field));
            out.push(',');
        }
    }
    out
}

fn field_meta(model: &Model, owner: &str, field: &Field) -> String {
    // Telethon's name for it, which its printed form shows.
    let name = if field.name == "self" {
        "is_self"
    } else {
        &field.name
    };
    let mut meta = match field.flag {
        None => format!("Field::new(\"{name}\")"),
        Some(flag) if field.ty == Type::True => format!("Field::on(\"{name}\", {flag})"),
        Some(flag) => format!("Field::at(\"{name}\", {flag})"),
    };
    match &field.ty {
        Type::Bare(_) => meta.push_str(".wire(Wire::Bare)"),
        Type::Generic => meta.push_str(".wire(Wire::Raw)"),
        Type::Vector { boxed: false, item } if matches!(**item, Type::Bare(_)) => {
            meta.push_str(".wire(Wire::BareVectorOfBare)");
        }
        Type::Vector { boxed: false, .. } => meta.push_str(".wire(Wire::BareVector)"),
        _ => {}
    }
    let name = field.name.as_str();
    if field.ty != Type::True
        && (secret::ANYWHERE.contains(&name) || secret::IN.contains(&(owner, name)))
    {
        meta.push_str(".secret()");
    }
    if field.ty == Type::Int && is_date(name) {
        meta.push_str(".date()");
    }
    if field.shared && field.ty != Type::True {
        let mut filler = Vec::new();
        layout::empty(model, &field.ty, &mut filler);
        let text: String = filler.iter().map(|byte| format!("\\x{byte:02x}")).collect();
        let _ = write!(meta, ".filler(b\"{text}\")");
    }
    meta
}

/// Whether an `int` of this name is a point in time.
fn is_date(name: &str) -> bool {
    matches!(name, "expires" | "expires_at" | "was_online")
        || name
            .split('_')
            .any(|word| matches!(word, "date" | "until" | "since"))
}
