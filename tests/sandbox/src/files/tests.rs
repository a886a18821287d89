//! The rules of uploading, and what a picture's header says.

use bytes::Bytes;

use super::upload::{Part, Uploads, md5_hex};
use super::{Content, dimensions};

fn part(index: i32, len: usize, total: Option<i32>) -> Part {
    Part {
        owner: 1,
        file: 2,
        index,
        total,
        bytes: Bytes::from(vec![7; len]),
    }
}

/// The name of the first refusal, if there is one.
fn refused(parts: &[(i32, usize)], total: Option<i32>) -> Option<String> {
    let mut uploads = Uploads::default();
    let mut all = parts
        .iter()
        .map(|(index, len)| uploads.save(part(*index, *len, total)));
    all.find_map(Result::err).map(|fault| fault.name)
}

// rule: files.upload_parts
#[test]
fn all_parts_but_the_last_are_of_one_allowed_size() {
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(refused(&[(0, 524_288), (1, 524_288), (2, 5)], None), None);
    assert_eq!(
        refused(&[(2, 5), (1, 1024), (0, 1024)], None),
        None,
        "in any order"
    );
    assert_eq!(
        refused(&[(2, 1024), (1, 4096), (0, 4096)], None),
        None,
        "the last one first"
    );
    assert_eq!(
        refused(&[(0, 1000), (1, 1000)], None),
        some("FILE_PART_SIZE_INVALID")
    );
    assert_eq!(
        refused(&[(0, 3072), (1, 3072)], None),
        some("FILE_PART_SIZE_INVALID"),
        "no divisor of 512 KiB"
    );
    assert_eq!(
        refused(&[(0, 4096), (1, 8192)], None),
        some("FILE_PART_SIZE_CHANGED")
    );
    assert_eq!(
        refused(&[(0, 4096), (1, 1024), (2, 2048)], None),
        some("FILE_PART_SIZE_CHANGED")
    );
    assert_eq!(
        refused(&[(0, 1000)], Some(3)),
        some("FILE_PART_SIZE_INVALID")
    );
    assert_eq!(refused(&[(3, 1024)], Some(3)), some("FILE_PARTS_INVALID"));
    assert_eq!(
        refused(&[(0, 1024)], Some(4001)),
        some("FILE_PARTS_INVALID")
    );
    assert_eq!(refused(&[(0, 0)], Some(-1)), some("FILE_PART_EMPTY"));
    assert_eq!(
        refused(&[(0, 1024), (1, 0)], Some(2)),
        None,
        "the end of a stream"
    );
}

#[test]
fn a_short_part_inside_is_found_when_the_file_is_used() {
    let mut uploads = Uploads::default();
    for (index, len) in [(0, 4096), (1, 100), (2, 4096)] {
        uploads.save(part(index, len, None)).unwrap();
    }
    assert_eq!(
        uploads.assemble(1, 2, 3, false, "").unwrap_err().name,
        "FILE_PARTS_INVALID"
    );
    assert_eq!(
        uploads.assemble(1, 3, 3, false, "").unwrap_err().name,
        "FILE_PART_0_MISSING"
    );
    assert_eq!(
        uploads.assemble(2, 2, 3, false, "").unwrap_err().name,
        "FILE_PART_0_MISSING",
        "of somebody else"
    );
}

#[test]
fn sizes_alone_can_be_kept() {
    let mut uploads = Uploads::default();
    uploads.discard = true;
    uploads.save(part(0, 1024, None)).unwrap();
    uploads.save(part(1, 24, None)).unwrap();
    let content = uploads.assemble(1, 2, 2, false, "anything").unwrap();
    assert!(matches!(content, Content::Zeros(1048)));
    assert_eq!(content.part(1040, 100), [0; 8][..]);
}

#[test]
fn md5_is_written_as_clients_write_it() {
    // RFC 1321, appendix A.5.
    assert_eq!(md5_hex(b"abc"), "900150983cd24fb0d6963f7d28e17f72");
}

#[test]
fn pictures_tell_their_size() {
    let png = [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x02\0\0\0\x03".as_slice(),
        &[8; 9],
    ]
    .concat();
    assert_eq!(dimensions(&png), Some((258, 3)));
    let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08\0\x10\0\x20\x01\x01\x11\0";
    assert_eq!(dimensions(jpeg), Some((32, 16)));
    assert_eq!(dimensions(b"GIF89a\x05\0\x06\0"), Some((5, 6)));
    for text in [&b"no picture"[..], b"\xff\xd8\xff", b"\x89PNG", b""] {
        assert_eq!(dimensions(text), None);
    }
}
