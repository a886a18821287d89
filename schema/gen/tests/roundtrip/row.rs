//! What the tests do with a type, without knowing it.

use std::fmt::Debug;

use bytes::Bytes;
use telewire_schema::{DecodeError, Deserialize, Reader, Serialize, Value};

/// A type of the schema.
pub(crate) struct Row {
    /// TL name.
    pub(crate) name: &'static str,
    /// Size in memory.
    pub(crate) size: usize,
    /// Reads a value, checks that it is equal to its clone and to itself read from what it writes, and writes it.
    pub(crate) again: fn(&Bytes) -> Result<Vec<u8>, DecodeError>,
    /// Reads a value, prints it in every way, and says how many bytes it took.
    pub(crate) print: fn(&[u8]) -> Result<usize, DecodeError>,
}

/// The row of `T`.
pub(crate) const fn row<T: Deserialize + Value + Clone + PartialEq + Debug>(
    name: &'static str,
) -> Row {
    Row {
        name,
        size: size_of::<T>(),
        again: again::<T>,
        print: print::<T>,
    }
}

fn again<T: Deserialize + Value + Clone + PartialEq + Debug>(
    source: &Bytes,
) -> Result<Vec<u8>, DecodeError> {
    let value = T::from_exact_bytes(source)?;
    let bytes = value.to_bytes();
    // What is not a number is not equal to itself.
    if !format!("{value:?}").contains("NaN") {
        assert!(value.clone() == value, "the clone of {value:?} differs");
        assert!(
            T::from_exact_bytes(&bytes.clone().into())? == value,
            "{value:?} comes back as something else"
        );
    }
    Ok(bytes)
}

fn print<T: Deserialize + Value + Debug>(source: &[u8]) -> Result<usize, DecodeError> {
    let mut r = Reader::from_slice(source);
    let value = T::deserialize(&mut r)?;
    let texts = [
        format!("{value:?}"),
        format!("{value:#?}"),
        value.stringify(),
        value.to_json(),
    ];
    assert!(texts.iter().all(|text| !text.is_empty()) && texts[1] == texts[2]);
    Ok(r.position())
}
