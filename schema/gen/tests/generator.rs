//! The generator's parts, each on a few lines of schema.

use std::fs;
use std::path::Path;

use telewire_schema_gen::emit::{self, Options, secret};
use telewire_schema_gen::model::Model;
use telewire_schema_gen::output::{Files, generate};
use telewire_schema_gen::parse::{Schema, Type, parse};
use telewire_schema_gen::{ids, names};

fn schema(lines: &str) -> Schema {
    parse(lines).unwrap_or_else(|error| panic!("{error}"))
}

fn emitted(lines: &str, file: &str) -> String {
    let model = Model::new(schema(lines), &[]).unwrap();
    let files = emit::schema(&model, &Options::api(Default::default()));
    files.into_iter().find(|(name, _)| name == file).unwrap().1
}

#[test]
fn a_line_that_makes_no_sense_is_named() {
    for (line, part) in [
        ("a#00000001 = A", "semicolon"),
        ("a#00000001 x:int;", "no result"),
        ("a#zzz = A;", "bad id"),
        ("a#00000001 x = A;", "bad argument"),
        ("a#00000001 x:flags.0?int = A;", "no flag word"),
        ("a#00000001 flags:# x:flags.32?int = A;", "bad bit"),
        ("a#00000001 x:Vector<int = A;", "unbalanced"),
        ("a#00000001 x:in-t = A;", "bad type"),
    ] {
        let error = parse(&format!("// a comment\n{line}")).unwrap_err();
        assert_eq!(error.line, 2);
        assert!(error.message.contains(part), "{line}: {error}");
    }
}

#[test]
fn a_model_without_sense_is_refused() {
    for (lines, part) in [
        ("a#1 x:B = A;", "not defined"),
        ("a#1 x:b = A;", "not defined"),
        ("a#1 x:A = A;", "contain themselves"),
        ("aB#1 x:int = A;\na_b#2 x:int = A;", "two variants"),
    ] {
        let error = Model::new(schema(lines), &[]).unwrap_err();
        assert!(error.contains(part), "{lines}: {error}");
    }
    let unknown = Model::new(schema("---functions---\nf#1 = Bool;"), &["g"]).unwrap_err();
    assert!(unknown.contains("not in the schema"));
}

#[test]
fn names_follow_the_rules() {
    for (tl, rust) in [
        ("inputPeerUser", "InputPeerUser"),
        ("accountDaysTTL", "AccountDaysTtl"),
        ("p_q_inner_data_dc", "PQInnerDataDc"),
        ("req_DH_params", "ReqDhParams"),
        ("JSONObjectValue", "JsonObjectValue"),
        ("inputBotInlineMessageID64", "InputBotInlineMessageId64"),
    ] {
        assert_eq!(names::pascal(tl), rust);
    }
    assert_eq!(names::variant("InputPeer", "InputPeerSelf"), "Self_");
    assert_eq!(names::variant("Message", "Message"), "Message");
    assert_eq!(names::variant("Updates", "UpdateShort"), "UpdateShort");
    assert_eq!(names::variant("Id", "Id64"), "Id64");
    assert_eq!(
        (names::field("type"), names::field("M1")),
        ("type_".to_owned(), "m1".to_owned())
    );
}

#[test]
fn a_struct_gives_way_to_its_enum_and_to_its_neighbours() {
    let model = Model::new(
        schema("e#1 x:int = E;\neData#2 x:int = E;\neOther#3 = E;"),
        &[],
    )
    .unwrap();
    let rust: Vec<&str> = model
        .constructors
        .iter()
        .map(|constructor| constructor.rust.as_str())
        .collect();
    assert_eq!(rust[..2], ["EDataData", "EData"]);
}

#[test]
fn an_id_that_the_text_does_not_give_is_refused() {
    let good = "peerUser#59511722 user_id:long = Peer;";
    ids::check(schema(good).constructors.iter()).unwrap();
    let changed = good.replace("long", "int");
    assert!(
        ids::check(schema(&changed).constructors.iter())
            .unwrap_err()
            .contains("peerUser")
    );
    // An exception that has become needless is one too.
    let exception =
        &schema("ipPortSecret#37982646 ipv4:int port:int secret:bytes = IpPort;").constructors[0];
    assert_ne!(ids::computed(exception), exception.id);
    let mut mended = exception.clone();
    mended.id = ids::computed(exception);
    assert!(ids::check([&mended].into_iter()).is_err());
    let twice = schema(&format!("{good}\n{good}"));
    assert!(
        ids::check(twice.constructors.iter())
            .unwrap_err()
            .contains("share an id")
    );
}

#[test]
fn large_and_recursive_values_are_boxed() {
    let types = "s#1 a:string b:string = S;\n\
        small#2 x:long = E;\nlarge#3 s:S = E;\nagain#4 e:E = E;\n\
        node#5 flags:# next:flags.0?Node = Node;";
    let text = emitted(types, "types/mod.rs");
    for part in [
        "Small(types::Small)",
        "Large(Box<types::Large>)",
        "Again(Box<types::Again>)",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.contains("pub next: Option<Box<types::Node>>"));
}

#[test]
fn what_the_client_does_not_reach_is_behind_full() {
    let lines = "a#1 x:int = A;\nb#2 x:int = B;\nn.c#3 x:int = n.C;\n---functions---\nf#4 a:A = Bool;\ng#5 b:B = n.C;";
    let model = Model::new(schema(lines), &["f"]).unwrap();
    let reached: Vec<&str> = model
        .unions
        .values()
        .filter(|union| union.client)
        .map(|union| union.name.as_str())
        .collect();
    assert_eq!(reached, ["A"]);
    let files = emit::schema(&model, &Options::api(Default::default()));
    let text = &files
        .iter()
        .find(|(name, _)| name == "types/mod.rs")
        .unwrap()
        .1;
    let (open, full) = text.split_once("mod full {").unwrap();
    assert!(open.contains("struct A") && !open.contains("struct B") && full.contains("struct B"));
    assert!(open.contains("#[cfg(feature = \"full\")]\npub mod n;"));
}

#[test]
fn every_secret_is_a_field_of_the_schema() {
    let text = [
        include_str!("../../tl/api.tl"),
        include_str!("../../tl/mtproto.tl"),
    ]
    .concat();
    let schema = schema(&text);
    let fields = || {
        schema
            .constructors
            .iter()
            .chain(&schema.functions)
            .flat_map(|definition| {
                definition
                    .params
                    .iter()
                    .map(move |param| (definition.name.as_str(), param.name.as_str()))
            })
    };
    for name in secret::ANYWHERE {
        assert!(fields().any(|(_, field)| field == name), "{name}");
    }
    for pair in secret::IN {
        assert!(fields().any(|field| field == pair), "{pair:?}");
    }
}

#[test]
fn every_type_has_a_place() {
    let model = Model::new(schema(include_str!("../../tl/api.tl")), &[]).unwrap();
    assert_eq!(
        (model.layer, model.unions.len(), model.functions.len()),
        (Some(230), 647, 850)
    );
    assert_eq!(model.constructors.len(), 1700);
    let wrappers = model
        .functions
        .iter()
        .filter(|function| function.is_wrapper());
    assert_eq!(wrappers.count(), 11);
    let result = &model
        .functions
        .iter()
        .find(|function| function.definition.name == "users.getUsers")
        .unwrap();
    let user = Type::Boxed("User".to_owned());
    assert_eq!(
        result.definition.result,
        Type::Vector {
            boxed: true,
            item: Box::new(user)
        }
    );
}

#[test]
fn drift_is_noticed() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("drift");
    let _ = fs::remove_dir_all(&root);
    let mut files = Files::default();
    files.put("src/types/a.rs", "//! A.\n".to_owned());
    assert!(files.compare(&root).is_err());
    files.write(&root).unwrap();
    files.compare(&root).unwrap();
    fs::write(root.join("src/types/stale.rs"), "").unwrap();
    assert!(files.compare(&root).unwrap_err().contains("stale.rs"));
    files.write(&root).unwrap();
    fs::write(root.join("src/types/a.rs"), "changed by hand").unwrap();
    assert!(files.compare(&root).unwrap_err().contains("a.rs"));
}

#[test]
fn the_checked_in_files_are_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    generate(&root).unwrap().compare(&root).unwrap();
}
