//! Reading and writing the few layouts that the schema does not describe.

use bytes::Bytes;

pub(super) use telewire_schema::mtproto::{GZIP_PACKED, MSG_CONTAINER, MSG_COPY, RPC_RESULT};

/// `invokeAfterMsg#cb9f372d msg_id:long query:!X`.
pub(super) const INVOKE_AFTER_MSG: u32 = 0xcb9f_372d;

/// The constructor that a boxed object begins with.
pub(super) fn constructor(body: &[u8]) -> Option<u32> {
    body.first_chunk().map(|id| u32::from_le_bytes(*id))
}

/// The object without its constructor.
pub(super) fn after_constructor(body: &Bytes) -> Bytes {
    body.slice(body.len().min(4)..)
}

/// Takes the leading `N` bytes off.
pub(super) fn take<const N: usize>(bytes: &mut Bytes) -> Option<[u8; N]> {
    let chunk = *bytes.first_chunk::<N>()?;
    bytes::Buf::advance(bytes, N);
    Some(chunk)
}

/// Takes a `long` off.
pub(super) fn take_i64(bytes: &mut Bytes) -> Option<i64> {
    take(bytes).map(i64::from_le_bytes)
}

/// Takes an `int` off.
pub(super) fn take_i32(bytes: &mut Bytes) -> Option<i32> {
    take(bytes).map(i32::from_le_bytes)
}

/// Takes a length or count off; `None` for a negative one as well.
pub(super) fn take_len(bytes: &mut Bytes) -> Option<usize> {
    usize::try_from(take_i32(bytes)?).ok()
}

/// Takes a TL `bytes` with its length and padding off.
pub(super) fn take_bytes(bytes: &mut Bytes) -> Option<Bytes> {
    let [first] = take(bytes)?;
    let (len, header) = if first == 254 {
        let [a, b, c] = take(bytes)?;
        (
            usize::try_from(u32::from_le_bytes([a, b, c, 0])).ok()?,
            4_usize,
        )
    } else {
        (usize::from(first), 1)
    };
    if first == 255 || len > bytes.len() {
        return None;
    }
    let value = bytes.split_to(len);
    let padding = header
        .checked_add(len)?
        .next_multiple_of(4)
        .saturating_sub(header)
        .saturating_sub(len);
    if padding > bytes.len() {
        return None;
    }
    bytes::Buf::advance(bytes, padding);
    Some(value)
}

/// Appends a TL `bytes`; `None` if it is too long for its length to be written.
pub(super) fn put_bytes(out: &mut Vec<u8>, value: &[u8]) -> Option<()> {
    match u8::try_from(value.len()) {
        Ok(short) if short < 254 => out.push(short),
        _ => {
            let [a, b, c, 0] = u32::try_from(value.len()).ok()?.to_le_bytes() else {
                return None;
            };
            out.extend_from_slice(&[254, a, b, c]);
        }
    }
    out.extend_from_slice(value);
    out.resize(out.len().next_multiple_of(4), 0);
    Some(())
}
