use super::{BOOL_FALSE, BOOL_TRUE};

/// The longest `string` or `bytes`: its length takes three bytes on the wire.
const LONGEST: usize = (1 << 24) - 1;

/// Collects TL values as bytes.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
    misuse: Option<&'static str>,
    names: Vec<Name>,
}

/// A name that stands where a peer is to be written.
#[derive(Clone, PartialEq, Eq)]
pub struct Name {
    /// Position of the byte that the peer's first byte comes before.
    at: usize,
    /// What is to be written there.
    pub kind: NameKind,
    /// What the client is to look up.
    pub name: Box<str>,
}

// Whom a request is about is nobody else's business.
impl core::fmt::Debug for Name {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Name")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// The type that a [`Name`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// `InputPeer`
    Peer,
    /// `InputUser`
    User,
    /// `InputChannel`
    Channel,
}

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty writer with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            out: Vec::with_capacity(capacity),
            ..Self::default()
        }
    }

    /// A writer that appends to `out`.
    pub fn append_to(out: Vec<u8>) -> Self {
        Self {
            out,
            ..Self::default()
        }
    }

    /// Appends four bytes.
    pub fn word(&mut self, value: u32) {
        self.raw(&value.to_le_bytes());
    }

    /// Appends four bytes.
    pub fn u32(&mut self, value: u32) {
        self.word(value);
    }

    /// Appends an `int`.
    pub fn int(&mut self, value: i32) {
        self.raw(&value.to_le_bytes());
    }

    /// Appends an `int`.
    pub fn i32(&mut self, value: i32) {
        self.int(value);
    }

    /// Appends a `long`.
    pub fn long(&mut self, value: i64) {
        self.raw(&value.to_le_bytes());
    }

    /// Appends a `long`.
    pub fn i64(&mut self, value: i64) {
        self.long(value);
    }

    /// Appends a `double`.
    pub fn double(&mut self, value: f64) {
        self.raw(&value.to_le_bytes());
    }

    /// Appends a `Bool`.
    pub fn boolean(&mut self, value: bool) {
        self.word(if value { BOOL_TRUE } else { BOOL_FALSE });
    }

    /// Appends the number of items of a vector.
    pub fn count(&mut self, count: usize) {
        match i32::try_from(count) {
            Ok(count) => self.int(count),
            Err(_) => self.note_misuse("a vector has too many items"),
        }
    }

    /// Appends a `string`.
    pub fn string(&mut self, value: &str) {
        self.bytes(value.as_bytes());
    }

    /// Appends `bytes`: length, content, and padding to a multiple of four.
    pub fn bytes(&mut self, value: &[u8]) {
        let len = value.len();
        if len > LONGEST {
            self.note_misuse("a string or bytes value is longer than 16 MiB");
            return;
        }
        let [a, b, c, ..] = len.to_le_bytes();
        let head = if len < 254 { 1usize } else { 4 };
        self.out.reserve(len.saturating_add(8));
        match head {
            1 => self.raw(&[a]),
            _ => self.raw(&[254, a, b, c]),
        }
        self.raw(value);
        let padding = head.wrapping_add(len).wrapping_neg() & 3;
        self.out.extend(core::iter::repeat_n(0, padding));
    }

    /// Appends bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Notes that what was to be written cannot be; the first note stays.
    pub fn note_misuse(&mut self, what: &'static str) {
        self.misuse.get_or_insert(what);
    }

    /// Leaves a place for a peer that is known by name only.
    pub fn name(&mut self, kind: NameKind, name: &str) {
        self.names.push(Name {
            at: self.out.len(),
            kind,
            name: name.into(),
        });
    }

    /// The names in whose places peers are still to be written, in order.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// Writes peers where the names stand: one for each of [`names`](Self::names).
    pub fn fill_names(&mut self, peers: &[Vec<u8>]) {
        if peers.len() != self.names.len() {
            return;
        }
        for (name, peer) in core::mem::take(&mut self.names).iter().zip(peers).rev() {
            // From the back, so that the positions before it stay valid.
            self.out.splice(name.at..name.at, peer.iter().copied());
        }
    }

    /// What could not be written, if anything. The bytes are not to be sent then.
    pub fn misuse(&self) -> Option<&'static str> {
        let left = "a named peer was not resolved before the request was sent";
        self.misuse
            .or_else(|| (!self.names.is_empty()).then_some(left))
    }

    /// Number of bytes so far.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// The bytes so far.
    pub fn as_slice(&self) -> &[u8] {
        &self.out
    }

    /// The bytes.
    pub fn into_vec(self) -> Vec<u8> {
        self.out
    }
}
