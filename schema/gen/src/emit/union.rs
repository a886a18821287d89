use std::fmt::Write;

use super::{COPIED, Options, meta};
use crate::model::{Model, Union};
use crate::names;

/// Whether the enum is small and plain enough to be copied and hashed.
pub(super) fn is_copied(model: &Model, union: &Union) -> bool {
    let mut constructors = union
        .constructors
        .iter()
        .map(|&index| &model.constructors[index]);
    union.name == COPIED || !union.named && constructors.all(|constructor| !constructor.has_struct)
}

/// Writes the enum of a type.
pub(super) fn emit(model: &Model, options: &Options, union: &Union, out: &mut String) {
    let own = names::pascal(names::split(&union.name).1);
    let constructors = || {
        union
            .constructors
            .iter()
            .map(|&index| &model.constructors[index])
    };
    let derive = if is_copied(model, union) {
        "Clone, Copy, PartialEq, Eq, Hash"
    } else {
        "Clone"
    };
    let _ = writeln!(
        out,
        "/// {}\n#[derive({derive})]\npub enum {own} {{",
        options.link("type", &union.name)
    );
    for constructor in constructors() {
        let path = model.struct_path(constructor);
        let variant = &constructor.variant;
        let _ = match (constructor.has_struct, constructor.boxed) {
            (false, _) => writeln!(out, "{variant},"),
            (true, false) => writeln!(out, "{variant}(types::{path}),"),
            (true, true) => writeln!(out, "{variant}(Box<types::{path}>),"),
        };
    }
    if union.named {
        out.push_str("/// A name that the client resolves before it sends the request; it has no form on the wire.\n");
        let _ = writeln!(out, "Named({}),", stand_in(options, &own));
    }
    out.push_str("}\n");
    view(model, union, &own, out);
    read(model, union, &own, out);
    let mut variants = String::new();
    for constructor in constructors().filter(|constructor| constructor.has_struct) {
        let _ = write!(
            variants,
            "{}(types::{}),",
            constructor.variant,
            model.struct_path(constructor)
        );
    }
    if !variants.is_empty() {
        let _ = writeln!(out, "from!({own}: {variants});");
    }
    out.push('\n');
}

fn view(model: &Model, union: &Union, own: &str, out: &mut String) {
    let _ = writeln!(
        out,
        "impl Reflect for {own} {{ fn reflect(&self) -> View<'_> {{ View::Object(match self {{"
    );
    for &index in &union.constructors {
        let constructor = &model.constructors[index];
        let variant = &constructor.variant;
        let _ = match (constructor.has_struct, constructor.boxed) {
            (false, _) => {
                let meta = meta(constructor, "", false);
                writeln!(
                    out,
                    "Self::{variant} => {{ const UNIT: Unit = Unit(&{meta}); &UNIT }}"
                )
            }
            (true, false) => writeln!(out, "Self::{variant}(inner) => inner,"),
            (true, true) => writeln!(out, "Self::{variant}(inner) => &**inner,"),
        };
    }
    if union.named {
        out.push_str("Self::Named(name) => name,\n");
    }
    out.push_str("}) } }\n");
}

fn read(model: &Model, union: &Union, own: &str, out: &mut String) {
    let _ = writeln!(
        out,
        "impl Deserialize for {own} {{ fn read(r: &mut Reader<'_>) -> Self {{"
    );
    out.push_str("let id = r.open();\nlet value = match id {\n");
    let make = |place: usize| {
        let constructor = &model.constructors[union.constructors[place]];
        let content = match (constructor.has_struct, constructor.boxed) {
            (false, _) => "",
            (true, false) => "(Bare::bare(r))",
            (true, true) => "(r.boxed())",
        };
        (
            constructor.definition.id,
            format!("Self::{}{content}", constructor.variant),
        )
    };
    for place in 0..union.constructors.len() {
        let (id, value) = make(place);
        let _ = writeln!(out, "0x{id:08x} => {value},");
    }
    let (_, fallback) = make(union.fallback);
    let _ = writeln!(
        out,
        "_ => {{ r.unknown(id, \"{}\"); {fallback} }}\n}};",
        union.name
    );
    out.push_str("r.close();\nvalue\n} }\n");
}

/// The type that holds a name in place of an `InputPeer`, `InputUser` or `InputChannel`.
fn stand_in(options: &Options, own: &str) -> String {
    format!("{}::{}", options.codec, own.replacen("Input", "Named", 1))
}
