//! Data centres: who lives where, what each of them knows, and where it sends people.

mod accounts;
#[path = "../common/mod.rs"]
mod common;
mod places;
mod sign_in;

use common::{Bench, Client};
use telewire_schema::{functions as f, types};

/// Lives in DC 4.
const EMMY: &str = "9996640001";

fn user(bench: &Bench, phone: &str) -> telewire_sandbox::User {
    let mut users = bench.server.users().into_iter();
    users.find(|u| u.phone == phone).unwrap()
}

/// Takes the authorization of `from` to another data centre.
fn carry(bench: &mut Bench, from: &mut Client, to: &mut Client) -> Result<(), String> {
    let export = f::auth::ExportAuthorization::new(to.entrance.dc);
    let exported = from.call(bench, &export)?;
    let import = f::auth::ImportAuthorization::new(exported.id, exported.bytes);
    to.call(bench, &import).map(drop)
}

/// A file of the client's, as a location that can be fetched.
fn upload(client: &mut Client, bench: &mut Bench) -> (f::upload::GetFile, i32) {
    let part = f::upload::SaveFilePart::new(7, 0, vec![9; 1000]);
    assert!(client.call(bench, &part).unwrap());
    let file = types::InputFileData::new(7, 1, "a.bin", "");
    let media = types::InputMediaUploadedDocument::new(file, "application/x", Vec::new());
    let sent = f::messages::UploadMedia::new(types::InputPeer::Self_, media);
    let types::MessageMedia::Document(m) = client.call(bench, &sent).unwrap() else {
        panic!("no document")
    };
    let Some(types::Document::Document(d)) = m.document else {
        panic!("no document")
    };
    let location = types::InputDocumentFileLocation::new(d.id, d.access_hash, d.file_reference, "");
    (f::upload::GetFile::new(location, 0, 4096), d.dc_id)
}

fn config(bench: &mut Bench, client: &mut Client) -> types::Config {
    client.call(bench, &f::help::GetConfig).unwrap()
}
