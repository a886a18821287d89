use super::value::fields;
use super::{Field, Object, View};

/// Sees a value and everything inside it, in wire order.
pub trait Visitor {
    /// A constructor, before its fields. Returning false skips the fields, and [`leave`](Self::leave).
    fn enter(&mut self, object: &dyn Object) -> bool {
        let _ = object;
        true
    }

    /// A field of the constructor entered last. Returning false skips what is inside.
    fn field(&mut self, field: &'static Field, value: View<'_>) -> bool {
        let _ = (field, value);
        true
    }

    /// A value that is neither constructor nor vector: a field's, after [`field`](Self::field), or a vector's item.
    fn value(&mut self, value: View<'_>) {
        let _ = value;
    }

    /// The end of the constructor entered last.
    fn leave(&mut self, object: &dyn Object) {
        let _ = object;
    }
}

/// Shows `view` and everything inside it to `visitor`.
pub fn walk(view: View<'_>, visitor: &mut dyn Visitor) {
    match view {
        View::Object(object) => {
            if visitor.enter(object) {
                for (field, value) in fields(object) {
                    if visitor.field(field, value) {
                        walk(value, visitor);
                    }
                }
                visitor.leave(object);
            }
        }
        View::List(list) => {
            for index in 0..list.count() {
                if let Some(item) = list.item(index) {
                    walk(item, visitor);
                }
            }
        }
        other => visitor.value(other),
    }
}
