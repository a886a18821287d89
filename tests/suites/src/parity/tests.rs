//! What counts as a tag, and what the ledger complains about.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Book;
use super::ledger::{Fault, Ledger};
use super::lists::{areas, exceptions, facts};

/// A ledger over these facts, rows, areas and files.
fn ledger(rows: &str, done: &str, files: &[(&str, &str)]) -> Ledger {
    let mut ledger = Ledger {
        book: Book::Parity,
        items: facts(
            "# Title\n- `A-one.x` [Q] first `code`\n- `A-one.y` second\n- `B-two.x` third\n",
        ),
        exceptions: exceptions(&format!("id,reason\n{rows}")).unwrap(),
        done: areas(done),
        tags: BTreeMap::new(),
    };
    let files = files
        .iter()
        .map(|(file, text)| (PathBuf::from(file), (*text).to_owned()));
    ledger.scan(&files.collect()).unwrap();
    ledger
}

fn faults(rows: &str, done: &str, files: &[(&str, &str)]) -> Vec<String> {
    let faults = ledger(rows, done, files).faults();
    faults.iter().map(ToString::to_string).collect()
}

/// The ids that a source's tests pin, or the line that is refused.
#[track_caller]
fn assert_pins(file: &str, source: &str, ids: &[&str]) {
    let ledger = ledger("", "", &[(file, source)]);
    assert_eq!(ledger.faults(), [], "{source}");
    assert_eq!(
        ledger.tested().into_keys().collect::<Vec<_>>(),
        ids,
        "{source}"
    );
}

#[track_caller]
fn assert_refused(file: &str, source: &str) {
    let ledger = ledger("", "", &[(file, source)]);
    assert!(
        matches!(ledger.faults()[..], [Fault::OutsideTest(_)]),
        "{source}"
    );
    assert!(ledger.tested().is_empty(), "{source}");
}

#[track_caller]
fn assert_no_tag(file: &str, source: &str) {
    let ledger = ledger("", "", &[(file, source)]);
    assert_eq!(ledger.faults(), [], "{source}");
    assert!(ledger.tags.is_empty(), "{source}");
}

#[test]
fn tags_in_and_above_tests_count() {
    for source in [
        "#[test]\nfn f() {\n    // parity: A-one.x\n    assert!(true);\n}",
        "// parity: A-one.x\n#[test]\nfn f() {}",
        "/// Docs.\n// parity: A-one.x\n#[test]\nfn f() {}",
        "#[test]\n// parity: A-one.x\n#[should_panic]\nfn f() {}",
        "fn g() {}\n\n// parity: A-one.x\n#[tokio::test(flavor = \"x\")]\npub async fn f() -> Result<(), ()> {}",
        "mod tests { mod deep {\n// parity: A-one.x\n#[test]\nfn f() {} } }",
        "proptest! {\n#[test]\nfn f(x in 0..3) {\n// parity: A-one.x\n}\n}",
        "#[test]\nfn f() { let s = \"{ // no\"; if x { y(|| { // parity: A-one.x\n }) } }",
    ] {
        assert_pins("a.rs", source, &["A-one.x"]);
    }
    let several = "#[test]\nfn f() {\n    // parity: A-one.x, A-one.y\n    // parity: B-two.x\n}";
    assert_pins("a.rs", several, &["A-one.x", "A-one.y", "B-two.x"]);
}

#[test]
fn tags_outside_of_tests_are_refused() {
    for source in [
        "fn f() {\n    // parity: A-one.x\n}",
        "#[test]\nfn f() {}\n// parity: A-one.x\nfn g() {}",
        "#[test]\nfn f() {}\n// parity: A-one.x",
        "#[test]\n#[ignore = \"slow\"]\nfn f() {\n// parity: A-one.x\n}",
        "#[cfg(test)]\nmod tests {\n// parity: A-one.x\nfn helper() {}\n}",
        "#[test]\nfn f() { g() }\nfn g() { // parity: A-one.x\n}",
        "// parity: A-one.x\n#[derive(Debug)]\nstruct S;",
    ] {
        assert_refused("a.rs", source);
    }
}

#[test]
fn dead_text_is_no_tag() {
    for source in [
        "#[test]\nfn f() { let _ = \"\n// parity: A-one.x\n\"; }",
        "#[test]\nfn f() { let _ = r#\"\n// parity: A-one.x\n\"#; }",
        "#[test]\nfn f() { /*\n// parity: A-one.x\n*/ }",
        "#[test]\nfn f() { /* /* */\n// parity: A-one.x\n*/ }",
        "/// // parity: A-one.x\n#[test]\nfn f() {}",
        "#[test]\nfn f() { // about parity: A-one.x\n}",
    ] {
        assert_no_tag("a.rs", source);
    }
}

#[test]
fn macros_count_if_tests_invoke_them() {
    let definition = "macro_rules! script { () => {\n// parity: A-one.x\n} }";
    assert_refused("src/script.rs", definition);
    let files = [
        ("src/script.rs", definition),
        ("tests/a.rs", "#[test]\nfn f() { script!(); }"),
    ];
    assert!(ledger("", "", &files).tested().contains_key("A-one.x"));
    let files = [
        ("src/script.rs", definition),
        ("src/b.rs", "fn f() { script!(); }"),
    ];
    assert!(ledger("", "", &files).tested().is_empty());
}

#[test]
fn scenarios_count_if_they_are_listed() {
    let scenario = "async def f(a):\n    \"\"\"Docs.\n    # parity: A-one.y\n    \"\"\"\n    # parity: A-one.x\n    assert a\n";
    assert_refused("x.py", scenario);
    assert_pins(
        "x.py",
        &format!("{scenario}\nSCENARIOS = [\n    e,  # f\n    f,\n]\n"),
        &["A-one.x"],
    );
    assert_refused("x.py", &format!("{scenario}\nSCENARIOS = [e]  # f\n"));
    assert_refused(
        "x.py",
        "def f():\n    pass\n\nX = 1\n# parity: A-one.x\nSCENARIOS = [f]\n",
    );
    assert_no_tag(
        "x.py",
        "def f():\n    x = 'parity: A-one.x'\n    '''\n# parity: A-one.x\n'''\n",
    );
}

#[test]
fn what_is_done_has_no_open_item() {
    let test = [("a.rs", "#[test]\nfn f() {\n// parity: A-one.x\n}")];
    assert_eq!(faults("", "", &test), [""; 0]);
    assert_eq!(
        faults("", "# comment\n\nA-one\n", &test),
        ["open: A-one.y second"]
    );
    assert_eq!(faults("A-one.y,\"a good, one\"\n", "A-one", &test), [""; 0]);
    for carved in ["A-one except A-one.y", "A-one except A-one.y*"] {
        assert_eq!(faults("", carved, &test), [""; 0]);
    }
    assert_eq!(
        faults("", "A-one except A-one.*\nB-two except B-two.x", &[]),
        [""; 0]
    );
    assert_eq!(faults("", "A-one except A-one.", &test).len(), 2);
}

#[test]
fn void_lines_are_told_with_their_place() {
    let test = [(
        "a.rs",
        "\n#[test]\nfn f() {\n// parity: A-one.x, A-one.z,\n}",
    )];
    let at = "tests/parity/exceptions.csv";
    assert_eq!(
        faults("", "", &test),
        [
            "a.rs:4: \"A-one.z\" is not known",
            "a.rs:4: \"\" is not known"
        ]
    );
    assert_eq!(
        faults("A-one.q,why\nB-two.x,\" \"\nB-two.x,why\n", "", &[]),
        [
            format!("{at}:2: \"A-one.q\" is not known"),
            format!("{at}:3: B-two.x is excepted without a reason"),
            format!("{at}:4: B-two.x has been named before"),
        ]
    );
    let tested = [("a.rs", "#[test]\nfn f() {\n// parity: A-one.x\n}")];
    assert_eq!(
        faults("A-one.x,why\n", "", &tested),
        [format!("{at}:2: A-one.x is excepted, but tested at a.rs:3")]
    );
    assert_eq!(
        faults(
            "",
            "C-three\nB-two except B-two.q B-two.x\nB-two except B-two.x",
            &[]
        ),
        [
            "tests/parity/done.txt:1: \"C-three\" is not known",
            "tests/parity/done.txt:2: \"B-two.q\" is not known",
            "tests/parity/done.txt:3: B-two has been named before",
        ]
    );
}

#[test]
fn one_id_belongs_to_one_fact() {
    let mut ledger = ledger("", "", &[]);
    ledger.items.extend(facts("- `A-one.x` again"));
    assert_eq!(ledger.faults(), [Fault::SameId("A-one.x".into())]);
}
