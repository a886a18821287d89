//! What the generated code looks like: names, which values are boxed, what is reachable from where.

use std::collections::{BTreeMap, BTreeSet};

use crate::layout;
use crate::names;
use crate::parse::{Definition, ParamKind, Schema, Type};
use crate::reach::{self, visit};

/// A schema with all that the emitters have to know.
#[derive(Debug)]
pub struct Model {
    /// Number of the layer, if the file says it.
    pub layer: Option<i32>,
    /// Constructors, in the file's order.
    pub constructors: Vec<Constructor>,
    /// Functions, in the file's order.
    pub functions: Vec<Constructor>,
    /// Types by TL name.
    pub unions: BTreeMap<String, Union>,
    by_name: BTreeMap<String, usize>,
}

/// A type: an enum if it has several constructors, else the struct of its only one.
#[derive(Debug)]
pub struct Union {
    /// TL name.
    pub name: String,
    /// Indices of its constructors.
    pub constructors: Vec<usize>,
    /// Whether it is an enum.
    pub is_enum: bool,
    /// Whether it has the variant for names that the client resolves.
    pub named: bool,
    /// Place in `constructors` of the variant that an error leaves: the least nested one.
    pub fallback: usize,
    /// Whether users or chats can be found inside.
    pub holds_peers: bool,
    /// Whether the friendly methods reach it.
    pub client: bool,
}

/// A constructor or a function.
#[derive(Debug)]
pub struct Constructor {
    /// As parsed.
    pub definition: Definition,
    /// Name of the struct.
    pub rust: String,
    /// Name of the enum's variant.
    pub variant: String,
    /// Whether the variant holds a box.
    pub boxed: bool,
    /// Whether there is a struct: not for the unit variants of enums.
    pub has_struct: bool,
    /// Arguments with a value.
    pub fields: Vec<Field>,
    /// Whether users or chats can be found inside.
    pub holds_peers: bool,
    /// Whether the friendly methods reach it.
    pub client: bool,
}

/// An argument with a value.
#[derive(Clone, Debug)]
pub struct Field {
    /// TL name.
    pub name: String,
    /// Name in the struct.
    pub rust: String,
    /// Its type.
    pub ty: Type,
    /// Number of the flag word, times 32, plus the bit.
    pub flag: Option<u8>,
    /// Whether it is boxed because the struct would contain itself.
    pub boxed: bool,
    /// Whether other arguments have the same flag.
    pub shared: bool,
}

/// Types that the client can be given by name.
const NAMED: [&str; 3] = ["InputPeer", "InputUser", "InputChannel"];

impl Model {
    /// Decides all names and layouts. `client` lists the functions that the friendly methods use; empty means all.
    pub fn new(schema: Schema, client: &[&str]) -> Result<Self, String> {
        let mut unions: BTreeMap<String, Union> = BTreeMap::new();
        let mut constructors = Vec::new();
        let mut by_name = BTreeMap::new();
        for definition in schema.constructors {
            let Type::Boxed(name) = &definition.result else {
                return Err(format!("{} makes no named type", definition.name));
            };
            let index = constructors.len();
            let union = unions
                .entry(name.clone())
                .or_insert_with(|| Union::new(name));
            union.constructors.push(index);
            by_name.insert(definition.name.clone(), index);
            constructors.push(Constructor::new(definition));
        }
        let functions = schema.functions.into_iter().map(Constructor::new).collect();
        let mut model = Self {
            layer: schema.layer,
            constructors,
            functions,
            unions,
            by_name,
        };
        model.check_references()?;
        model.choose_names()?;
        layout::choose_fallbacks(&mut model)?;
        layout::choose_boxes(&mut model);
        reach::find_peers(&mut model);
        reach::find_client(&mut model, client)?;
        Ok(model)
    }

    /// The constructor with this TL name.
    pub fn constructor(&self, name: &str) -> &Constructor {
        &self.constructors[self.by_name[name]]
    }

    /// The index of the constructor with this TL name.
    pub fn index(&self, name: &str) -> usize {
        self.by_name[name]
    }

    /// The type's path below the module of types.
    pub fn path(&self, type_name: &str) -> String {
        let union = &self.unions[type_name];
        if union.is_enum {
            let (space, own) = names::split(type_name);
            join(space, &names::pascal(own))
        } else {
            self.struct_path(&self.constructors[union.constructors[0]])
        }
    }

    /// The struct's path below the module of types or functions.
    pub fn struct_path(&self, constructor: &Constructor) -> String {
        join(
            names::split(&constructor.definition.name).0,
            &constructor.rust,
        )
    }

    fn all(&self) -> impl Iterator<Item = &Constructor> {
        self.constructors.iter().chain(&self.functions)
    }

    fn check_references(&self) -> Result<(), String> {
        for constructor in self.all() {
            let mut unknown = None;
            let used = constructor.fields.iter().map(|field| &field.ty);
            for ty in used.chain([&constructor.definition.result]) {
                visit(ty, &mut |ty| match ty {
                    Type::Boxed(name) if !self.unions.contains_key(name) => {
                        unknown = Some(name.clone());
                    }
                    Type::Bare(name) if !self.by_name.contains_key(name) => {
                        unknown = Some(name.clone());
                    }
                    _ => {}
                });
            }
            if let Some(unknown) = unknown {
                return Err(format!(
                    "{} uses {unknown}, which is not defined",
                    constructor.definition.name
                ));
            }
        }
        Ok(())
    }

    fn choose_names(&mut self) -> Result<(), String> {
        for union in self.unions.values_mut() {
            union.is_enum = union.constructors.len() > 1;
        }
        let enums: BTreeSet<String> = self
            .unions
            .values()
            .filter(|union| union.is_enum)
            .map(|union| {
                let (space, own) = names::split(&union.name);
                join(space, &names::pascal(own))
            })
            .collect();
        let plain: BTreeSet<String> = self
            .constructors
            .iter()
            .map(|constructor| {
                let (space, own) = names::split(&constructor.definition.name);
                join(space, &names::pascal(own))
            })
            .collect();
        let mut taken = enums.clone();
        for union in self.unions.values() {
            let mut variants = BTreeSet::new();
            let own = names::pascal(names::split(&union.name).1);
            for &index in &union.constructors {
                let constructor = &mut self.constructors[index];
                let (space, name) = names::split(&constructor.definition.name);
                let name = names::pascal(name);
                let pascal = name.clone();
                constructor.variant = names::variant(&own, &name);
                constructor.has_struct =
                    !union.is_enum || !constructor.definition.params.is_empty();
                constructor.rust = name;
                while enums.contains(&join(space, &constructor.rust))
                    || constructor.rust != pascal && plain.contains(&join(space, &constructor.rust))
                {
                    constructor.rust.push_str("Data");
                }
                let path = join(space, &constructor.rust);
                if union.is_enum && !variants.insert(constructor.variant.clone()) {
                    return Err(format!(
                        "two variants {} in {}",
                        constructor.variant, union.name
                    ));
                }
                if constructor.has_struct && !taken.insert(path) {
                    return Err(format!("two types are named {}", constructor.rust));
                }
            }
        }
        for function in &mut self.functions {
            function.rust = names::pascal(names::split(&function.definition.name).1);
        }
        Ok(())
    }
}

impl Union {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            constructors: Vec::new(),
            is_enum: false,
            named: NAMED.contains(&name),
            fallback: 0,
            holds_peers: false,
            client: false,
        }
    }
}

impl Constructor {
    fn new(definition: Definition) -> Self {
        let mut fields: Vec<Field> = Vec::new();
        for param in &definition.params {
            if let ParamKind::Value { ty, flag } = &param.kind {
                fields.push(Field {
                    name: param.name.clone(),
                    rust: names::field(&param.name),
                    ty: ty.clone(),
                    flag: *flag,
                    boxed: false,
                    shared: false,
                });
            }
        }
        for index in 0..fields.len() {
            let flag = fields[index].flag;
            let sharing = fields
                .iter()
                .filter(|field| flag.is_some() && field.flag == flag)
                .count();
            fields[index].shared = sharing > 1;
        }
        Self {
            definition,
            rust: String::new(),
            variant: String::new(),
            boxed: false,
            has_struct: true,
            fields,
            holds_peers: false,
            client: false,
        }
    }

    /// Whether it takes any other function as its argument.
    pub fn is_wrapper(&self) -> bool {
        self.fields.iter().any(|field| field.ty == Type::Generic)
    }
}

fn join(space: Option<&str>, own: &str) -> String {
    match space {
        Some(space) => format!("{}::{own}", names::escaped(space.to_owned())),
        None => own.to_owned(),
    }
}
