//! Files: what is read, what is written, and the check for drift.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::emit::{self, Options};
use crate::ids;
use crate::model::Model;
use crate::parse;

/// Generated files by their path in the crate.
#[derive(Debug, Default)]
pub struct Files(BTreeMap<PathBuf, String>);

/// Directories in which every file is generated.
const OWN: [&str; 4] = [
    "src/types",
    "src/functions",
    "src/mtproto/types",
    "src/mtproto/functions",
];

/// Generates everything for the crate at `root`.
pub fn generate(root: &Path) -> Result<Files, String> {
    let api = parse::parse(&read(&root.join("tl/api.tl"))?)
        .map_err(|error| format!("api.tl, {error}"))?;
    let mtproto = parse::parse(&read(&root.join("tl/mtproto.tl"))?)
        .map_err(|error| format!("mtproto.tl, {error}"))?;
    ids::check(
        [&api, &mtproto]
            .into_iter()
            .flat_map(|file| file.constructors.iter().chain(&file.functions)),
    )?;
    let client = read(&root.join("client.txt"))?;
    let client: Vec<&str> = client
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let api = Model::new(api, &client)?;
    let mtproto = Model::new(mtproto, &[])?;
    let methods = read(&root.join("methods.csv"))?;
    let errors = emit::errors(&read(&root.join("errors.csv"))?)?;
    let both = [(&api, "crate"), (&mtproto, "crate::mtproto")];
    let outside = [
        (&api, "telewire_schema"),
        (&mtproto, "telewire_schema::mtproto"),
    ];
    let mut files = Files::default();
    files.add(
        "src",
        emit::schema(&api, &Options::api(emit::usable_by(&methods))),
    );
    files.add("src/mtproto", emit::schema(&mtproto, &Options::mtproto()));
    files.put("src/names.rs", emit::names(&both));
    files.put("src/any.rs", emit::any(&both));
    files.put("src/errors/list.rs", errors);
    files.put("gen/tests/roundtrip/list.rs", emit::list(&outside));
    files.format()?;
    Ok(files)
}

impl Files {
    /// Adds files below `directory`.
    pub fn add(&mut self, directory: &str, files: Vec<(String, String)>) {
        for (name, text) in files {
            self.put(Path::new(directory).join(name), text);
        }
    }

    /// Adds a file.
    pub fn put(&mut self, path: impl Into<PathBuf>, text: String) {
        self.0.insert(path.into(), text);
    }

    /// Runs rustfmt over every file, several at once.
    pub fn format(&mut self) -> Result<(), String> {
        let mut texts: Vec<&mut String> = self.0.values_mut().collect();
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        let share = texts
            .len()
            .div_ceil(std::thread::available_parallelism().map_or(1, usize::from));
        std::thread::scope(|scope| {
            let mut threads = Vec::new();
            for chunk in texts.chunks_mut(share.max(1)) {
                threads
                    .push(scope.spawn(move || chunk.iter_mut().try_for_each(|text| rustfmt(text))));
            }
            threads
                .into_iter()
                .try_for_each(|thread| thread.join().map_err(|_| "rustfmt panicked".to_owned())?)
        })
    }

    /// Writes the files of the crate at `root` and removes generated ones that are no longer made.
    pub fn write(&self, root: &Path) -> Result<(), String> {
        for stale in self.stale(root)? {
            fs::remove_file(&stale).map_err(|error| format!("{}: {error}", stale.display()))?;
        }
        for (name, text) in &self.0 {
            let path = root.join(name);
            if fs::read_to_string(&path).is_ok_and(|old| old == *text) {
                continue;
            }
            let parent = path.parent().unwrap_or(root);
            fs::create_dir_all(parent)
                .and_then(|()| fs::write(&path, text))
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(())
    }

    /// Fails if writing would change anything.
    pub fn compare(&self, root: &Path) -> Result<(), String> {
        let mut drift: Vec<String> = self
            .stale(root)?
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        for (name, text) in &self.0 {
            if !fs::read_to_string(root.join(name)).is_ok_and(|old| old == *text) {
                drift.push(name.display().to_string());
            }
        }
        if drift.is_empty() {
            return Ok(());
        }
        Err(format!(
            "these differ from what the schema gives, run `cargo run -p telewire-schema-gen`:\n{}",
            drift.join("\n")
        ))
    }

    fn stale(&self, root: &Path) -> Result<Vec<PathBuf>, String> {
        let mut stale = Vec::new();
        for directory in OWN {
            let Ok(entries) = fs::read_dir(root.join(directory)) else {
                continue;
            };
            for entry in entries {
                let entry = entry.map_err(|error| error.to_string())?;
                if !self
                    .0
                    .contains_key(&Path::new(directory).join(entry.file_name()))
                {
                    stale.push(entry.path());
                }
            }
        }
        Ok(stale)
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn rustfmt(text: &mut String) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("rustfmt: {error}");
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(fail)?;
    let input = std::mem::take(text);
    let mut stdin = child.stdin.take().ok_or("rustfmt: no input")?;
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(fail)?;
    writer
        .join()
        .map_err(|_| "rustfmt: writing panicked")?
        .map_err(fail)?;
    if !output.status.success() {
        return Err("rustfmt does not accept the generated code".to_owned());
    }
    *text = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
    Ok(())
}
