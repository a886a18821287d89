//! Writing any value through its view.

use core::any::Any;

use super::value::fields;
use super::writer::BlankKind;
use super::{
    Field, List, NameKind, NamedChannel, NamedPeer, NamedUser, Object, VECTOR, View, Wire, Writer,
};

/// What the numbers are called by which the server knows a request that comes twice.
const RANDOM: &str = "random_id";

/// Appends a value in its boxed form.
pub(super) fn boxed(view: View<'_>, w: &mut Writer) {
    match view {
        View::Null => w.note_misuse("a value is missing where one is required"),
        View::Bool(value) => w.boolean(value),
        View::Int(value) => w.int(value),
        View::Long(value) => w.long(value),
        View::Double(value) => w.double(value),
        View::Fixed(value) => w.raw(value),
        View::Text(value) => w.string(value),
        View::Bytes(value) => w.bytes(value),
        View::Object(object) => match name(object) {
            Some((kind, name)) => w.name(kind, name),
            None => {
                w.word(object.meta().id);
                bare(object, w);
            }
        },
        View::List(list) => {
            w.word(VECTOR);
            items(list, w, boxed);
        }
    }
}

/// The name that stands for a peer, if `object` is one.
fn name(object: &dyn Object) -> Option<(NameKind, &str)> {
    if object.meta().id != 0 {
        return None;
    }
    let any = object as &dyn Any;
    if let Some(NamedPeer(name)) = any.downcast_ref() {
        return Some((NameKind::Peer, name));
    }
    if let Some(NamedUser(name)) = any.downcast_ref() {
        return Some((NameKind::User, name));
    }
    any.downcast_ref()
        .map(|NamedChannel(name)| (NameKind::Channel, &**name))
}

/// Appends the fields of `object`.
fn bare(object: &dyn Object, w: &mut Writer) {
    let meta = object.meta();
    let mut values = fields(object);
    for field in meta.fields {
        if let Wire::Flags(number) = field.wire {
            w.word(flag_word(object, number));
            continue;
        }
        let Some((field, view)) = values.next() else {
            return;
        };
        if let Some(kind) = blank(object, field, view) {
            w.blank(kind);
        }
        match (field.wire, view) {
            (Wire::True, _) => {}
            (_, View::Null) => match field.flag {
                Some(flag) if is_set(object, flag) => w.raw(field.filler),
                Some(_) => {}
                None => boxed(view, w),
            },
            (Wire::Bare, View::Object(inner)) => bare(inner, w),
            (Wire::BareVector, View::List(list)) => items(list, w, boxed),
            (Wire::BareVectorOfBare, View::List(list)) => items(list, w, |item, w| match item {
                View::Object(inner) => bare(inner, w),
                other => boxed(other, w),
            }),
            (Wire::Raw, View::Bytes(bytes)) => w.raw(bytes),
            (_, view) => boxed(view, w),
        }
    }
}

/// How a value is to be completed when it is sent in a request, if it is.
fn blank(object: &dyn Object, field: &Field, view: View<'_>) -> Option<BlankKind> {
    match view {
        View::Int(0) if field.name == RANDOM => Some(BlankKind::RandomInt),
        View::Long(0) if field.name == RANDOM => Some(BlankKind::RandomLong),
        View::Long(id) if id < 0 && field.name == "chat_id" => Some(BlankKind::MarkedId(id)),
        View::List(list) if field.name == RANDOM && list.count() == 0 => {
            // One for each message that is forwarded.
            let (_, ids) = fields(object).find(|(field, _)| field.name == "id")?;
            match ids {
                View::List(ids) if ids.count() > 0 => Some(BlankKind::RandomLongs(ids.count())),
                _ => None,
            }
        }
        _ => None,
    }
}

fn items(list: &dyn List, w: &mut Writer, write: fn(View<'_>, &mut Writer)) {
    w.count(list.count());
    for index in 0..list.count() {
        if let Some(item) = list.item(index) {
            write(item, w);
        }
    }
}

/// The flag word with this number: a bit is set if any field of it has a value.
fn flag_word(object: &dyn Object, number: u8) -> u32 {
    let mut word = 0;
    for (field, view) in fields(object) {
        let Some(flag) = field.flag else { continue };
        if flag / 32 == number && has_value(field.wire, view) {
            word |= 1 << (flag % 32);
        }
    }
    word
}

fn is_set(object: &dyn Object, flag: u8) -> bool {
    fields(object).any(|(field, view)| field.flag == Some(flag) && has_value(field.wire, view))
}

fn has_value(wire: Wire, view: View<'_>) -> bool {
    match view {
        View::Null => false,
        View::Bool(value) => value || wire != Wire::True,
        _ => true,
    }
}
