use bytes::Bytes;

use super::*;

#[test]
fn lengths_and_padding_follow_the_format() {
    for len in [0_usize, 1, 2, 3, 4, 253, 254, 255, 256, 257, 70_000] {
        let content: Vec<u8> = (0..len).map(|i| i as u8).collect();
        let mut w = Writer::new();
        w.bytes(&content);
        let bytes = w.into_vec();
        let head = if len < 254 { 1 } else { 4 };
        assert_eq!(bytes.len(), (head + len).next_multiple_of(4));
        let mut r = Reader::from_slice(&bytes);
        assert_eq!(r.bytes(), content);
        r.finish().unwrap();
        // Every cut is noticed, the padding's too.
        for cut in [bytes.len() - 1, bytes.len() / 2, 0] {
            let mut r = Reader::from_slice(&bytes[..cut]);
            r.bytes();
            assert_eq!(r.finish().unwrap_err().kind, DecodeErrorKind::UnexpectedEnd);
        }
    }
}

#[test]
fn long_bytes_share_the_buffer_and_short_ones_do_not() {
    let mut w = Writer::new();
    w.bytes(&[1; 1000]);
    w.bytes(&[2; 100]);
    let source = Bytes::from(w.into_vec());
    let within = |bytes: &Bytes| source.as_ptr_range().contains(&bytes.as_ptr());
    let mut r = Reader::new(&source);
    assert!(within(&r.bytes()));
    assert!(!within(&r.bytes()));
    assert!(!within(&Reader::from_slice(&source).bytes()));
}

#[test]
fn the_first_error_sticks_and_says_where() {
    let mut r = Reader::from_slice(&[1, 0, 0, 0, 9, 9]);
    assert_eq!(r.u32(), Ok(1));
    assert_eq!(r.long(), 0);
    assert!(!r.boolean());
    let error = DecodeError {
        kind: DecodeErrorKind::UnexpectedEnd,
        position: 4,
    };
    assert_eq!(r.check(), Err(error.clone()));
    assert_eq!(r.i32(), Err(error));
    assert_eq!(r.remaining(), 0);
}

#[test]
fn a_vector_reserves_no_more_than_the_input_could_hold() {
    let mut w = Writer::new();
    w.word(VECTOR);
    w.word(3);
    w.raw(&[0; 8]);
    let error = Vec::<i32>::from_slice(w.as_slice()).unwrap_err();
    assert_eq!(
        error,
        DecodeError {
            kind: DecodeErrorKind::CountTooLarge { count: 3 },
            position: 8
        }
    );
    assert!(Vec::<i64>::from_slice(&[0x15, 0xc4, 0xb5, 0x1c, 255, 255, 255, 255, 0]).is_err());
}

#[test]
fn text_that_is_not_utf8_is_repaired() {
    assert_eq!(
        String::from_slice(&[3, b'a', 0xff, b'b']).unwrap(),
        "a\u{fffd}b"
    );
}
