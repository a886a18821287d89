use bytes::Bytes;

use super::{DecodeError, Meta, Reader, Reflect, View, Writer, encode};

/// A constructor or a function: something with a TL name and an id.
pub trait Identifiable {
    /// Name, id and fields.
    const META: &'static Meta;
    /// Constructor id, as on the wire.
    const ID: u32 = Self::META.id;
    /// TL name with its namespace, such as `messages.sendMessage`.
    const NAME: &'static str = Self::META.name;

    /// The value of the field at `index`, flag words not counted; nothing past the last.
    fn field(&self, index: usize) -> View<'_>;
}

/// Writing in the boxed form: constructor id first. Every value has it.
pub trait Serialize {
    /// Appends the value to `w`. What cannot be written is noted in [`Writer::misuse`].
    fn serialize(&self, w: &mut Writer);

    /// The value as bytes of its own.
    fn to_bytes(&self) -> Vec<u8> {
        let mut w = Writer::new();
        self.serialize(&mut w);
        w.into_vec()
    }
}

impl<T: Reflect + ?Sized> Serialize for T {
    fn serialize(&self, w: &mut Writer) {
        encode::boxed(self.reflect(), w);
    }
}

/// Reading in the boxed form: constructor id first.
pub trait Deserialize: Sized {
    /// No value of the type takes fewer bytes than this.
    const MIN_WIRE: usize = 4;

    /// Reads a value. After an error, which sticks to the reader, the value is empty and means nothing: use
    /// [`deserialize`](Self::deserialize) unless you call [`Reader::check`].
    fn read(r: &mut Reader<'_>) -> Self;

    /// Reads a value and leaves what follows it.
    fn deserialize(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let value = Self::read(r);
        r.check().map(|()| value)
    }

    /// Reads a value from the beginning of `source`, whose buffer long `bytes` then share.
    fn from_bytes(source: &Bytes) -> Result<Self, DecodeError> {
        Self::deserialize(&mut Reader::new(source))
    }

    /// Reads a value from the beginning of `source`.
    fn from_slice(source: &[u8]) -> Result<Self, DecodeError> {
        Self::deserialize(&mut Reader::from_slice(source))
    }

    /// Reads a value that takes all of `source`.
    fn from_exact_bytes(source: &Bytes) -> Result<Self, DecodeError> {
        let mut r = Reader::new(source);
        let value = Self::deserialize(&mut r)?;
        r.finish().map(|()| value)
    }
}

/// A constructor's fields without its id.
pub trait Bare: Sized {
    /// Reads the fields; errors stick to the reader.
    fn bare(r: &mut Reader<'_>) -> Self;
}

impl<T: Bare + Identifiable> Deserialize for T {
    fn read(r: &mut Reader<'_>) -> Self {
        r.open_as(T::META);
        let value = T::bare(r);
        r.close();
        value
    }
}

/// A function of the schema, which the server answers with a value of `Result`.
pub trait Request: Serialize + Identifiable {
    /// What the server answers.
    type Result: Deserialize + Reflect + Send + 'static;
}

macro_rules! primitive {
    ($($type:ty, $min:literal, $read:ident;)*) => {$(
        impl Deserialize for $type {
            const MIN_WIRE: usize = $min;
            fn read(r: &mut Reader<'_>) -> Self {
                r.$read()
            }
        }
    )*};
}

primitive! {
    bool, 4, boolean;
    i32, 4, int;
    i64, 8, long;
    f64, 8, double;
    [u8; 16], 16, int128;
    [u8; 32], 32, int256;
    String, 4, string;
    Bytes, 4, bytes;
}

impl<T: Deserialize> Deserialize for Vec<T> {
    const MIN_WIRE: usize = 8;
    fn read(r: &mut Reader<'_>) -> Self {
        r.vector()
    }
}
