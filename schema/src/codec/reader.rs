use bytes::Bytes;

use super::{BOOL_FALSE, BOOL_TRUE, Bare, DecodeError, DecodeErrorKind, Deserialize, Meta, VECTOR};

/// How many boxed values may be nested in each other. The deepest that Telegram's clients show (rich text in tables in
/// collapsed blocks in a page in a message in a container) stay under 40.
pub const MAX_DEPTH: u8 = 64;

/// `bytes` at least this long, and filling at least a quarter of the input, share the input's buffer.
const SHARE_FROM: usize = 256;

/// At most this much memory is reserved for a vector ahead of its items.
const RESERVE_AT_MOST: usize = 1 << 16;

/// Reads TL values from a slice of bytes.
///
/// Methods named after Rust types (`u32`, `i64`, `take`, …) return a `Result` and are for hand-written code. Methods named
/// after TL types (`int`, `long`, `string`, …) return the value as it is and are for generated code: the first error
/// sticks, empties the input, and every later read gives an empty value, until [`check`](Self::check) reports it. That
/// keeps an error path out of every field of every constructor.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    source: Option<&'a Bytes>,
    total: usize,
    depth: u8,
    error: Option<DecodeError>,
}

impl<'a> Reader<'a> {
    /// A reader whose long `bytes` values share the buffer of `source`.
    pub fn new(source: &'a Bytes) -> Self {
        Self {
            source: Some(source),
            ..Self::from_slice(source)
        }
    }

    /// A reader that copies every `bytes` value.
    pub fn from_slice(source: &'a [u8]) -> Self {
        Self {
            rest: source,
            source: None,
            total: source.len(),
            depth: 0,
            error: None,
        }
    }

    /// Bytes not read yet. Zero after an error.
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Bytes read so far.
    pub fn position(&self) -> usize {
        self.total.saturating_sub(self.rest.len())
    }

    /// The bytes not read yet, left in place.
    pub fn peek(&self) -> &'a [u8] {
        self.rest
    }

    /// The next four bytes as a constructor id, left in place.
    pub fn peek_id(&self) -> Option<u32> {
        self.rest
            .first_chunk()
            .map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// The error that stuck, if any.
    pub fn check(&self) -> Result<(), DecodeError> {
        match &self.error {
            None => Ok(()),
            Some(error) => Err(error.clone()),
        }
    }

    /// Like [`check`](Self::check), and an error if bytes are left.
    pub fn finish(&self) -> Result<(), DecodeError> {
        self.check()?;
        match self.rest.len() {
            0 => Ok(()),
            count => Err(DecodeError {
                kind: DecodeErrorKind::TrailingBytes { count },
                position: self.position(),
            }),
        }
    }

    /// Reads four bytes.
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        let value = self.word();
        self.checked(value)
    }

    /// Reads an `int`.
    pub fn i32(&mut self) -> Result<i32, DecodeError> {
        let value = self.int();
        self.checked(value)
    }

    /// Reads a `long`.
    pub fn i64(&mut self) -> Result<i64, DecodeError> {
        let value = self.long();
        self.checked(value)
    }

    /// Reads the next `len` bytes as they are.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        let value = self.slice(len);
        self.checked(value)
    }

    /// Reads the next `N` bytes as they are.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let value = self.fixed();
        self.checked(value)
    }

    /// Reads a value of any type, with its constructor id.
    pub fn value<T: Deserialize>(&mut self) -> Result<T, DecodeError> {
        let value = T::read(self);
        self.checked(value)
    }

    /// Makes `kind` the error of this reader, unless it has one, and empties the input.
    #[cold]
    pub fn fail(&mut self, kind: DecodeErrorKind) {
        if self.error.is_none() {
            self.error = Some(DecodeError {
                kind,
                position: self.position(),
            });
        }
        self.rest = &[];
    }

    fn checked<T>(&self, value: T) -> Result<T, DecodeError> {
        self.check().map(|()| value)
    }

    fn slice(&mut self, len: usize) -> &'a [u8] {
        match self.rest.split_at_checked(len) {
            Some((head, tail)) => {
                self.rest = tail;
                head
            }
            None => {
                self.fail(DecodeErrorKind::UnexpectedEnd);
                &[]
            }
        }
    }

    fn fixed<const N: usize>(&mut self) -> [u8; N] {
        match self.rest.split_first_chunk() {
            Some((head, tail)) => {
                self.rest = tail;
                *head
            }
            None => {
                self.fail(DecodeErrorKind::UnexpectedEnd);
                [0; N]
            }
        }
    }

    /// The content of a `string` or `bytes`, its padding skipped.
    fn prefixed(&mut self) -> &'a [u8] {
        let [first] = self.fixed();
        let (len, head) = if first == 254 {
            let [a, b, c] = self.fixed();
            (u32::from_le_bytes([a, b, c, 0]) as usize, 4)
        } else {
            (usize::from(first), 1usize)
        };
        let content = self.slice(len);
        let padding = head.wrapping_add(len).wrapping_neg() & 3;
        // Padding that the end of the input cuts off is an error like any other missing byte.
        self.slice(padding);
        content
    }
}

/// Reads named after TL types: see the type's documentation for how they report errors.
impl Reader<'_> {
    /// Four bytes as an unsigned number: ids and flags.
    pub fn word(&mut self) -> u32 {
        u32::from_le_bytes(self.fixed())
    }

    /// `int`
    pub fn int(&mut self) -> i32 {
        i32::from_le_bytes(self.fixed())
    }

    /// `long`
    pub fn long(&mut self) -> i64 {
        i64::from_le_bytes(self.fixed())
    }

    /// `double`
    pub fn double(&mut self) -> f64 {
        f64::from_le_bytes(self.fixed())
    }

    /// `int128`
    pub fn int128(&mut self) -> [u8; 16] {
        self.fixed()
    }

    /// `int256`
    pub fn int256(&mut self) -> [u8; 32] {
        self.fixed()
    }

    /// `Bool`
    pub fn boolean(&mut self) -> bool {
        match self.word() {
            BOOL_TRUE => true,
            BOOL_FALSE => false,
            id => {
                self.unknown(id, "Bool");
                false
            }
        }
    }

    /// `string`; what is not UTF-8 in it becomes U+FFFD, as Telegram does send such text.
    pub fn string(&mut self) -> String {
        String::from_utf8_lossy(self.prefixed()).into_owned()
    }

    /// `bytes`; short ones are copied, so that what is kept of a message does not keep its whole buffer.
    pub fn bytes(&mut self) -> Bytes {
        let content = self.prefixed();
        self.hand_out(content)
    }

    /// Everything that is left, as it is.
    pub fn remainder(&mut self) -> Bytes {
        let content = self.slice(self.rest.len());
        self.hand_out(content)
    }

    /// `Vector<T>`
    pub fn vector<T: Deserialize>(&mut self) -> Vec<T> {
        let id = self.word();
        if id != VECTOR {
            self.unknown(id, "Vector");
        }
        self.items(T::MIN_WIRE, T::read)
    }

    /// `vector<T>`: a vector without its id.
    pub fn bare_vector<T: Deserialize>(&mut self) -> Vec<T> {
        self.items(T::MIN_WIRE, T::read)
    }

    /// `vector<t>`: a vector without its id, whose items have none either.
    pub fn bare_vector_of_bare<T: Bare>(&mut self) -> Vec<T> {
        self.items(4, T::bare)
    }

    /// The bare content of a constructor, on the heap. Apart, so that a match over many of them has a small frame.
    pub fn boxed<T: Bare>(&mut self) -> Box<T> {
        Box::new(T::bare(self))
    }

    /// Begins a boxed value: its id. Each call is paired with one of [`close`](Self::close).
    pub fn open(&mut self) -> u32 {
        if self.depth >= MAX_DEPTH {
            self.fail(DecodeErrorKind::TooDeep);
        }
        self.depth = self.depth.saturating_add(1);
        self.word()
    }

    /// Begins a boxed value that can only be `meta`.
    pub fn open_as(&mut self, meta: &'static Meta) {
        let id = self.open();
        if id != meta.id {
            self.unknown(id, meta.name);
        }
    }

    /// Ends a boxed value.
    pub fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Fails because the id just read is not one of `expected`.
    #[cold]
    pub fn unknown(&mut self, id: u32, expected: &'static str) {
        self.fail(DecodeErrorKind::UnknownConstructor { id, expected });
    }

    fn hand_out(&self, content: &[u8]) -> Bytes {
        match self.source {
            Some(source) if content.len() >= SHARE_FROM && content.len() >= self.total / 4 => {
                source.slice_ref(content)
            }
            _ => Bytes::copy_from_slice(content),
        }
    }

    fn items<T>(&mut self, min: usize, read: fn(&mut Self) -> T) -> Vec<T> {
        let mut left = self.count(min);
        let reserve = RESERVE_AT_MOST.checked_div(size_of::<T>()).unwrap_or(0);
        let mut items = Vec::with_capacity(left.min(reserve));
        while left > 0 && self.error.is_none() {
            items.push(read(self));
            left = left.wrapping_sub(1);
        }
        items
    }

    /// The number of items of a vector, refused if they cannot fit into what is left at `min` bytes each.
    fn count(&mut self, min: usize) -> usize {
        let count = self.word();
        if (count as usize).saturating_mul(min) > self.rest.len() {
            self.fail(DecodeErrorKind::CountTooLarge { count });
            return 0;
        }
        count as usize
    }
}
