//! The generated code against the schema itself: random values are written by interpreting the `.tl` files, then read and
//! written by the generated types.

mod list;
mod random;
mod row;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use random::{Random, Rng};
use row::Row;
use telewire_schema::codec::MAX_DEPTH;
use telewire_schema::{DecodeErrorKind, Reader, Serialize, any};
use telewire_schema_gen::model::{Constructor, Model};
use telewire_schema_gen::parse::{ParamKind, Type, parse};

/// Values of each constructor and function. A flag stays unseen in one of its states with a chance of 2^-19.
const ROUNDS: usize = 20;

fn models() -> [Model; 2] {
    let api = parse(include_str!("../../../tl/api.tl")).unwrap();
    let mtproto = parse(include_str!("../../../tl/mtproto.tl")).unwrap();
    [
        Model::new(api, &[]).unwrap(),
        Model::new(mtproto, &[]).unwrap(),
    ]
}

/// The rows by the name of the type, for a constructor, or of the function.
fn rows(rows: &'static [Row]) -> BTreeMap<&'static str, &'static Row> {
    rows.iter().map(|row| (row.name, row)).collect()
}

/// Each constructor with its type's row, each function with its own.
fn each(model: &Model, mut see: impl FnMut(&Constructor, &'static Row)) {
    let (types, functions) = (rows(list::TYPES), rows(list::FUNCTIONS));
    for constructor in &model.constructors {
        let Type::Boxed(name) = &constructor.definition.result else {
            unreachable!()
        };
        see(constructor, types[name.as_str()]);
    }
    for function in &model.functions {
        see(function, functions[function.definition.name.as_str()]);
    }
}

#[test]
fn what_is_read_is_written_again_byte_by_byte() {
    for model in &models() {
        let mut random = Random::new(model, 1);
        each(model, |constructor, row| {
            for _ in 0..ROUNDS {
                let bytes = random.boxed(constructor);
                let again = (row.again)(&bytes.clone().into());
                assert_eq!(
                    again.as_ref(),
                    Ok(&bytes),
                    "{}",
                    constructor.definition.name
                );
            }
        });
        // The test is worth what it has seen.
        for constructor in model.constructors.iter().chain(&model.functions) {
            let name = &constructor.definition.name;
            assert!(random.made.contains(name), "{name} was not made");
            for flag in constructor.fields.iter().filter_map(|field| field.flag) {
                for set in [false, true] {
                    let seen = random.flags.contains(&(name.clone(), flag, set));
                    assert!(seen, "flag {flag} of {name} was never {set}");
                }
            }
        }
        assert!((0..=3).all(|length| random.lengths.contains(&length)));
    }
}

#[test]
fn a_value_of_unknown_type_is_read_by_its_id() {
    for model in &models() {
        let mut random = Random::new(model, 2);
        each(model, |constructor, _| {
            let bytes = random.boxed(constructor);
            let mut r = Reader::from_slice(&bytes);
            let function = model
                .functions
                .iter()
                .any(|function| std::ptr::eq(function, constructor));
            let value = if function {
                any::request(&mut r)
            } else {
                any::object(&mut r)
            }
            .unwrap();
            assert_eq!(value.meta().name, constructor.definition.name);
            assert_eq!((value.to_bytes(), r.remaining()), (bytes, 0));
        });
    }
}

#[test]
fn every_cut_is_an_error() {
    for model in &models() {
        let mut random = Random::new(model, 3);
        each(model, |constructor, row| {
            let bytes = random.boxed(constructor);
            let mut cuts: Vec<usize> = (0..6).map(|_| random.rng.below(bytes.len())).collect();
            cuts.extend([bytes.len() - 1, bytes.len() - 4]);
            // What a wrapper holds reaches as far as the bytes do.
            let end = if constructor.is_wrapper() {
                bytes.len() - 12
            } else {
                bytes.len()
            };
            for cut in cuts.into_iter().filter(|cut| *cut < end) {
                let error = (row.print)(&bytes[..cut]).unwrap_err();
                assert!(
                    error.position <= cut,
                    "{} cut at {cut}: {error}",
                    constructor.definition.name
                );
            }
        });
    }
}

#[test]
fn damaged_and_random_bytes_never_panic() {
    let (mut errors, mut values) = (0, 0);
    for model in &models() {
        let mut random = Random::new(model, 4);
        each(model, |constructor, row| {
            for round in 0..4 {
                let mut bytes = random.boxed(constructor);
                let rng = &mut random.rng;
                for _ in 0..=round {
                    let place = rng.below(bytes.len());
                    bytes[place] = rng.next() as u8;
                }
                if round == 3 {
                    bytes[4..].fill_with(|| rng.next() as u8);
                    bytes.extend(rng.next().to_le_bytes());
                }
                match (row.print)(&bytes) {
                    Ok(_) => values += 1,
                    Err(_) => errors += 1,
                }
            }
        });
    }
    assert!(
        errors > 1000 && values > 1000,
        "{errors} errors, {values} values"
    );
}

#[test]
fn a_claimed_length_is_not_believed() {
    let mut vectors = 0;
    let mut rng = Rng(5);
    for model in &models() {
        each(model, |constructor, row| {
            for (place, field) in constructor.fields.iter().enumerate() {
                let Type::Vector { boxed, .. } = field.ty else {
                    continue;
                };
                vectors += 1;
                let mut bytes = up_to(model, constructor, place);
                let position = bytes.len() + if boxed { 4 } else { 0 };
                if boxed {
                    bytes.extend(0x1cb5_c415_u32.to_le_bytes());
                }
                // The claim, then words that are vectors' ids or the largest count.
                bytes.extend(u32::MAX.to_le_bytes());
                for _ in 0..64 {
                    let word = [0x1cb5_c415, u32::MAX][rng.below(2)];
                    bytes.extend(word.to_le_bytes());
                }
                let error = (row.print)(&bytes).unwrap_err();
                let name = &constructor.definition.name;
                assert!(
                    matches!(
                        error.kind,
                        DecodeErrorKind::CountTooLarge { count: u32::MAX }
                    ),
                    "{name}: {error}"
                );
                assert!(error.position <= position + 4, "{name}: {error}");
            }
        });
    }
    assert!(vectors > 500, "{vectors} vectors");
}

/// What comes before the field at `place`, with nothing set but its flag.
fn up_to(model: &Model, constructor: &Constructor, place: usize) -> Vec<u8> {
    let wanted = constructor.fields[place].flag;
    let mut bytes = constructor.definition.id.to_le_bytes().to_vec();
    let (mut number, mut index) = (0, 0);
    for param in &constructor.definition.params {
        match &param.kind {
            ParamKind::Flags => {
                let flag = wanted.filter(|flag| flag / 32 == number);
                bytes.extend(flag.map_or(0, |flag| 1_u32 << (flag % 32)).to_le_bytes());
                number += 1;
            }
            ParamKind::Value { .. } if index == place => break,
            ParamKind::Value { ty, flag } => {
                if flag.is_none() || *flag == wanted {
                    telewire_schema_gen::layout::empty(model, ty, &mut bytes);
                }
                index += 1;
            }
        }
    }
    bytes
}

#[test]
fn no_enum_is_over_48_bytes() {
    let models = models();
    let types = rows(list::TYPES);
    let mut enums = 0;
    for union in models
        .iter()
        .flat_map(|model| model.unions.values())
        .filter(|union| union.is_enum)
    {
        let size = types[union.name.as_str()].size;
        assert!(size <= 48, "{} takes {size} bytes", union.name);
        enums += 1;
    }
    assert!(enums > 200);
}

/// For every type that can contain itself: as deep as allowed it is read on the stack of a thread, deeper is an error.
#[test]
fn recursive_types_are_read_down_to_the_limit() {
    let [model, _] = &models();
    let types = rows(list::TYPES);
    let reach = reach(model);
    let mut recursive = 0;
    for name in model
        .unions
        .keys()
        .filter(|name| reach[*name].contains(*name))
    {
        recursive += 1;
        for (depth, fits) in [
            (8, true),
            (usize::from(MAX_DEPTH) - 8, true),
            (200, false),
            (20_000, false),
        ] {
            let bytes = Bytes::from(nested(model, &reach, name, depth));
            let result = (types[name.as_str()].again)(&bytes);
            match fits {
                true => assert_eq!(result.as_deref(), Ok(&*bytes), "{name}"),
                false => assert_eq!(result.unwrap_err().kind, DecodeErrorKind::TooDeep, "{name}"),
            }
        }
    }
    assert!(recursive >= 5, "{recursive} recursive types");
}

type Reach = BTreeMap<String, BTreeSet<String>>;

/// The types that values of each type can contain.
fn reach(model: &Model) -> Reach {
    let mut reach: Reach = model
        .unions
        .keys()
        .map(|name| (name.clone(), Default::default()))
        .collect();
    loop {
        let before: usize = reach.values().map(BTreeSet::len).sum();
        for union in model.unions.values() {
            for &index in &union.constructors {
                for field in &model.constructors[index].fields {
                    if let Some(inner) = type_name(&field.ty) {
                        let mut more = reach[inner].clone();
                        more.insert(inner.to_owned());
                        reach.get_mut(&union.name).unwrap().extend(more);
                    }
                }
            }
        }
        if before == reach.values().map(BTreeSet::len).sum() {
            return reach;
        }
    }
}

fn type_name(ty: &Type) -> Option<&str> {
    match ty {
        Type::Boxed(name) => Some(name),
        Type::Vector { item, .. } => type_name(item),
        _ => None,
    }
}

/// A value of `name` with `depth` values inside of each other, otherwise as empty as can be.
fn nested(model: &Model, reach: &Reach, name: &str, depth: usize) -> Vec<u8> {
    let (mut head, mut tails) = (Vec::new(), Vec::new());
    let (mut name, mut left) = (name.to_owned(), depth);
    loop {
        // The constructor and field that lead back here.
        let union = &model.unions[&name];
        let leads = |ty: &Type| {
            type_name(ty).is_some_and(|inner| inner == name || reach[inner].contains(&name))
        };
        let step = union.constructors.iter().find_map(|&index| {
            let constructor = &model.constructors[index];
            Some((
                constructor,
                constructor
                    .fields
                    .iter()
                    .position(|field| leads(&field.ty))?,
            ))
        });
        let (constructor, place) = step.unwrap();
        let field = &constructor.fields[place];
        head.extend(constructor.definition.id.to_le_bytes());
        let (mut number, mut index, mut tail) = (0, 0, Vec::new());
        for param in &constructor.definition.params {
            let out = if index > place { &mut tail } else { &mut head };
            match &param.kind {
                ParamKind::Flags => {
                    let flag = field.flag.filter(|flag| flag / 32 == number);
                    out.extend(flag.map_or(0, |flag| 1_u32 << (flag % 32)).to_le_bytes());
                    number += 1;
                    continue;
                }
                ParamKind::Value { ty, .. } if index == place => {
                    if matches!(ty, Type::Vector { .. }) {
                        out.extend(0x1cb5_c415_u32.to_le_bytes());
                        out.extend(1_u32.to_le_bytes());
                    }
                }
                ParamKind::Value { ty, flag } if flag.is_none() || *flag == field.flag => {
                    telewire_schema_gen::layout::empty(model, ty, out);
                }
                ParamKind::Value { .. } => {}
            }
            index += 1;
        }
        tails.push(tail);
        let inner = type_name(&field.ty).unwrap().to_owned();
        left -= 1;
        if left == 0 {
            telewire_schema_gen::layout::empty(model, &Type::Boxed(inner), &mut head);
            break;
        }
        name = inner;
    }
    head.extend(tails.into_iter().rev().flatten());
    head
}
