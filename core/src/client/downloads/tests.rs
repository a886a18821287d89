use std::sync::{Arc, Mutex};

use telewire_schema::{RpcError, types};

use super::*;
use crate::client::testing::{Stage, value};
use crate::dc::DcId;
use crate::engine::{Request, Target, Value};
use crate::peers::PeerId;

const FRIEND: PeerId = PeerId::User(5_000_000_001);

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 31 % 251) as u8).collect()
}

fn rpc(code: i32, name: &str) -> Error {
    Error::Rpc {
        request: "upload.getFile",
        error: RpcError::parse(code, name),
    }
}

fn document(size: usize, name: Option<&str>, reference: &'static [u8]) -> types::Document {
    let attributes: Vec<types::DocumentAttribute> = name
        .map(|n| types::DocumentAttributeFilename::new(n).into())
        .into_iter()
        .collect();
    let size = i64::try_from(size).unwrap();
    let mut document = types::DocumentData::new(
        7,
        8,
        reference,
        1_582_979_696,
        "application/pdf",
        size,
        2,
        attributes,
    );
    document.thumbs = Some(vec![
        types::PhotoStrippedSize::new("i", Bytes::from_static(&[1, 30, 40, 9])).into(),
        types::PhotoSizeData::new("m", 320, 200, 5_000).into(),
    ]);
    document.into()
}

fn message(document: types::Document) -> types::Message {
    let mut media = types::MessageMediaDocument::new();
    media.document = Some(document);
    let mut message = types::MessageData::new(11, types::Peer::from(FRIEND), 1_582_979_696, "");
    message.media = Some(media.into());
    message.into()
}

/// Where a request for a piece begins and how much it wants.
fn piece(request: &Request) -> (usize, usize) {
    assert_eq!(request.name, "upload.getFile");
    assert!(request.repeatable && request.cancel);
    assert_eq!(
        request.head[4..8],
        [0; 4],
        "neither precise nor cdn_supported"
    );
    let (at, head) = (request.head.len() - 12, &request.head);
    let offset = i64::from_le_bytes(head[at..at + 8].try_into().unwrap());
    let limit = i32::from_le_bytes(head[at + 8..].try_into().unwrap());
    assert!(offset % 4096 == 0 && limit % 4096 == 0 && 1_048_576 % limit == 0);
    (
        usize::try_from(offset).unwrap(),
        usize::try_from(limit).unwrap(),
    )
}

fn serve(data: &[u8], request: &Request) -> Result<Value, Error> {
    let (offset, limit) = piece(request);
    let (from, to) = (offset.min(data.len()), (offset + limit).min(data.len()));
    let part = Bytes::copy_from_slice(&data[from..to]);
    value(&types::upload::File::from(types::upload::FileData::new(
        types::storage::FileType::FileUnknown,
        0,
        part,
    )))
}

fn save(stage: &mut Stage, what: Download, to: &str, data: &[u8]) -> Option<String> {
    let saved = stage.run(
        |client| async move { client.download_media(what, to).await },
        |request| serve(data, request),
    );
    saved.unwrap().map(|p| p.display().to_string())
}

#[test]
fn a_file_arrives_whole_and_under_its_name() {
    let mut stage = Stage::new();
    let data = content(3_000_000);
    let message = message(document(data.len(), Some("../a report.pdf"), b"ref"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let what =
        Download::of(&message).progress(move |got, total| log.lock().unwrap().push((got, total)));
    let path = save(&mut stage, what, "in/", &data);
    assert_eq!(path.as_deref(), Some("in/a report.pdf"));
    assert!(stage.files.get("in/a report.pdf").unwrap() == data);
    assert_eq!(
        stage.files.names(),
        ["in/a report.pdf"],
        "nothing is left over"
    );
    assert!(stage.most_waiting > 1 && stage.most_waiting <= 16);
    let seen = seen.lock().unwrap();
    assert!(seen.is_sorted());
    assert_eq!(seen.last(), Some(&(3_000_000, Some(3_000_000))));
}

#[test]
fn names_that_were_chosen_here_replace_nothing() {
    let mut stage = Stage::new();
    let data = content(10);
    let named = document(10, Some("a.pdf"), b"");
    let unnamed = document(10, None, b"");
    stage.files.make_directory("dir");
    stage.files.put("fixed.pdf", "old");
    for (what, to, wanted) in [
        (&named, "", "a.pdf"),
        (&named, "", "a (1).pdf"),
        (&named, "", "a (2).pdf"),
        (&named, "dir", "dir/a.pdf"),
        (&unnamed, "dir", "dir/document_2020-02-29_12-34-56.pdf"),
        (&named, "other", "other.pdf"),
        (&named, "other", "other (1).pdf"),
        (&named, "fixed.pdf", "fixed.pdf"),
    ] {
        assert_eq!(
            save(&mut stage, Download::of(what), to, &data).as_deref(),
            Some(wanted)
        );
        assert_eq!(stage.files.get(wanted).unwrap(), data);
    }
}

#[test]
fn a_stale_reference_is_renewed_from_the_message() {
    let mut stage = Stage::new();
    let data = content(700_000);
    let old = message(document(data.len(), Some("a.pdf"), b"stale"));
    let fresh = message(document(data.len(), Some("a.pdf"), b"fresh"));
    let (mut fetched, mut served) = (0, 0);
    let result = stage.run(
        |client| async move { client.download_bytes(&old).await },
        |request| {
            if request.name == "messages.getMessages" {
                fetched += 1;
                let found =
                    types::messages::MessagesData::new(vec![fresh.clone()], vec![], vec![], vec![]);
                return value(&types::messages::Messages::from(found));
            }
            if request.head.windows(5).any(|w| w == b"stale") && served > 1 {
                return Err(rpc(400, "FILE_REFERENCE_EXPIRED"));
            }
            served += 1;
            serve(&data, request)
        },
    );
    assert!(result.unwrap().unwrap() == data);
    assert_eq!(fetched, 1, "one renewal serves every piece under way");
}

#[test]
fn a_reference_that_cannot_be_renewed_is_the_callers() {
    let mut stage = Stage::new();
    let media = document(10, None, b"stale");
    let result = stage.run(
        |client| async move { client.download_bytes(&media).await },
        |_| Err(rpc(400, "FILE_REFERENCE_EXPIRED")),
    );
    assert!(result.unwrap_err().is("FILE_REFERENCE_EXPIRED"));
}

#[test]
fn a_file_that_lies_elsewhere_is_followed() {
    let mut stage = Stage::new();
    let data = content(1_000_000);
    let media = document(data.len(), None, b"");
    let result = stage.run(
        |client| async move { client.download_bytes(&media).await },
        |request| match request.dc {
            Target::Media(DcId(4)) => serve(&data, request),
            Target::Media(DcId(2)) => Err(rpc(303, "FILE_MIGRATE_4")),
            other => panic!("{other:?}"),
        },
    );
    assert!(result.unwrap().unwrap() == data);
    let media = document(10, None, b"");
    let result = stage.run(
        |client| async move { client.download_bytes(&media).await },
        |request| {
            Err(rpc(
                303,
                if request.dc == Target::Media(DcId(4)) {
                    "FILE_MIGRATE_2"
                } else {
                    "FILE_MIGRATE_4"
                },
            ))
        },
    );
    assert!(result.is_err(), "not for ever");
}

#[test]
fn troubles_pass_and_failures_leave_nothing_behind() {
    let mut stage = Stage::new();
    let data = content(1_500_000);
    let media = document(data.len(), Some("a.pdf"), b"");
    let mut calls = 0;
    let result = stage.run(
        |client| async move { client.download_media(&media, "").await },
        |request| {
            calls += 1;
            match calls % 5 {
                1 => Err(rpc(500, "RPC_CALL_FAIL")),
                2 => Err(rpc(420, "FLOOD_WAIT_3")),
                _ => serve(&data, request),
            }
        },
    );
    assert_eq!(result.unwrap(), Some("a.pdf".into()));
    assert!(stage.files.get("a.pdf").unwrap() == data);
    let media = document(data.len(), Some("b.pdf"), b"");
    let mut calls = 0;
    let result = stage.run(
        |client| async move { client.download_media(&media, "").await },
        |request| {
            calls += 1;
            if calls > 2 {
                Err(rpc(400, "LOCATION_INVALID"))
            } else {
                serve(&data, request)
            }
        },
    );
    assert!(result.unwrap_err().is("LOCATION_INVALID"));
    assert_eq!(stage.files.names(), ["a.pdf"]);
}

#[test]
fn a_truncated_file_is_an_error() {
    let mut stage = Stage::new();
    let data = content(1_000);
    let media = document(2_000, None, b"");
    let result = stage.run(
        |client| async move { client.download_bytes(&media).await },
        |request| serve(&data, request),
    );
    assert!(result.unwrap_err().to_string().contains("ended before"));
}

#[test]
fn chunks_come_in_order_within_the_window() {
    // The stage answers what waits in random order.
    // rule: floods.out_of_order
    let mut stage = Stage::new();
    let data = content(9_000_000);
    let media = document(data.len(), None, b"");
    let wanted = data.clone();
    stage.run(
        |client| async move {
            let mut chunks = client
                .iter_download(Download::of(&media).part_size(64 * 1024))
                .unwrap();
            let mut whole = Vec::new();
            while let Some(chunk) = chunks.next().await.unwrap() {
                whole.extend_from_slice(&chunk);
            }
            assert!(whole == wanted);
            assert_eq!(chunks.next().await.unwrap(), None);
        },
        |request| serve(&data, request),
    );
    assert!(stage.most_waiting <= 16);
}

#[test]
fn previews_that_came_along_need_no_request() {
    let mut stage = Stage::new();
    let media = document(10, Some("a.pdf"), b"");
    let first = Download::of(&media).thumb(0);
    let jpeg = stage.run(
        |client| async move { client.download_bytes(first).await },
        |request| panic!("{request:?}"),
    );
    assert_eq!(jpeg.unwrap().unwrap().len(), 623 + 1 + 2);
    let data = content(5_000);
    assert_eq!(
        save(&mut stage, Download::of(&media).thumb_type("m"), "", &data).as_deref(),
        Some("document_2020-02-29_12-34-56.jpg")
    );
    let none = Download::of(&media).thumb(2);
    let error = stage.run(
        |client| async move { client.download_bytes(none).await },
        |request| panic!("{request:?}"),
    );
    assert!(error.unwrap_err().to_string().contains("it has 2"));
}

#[test]
fn contacts_become_cards_and_other_media_nothing() {
    let mut stage = Stage::new();
    let contact = types::MessageMediaContact::new("+34 600", "Ada;", "Lovelace", "", 5);
    let media = types::MessageMedia::from(contact);
    let path = save(&mut stage, Download::of(&media), "", &[]);
    assert_eq!(path.as_deref(), Some("Ada.vcard"));
    let card = String::from_utf8(stage.files.get("Ada.vcard").unwrap()).unwrap();
    assert!(
        card.contains("N:Ada;Lovelace;;;\nFN:Ada Lovelace\nTEL;TYPE=cell;VALUE=uri:tel:+34600\n"),
        "{card}"
    );
    for nothing in [types::MessageMedia::Empty, types::MessageMedia::Unsupported] {
        assert_eq!(save(&mut stage, Download::of(&nothing), "", &[]), None);
    }
}

#[test]
fn the_largest_version_of_a_photo_is_the_default() {
    let mut stage = Stage::new();
    let sizes: Vec<types::PhotoSize> = vec![
        types::PhotoSizeProgressive::new("y", 1280, 720, vec![10, 300, 4_000]).into(),
        types::PhotoSizeData::new("m", 320, 180, 500).into(),
        types::PhotoCachedSize::new("s", 90, 51, Bytes::from_static(b"tiny")).into(),
    ];
    let photo = types::Photo::from(types::PhotoData::new(
        1,
        2,
        &b"r"[..],
        1_582_979_696,
        sizes,
        2,
    ));
    let data = content(4_000);
    let path = save(&mut stage, Download::of(&photo), "", &data).unwrap();
    assert_eq!(path, "photo_2020-02-29_12-34-56.jpg");
    assert!(stage.files.get(path).unwrap() == data);
    assert_eq!(
        save(&mut stage, Download::of(&photo).thumb(0), "small", &[]).as_deref(),
        Some("small.jpg")
    );
    assert_eq!(stage.files.get("small.jpg").unwrap(), b"tiny");
}
