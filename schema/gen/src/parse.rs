//! From the text of a `.tl` file to its definitions.

use std::fmt;

/// A parsed `.tl` file.
#[derive(Debug, Default)]
pub struct Schema {
    /// Number in the `// LAYER` comment.
    pub layer: Option<i32>,
    /// Constructors, in the file's order.
    pub constructors: Vec<Definition>,
    /// Functions, in the file's order.
    pub functions: Vec<Definition>,
}

/// A constructor or a function.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Full name, such as `messages.sendMessage`.
    pub name: String,
    /// Id on the wire.
    pub id: u32,
    /// Arguments in wire order, flag words included.
    pub params: Vec<Param>,
    /// What it makes or answers.
    pub result: Type,
    /// The line as written.
    pub text: String,
}

/// An argument.
#[derive(Clone, Debug)]
pub struct Param {
    /// Name as written.
    pub name: String,
    /// Flag word or value.
    pub kind: ParamKind,
}

/// What an argument is.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamKind {
    /// `#`: a flag word.
    Flags,
    /// A value, which a flag can make optional.
    Value {
        /// Its type.
        ty: Type,
        /// Number of the flag word in this definition, times 32, plus the bit.
        flag: Option<u8>,
    },
}

/// A type as it appears in an argument or result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `int`
    Int,
    /// `long`
    Long,
    /// `double`
    Double,
    /// `int128`
    Int128,
    /// `int256`
    Int256,
    /// `string`
    String,
    /// `bytes`
    Bytes,
    /// `Bool`
    Bool,
    /// `true`
    True,
    /// `!X` or `X`: any function, any value.
    Generic,
    /// `Vector<T>`, or `vector<T>` which has no id.
    Vector {
        /// Whether its id is written.
        boxed: bool,
        /// Type of the items.
        item: Box<Type>,
    },
    /// A type with its namespace.
    Boxed(String),
    /// A constructor with its namespace, without its id.
    Bare(String),
}

/// A line that could not be understood.
#[derive(Debug)]
pub struct ParseError {
    /// Number of the line.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

/// Constructors that the codec itself knows.
const BUILT_IN: [&str; 4] = ["boolFalse", "boolTrue", "true", "vector"];

/// Parses the text of a `.tl` file. Built-in types, and pseudo types without an id, are left out.
pub fn parse(text: &str) -> Result<Schema, ParseError> {
    let mut schema = Schema::default();
    let mut functions = false;
    for (index, line) in text.lines().enumerate() {
        let fail = |message| ParseError {
            line: index + 1,
            message,
        };
        if let Some(layer) = line.trim().strip_prefix("// LAYER ") {
            schema.layer = Some(layer.trim().parse().map_err(|_| fail("bad layer".into()))?);
            continue;
        }
        let line = line.split("//").next().unwrap_or_default().trim();
        match line {
            "" => continue,
            "---types---" => functions = false,
            "---functions---" => functions = true,
            _ => match definition(line).map_err(fail)? {
                None => continue,
                Some(definition) if functions => schema.functions.push(definition),
                Some(definition) => schema.constructors.push(definition),
            },
        }
    }
    Ok(schema)
}

fn definition(line: &str) -> Result<Option<Definition>, String> {
    let text = line
        .strip_suffix(';')
        .ok_or("no semicolon at the end")?
        .trim();
    let (left, result) = text.split_once('=').ok_or("no result")?;
    let mut words = left.split_whitespace();
    let head = words.next().ok_or("no name")?;
    let Some((name, id)) = head.split_once('#') else {
        return Ok(None);
    };
    if BUILT_IN.contains(&name) {
        return Ok(None);
    }
    let id = u32::from_str_radix(id, 16).map_err(|_| format!("bad id of {name}"))?;
    let mut params: Vec<Param> = Vec::new();
    for word in words.filter(|word| !word.starts_with('{')) {
        let (param_name, ty) = word
            .split_once(':')
            .ok_or_else(|| format!("bad argument {word}"))?;
        let kind = if ty == "#" {
            ParamKind::Flags
        } else {
            value(ty, &params)?
        };
        params.push(Param {
            name: param_name.to_owned(),
            kind,
        });
    }
    let result = parse_type(result.trim())?;
    Ok(Some(Definition {
        name: name.to_owned(),
        id,
        params,
        result,
        text: line.to_owned(),
    }))
}

fn value(text: &str, before: &[Param]) -> Result<ParamKind, String> {
    let Some((condition, ty)) = text.split_once('?') else {
        return Ok(ParamKind::Value {
            ty: parse_type(text)?,
            flag: None,
        });
    };
    let (word, bit) = condition
        .split_once('.')
        .ok_or_else(|| format!("bad flag {condition}"))?;
    let number = before
        .iter()
        .filter(|param| param.kind == ParamKind::Flags)
        .position(|param| param.name == word)
        .ok_or_else(|| format!("no flag word {word} before"))?;
    let bit: u8 = bit
        .parse()
        .ok()
        .filter(|bit| *bit < 32)
        .ok_or_else(|| format!("bad bit {bit}"))?;
    let number = u8::try_from(number)
        .ok()
        .filter(|number| *number < 8)
        .ok_or("too many flag words")?;
    Ok(ParamKind::Value {
        ty: parse_type(ty)?,
        flag: Some(number * 32 + bit),
    })
}

fn parse_type(text: &str) -> Result<Type, String> {
    for (prefix, boxed) in [("Vector<", true), ("vector<", false), ("%Vector<", false)] {
        if let Some(item) = text.strip_prefix(prefix) {
            let item = item.strip_suffix('>').ok_or("unbalanced brackets")?;
            return Ok(Type::Vector {
                boxed,
                item: Box::new(parse_type(item)?),
            });
        }
    }
    Ok(match text {
        "int" => Type::Int,
        "long" => Type::Long,
        "double" => Type::Double,
        "int128" => Type::Int128,
        "int256" => Type::Int256,
        "string" => Type::String,
        "bytes" => Type::Bytes,
        "Bool" => Type::Bool,
        "true" => Type::True,
        "!X" | "X" | "Object" => Type::Generic,
        _ => {
            let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
            let name = text.strip_prefix('%').unwrap_or(text);
            if name.is_empty() || !name.chars().all(valid) {
                return Err(format!("bad type {text}"));
            }
            let own = name.rsplit('.').next().unwrap_or(name);
            let bare = text.starts_with('%') || own.starts_with(|c: char| c.is_ascii_lowercase());
            if bare {
                Type::Bare(name.to_owned())
            } else {
                Type::Boxed(name.to_owned())
            }
        }
    })
}
