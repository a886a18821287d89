use core::fmt::Write;

use super::show::{Moment, class_name};
use super::value::fields;
use super::{Field, View};

/// `view` as JSON on one line.
pub(super) fn json(view: View<'_>) -> String {
    let mut out = String::new();
    put(&mut out, view, None);
    out
}

fn put(out: &mut String, view: View<'_>, field: Option<&Field>) {
    match view {
        View::Null => out.push_str("null"),
        View::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        View::Int(0) if field.is_some_and(|field| field.date) => out.push_str("null"),
        View::Int(value) if field.is_some_and(|field| field.date) => {
            let Moment {
                year,
                month,
                day,
                hour,
                minute,
                second,
            } = Moment::new(value);
            put_fmt(out, format_args!("\"{year:04}-{month:02}-{day:02}T"));
            put_fmt(
                out,
                format_args!("{hour:02}:{minute:02}:{second:02}+00:00\""),
            );
        }
        View::Int(value) => put_fmt(out, format_args!("{value}")),
        View::Long(value) => put_fmt(out, format_args!("{value}")),
        View::Double(value) if value.is_finite() => put_fmt(out, format_args!("{value:?}")),
        // JSON has no such numbers.
        View::Double(_) => out.push_str("null"),
        View::Text(value) => text(out, value),
        View::Bytes(value) | View::Fixed(value) => base64(out, value),
        View::Object(object) => {
            out.push_str("{\"_\": ");
            text(out, &class_name(object.meta()));
            for (field, value) in fields(object) {
                out.push_str(", ");
                text(out, field.name);
                out.push_str(": ");
                put(out, value, Some(field));
            }
            out.push('}');
        }
        View::List(list) => {
            out.push('[');
            for index in 0..list.count() {
                if index > 0 {
                    out.push_str(", ");
                }
                if let Some(item) = list.item(index) {
                    put(out, item, None);
                }
            }
            out.push(']');
        }
    }
}

fn put_fmt(out: &mut String, args: core::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = out.write_fmt(args);
}

fn text(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if letter < ' ' => put_fmt(out, format_args!("\\u{:04x}", u32::from(letter))),
            _ => out.push(letter),
        }
    }
    out.push('"');
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(out: &mut String, bytes: &[u8]) {
    let digit = |value: u32| match (value & 63) as u8 {
        value @ 0..=25 => char::from(b'A'.wrapping_add(value)),
        value @ 26..=51 => char::from(b'a'.wrapping_add(value.wrapping_sub(26))),
        value @ 52..=61 => char::from(b'0'.wrapping_add(value.wrapping_sub(52))),
        62 => '+',
        _ => '/',
    };
    out.push('"');
    for chunk in bytes.chunks(3) {
        let mut padded = [0; 4];
        for (to, from) in padded.iter_mut().skip(1).zip(chunk) {
            *to = *from;
        }
        let group = u32::from_be_bytes(padded);
        let digits = [
            digit(group >> 18),
            digit(group >> 12),
            digit(group >> 6),
            digit(group),
        ];
        for (index, digit) in digits.into_iter().enumerate() {
            out.push(if index <= chunk.len() { digit } else { '=' });
        }
    }
    out.push('"');
}
