//! Random bytes of any type, made from the schema alone: what the generated code is compared with.

use std::collections::{BTreeMap, BTreeSet};

use telewire_schema_gen::model::{Constructor, Model};
use telewire_schema_gen::parse::{ParamKind, Type};

/// SplitMix64 (<https://prng.di.unimi.it/splitmix64.c>): small, and good enough to pick bits.
pub(crate) struct Rng(pub(crate) u64);

impl Rng {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn bit(&mut self) -> bool {
        self.next() >> 63 == 1
    }
}

/// Writes random values and notes what they had in them.
pub(crate) struct Random<'a> {
    pub(crate) model: &'a Model,
    pub(crate) rng: Rng,
    /// Constructors and functions made.
    pub(crate) made: BTreeSet<String>,
    /// Definition, flag, and whether it was set.
    pub(crate) flags: BTreeSet<(String, u8, bool)>,
    /// Lengths of vectors made.
    pub(crate) lengths: BTreeSet<usize>,
    out: Vec<u8>,
}

/// Nesting up to which values are random; below they are the emptiest there are.
const RANDOM_DEPTH: usize = 2;

impl<'a> Random<'a> {
    pub(crate) fn new(model: &'a Model, seed: u64) -> Self {
        Self {
            model,
            rng: Rng(seed),
            made: BTreeSet::new(),
            flags: BTreeSet::new(),
            lengths: BTreeSet::new(),
            out: Vec::new(),
        }
    }

    /// A value of `constructor`, with its id.
    pub(crate) fn boxed(&mut self, constructor: &Constructor) -> Vec<u8> {
        self.constructor(constructor, 0);
        std::mem::take(&mut self.out)
    }

    fn constructor(&mut self, constructor: &Constructor, depth: usize) {
        self.out.extend(constructor.definition.id.to_le_bytes());
        self.bare(constructor, depth);
    }

    fn bare(&mut self, constructor: &Constructor, depth: usize) {
        let name = &constructor.definition.name;
        self.made.insert(name.clone());
        let mut bits: BTreeMap<u8, bool> = BTreeMap::new();
        for field in &constructor.fields {
            if let Some(flag) = field.flag {
                bits.entry(flag)
                    .or_insert_with(|| depth <= RANDOM_DEPTH && self.rng.bit());
            }
        }
        for (&flag, &set) in &bits {
            self.flags.insert((name.clone(), flag, set));
        }
        let mut number = 0;
        for param in &constructor.definition.params {
            match &param.kind {
                ParamKind::Flags => {
                    let own = bits
                        .iter()
                        .filter(|(flag, set)| **flag / 32 == number && **set);
                    let word = own.fold(0_u32, |word, (flag, _)| word | 1 << (flag % 32));
                    self.out.extend(word.to_le_bytes());
                    number += 1;
                }
                ParamKind::Value { ty, flag } => {
                    if flag.is_none_or(|flag| bits[&flag]) {
                        self.value(ty, depth + 1);
                    }
                }
            }
        }
    }

    fn value(&mut self, ty: &Type, depth: usize) {
        match ty {
            Type::True => {}
            Type::Int => self.bytes_of(4),
            Type::Long => self.bytes_of(8),
            Type::Double => {
                let value = (self.rng.next() as i32) as f64 / 16.0;
                self.out.extend(value.to_le_bytes());
            }
            Type::Int128 => self.bytes_of(16),
            Type::Int256 => self.bytes_of(32),
            Type::Bool => {
                let id: u32 = if self.rng.bit() {
                    0x9972_75b5
                } else {
                    0xbc79_9737
                };
                self.out.extend(id.to_le_bytes());
            }
            Type::String => {
                let len = self.len();
                let letters = ['a', '\'', '"', '\n', '\u{e9}', '\u{1f600}', '\u{0}', '\\'];
                let text: String = (0..len)
                    .map(|_| letters[self.rng.below(letters.len())])
                    .collect();
                self.prefixed(text.as_bytes());
            }
            Type::Bytes => {
                let content: Vec<u8> = (0..self.len()).map(|_| self.rng.next() as u8).collect();
                self.prefixed(&content);
            }
            // The inner request of a wrapper: anything will do, as it is not looked into.
            Type::Generic => self.bytes_of(12),
            Type::Vector { boxed, item } => self.vector(*boxed, item, depth),
            Type::Boxed(name) => {
                let union = &self.model.unions[name];
                let place = match depth {
                    0..=RANDOM_DEPTH => self.rng.below(union.constructors.len()),
                    _ => union.fallback,
                };
                self.constructor(&self.model.constructors[union.constructors[place]], depth);
            }
            Type::Bare(name) => self.bare(self.model.constructor(name), depth),
        }
    }

    fn vector(&mut self, boxed: bool, item: &Type, depth: usize) {
        if boxed {
            self.out.extend(0x1cb5_c415_u32.to_le_bytes());
        }
        let count = if depth <= RANDOM_DEPTH {
            self.rng.below(4)
        } else {
            0
        };
        self.lengths.insert(count);
        self.out.extend((count as u32).to_le_bytes());
        for _ in 0..count {
            self.value(item, depth);
        }
    }

    /// Mostly short, at times one of the lengths where the form changes.
    fn len(&mut self) -> usize {
        match self.rng.below(64) {
            0 => [253, 254, 255, 256, 1000][self.rng.below(5)],
            _ => self.rng.below(6),
        }
    }

    fn bytes_of(&mut self, count: usize) {
        for _ in 0..count {
            let byte = self.rng.next() as u8;
            self.out.push(byte);
        }
    }

    fn prefixed(&mut self, content: &[u8]) {
        match content.len() {
            len @ 0..254 => self.out.push(len as u8),
            len => {
                self.out.push(254);
                self.out.extend(&(len as u32).to_le_bytes()[..3]);
            }
        }
        self.out.extend(content);
        while !self.out.len().is_multiple_of(4) {
            self.out.push(0);
        }
    }
}
