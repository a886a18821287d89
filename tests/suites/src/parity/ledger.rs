//! What the repository says about each fact.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::lists::{self, Area, Exception, Item, matches};
use super::{Book, Place, Tag, python, rust};

/// Folders that hold no tests of this repository.
const ELSEWHERE: [&str; 4] = ["target", "fuzz", "node_modules", "__pycache__"];

/// Everything that is known about the facts.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// What it is about.
    pub book: Book,
    /// The facts.
    pub items: Vec<Item>,
    /// The exceptions.
    pub exceptions: Vec<Exception>,
    /// The areas that are done.
    pub done: Vec<Area>,
    /// The tags of all files.
    pub tags: BTreeMap<PathBuf, Vec<Tag>>,
}

/// What is wrong with the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A tag that no test carries.
    OutsideTest(Place),
    /// A tag, a row or a line names what does not exist.
    Unknown(String, Place),
    /// A row for an id that has one already.
    Twice(String, Place),
    /// A row for an id that a test has.
    TestedToo(String, Place, Place),
    /// A row without a reason.
    NoReason(String, Place),
    /// An item of an area that is done, neither tested nor excepted.
    Open(Item),
    /// Two facts have this id.
    SameId(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutsideTest(at) => write!(
                f,
                "{at}: this tag is not in a test that runs, nor directly above one"
            ),
            Self::Unknown(id, at) => write!(f, "{at}: {id:?} is not known"),
            Self::Twice(id, at) => write!(f, "{at}: {id} has been named before"),
            Self::TestedToo(id, at, test) => {
                write!(f, "{at}: {id} is excepted, but tested at {test}")
            }
            Self::NoReason(id, at) => write!(f, "{at}: {id} is excepted without a reason"),
            Self::Open(item) => write!(f, "open: {} {}", item.id, item.fact),
            Self::SameId(id) => write!(f, "two facts have the id {id}"),
        }
    }
}

impl Ledger {
    /// Reads the lists of a repository and the tags of all its tests.
    ///
    /// # Errors
    /// Files that cannot be read or parsed, by name.
    pub fn read(repository: &Path, book: Book) -> io::Result<Self> {
        let folder = repository.join(book.folder());
        let mut ledger = Self {
            book,
            items: lists::items(&folder)?,
            exceptions: lists::exceptions(&std::fs::read_to_string(
                folder.join("exceptions.csv"),
            )?)?,
            done: lists::areas(&std::fs::read_to_string(folder.join("done.txt"))?),
            tags: BTreeMap::new(),
        };
        let mut sources = BTreeMap::new();
        collect(repository, Path::new(""), &mut sources)?;
        ledger.scan(&sources)?;
        Ok(ledger)
    }

    /// Finds the tags of sources, given by their paths.
    ///
    /// # Errors
    /// A source that is no Rust.
    pub fn scan(&mut self, sources: &BTreeMap<PathBuf, String>) -> io::Result<()> {
        let is_python = |file: &Path| file.extension().is_some_and(|e| e == "py");
        let mut invoked = BTreeSet::new();
        for (file, source) in sources {
            if is_test_file(file) && !is_python(file) {
                invoked.append(&mut rust::invocations(source));
            }
        }
        for (file, source) in sources
            .iter()
            .filter(|(_, source)| source.contains(self.book.marker()))
        {
            let tags = if is_python(file) {
                python::tags(self.book, source)
            } else {
                rust::tags(self.book, source, &invoked)
                    .map_err(|e| io::Error::other(format!("{}: {e}", file.display())))?
            };
            if !tags.is_empty() {
                self.tags.insert(file.clone(), tags);
            }
        }
        Ok(())
    }

    /// The tests of each id, known or not.
    pub fn tested(&self) -> BTreeMap<&str, Vec<Place>> {
        let mut tested = BTreeMap::<_, Vec<_>>::new();
        for (file, tag) in self.all_tags().filter(|(_, tag)| tag.counts) {
            for id in &tag.ids {
                tested
                    .entry(id.as_str())
                    .or_default()
                    .push(place(file, tag.line));
            }
        }
        tested
    }

    /// Whether a row excepts that id.
    pub fn is_excepted(&self, id: &str) -> bool {
        self.exceptions.iter().any(|e| e.id == id)
    }

    /// The items that are neither tested nor excepted.
    pub fn open(&self) -> Vec<&Item> {
        let tested = self.tested();
        let closed =
            |item: &&Item| tested.contains_key(item.id.as_str()) || self.is_excepted(&item.id);
        self.items.iter().filter(|item| !closed(item)).collect()
    }

    /// Everything that is wrong.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut known = BTreeSet::new();
        for item in &self.items {
            if !known.insert(item.id.as_str()) {
                faults.push(Fault::SameId(item.id.clone()));
            }
        }
        for (file, tag) in self.all_tags() {
            if !tag.counts {
                faults.push(Fault::OutsideTest(place(file, tag.line)));
            }
            let unknown = tag.ids.iter().filter(|id| !known.contains(id.as_str()));
            faults.extend(unknown.map(|id| Fault::Unknown(id.clone(), place(file, tag.line))));
        }
        self.check_exceptions(&known, &mut faults);
        self.check_done(&mut faults);
        faults
    }

    fn check_exceptions(&self, known: &BTreeSet<&str>, faults: &mut Vec<Fault>) {
        let tested = self.tested();
        let mut seen = BTreeSet::new();
        for row in &self.exceptions {
            let at = place(&self.book.folder().join("exceptions.csv"), row.line);
            if !known.contains(row.id.as_str()) {
                faults.push(Fault::Unknown(row.id.clone(), at.clone()));
            }
            if !seen.insert(&row.id) {
                faults.push(Fault::Twice(row.id.clone(), at.clone()));
            }
            if row.reason.is_empty() {
                faults.push(Fault::NoReason(row.id.clone(), at.clone()));
            }
            if let Some(test) = tested
                .get(row.id.as_str())
                .and_then(|places| places.first())
            {
                faults.push(Fault::TestedToo(row.id.clone(), at, test.clone()));
            }
        }
    }

    fn check_done(&self, faults: &mut Vec<Fault>) {
        let open = self.open();
        let mut seen = BTreeSet::new();
        for area in &self.done {
            let at = place(&self.book.folder().join("done.txt"), area.line);
            if !self.items.iter().any(|item| item.area() == area.name) {
                faults.push(Fault::Unknown(area.name.clone(), at.clone()));
            }
            if !seen.insert(&area.name) {
                faults.push(Fault::Twice(area.name.clone(), at.clone()));
            }
            for rule in &area.except {
                let means = |item: &Item| item.area() == area.name && matches(rule, &item.id);
                if !self.items.iter().any(means) {
                    faults.push(Fault::Unknown(rule.clone(), at.clone()));
                }
            }
            let claimed = open.iter().filter(|item| area.claims(item));
            faults.extend(claimed.map(|item| Fault::Open((*item).clone())));
        }
    }

    fn all_tags(&self) -> impl Iterator<Item = (&Path, &Tag)> {
        let files = self.tags.iter();
        files.flat_map(|(file, tags)| tags.iter().map(move |tag| (file.as_path(), tag)))
    }
}

fn place(file: &Path, line: usize) -> Place {
    Place {
        file: file.to_owned(),
        line,
    }
}

/// Whether macros that this file invokes are invoked by tests.
fn is_test_file(file: &Path) -> bool {
    file.iter().any(|part| part == "tests") || file.file_stem().is_some_and(|stem| stem == "tests")
}

/// The Rust and Python sources below a folder, by their path in the repository.
fn collect(root: &Path, folder: &Path, into: &mut BTreeMap<PathBuf, String>) -> io::Result<()> {
    for entry in std::fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name();
        let hidden = name.to_string_lossy().starts_with('.');
        let path = folder.join(&name);
        if entry.file_type()?.is_dir() {
            if !hidden && !ELSEWHERE.iter().any(|other| name == *other) {
                collect(root, &path, into)?;
            }
        } else if path.extension().is_some_and(|e| e == "rs" || e == "py") {
            into.insert(path.clone(), std::fs::read_to_string(root.join(&path))?);
        }
    }
    Ok(())
}
