//! Sizes, boxes and defaults.

use std::collections::BTreeMap;

use crate::model::{Constructor, Field, Model};
use crate::parse::{ParamKind, Type};

/// Structs over this many bytes are boxed in their enum.
const BOX_OVER: usize = 40;
/// So no enum is larger than this.
const ENUM_AT_MOST: usize = 48;

/// Finds for each type the constructor with the least nesting.
pub fn choose_fallbacks(model: &mut Model) -> Result<(), String> {
    let mut depths: BTreeMap<String, usize> = BTreeMap::new();
    loop {
        let before = depths.len();
        let mut found = Vec::new();
        for union in model
            .unions
            .values()
            .filter(|union| !depths.contains_key(&union.name))
        {
            let depth = |index: &usize| depth(model, &model.constructors[*index], &depths);
            let best = (0..union.constructors.len())
                .filter_map(|place| Some((depth(&union.constructors[place])?, place)))
                .min();
            if let Some((depth, place)) = best {
                found.push((union.name.clone(), depth, place));
            }
        }
        for (name, depth, place) in found {
            depths.insert(name.clone(), depth);
            if let Some(union) = model.unions.get_mut(&name) {
                union.fallback = place;
            }
        }
        if depths.len() == model.unions.len() {
            return Ok(());
        }
        if depths.len() == before {
            return Err("some types contain themselves in every constructor".to_owned());
        }
    }
}

fn depth(
    model: &Model,
    constructor: &Constructor,
    known: &BTreeMap<String, usize>,
) -> Option<usize> {
    let mut deepest = 0;
    for field in constructor
        .fields
        .iter()
        .filter(|field| field.flag.is_none())
    {
        let inner = match &field.ty {
            Type::Boxed(name) => *known.get(name)?,
            Type::Bare(name) => depth(model, model.constructor(name), known)?,
            _ => 0,
        };
        deepest = deepest.max(inner);
    }
    Some(deepest + 1)
}

/// The bytes of the emptiest value of a type.
pub fn empty(model: &Model, ty: &Type, out: &mut Vec<u8>) {
    match ty {
        Type::True | Type::Generic => {}
        Type::Int | Type::String | Type::Bytes => out.extend([0; 4]),
        Type::Long | Type::Double => out.extend([0; 8]),
        Type::Int128 => out.extend([0; 16]),
        Type::Int256 => out.extend([0; 32]),
        Type::Bool => out.extend(0xbc79_9737_u32.to_le_bytes()),
        Type::Vector { boxed, .. } => {
            if *boxed {
                out.extend(0x1cb5_c415_u32.to_le_bytes());
            }
            out.extend([0; 4]);
        }
        Type::Boxed(name) => {
            let union = &model.unions[name];
            let constructor = &model.constructors[union.constructors[union.fallback]];
            out.extend(constructor.definition.id.to_le_bytes());
            empty_fields(model, constructor, out);
        }
        Type::Bare(name) => empty_fields(model, model.constructor(name), out),
    }
}

fn empty_fields(model: &Model, constructor: &Constructor, out: &mut Vec<u8>) {
    for param in &constructor.definition.params {
        match &param.kind {
            ParamKind::Flags => out.extend([0; 4]),
            ParamKind::Value { ty, flag: None } => empty(model, ty, out),
            ParamKind::Value { .. } => {}
        }
    }
}

/// Decides which variants and which fields are boxed.
pub fn choose_boxes(model: &mut Model) {
    let mut sizes = Sizes {
        known: BTreeMap::new(),
        open: Vec::new(),
        boxed_fields: Vec::new(),
    };
    for index in 0..model.constructors.len() {
        sizes.of_struct(model, index);
    }
    let Sizes {
        known,
        boxed_fields,
        ..
    } = sizes;
    for (index, field) in boxed_fields {
        model.constructors[index].fields[field].boxed = true;
    }
    for union in model.unions.values().filter(|union| union.is_enum) {
        for &index in &union.constructors {
            model.constructors[index].boxed = known[&index].size > BOX_OVER;
        }
    }
}

/// An upper bound of the size in bytes on a 64-bit machine, and the alignment.
#[derive(Clone, Copy, Debug)]
struct Layout {
    size: usize,
    align: usize,
    /// Whether `Option` needs no room of its own.
    niche: bool,
}

struct Sizes {
    known: BTreeMap<usize, Layout>,
    open: Vec<usize>,
    boxed_fields: Vec<(usize, usize)>,
}

impl Sizes {
    fn of_struct(&mut self, model: &Model, index: usize) -> Layout {
        if let Some(layout) = self.known.get(&index) {
            return *layout;
        }
        self.open.push(index);
        let (mut size, mut align, mut niche) = (0, 1, false);
        for (place, field) in model.constructors[index].fields.iter().enumerate() {
            let layout = self.of_field(model, index, place, field);
            size += layout.size;
            align = align.max(layout.align);
            niche |= layout.niche;
        }
        self.open.pop();
        let layout = Layout {
            size: size.next_multiple_of(align),
            align,
            niche,
        };
        self.known.insert(index, layout);
        layout
    }

    fn of_field(&mut self, model: &Model, index: usize, place: usize, field: &Field) -> Layout {
        let layout = self.of_type(model, &field.ty).unwrap_or_else(|| {
            self.boxed_fields.push((index, place));
            Layout {
                size: 8,
                align: 8,
                niche: true,
            }
        });
        if field.flag.is_some() && field.ty != Type::True && !layout.niche {
            return Layout {
                size: layout.size + layout.align,
                niche: true,
                ..layout
            };
        }
        layout
    }

    /// None if the type is a struct that is just being looked at: it would contain itself.
    fn of_type(&mut self, model: &Model, ty: &Type) -> Option<Layout> {
        let plain = |size, align, niche| Some(Layout { size, align, niche });
        match ty {
            Type::True | Type::Bool => plain(1, 1, true),
            Type::Int => plain(4, 4, false),
            Type::Long | Type::Double => plain(8, 8, false),
            Type::Int128 => plain(16, 1, false),
            Type::Int256 => plain(32, 1, false),
            Type::String | Type::Vector { .. } => plain(24, 8, true),
            Type::Bytes | Type::Generic => plain(32, 8, true),
            Type::Bare(name) => self.of_inner(model, model.index(name)),
            Type::Boxed(name) if model.unions[name].is_enum => Some(self.of_enum(model, name)),
            Type::Boxed(name) => self.of_inner(model, model.unions[name].constructors[0]),
        }
    }

    fn of_inner(&mut self, model: &Model, index: usize) -> Option<Layout> {
        if self.open.contains(&index) {
            None
        } else {
            Some(self.of_struct(model, index))
        }
    }

    fn of_enum(&mut self, model: &Model, name: &str) -> Layout {
        let (mut size, mut align) = (0, 1);
        let constructors = &model.unions[name].constructors;
        if constructors.iter().any(|index| self.open.contains(index)) {
            // A variant that is being looked at holds its own enum. Taken for the largest, it makes the variant boxed.
            return Layout {
                size: ENUM_AT_MOST,
                align: 8,
                niche: true,
            };
        }
        for &index in constructors {
            let mut layout = self.of_struct(model, index);
            if layout.size > BOX_OVER {
                layout = Layout {
                    size: 8,
                    align: 8,
                    niche: true,
                };
            }
            size = size.max(layout.size);
            align = align.max(layout.align);
        }
        if model.unions[name].named {
            (size, align) = (size.max(16), 8);
        }
        Layout {
            size: (size + align).next_multiple_of(align).min(ENUM_AT_MOST),
            align,
            niche: true,
        }
    }
}
