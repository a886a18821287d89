//! The core touches nothing: no I/O below it, none in its source; and no async runtime below the blocking facade.

use std::path::{Path, PathBuf};
use std::process::Command;

use quote::ToTokens;
use syn::visit::Visit;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// The names of the packages below `package`, itself included, on every platform.
fn dependencies(package: &str, features: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(workspace())
        .args([
            "tree",
            "--locked",
            "--edges",
            "normal,build",
            "--target",
            "all",
            "--prefix",
            "none",
        ])
        .args(["--format", "{p}", "--package", package])
        .args(features)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut names: Vec<_> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.iter().any(|name| name == package), "{names:?}");
    names
}

#[track_caller]
fn assert_free_of(package: &str, forbidden: &[&str]) {
    for features in [&[][..], &["--no-default-features"], &["--all-features"]] {
        let names = dependencies(package, features);
        let found: Vec<_> = names
            .iter()
            .filter(|name| forbidden.contains(&name.as_str()))
            .collect();
        assert!(
            found.is_empty(),
            "{package} {features:?} depends on {found:?}"
        );
    }
}

const ASYNC_RUNTIMES: [&str; 7] = [
    "tokio",
    "smol",
    "async-std",
    "async-io",
    "async-executor",
    "async-global-executor",
    "mio",
];

#[test]
fn core_depends_on_nothing_that_does_io() {
    let mut forbidden = ASYNC_RUNTIMES.to_vec();
    forbidden.extend([
        "polling",
        "socket2",
        "rusqlite",
        "libsqlite3-sys",
        "getrandom",
        "rustix",
        "blocking",
        "async-net",
        "async-fs",
        "tokio-util",
        "rand",
        "chrono",
    ]);
    assert_free_of("telewire-core", &forbidden);
    assert_free_of("telewire-schema", &forbidden);
}

#[test]
fn blocking_depends_on_no_async_runtime() {
    assert_free_of("telewire-blocking", &ASYNC_RUNTIMES);
    assert!(dependencies("telewire-blocking", &[]).contains(&"polling".to_owned()));
}

#[test]
fn what_adapters_share_depends_on_no_runtime() {
    assert_free_of("telewire-native", &ASYNC_RUNTIMES);
}

#[test]
fn sqlite_depends_on_no_runtime() {
    assert_free_of("telewire-sqlite", &ASYNC_RUNTIMES);
}

#[test]
fn core_names_no_file_socket_thread_or_clock() {
    let mut findings = Vec::new();
    let mut files = 0;
    sources(&workspace().join("core/src"), &mut |path| {
        files += 1;
        let text = std::fs::read_to_string(path).unwrap();
        findings.extend(
            forbidden_paths(&text)
                .into_iter()
                .map(|found| format!("{}: {found}", path.display())),
        );
    });
    assert!(files > 20, "only {files} files were found");
    assert!(findings.is_empty(), "{findings:#?}");
}

/// Whether the search would find anything.
#[test]
fn every_way_of_writing_a_forbidden_path_is_found() {
    for (source, found) in [
        ("use std::fs;", "std::fs"),
        ("use std::{io, fs::{self, File}};", "std::fs"),
        (
            "use ::std::net::{IpAddr, TcpStream as S};",
            "std::net::TcpStream",
        ),
        ("use std::net::*;", "std::net::*"),
        ("use std as s;", "std"),
        (
            "fn f() { let _ = std::thread::current(); }",
            "std::thread::current",
        ),
        ("fn f(_: std::time::SystemTime) {}", "std::time::SystemTime"),
        ("use std::time::{Duration, Instant};", "std::time::Instant"),
        (
            "mod m { fn f() { assert!(std::env::var(\"X\").is_ok()); } }",
            "std::env",
        ),
        (
            "use std::net; fn f() -> net::TcpStream { loop {} }",
            "std::net",
        ),
    ] {
        let paths = forbidden_paths(source);
        assert!(
            paths.iter().any(|path| path.starts_with(found)),
            "{source}: {paths:?}"
        );
    }
    for innocent in [
        "use std::net::{IpAddr, Ipv4Addr, SocketAddr};",
        "use std::time::Duration; use std::sync::Mutex;",
        "#[cfg(test)] mod tests { use std::fs; }",
        "/// std::fs::read\nfn f() { let _ = env!(\"CARGO_PKG_VERSION\"); }",
    ] {
        assert_eq!(forbidden_paths(innocent), [""; 0], "{innocent}");
    }
}

fn sources(folder: &Path, visit: &mut impl FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, visit);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            visit(&path);
        }
    }
}

fn forbidden_paths(source: &str) -> Vec<String> {
    let mut search = Search::default();
    search.visit_file(&syn::parse_file(source).unwrap());
    search.found
}

#[derive(Default)]
struct Search {
    found: Vec<String>,
}

impl Search {
    fn check(&mut self, path: &[String]) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let innocent = match path[..] {
            [
                "std",
                "net",
                "IpAddr" | "Ipv4Addr" | "Ipv6Addr" | "SocketAddr" | "SocketAddrV4" | "SocketAddrV6",
                ..,
            ]
            | ["std", "net", "AddrParseError"] => true,
            [
                "std",
                "fs" | "net" | "thread" | "process" | "env" | "os",
                ..,
            ] => false,
            ["std", "time", "Instant" | "SystemTime" | "*", ..] => false,
            ["std", "io", "stdin" | "stdout" | "stderr", ..] => false,
            ["std"] | ["std", "*"] => false,
            _ => true,
        };
        if !innocent {
            self.found.push(path.join("::"));
        }
    }

    fn tree(&mut self, tree: &syn::UseTree, prefix: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.tree(&path.tree, prefix);
                prefix.pop();
            }
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.tree(item, prefix));
            }
            leaf => {
                let name = match leaf {
                    syn::UseTree::Name(name) => name.ident.to_string(),
                    syn::UseTree::Rename(rename) => rename.ident.to_string(),
                    _ => "*".to_owned(),
                };
                let mut path = prefix.clone();
                if name != "self" {
                    path.push(name);
                }
                self.check(&path);
            }
        }
    }
}

impl<'a> Visit<'a> for Search {
    fn visit_item_mod(&mut self, module: &'a syn::ItemMod) {
        let is_test = |a: &syn::Attribute| {
            a.path().is_ident("cfg") && a.to_token_stream().to_string().contains("(test)")
        };
        if !module.attrs.iter().any(is_test) {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        self.tree(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let segments: Vec<_> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if segments.len() > 1 {
            self.check(&segments);
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'a syn::Macro) {
        // What a macro is given need not be Rust; paths are told by their text.
        let text = mac.tokens.to_string().replace(' ', "");
        for (start, _) in text.match_indices("std::") {
            let path: String = text[start..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || "_:".contains(*c))
                .collect();
            self.check(&path.split("::").map(str::to_owned).collect::<Vec<_>>());
        }
        syn::visit::visit_macro(self, mac);
    }
}
