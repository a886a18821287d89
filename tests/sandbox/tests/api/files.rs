//! Files on their way up and down.

use telewire_schema::functions::{self as f, messages as fm};
use telewire_schema::types;

use super::common::Bench;

// rule: files.upload_errors, files.download_errors
#[test]
fn a_file_goes_up_and_comes_down() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let part =
        |n: i32, len: usize| f::upload::SaveFilePart::new(7, n, vec![n.to_le_bytes()[0]; len]);
    assert_eq!(
        ada.call(&mut bench, &part(0, 0)).unwrap_err(),
        "FILE_PART_EMPTY"
    );
    assert_eq!(
        ada.call(&mut bench, &part(0, 600 * 1024)).unwrap_err(),
        "FILE_PART_TOO_BIG"
    );
    assert_eq!(
        ada.call(&mut bench, &part(4000, 1024)).unwrap_err(),
        "FILE_PART_INVALID"
    );
    assert!(ada.call(&mut bench, &part(0, 4096)).unwrap());
    assert_eq!(
        ada.call(&mut bench, &part(1, 8192))
            .map(|_| ())
            .unwrap_err(),
        "FILE_PART_SIZE_CHANGED"
    );
    assert!(ada.call(&mut bench, &part(2, 100)).unwrap());
    let send = |parts, md5: &str, random| {
        let file = types::InputFileData::new(7, parts, "a.bin", md5);
        let media =
            types::InputMediaUploadedDocument::new(file, "application/octet-stream", Vec::new());
        fm::SendMedia::new(types::InputPeer::Self_, media, "caption", random)
    };
    assert_eq!(
        ada.call(&mut bench, &send(3, "", 1)).unwrap_err(),
        "FILE_PART_1_MISSING"
    );
    assert!(ada.call(&mut bench, &part(1, 4096)).unwrap());
    assert_eq!(
        ada.call(&mut bench, &send(0, "", 1)).unwrap_err(),
        "FILE_PARTS_INVALID"
    );
    assert_eq!(
        ada.call(&mut bench, &send(3, "00", 1)).unwrap_err(),
        "MD5_CHECKSUM_INVALID"
    );
    let sent = ada.call(&mut bench, &send(3, "", 1)).unwrap();
    let document = document_of(&sent);
    assert_eq!(document.size, 8292);
    let location = |hash, reference: &[u8]| {
        types::InputDocumentFileLocation::new(document.id, hash, reference.to_vec(), "")
    };
    let get =
        |hash, reference: &[u8]| f::upload::GetFile::new(location(hash, reference), 0, 1024 * 1024);
    let (hash, reference) = (document.access_hash, &document.file_reference[..]);
    let file = ada.call(&mut bench, &get(hash, reference)).unwrap();
    let types::upload::File::File(file) = file else {
        panic!("a redirect")
    };
    assert_eq!(file.bytes.len(), 8292);
    assert_eq!(
        (file.bytes[0], file.bytes[5000], file.bytes[8200]),
        (0, 1, 2)
    );
    assert_eq!(
        ada.call(&mut bench, &get(hash + 1, reference)).unwrap_err(),
        "FILE_ID_INVALID"
    );
    assert_eq!(
        ada.call(&mut bench, &get(hash, b"")).unwrap_err(),
        "FILE_REFERENCE_EMPTY"
    );
    assert_eq!(
        ada.call(&mut bench, &get(hash, b"0123456789abcdef"))
            .unwrap_err(),
        "FILE_REFERENCE_INVALID"
    );
    bench.server.expire_file_references();
    assert_eq!(
        ada.call(&mut bench, &get(hash, reference)).unwrap_err(),
        "FILE_REFERENCE_EXPIRED"
    );
    // Fetching the message again brings a good one.
    let history = fm::GetHistory::new(types::InputPeer::Self_, 0, 0, 0, 1, 0, 0, 0);
    let again = ada.call(&mut bench, &history).unwrap();
    let fresh = match again {
        types::messages::Messages::Messages(m) => m.messages,
        types::messages::Messages::Slice(m) => m.messages,
        other => panic!("{other:?}"),
    };
    let types::Message::Message(m) = &fresh[0] else {
        panic!("no message")
    };
    let Some(types::MessageMedia::Document(m)) = &m.media else {
        panic!("no document")
    };
    let Some(types::Document::Document(d)) = &m.document else {
        panic!("no document")
    };
    assert!(ada.call(&mut bench, &get(hash, &d.file_reference)).is_ok());
}

fn document_of(updates: &types::Updates) -> types::DocumentData {
    let types::Updates::Updates(u) = updates else {
        panic!("{updates:?}")
    };
    let found = u.updates.iter().find_map(|u| match u {
        types::Update::NewMessage(n) => match &n.message {
            types::Message::Message(m) => m.media.clone(),
            _ => None,
        },
        _ => None,
    });
    match found {
        Some(types::MessageMedia::Document(m)) => match m.document {
            Some(types::Document::Document(d)) => *d,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

// rule: files.upload_stream
#[test]
fn a_stream_of_unknown_length_goes_up_as_a_big_file() {
    let mut bench = Bench::new();
    let mut ada = bench.signed_in(1, 0);
    let part =
        |n: i32, total: i32, len: usize| f::upload::SaveBigFilePart::new(7, n, total, vec![1; len]);
    for n in 0..3 {
        assert!(ada.call(&mut bench, &part(n, -1, 4096)).unwrap());
    }
    assert!(
        ada.call(&mut bench, &part(3, 4, 0)).unwrap(),
        "the last part may be empty"
    );
    let send = |file: types::InputFile| {
        let media =
            types::InputMediaUploadedDocument::new(file, "application/octet-stream", Vec::new());
        fm::SendMedia::new(types::InputPeer::Self_, media, "", 5)
    };
    let small = types::InputFileData::new(7, 4, "a.bin", "");
    assert_eq!(
        ada.call(&mut bench, &send(small.into())).unwrap_err(),
        "FILE_PARTS_INVALID"
    );
    let big = types::InputFileBig::new(7, 4, "a.bin");
    let sent = ada.call(&mut bench, &send(big.into())).unwrap();
    assert_eq!(document_of(&sent).size, 3 * 4096);
}
