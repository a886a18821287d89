use super::{BOOL_FALSE, BOOL_TRUE, VECTOR};

/// The longest `string` or `bytes`: its length takes three bytes on the wire.
const LONGEST: usize = (1 << 24) - 1;

/// Collects TL values as bytes.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
    misuse: Option<&'static str>,
    names: Vec<Name>,
    blanks: Vec<Blank>,
}

/// A value that whoever sends a request completes, as [`Writer::fill`] says.
#[derive(Clone, Copy, Debug)]
struct Blank {
    /// Position of its first byte.
    at: usize,
    kind: BlankKind,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum BlankKind {
    /// A `random_id` of 0, four bytes long.
    RandomInt,
    /// The same with eight bytes.
    RandomLong,
    /// An empty list of them, where there are to be so many.
    RandomLongs(usize),
    /// The `chat_id` of a group with the mark that says that it is one.
    MarkedId(i64),
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

    /// Whether [`fill`](Self::fill) has something to do.
    pub fn is_complete(&self) -> bool {
        self.names.is_empty() && self.blanks.is_empty()
    }

    /// Completes a request: writes peers where the names stand, one for each of [`names`](Self::names); draws each
    /// `random_id` that is 0, and those that a list of them lacks; and takes the mark off each `chat_id` that has one.
    pub fn fill(&mut self, peers: &[Vec<u8>], mut random: impl FnMut() -> i64) {
        if peers.len() != self.names.len() {
            return;
        }
        let names = core::mem::take(&mut self.names);
        let mut edits: Vec<(usize, usize, Vec<u8>)> = names
            .iter()
            .zip(peers)
            .map(|(name, peer)| (name.at, 0, peer.clone()))
            .collect();
        for blank in core::mem::take(&mut self.blanks) {
            let mut w = Self::new();
            let length = match blank.kind {
                BlankKind::RandomInt => {
                    let [a, b, c, d, ..] = random().to_le_bytes();
                    w.raw(&[a, b, c, d]);
                    4
                }
                BlankKind::RandomLong => {
                    w.long(random());
                    8
                }
                BlankKind::RandomLongs(count) => {
                    w.word(VECTOR);
                    w.count(count);
                    (0..count).for_each(|_| w.long(random()));
                    8
                }
                BlankKind::MarkedId(marked) => {
                    w.long(unmarked(marked));
                    8
                }
            };
            edits.push((blank.at, length, w.into_vec()));
        }
        // A name has no length yet, so it stands before whatever begins in the same place: the order of equals counts.
        edits.sort_by_key(|edit| edit.0);
        // From the back, so that the positions before it stay valid.
        for (at, length, bytes) in edits.into_iter().rev() {
            let end = at.saturating_add(length).min(self.out.len());
            self.out.splice(at.min(end)..end, bytes);
        }
    }

    /// Remembers that a value which begins here is to be completed.
    pub(super) fn blank(&mut self, kind: BlankKind) {
        let at = self.out.len();
        self.blanks.push(Blank { at, kind });
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

/// A negative id without its mark: channels are below -10^12, see [dialog ids](https://core.telegram.org/api/bots/ids).
fn unmarked(marked: i64) -> i64 {
    const CHANNELS: i64 = 1_000_000_000_000;
    let id = marked.wrapping_neg();
    if id > CHANNELS {
        id.wrapping_sub(CHANNELS)
    } else {
        id
    }
}
