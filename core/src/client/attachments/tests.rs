use telewire_schema::{Deserialize as _, Reader, RpcError};

use super::*;
use crate::client::testing::{Stage, value};
use crate::engine::{Request, Value};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

fn rpc(name: &str) -> Error {
    Error::Rpc {
        request: "messages.sendMedia",
        error: RpcError::parse(400, name),
    }
}

/// A server that takes files and messages, and what it saw.
#[derive(Default)]
struct Server {
    media: Vec<types::InputMedia>,
    captions: Vec<String>,
    silent: Vec<bool>,
    uploads: usize,
    albums: Vec<usize>,
    refuse: Vec<&'static str>,
}

impl Server {
    fn answer(&mut self, request: &Request) -> Result<Value, Error> {
        match request.name {
            "upload.saveFilePart" | "upload.saveBigFilePart" => {
                self.uploads += 1;
                value(&true)
            }
            "messages.sendMedia" => self.send_media(&request.head),
            "messages.uploadMedia" => {
                let mut r = Reader::from_slice(&request.head[12..]);
                let media = types::InputMedia::deserialize(&mut r).unwrap();
                let laid = received(&media);
                self.media.push(media);
                value(&laid)
            }
            "messages.sendMultiMedia" => self.send_album(&request.head),
            other => panic!("{other}"),
        }
    }

    fn send_media(&mut self, head: &[u8]) -> Result<Value, Error> {
        if let Some(name) = self.refuse.pop() {
            return Err(rpc(name));
        }
        let flags = i32::from_le_bytes(head[4..8].try_into().unwrap());
        let mut r = Reader::from_slice(&head[12..]);
        let media = types::InputMedia::deserialize(&mut r).unwrap();
        let text = String::deserialize(&mut r).unwrap();
        let random = i64::deserialize(&mut r).unwrap();
        let answer = arrived(&[(random, text.clone(), received(&media))]);
        self.silent.push(flags & 32 != 0);
        self.captions.push(text);
        self.media.push(media);
        value(&answer)
    }

    fn send_album(&mut self, head: &[u8]) -> Result<Value, Error> {
        let mut r = Reader::from_slice(&head[12..]);
        let all = Vec::<types::InputSingleMedia>::deserialize(&mut r).unwrap();
        self.albums.push(all.len());
        // In any order, as the real one.
        let sent: Vec<_> = all
            .iter()
            .rev()
            .map(|s| (s.random_id, s.message.clone(), received(&s.media)))
            .collect();
        self.captions.extend(all.into_iter().map(|s| s.message));
        value(&arrived(&sent))
    }
}

/// What a media becomes on the server.
fn received(media: &types::InputMedia) -> types::MessageMedia {
    let photo = |id: i64| {
        let mut media = types::MessageMediaPhoto::new();
        media.photo = Some(types::PhotoData::new(id, 2, &b"r"[..], 0, vec![], 2).into());
        media.into()
    };
    match media {
        types::InputMedia::UploadedPhoto(_) | types::InputMedia::PhotoExternal(_) => photo(77),
        types::InputMedia::Photo(p) => match &p.id {
            types::InputPhoto::InputPhoto(id) => photo(id.id),
            types::InputPhoto::Empty => panic!("{media:?}"),
        },
        _ => {
            let mut media = types::MessageMediaDocument::new();
            media.document =
                Some(types::DocumentData::new(88, 2, &b"r"[..], 0, "x/y", 1, 2, vec![]).into());
            media.into()
        }
    }
}

fn arrived(sent: &[(i64, String, types::MessageMedia)]) -> types::Updates {
    let mut updates: Vec<types::Update> = Vec::new();
    for (i, (random, text, media)) in sent.iter().enumerate() {
        let id = i32::try_from(i).unwrap() + 100;
        let peer = types::Peer::from(types::PeerUser::new(5_000_000_000));
        let mut message = types::MessageData::new(id, peer, 1, text.as_str());
        message.media = Some(media.clone());
        updates.push(types::UpdateMessageId::new(id, *random).into());
        updates.push(types::UpdateNewMessage::new(types::Message::from(message), 1, 1).into());
    }
    types::UpdatesData::new(updates, vec![], vec![], 1, 0).into()
}

fn send(
    stage: &mut Stage,
    server: &mut Server,
    file: impl Into<Attachment>,
) -> Result<Message, Error> {
    let file = file.into();
    stage.run(
        |client| async move { client.send_file(types::InputPeer::Self_, file).await },
        |request| server.answer(request),
    )
}

fn document(media: &types::InputMedia) -> &types::InputMediaUploadedDocument {
    match media {
        types::InputMedia::UploadedDocument(d) => d,
        other => panic!("{other:?}"),
    }
}

#[test]
fn photos_go_as_photos_with_their_caption() {
    let (mut stage, mut server) = (Stage::new(), Server::default());
    stage.files.put("/map.png", PNG);
    let file = Attachment::path("/map.png")
        .caption(InputMessage::markdown("We are **here**"))
        .silent();
    let message = send(&mut stage, &mut server, file).unwrap();
    assert_eq!(message.id(), 100);
    assert!(matches!(
        server.media[0],
        types::InputMedia::UploadedPhoto(_)
    ));
    assert_eq!(server.captions, ["We are here"]);
    assert_eq!(server.silent, [true]);
}

#[test]
fn content_without_a_name_is_recognised() {
    let (mut stage, mut server) = (Stage::new(), Server::default());
    send(&mut stage, &mut server, PNG).unwrap();
    assert!(matches!(
        server.media[0],
        types::InputMedia::UploadedPhoto(_)
    ));
    send(&mut stage, &mut server, b"just text".to_vec()).unwrap();
    assert_eq!(
        document(&server.media[1]).mime_type,
        "application/octet-stream"
    );
}

#[test]
fn documents_say_what_they_are() {
    let (mut stage, mut server) = (Stage::new(), Server::default());
    let cases: [(Attachment, &str, usize); 5] = [
        (Attachment::bytes("a.pdf", "1"), "application/pdf", 1),
        (
            Attachment::bytes("a.mp4", "2").supports_streaming(),
            "video/mp4",
            2,
        ),
        (
            Attachment::bytes("b.mp4", "3").force_document(),
            "video/mp4",
            1,
        ),
        (Attachment::bytes("a.ogg", "4").voice_note(), "audio/ogg", 2),
        (
            Attachment::bytes("a.png", PNG).force_document(),
            "image/png",
            1,
        ),
    ];
    for (file, mime, attributes) in cases {
        send(&mut stage, &mut server, file).unwrap();
        let sent = document(server.media.last().unwrap());
        assert_eq!(
            (sent.mime_type.as_str(), sent.attributes.len()),
            (mime, attributes)
        );
        assert!(matches!(
            sent.attributes[0],
            types::DocumentAttribute::Filename(_)
        ));
    }
    let video = &document(&server.media[1]).attributes[1];
    assert!(
        matches!(video, types::DocumentAttribute::Video(v) if v.supports_streaming && !v.round_message)
    );
    let voice = &document(&server.media[3]).attributes[1];
    assert!(matches!(voice, types::DocumentAttribute::Audio(a) if a.voice));
}

#[test]
fn given_attributes_replace_what_would_be_said() {
    let (mut stage, mut server) = (Stage::new(), Server::default());
    let file = Attachment::bytes("clip.mp4", "x")
        .attribute(types::DocumentAttributeVideo::new(12.5, 640, 480))
        .attribute(types::DocumentAttributeFilename::new("other.mp4"))
        .thumb(b"\xff\xd8\xff small".to_vec());
    send(&mut stage, &mut server, file).unwrap();
    let sent = document(&server.media[0]);
    assert_eq!(sent.attributes.len(), 2);
    assert!(
        sent.attributes
            .iter()
            .any(|a| matches!(a, types::DocumentAttribute::Video(v) if v.w == 640))
    );
    assert!(
        sent.attributes.iter().any(
            |a| matches!(a, types::DocumentAttribute::Filename(f) if f.file_name == "other.mp4")
        )
    );
    assert!(
        matches!(&sent.thumb, Some(types::InputFile::InputFile(f)) if f.name.ends_with(".jpg"))
    );
}

#[test]
fn the_same_bytes_are_uploaded_once() {
    let (mut stage, mut server) = (Stage::new(), Server::default());
    let file = || Attachment::bytes("a.txt", "the same");
    send(&mut stage, &mut server, file()).unwrap();
    send(&mut stage, &mut server, file()).unwrap();
    assert_eq!(server.uploads, 1);
    assert!(matches!(server.media[1], types::InputMedia::Document(_)));
    send(&mut stage, &mut server, file().no_cache()).unwrap();
    assert_eq!(server.uploads, 2);
    server.refuse = vec!["FILE_REFERENCE_EXPIRED"];
    send(&mut stage, &mut server, file()).unwrap();
    assert_eq!(
        server.uploads, 3,
        "a stale memory costs an upload, no error"
    );
}

#[test]
fn a_part_that_the_server_lost_costs_one_more_upload() {
    let (mut stage, mut server) = (Stage::new(), Server::default());
    server.refuse = vec!["FILE_PART_0_MISSING"];
    send(&mut stage, &mut server, Attachment::bytes("a.txt", "x")).unwrap();
    assert_eq!(server.uploads, 2);
    server.refuse = vec!["MEDIA_CAPTION_TOO_LONG"];
    let error = send(&mut stage, &mut server, Attachment::bytes("b.txt", "y")).unwrap_err();
    assert!(error.is("MEDIA_CAPTION_TOO_LONG"));
}

#[test]
fn what_lies_on_the_server_or_the_web_is_not_uploaded() {
    let (mut stage, mut server) = (Stage::new(), Server::default());
    send(&mut stage, &mut server, "https://example.org/a.jpg?size=1").unwrap();
    assert!(matches!(
        server.media[0],
        types::InputMedia::PhotoExternal(_)
    ));
    send(&mut stage, &mut server, "https://example.org/a.zip").unwrap();
    assert!(matches!(
        server.media[1],
        types::InputMedia::DocumentExternal(_)
    ));
    let photo = received(&server.media[0]);
    send(&mut stage, &mut server, &photo).unwrap();
    assert!(matches!(server.media[2], types::InputMedia::Photo(_)));
    assert_eq!(server.uploads, 0);
    let error = send(&mut stage, &mut server, &types::MessageMedia::Unsupported).unwrap_err();
    assert!(matches!(error, Error::Misuse(_)));
}

#[test]
fn several_files_make_albums_and_messages() {
    let (mut stage, mut server) = (Stage::new(), Server::default());
    let mut files: Vec<Attachment> = (0..12_u8)
        .map(|i| {
            Attachment::bytes(format!("{i}.png"), [PNG, &[i]].concat())
                .caption(InputMessage::text(format!("photo {i}")))
        })
        .collect();
    files.insert(
        3,
        Attachment::bytes("notes.txt", "x").caption(InputMessage::text("notes")),
    );
    let sent = stage.run(
        |client| async move { client.send_files(types::InputPeer::Self_, files).await },
        |request| server.answer(request),
    );
    let texts: Vec<String> = sent
        .unwrap()
        .iter()
        .map(|m| m.raw_text().to_owned())
        .collect();
    let wanted: Vec<String> = (0..12)
        .map(|i| format!("photo {i}"))
        .chain(["notes".to_owned()])
        .collect();
    assert_eq!(texts, wanted);
    assert_eq!(server.albums, [10, 2]);
    let none: [&str; 0] = [];
    let error = stage.run(
        |client| async move { client.send_files(types::InputPeer::Self_, none).await },
        |request| panic!("{request:?}"),
    );
    assert!(error.unwrap_err().to_string().contains("at least one"));
}
