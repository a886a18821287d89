use core::any::Any;

use bytes::Bytes;

use super::{Field, Identifiable, Meta, Visitor, json, show, walk};

/// Anything that a TL field can hold. Generated; what can be done with it is [`Value`].
pub trait Reflect: Send + Sync {
    /// What the value is, for code that does not know its type.
    fn reflect(&self) -> View<'_>;
}

/// What can be done with every TL value. Apart from [`Reflect`], so that types do not carry a copy of it each.
pub trait Value: Reflect {
    /// What the value is, for code that does not know its type.
    fn view(&self) -> View<'_> {
        self.reflect()
    }

    /// Id of the constructor this is; zero if it is not an object.
    fn constructor_id(&self) -> u32 {
        self.view().object().map_or(0, |object| object.meta().id)
    }

    /// TL name of the constructor this is; empty if it is not an object.
    fn constructor_name(&self) -> &'static str {
        self.view().object().map_or("", |object| object.meta().name)
    }

    /// Shows the value and all that is in it to `visitor`.
    fn walk(&self, visitor: &mut dyn Visitor) {
        walk(self.view(), visitor);
    }

    /// The value over several lines, indented with tabs. Secrets are shown as `***`.
    fn stringify(&self) -> String {
        show::lines(self.view())
    }

    /// The value as JSON: `_` names the constructor, `bytes` are in Base64, dates in ISO 8601. Secrets are included.
    fn to_json(&self) -> String {
        json::json(self.view())
    }
}

impl<T: Reflect + ?Sized> Value for T {}

/// A constructor's value.
pub trait Object: Any + Send + Sync {
    /// Name, id and fields.
    fn meta(&self) -> &'static Meta;

    /// The value of the field at `index`, flag words not counted; nothing past the last.
    fn field(&self, index: usize) -> View<'_>;
}

/// Items of a vector.
pub trait List: Sync {
    /// Number of items.
    fn count(&self) -> usize;

    /// The item at `index`.
    fn item(&self, index: usize) -> Option<View<'_>>;
}

/// What a [`Value`] is.
#[derive(Clone, Copy)]
pub enum View<'a> {
    /// An optional field without a value.
    Null,
    /// `Bool`, or a flag without a value.
    Bool(bool),
    /// `int`
    Int(i32),
    /// `long`
    Long(i64),
    /// `double`
    Double(f64),
    /// `int128` and `int256`: as many bytes as the type says.
    Fixed(&'a [u8]),
    /// `string`
    Text(&'a str),
    /// `bytes`
    Bytes(&'a [u8]),
    /// A constructor.
    Object(&'a dyn Object),
    /// A vector.
    List(&'a dyn List),
}

impl<'a> View<'a> {
    /// The constructor, if it is one.
    pub fn object(self) -> Option<&'a dyn Object> {
        match self {
            View::Object(object) => Some(object),
            _ => None,
        }
    }
}

/// Whether two values are the same: of one constructor, with the same fields.
pub fn same(one: View<'_>, other: View<'_>) -> bool {
    match (one, other) {
        (View::Null, View::Null) => true,
        (View::Bool(one), View::Bool(other)) => one == other,
        (View::Int(one), View::Int(other)) => one == other,
        (View::Long(one), View::Long(other)) => one == other,
        (View::Double(one), View::Double(other)) => one == other,
        (View::Fixed(one), View::Fixed(other)) | (View::Bytes(one), View::Bytes(other)) => {
            one == other
        }
        (View::Text(one), View::Text(other)) => one == other,
        (View::Object(one), View::Object(other)) => {
            let count = one.meta().fields.len();
            one.meta().id == other.meta().id
                && (0..count).all(|index| same(one.field(index), other.field(index)))
        }
        (View::List(one), View::List(other)) => {
            let items = |index| match (one.item(index), other.item(index)) {
                (Some(one), Some(other)) => same(one, other),
                _ => false,
            };
            one.count() == other.count() && (0..one.count()).all(items)
        }
        _ => false,
    }
}

/// The fields of `object` with their values, flag words left out.
pub(super) fn fields(object: &dyn Object) -> impl Iterator<Item = (&'static Field, View<'_>)> {
    let fields = object
        .meta()
        .fields
        .iter()
        .filter(|field| !field.is_flags());
    fields
        .enumerate()
        .map(move |(index, field)| (field, object.field(index)))
}

/// A constructor without fields, as the unit variant of an enum.
#[derive(Debug)]
pub struct Unit(
    /// Name and id.
    pub &'static Meta,
);

impl Object for Unit {
    fn meta(&self) -> &'static Meta {
        self.0
    }

    fn field(&self, _index: usize) -> View<'_> {
        View::Null
    }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $type:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(
            /// What the client is to look up.
            pub Box<str>,
        );

        impl Object for $name {
            fn meta(&self) -> &'static Meta {
                const META: Meta = Meta::new(0, $type, &[Field::new("name")]);
                &META
            }

            fn field(&self, index: usize) -> View<'_> {
                match index {
                    0 => View::Text(&self.0),
                    _ => View::Null,
                }
            }
        }

        impl<T: Into<Box<str>>> From<T> for $name {
            fn from(name: T) -> Self {
                Self(name.into())
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                super::debug(View::Object(self), f)
            }
        }
    )*};
}

names! {
    /// The stand-in for an `InputPeer` in a request: a name that the client resolves. It has no form on the wire.
    NamedPeer = "namedPeer";
    /// The stand-in for an `InputUser`, as [`NamedPeer`].
    NamedUser = "namedUser";
    /// The stand-in for an `InputChannel`, as [`NamedPeer`].
    NamedChannel = "namedChannel";
}

impl<T: Identifiable + Any + Send + Sync> Object for T {
    fn meta(&self) -> &'static Meta {
        T::META
    }

    fn field(&self, index: usize) -> View<'_> {
        Identifiable::field(self, index)
    }
}

impl<T: Identifiable + Any + Send + Sync> Reflect for T {
    fn reflect(&self) -> View<'_> {
        View::Object(self)
    }
}

impl Reflect for dyn Object {
    fn reflect(&self) -> View<'_> {
        View::Object(self)
    }
}

impl<T: Reflect> Reflect for Option<T> {
    fn reflect(&self) -> View<'_> {
        match self {
            Some(value) => value.reflect(),
            None => View::Null,
        }
    }
}

impl<T: Reflect> Reflect for Vec<T> {
    fn reflect(&self) -> View<'_> {
        View::List(self)
    }
}

impl<T: Reflect> List for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn item(&self, index: usize) -> Option<View<'_>> {
        self.get(index).map(T::reflect)
    }
}

macro_rules! primitive {
    ($($type:ty: $self:ident => $view:expr;)*) => {$(
        impl Reflect for $type {
            fn reflect(&$self) -> View<'_> {
                $view
            }
        }
    )*};
}

primitive! {
    bool: self => View::Bool(*self);
    i32: self => View::Int(*self);
    i64: self => View::Long(*self);
    f64: self => View::Double(*self);
    [u8; 16]: self => View::Fixed(self);
    [u8; 32]: self => View::Fixed(self);
    String: self => View::Text(self);
    Bytes: self => View::Bytes(self);
}
