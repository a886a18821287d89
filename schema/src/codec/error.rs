use core::fmt;

/// Why bytes could not be read as the expected TL value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// What was wrong.
    pub kind: DecodeErrorKind,
    /// Offset in bytes, from where the reader began, at which it was noticed.
    pub position: usize,
}

/// The kinds of [`DecodeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The input ended inside a value.
    UnexpectedEnd,
    /// A constructor id that the expected type does not have: usually a newer layer, at times a damaged message.
    UnknownConstructor {
        /// The id found.
        id: u32,
        /// TL name of the type or constructor that was expected.
        expected: &'static str,
    },
    /// A vector claims more items than the bytes that follow could hold.
    CountTooLarge {
        /// The claimed number of items.
        count: u32,
    },
    /// Values nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    TooDeep,
    /// Bytes were left after the value.
    TrailingBytes {
        /// How many.
        count: usize,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            DecodeErrorKind::UnexpectedEnd => f.write_str("the input ends inside a value")?,
            DecodeErrorKind::UnknownConstructor { id, expected } => {
                write!(f, "constructor {id:#010x} is not known as {expected}")?;
            }
            DecodeErrorKind::CountTooLarge { count } => {
                write!(f, "a vector of {count} items does not fit the input")?;
            }
            DecodeErrorKind::TooDeep => f.write_str("values are nested too deeply")?,
            DecodeErrorKind::TrailingBytes { count } => {
                write!(f, "{count} bytes follow the value")?;
            }
        }
        write!(f, " (at byte {})", self.position)
    }
}

impl std::error::Error for DecodeError {}
