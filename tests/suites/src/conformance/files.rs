//! What files have to do.

use std::io::ErrorKind;

use bytes::Bytes;
use futures::future;
use telewire_core::runtime::{File, Mode, Runtime};

/// Parts are written backwards, read back across their borders, and the file gets its last name.
pub async fn file_parts_come_in_any_order<R: Runtime>(runtime: R) {
    let folder = tempfile::tempdir().unwrap();
    let (part, whole) = (folder.path().join("a.part"), folder.path().join("a"));
    std::fs::write(&part, "longer than what comes, and to be emptied").unwrap();
    std::fs::write(&whole, "to be replaced").unwrap();

    let file = runtime
        .clone()
        .open(part.clone(), Mode::Create)
        .await
        .unwrap();
    assert_eq!(file.len().await.unwrap(), 0);
    for (offset, data) in [(8, "ij"), (4, "efgh"), (0, "abcd")] {
        file.write_at(offset, Bytes::from(data)).await.unwrap();
    }
    assert_eq!(file.len().await.unwrap(), 10);
    assert_eq!(file.read_at(2, 4).await.unwrap(), "cdef");
    assert_eq!(file.read_at(6, 100).await.unwrap(), "ghij");
    assert_eq!(file.read_at(10, 1).await.unwrap(), "");
    assert_eq!(file.read_at(0, 0).await.unwrap(), "");

    file.rename(whole.clone()).await.unwrap();
    file.write_at(0, Bytes::from("A")).await.unwrap();
    drop(file);
    assert!(!part.exists());
    assert_eq!(std::fs::read_to_string(&whole).unwrap(), "Abcdefghij");

    let file = runtime.open(whole, Mode::Read).await.unwrap();
    let (a, b) = future::join(file.read_at(0, 5), file.read_at(5, 5)).await;
    assert_eq!([a.unwrap(), b.unwrap()], ["Abcde", "fghij"]);
    assert!(
        file.write_at(0, Bytes::from("x")).await.is_err(),
        "it was opened for reading"
    );
}

/// Files are made in folders that do not exist yet, and are gone once removed, under whichever name.
pub async fn file_brings_its_folder_and_can_be_removed<R: Runtime>(runtime: R) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/newer/file");
    for renamed in [false, true] {
        let mut last = path.clone();
        let file = runtime
            .clone()
            .open(path.clone(), Mode::Create)
            .await
            .unwrap();
        file.write_at(0, Bytes::from("x")).await.unwrap();
        if renamed {
            last.set_extension("last");
            file.rename(last.clone()).await.unwrap();
        }
        assert!(last.exists());
        file.remove().await.unwrap();
        assert!(!last.exists() && !path.exists());
    }
}

/// A missing file, a folder that cannot be made, and one that is missing when the file is to move there.
pub async fn file_errors_are_those_of_the_system<R: Runtime>(runtime: R) {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let error = runtime
        .clone()
        .open(missing.clone(), Mode::Read)
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    std::fs::write(folder.path().join("no folder"), "").unwrap();
    let inside = folder.path().join("no folder/file");
    assert!(runtime.clone().open(inside, Mode::Create).await.is_err());
    let file = runtime
        .open(folder.path().join("file"), Mode::Create)
        .await
        .unwrap();
    let error = file.rename(missing.join("file")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
