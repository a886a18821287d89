use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use std::time::Duration;

use bytes::Bytes;
use futures::io::Cursor;
use telewire_schema::{RpcError, Serialize as _};

use super::*;
use crate::client::testing::Stage;
use crate::engine::Value;

/// The parts of one upload, as the server saw them.
#[derive(Default)]
struct Saved {
    parts: BTreeMap<i32, Bytes>,
    totals: Vec<i32>,
    big: bool,
    repeated: usize,
}

impl Saved {
    fn take(&mut self, request: &Request) {
        self.big = request.name == "upload.saveBigFilePart";
        let number = |at: usize| i32::from_le_bytes(request.head[at..at + 4].try_into().unwrap());
        let index = number(12);
        if self.big {
            self.totals.push(number(16));
        }
        assert_eq!(request.head.len(), if self.big { 20 } else { 16 });
        assert!(request.repeatable);
        let again = self.parts.insert(index, request.tail.clone().unwrap());
        self.repeated += usize::from(again.is_some());
    }

    fn whole(&self) -> Vec<u8> {
        self.parts.values().flatten().copied().collect()
    }
}

fn yes() -> Result<Value, Error> {
    Ok(Value::Bytes(true.to_bytes().into()))
}

fn rpc(code: i32, name: &str) -> Error {
    Error::Rpc {
        request: "upload.saveFilePart",
        error: RpcError::parse(code, name),
    }
}

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 31 % 251) as u8).collect()
}

fn upload(stage: &mut Stage, file: Upload) -> (Result<UploadedFile, Error>, Saved) {
    let mut saved = Saved::default();
    let result = stage.run(
        |client| async move { client.upload_file(file).await },
        |request| {
            saved.take(request);
            yes()
        },
    );
    (result, saved)
}

#[test]
fn small_files_carry_their_digest() {
    let mut stage = Stage::new();
    let data = content(300_000);
    stage.files.put("/tmp/a.txt", data.clone());
    let (file, saved) = upload(&mut stage, "/tmp/a.txt".into());
    let file = file.unwrap();
    assert_eq!(saved.whole(), data);
    assert!(!saved.big);
    let types::InputFile::InputFile(raw) = &file.raw else {
        panic!("{:?}", file.raw)
    };
    assert_eq!((raw.parts, raw.name.as_str()), (3, "a.txt"));
    assert_eq!(raw.md5_checksum, hex(&Md5::digest(&data)));
    assert_eq!(file.size, 300_000);
}

#[test]
fn big_files_hold_no_more_than_the_window() {
    let mut stage = Stage::new();
    let data = content(64 * 1024 * 1024);
    stage.files.put("/big.bin", data.clone());
    let (file, saved) = upload(&mut stage, Upload::path("/big.bin"));
    assert!(matches!(file.unwrap().raw, types::InputFile::Big(raw) if raw.parts == 512));
    assert!(saved.big && saved.totals.iter().all(|t| *t == 512));
    assert!(saved.whole() == data);
    assert!(stage.most_waiting > 4, "parts travel together");
    assert!(stage.most_bytes <= files::WINDOW_BYTES as usize);
}

#[test]
fn streams_that_turn_out_small_are_small_files() {
    let mut stage = Stage::new();
    let data = content(70_000);
    let (file, saved) = upload(
        &mut stage,
        Upload::reader(Cursor::new(data.clone())).name("x.bin"),
    );
    assert_eq!(saved.whole(), data);
    assert!(matches!(file.unwrap().raw, types::InputFile::InputFile(_)));
}

#[test]
fn long_streams_tell_their_length_with_the_last_part() {
    let mut stage = Stage::new();
    for extra in [0, 1, 512 * 1024, 700_000] {
        let data = content(11 * 1024 * 1024 + extra);
        let (file, saved) = upload(&mut stage, Upload::reader(Cursor::new(data.clone())));
        let count = i32::try_from(data.len().div_ceil(512 * 1024)).unwrap();
        assert!(matches!(file.unwrap().raw, types::InputFile::Big(raw) if raw.parts == count));
        assert!(saved.whole() == data);
        let (known, unknown): (Vec<i32>, Vec<i32>) = saved.totals.iter().partition(|t| **t != -1);
        assert_eq!(known, [count]);
        assert_eq!(unknown.len(), saved.parts.len() - 1);
    }
}

#[test]
fn progress_is_told_after_every_part() {
    let mut stage = Stage::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let file = Upload::bytes(content(300_000))
        .progress(move |sent, total| log.lock().unwrap().push((sent, total)));
    upload(&mut stage, file).0.unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|(_, total)| *total == Some(300_000)));
    assert!(seen.is_sorted() && seen.last().unwrap().0 == 300_000);
}

#[test]
fn passing_errors_send_only_that_part_again() {
    let mut stage = Stage::new();
    let data = content(2_000_000);
    let file = Upload::bytes(data.clone());
    let (mut saved, mut failures) = (Saved::default(), 0);
    let result = stage.run(
        |client| async move { client.upload_file(file).await },
        |request| {
            if failures < 9 {
                failures += 1;
                return Err(match failures % 3 {
                    0 => rpc(500, "RPC_CALL_FAIL"),
                    1 => rpc(420, "FLOOD_WAIT_7"),
                    _ => Error::OutcomeUnknown {
                        request: "upload.saveFilePart",
                    },
                });
            }
            saved.take(request);
            yes()
        },
    );
    result.unwrap();
    assert_eq!(saved.whole(), data);
    assert_eq!(saved.repeated, 0);
    assert!(stage.slept >= Duration::from_secs(21), "{:?}", stage.slept);
}

#[test]
fn lasting_errors_end_the_upload() {
    for error in [
        rpc(400, "FILE_PART_INVALID"),
        rpc(420, "FLOOD_WAIT_3600"),
        Error::Disconnected,
    ] {
        let mut stage = Stage::new();
        let result = stage.run(
            |client| async move { client.upload_file(vec![1; 1000]).await },
            |_| Err(error.clone()),
        );
        assert_eq!(result.unwrap_err().to_string(), error.to_string());
    }
    let mut stage = Stage::new();
    let mut asked = 0;
    let result = stage.run(
        |client| async move { client.upload_file(vec![1; 1000]).await },
        |_| {
            asked += 1;
            Err(rpc(500, "RPC_CALL_FAIL"))
        },
    );
    assert!(result.is_err() && asked <= 20, "{asked}");
}

#[test]
fn what_cannot_be_uploaded_says_what_to_do() {
    let mut stage = Stage::new();
    stage.files.make_directory("/dir");
    for (file, text) in [
        (Upload::path("/missing"), "spelled right"),
        (Upload::path("/dir"), "check that it is a file"),
        (Upload::bytes(Bytes::new()), "is empty"),
        (Upload::reader(Cursor::new(Vec::new())), "is empty"),
        (Upload::bytes(vec![1]).part_size(600 * 1024), "512 KiB"),
        (
            Upload::bytes(vec![1; 10_000_000]).part_size(1024),
            "larger parts",
        ),
    ] {
        let error = upload(&mut stage, file).0.unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
}

#[test]
fn names_get_the_extension_of_their_content() {
    let mut stage = Stage::new();
    let png = [b"\x89PNG\r\n\x1a\n".to_vec(), content(100)].concat();
    let (file, _) = upload(&mut stage, Upload::bytes(png.clone()));
    let name = file.unwrap().name;
    assert!(
        name.ends_with(".png") && name[..name.len() - 4].chars().all(|c| c.is_ascii_digit()),
        "{name}"
    );
    let (file, _) = upload(&mut stage, Upload::bytes(png).name("picture"));
    assert_eq!(file.unwrap().name, "picture.png");
}
