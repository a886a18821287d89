//! The generator on another schema than the one it was written for: May 2019, API and protocol in one file.

use std::fs;
use std::path::Path;
use std::process::Command;

use telewire_schema_gen::emit::{self, Options};
use telewire_schema_gen::model::Model;
use telewire_schema_gen::output::Files;
use telewire_schema_gen::parse::parse;
use telewire_schema_gen::{ids, parse};

const LIB: &str = "//! The schema of May 2019.\n\
    #[allow(unused_imports)]\npub mod functions;\n\
    #[allow(unused_imports)]\npub mod types;\n";

fn old() -> parse::Schema {
    parse(include_str!("data/api_2019.tl")).unwrap()
}

#[test]
fn the_ids_follow_the_rule() {
    let schema = old();
    assert_eq!(schema.layer, Some(99));
    assert!(schema.constructors.len() > 700 && schema.functions.len() > 300);
    ids::check(schema.constructors.iter().chain(&schema.functions)).unwrap();
}

#[test]
fn the_generated_code_compiles() {
    let model = Model::new(old(), &[]).unwrap();
    let mut options = Options::api(Default::default());
    options.codec = "telewire_schema::codec";
    options.gated = false;
    let mut files = Files::default();
    files.add("src", emit::schema(&model, &options));
    files.put("src/lib.rs", LIB.to_owned());
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    files.put(
        "Cargo.toml",
        format!(
            "[package]\nname = \"old-schema\"\nedition = \"2024\"\n[workspace]\n[features]\nserver = []\n\
             [dependencies]\ntelewire-schema = {{ path = '{}', default-features = false }}\n",
            schema.canonicalize().unwrap().display()
        ),
    );
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("old-schema");
    files.write(&root).unwrap();
    // The versions that the workspace has already fetched.
    fs::copy(schema.join("../Cargo.lock"), root.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args([
            "check",
            "--offline",
            "--quiet",
            "--features",
            "server",
            "--manifest-path",
        ])
        .arg(root.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", root.join("target"))
        .env("RUSTFLAGS", "-D warnings")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
