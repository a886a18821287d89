//! What is known of constructors without having one.

/// What is known of a constructor or function.
#[derive(Debug)]
pub struct Meta {
    /// Constructor id.
    pub id: u32,
    /// TL name with its namespace.
    pub name: &'static str,
    /// Fields and flag words, in wire order.
    pub fields: &'static [Field],
    /// Whether it is a function.
    pub request: bool,
    /// Whether users or chats can be found inside.
    pub holds_peers: bool,
}

impl Meta {
    /// A constructor.
    pub const fn new(id: u32, name: &'static str, fields: &'static [Field]) -> Self {
        Self {
            id,
            name,
            fields,
            request: false,
            holds_peers: false,
        }
    }

    /// A function.
    pub const fn request(id: u32, name: &'static str, fields: &'static [Field]) -> Self {
        Self {
            id,
            name,
            fields,
            request: true,
            holds_peers: false,
        }
    }

    /// Says that users or chats can be found inside.
    #[must_use]
    pub const fn holds_peers(mut self) -> Self {
        self.holds_peers = true;
        self
    }
}

/// What is known of a field.
#[derive(Debug)]
pub struct Field {
    /// TL name.
    pub name: &'static str,
    /// Form on the wire.
    pub wire: Wire,
    /// Number of the flag word, times 32, plus the bit that says whether it is present; none if it always is.
    pub flag: Option<u8>,
    /// Whether it must not be shown.
    pub secret: bool,
    /// Whether the `int` is a point in time, in Unix seconds.
    pub date: bool,
    /// What is written if only another field of the same flag has a value.
    pub filler: &'static [u8],
}

/// Form of a field on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// As the type says.
    Plain,
    /// Not a field but a flag word, with its number.
    Flags(u8),
    /// `true`: takes no bytes, the flag is all.
    True,
    /// An object without its id.
    Bare,
    /// A vector without its id.
    BareVector,
    /// A vector without its id, of objects without theirs.
    BareVectorOfBare,
    /// Bytes as they are, up to the end.
    Raw,
}

impl Field {
    /// A field that is always there.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            wire: Wire::Plain,
            flag: None,
            secret: false,
            date: false,
            filler: &[],
        }
    }

    /// A flag word.
    pub const fn flags(number: u8) -> Self {
        Self {
            wire: Wire::Flags(number),
            ..Self::new("")
        }
    }

    /// A field that is there if the flag is set.
    pub const fn at(name: &'static str, flag: u8) -> Self {
        Self {
            flag: Some(flag),
            ..Self::new(name)
        }
    }

    /// A field that is true if the flag is set.
    pub const fn on(name: &'static str, flag: u8) -> Self {
        Self {
            wire: Wire::True,
            ..Self::at(name, flag)
        }
    }

    /// Sets the form on the wire.
    #[must_use]
    pub const fn wire(mut self, wire: Wire) -> Self {
        self.wire = wire;
        self
    }

    /// Says that it must not be shown.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Says that it is a point in time.
    #[must_use]
    pub const fn date(mut self) -> Self {
        self.date = true;
        self
    }

    /// Sets what is written if only another field of the same flag has a value.
    #[must_use]
    pub const fn filler(mut self, filler: &'static [u8]) -> Self {
        self.filler = filler;
        self
    }

    /// Whether it is a flag word, which has no value of its own.
    pub const fn is_flags(&self) -> bool {
        matches!(self.wire, Wire::Flags(_))
    }
}
