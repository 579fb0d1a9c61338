//! Who may use whom: the table of `docs/ARCHITECTURE.md`, checked against the words of the source.
//!
//! The compiler does not enforce the boundaries between modules of one package, so this test does. It looks at paths that
//! begin with `crate::`, `strata::` or enough `super::` to leave the module, and at names of crates. Tests inside modules
//! may use what they like.

#![expect(clippy::expect_used, reason = "a test says what cannot fail")]

#[path = "architecture/lexer.rs"]
mod lexer;
#[path = "architecture/paths.rs"]
mod paths;

use std::fs;
use std::path::{Path, PathBuf};

use lexer::{Token, tokens};
use paths::{Source, Use, uses};

/// What one top module may use.
struct Rule {
    module: &'static str,
    /// Our own modules, besides itself.
    ours: &'static [&'static str],
    /// Crates; the standard library is always allowed.
    crates: Crates,
    /// Whether it computes only: nothing of the standard library that reaches outside, and nothing asynchronous.
    is_pure: bool,
}

enum Crates {
    /// These and no others.
    Only(&'static [&'static str]),
    /// All but these, and all whose names go on from these with `_`.
    Not(&'static [&'static str]),
}

const RULES: [Rule; 11] = [
    Rule { module: "oci", ours: &[], crates: Crates::Only(&["serde", "serde_json", "thiserror"]), is_pure: true },
    Rule {
        module: "anatomy",
        ours: &["oci"],
        crates: Crates::Only(&["base64", "hashbrown", "serde", "serde_json", "sha2", "thiserror"]),
        is_pure: true,
    },
    Rule {
        module: "view",
        ours: &["oci", "anatomy"],
        crates: Crates::Only(&["serde", "serde_json", "thiserror"]),
        is_pure: true,
    },
    Rule { module: "registry", ours: &["oci"], crates: Crates::Not(&["axum", "leptos"]), is_pure: false },
    Rule {
        module: "layers",
        ours: &["oci", "anatomy", "registry"],
        crates: Crates::Not(&["axum", "leptos"]),
        is_pure: false,
    },
    Rule { module: "embedded", ours: &["oci"], crates: Crates::Not(&["leptos", "reqwest"]), is_pure: false },
    Rule { module: "highlight", ours: &["view"], crates: Crates::Not(&["axum", "leptos", "reqwest"]), is_pure: false },
    Rule {
        module: "service",
        ours: &["oci", "anatomy", "view", "registry", "layers", "highlight"],
        crates: Crates::Not(&["axum", "leptos"]),
        is_pure: false,
    },
    Rule {
        module: "api",
        ours: &["oci", "view", "service"],
        crates: Crates::Not(&["reqwest", "tokio"]),
        is_pure: false,
    },
    Rule {
        module: "server",
        ours: &["oci", "anatomy", "view", "registry", "layers", "embedded", "service", "api", "app"],
        crates: Crates::Not(&[]),
        is_pure: false,
    },
    Rule {
        module: "app",
        ours: &["oci", "anatomy", "view", "api"],
        crates: Crates::Not(&["tokio", "reqwest", "axum", "leptos_axum"]),
        is_pure: false,
    },
];

/// Parts of `app` that the server may not know.
const INNER_APP: [&str; 4] = ["pages", "frame", "islands", "components"];

/// Parts of the standard library that reach outside the program.
const OUTSIDE: [&str; 5] = ["fs", "process", "env", "thread", "os"];

/// Names of the same kind within other parts of it.
const OUTSIDE_NAMES: [&str; 4] = ["TcpStream", "TcpListener", "UdpSocket", "ToSocketAddrs"];

/// Files that say which half their modules belong to, and the one whose functions have a body on the server alone.
const BOTH_HALVES: [&str; 4] = ["lib.rs", "app/mod.rs", "api/mod.rs", "api/error.rs"];

/// Everything that a file breaks, a line each.
fn violations(source: &Source, crates: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    if !BOTH_HALVES.contains(&source.path.as_str()) {
        found.extend(
            source
                .feature_lines()
                .map(|line| format!("{}:{line}: a feature decides outside the module maps", source.path)),
        );
    }
    let Some(rule) = source.module.first().and_then(|top| RULES.iter().find(|rule| rule.module == top)) else {
        // lib.rs and main.rs stand above the table; a module without a row must get one.
        if !source.module.is_empty() {
            found.push(format!("{}: the module has no row in the table", source.path));
        }
        return found;
    };
    for Use { line, segments, in_public_signature } in uses(source, crates) {
        let complain = |what: &str| format!("{}:{line}: {} {what}", source.path, segments.join("::"));
        let (first, second) = (segments[0].as_str(), segments.get(1).map_or("", String::as_str));
        match first {
            "crate" => {
                if second != rule.module
                    && RULES.iter().any(|other| other.module == second)
                    && !rule.ours.contains(&second)
                {
                    found.push(complain(&format!("is not for {}", rule.module)));
                }
                if rule.module == "api" && second == "service" && in_public_signature {
                    found.push(complain("stands in a signature"));
                }
                if rule.module == "server"
                    && second == "app"
                    && segments.get(2).is_some_and(|part| INNER_APP.contains(&part.as_str()))
                {
                    found.push(complain("is the inside of the pages"));
                }
            }
            "std" => {
                let outside = OUTSIDE.contains(&second)
                    || segments.iter().any(|segment| OUTSIDE_NAMES.contains(&segment.as_str()));
                if rule.is_pure && outside {
                    found.push(complain(&format!("reaches outside, and {} only computes", rule.module)));
                }
            }
            name => {
                let forbidden = match rule.crates {
                    Crates::Only(allowed) => !allowed.contains(&name),
                    Crates::Not(forbidden) => forbidden.iter().any(|crate_name| {
                        name.strip_prefix(crate_name).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
                    }),
                };
                if forbidden {
                    found.push(complain(&format!("is a crate that is not for {}", rule.module)));
                }
            }
        }
    }
    if rule.is_pure {
        let waits = |token: &Token| token.is_word("async") || token.is_word("await");
        let lines = source.tokens.iter().filter(|token| waits(token)).map(|token| token.line);
        found.extend(lines.map(|line| format!("{}:{line}: nothing is asynchronous in {}", source.path, rule.module)));
    }
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `src`, by their path there.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Names of the crates that the package depends on, as the source writes them.
fn dependencies() -> Vec<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let section = manifest.split("\n[dependencies]\n").nth(1).expect("dependencies");
    let section = section.split("\n[").next().unwrap_or_default();
    section
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim().replace('-', "_"))
        .collect()
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut paths = Vec::new();
    files(&src, &mut paths);
    paths.sort();
    let mut sources: Vec<Source> = paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).expect("a file of the source");
            let name = path.strip_prefix(&src).expect("a path below src").to_string_lossy().replace('\\', "/");
            Source::new(&name, &text)
        })
        .collect();
    let tests: Vec<Vec<String>> = sources.iter().flat_map(|source| source.test_modules.clone()).collect();
    sources.retain(|source| !tests.iter().any(|test| source.module.starts_with(test)));
    sources
}

#[test]
fn modules_use_only_what_the_table_allows() {
    let (sources, crates) = (sources(), dependencies());
    assert!(sources.len() > 50 && crates.len() > 20, "the source was not found whole");
    let found: Vec<String> = sources.iter().flat_map(|source| violations(source, &crates)).collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn what_is_planted_is_found() {
    let crates: Vec<String> =
        ["serde", "tokio", "axum", "leptos", "leptos_axum", "reqwest", "time", "similar"].map(str::to_owned).into();
    for (path, text, expected) in [
        ("oci/tag.rs", "use crate::anatomy::size;", "crate::anatomy::size is not for oci"),
        ("oci/tag.rs", "use super::super::view::Page;", "crate::view::Page is not for oci"),
        ("oci/a/b.rs", "fn f() { super::super::super::app::g() }", "crate::app::g is not for oci"),
        ("oci/tag.rs", "use std::fs::File;", "reaches outside"),
        ("oci/tag.rs", "fn f(_: std::net::TcpStream) {}", "reaches outside"),
        ("oci/tag.rs", "use tokio::sync::Mutex;", "tokio::sync is a crate that is not for oci"),
        ("anatomy/x.rs", "async fn f() {}", "nothing is asynchronous"),
        ("anatomy/x.rs", "use crate::{oci::Tag, view::{Page, Trace}};", "crate::view is not for anatomy"),
        ("anatomy/x.rs", "type A = similar::Change;", "similar::Change is a crate"),
        ("view/x.rs", "use leptos::prelude::*;", "leptos::prelude is a crate"),
        ("registry/x.rs", "use crate::service::Service;", "crate::service::Service is not for registry"),
        ("registry/x.rs", "use axum::Router;", "axum::Router is a crate"),
        ("embedded/mod.rs", "use super::registry::Client;", "crate::registry::Client is not for embedded"),
        ("service/x.rs", "use leptos_axum::ResponseOptions;", "leptos_axum::ResponseOptions is a crate"),
        ("service/x.rs", "fn f() -> strata::server::State {}", "crate::server::State is not for service"),
        ("api/mod.rs", "use crate::registry::Client;", "crate::registry::Client is not for api"),
        ("api/mod.rs", "pub async fn f() -> crate::service::Service {}", "stands in a signature"),
        ("server/x.rs", "use crate::app::pages::Home;", "the inside of the pages"),
        ("app/x.rs", "use crate::service::Service;", "crate::service::Service is not for app"),
        ("app/x.rs", "#[tokio::main] fn f() {}", "tokio::main is a crate"),
        ("app/x.rs", "#[cfg(feature = \"ssr\")] fn f() {}", "a feature decides"),
        ("app/x.rs", "fn f() -> bool { cfg!(not(feature = \"hydrate\")) }", "a feature decides"),
        ("new/mod.rs", "", "no row in the table"),
    ] {
        let found = violations(&Source::new(path, text), &crates).join("\n");
        assert!(found.contains(expected), "{path}: {text}\nfound: {found}");
    }
}

#[test]
fn what_is_allowed_is_not_complained_about() {
    let crates: Vec<String> = ["serde", "tokio", "axum", "leptos", "time"].map(str::to_owned).into();
    for (path, text) in [
        ("oci/tag.rs", "use super::Digest; use crate::oci::digest; use serde::Serialize; use std::fmt;"),
        ("oci/tag.rs", "// use crate::app::X;\n/* use tokio::x; /* nested */ */ const A: &str = \"crate::app::x\";"),
        (
            "oci/tag.rs",
            "const A: &str = r#\"use tokio::x; \" crate::app\"#; const B: char = '\"'; const C: u8 = b'\\'';",
        ),
        ("oci/tag.rs", "fn f<'a>(x: &'a str) -> &'a str { x } pub(crate) fn g() {}"),
        ("oci/tag.rs", "#[cfg(test)] mod tests { use crate::app::X; use tokio::x; } #[cfg(test)] use crate::app::Y;"),
        ("anatomy/x.rs", "use super::time; fn f() -> time::Timestamp {}"),
        (
            "anatomy/x.rs",
            "use crate::anatomy::{size, time}; fn f() -> time::Timestamp {} fn g() -> std::net::Ipv4Addr {}",
        ),
        ("anatomy/mod.rs", "pub mod time; pub use time::Timestamp;"),
        ("api/mod.rs", "pub async fn f() { crate::service::g() } pub(super) fn h() -> crate::service::Service {}"),
        ("api/error.rs", "#[cfg(feature = \"ssr\")] use x;"),
        ("lib.rs", "#[cfg(feature = \"ssr\")] pub mod service;"),
        ("server/x.rs", "use crate::app::{App, shell}; use axum::Router;"),
        ("app/pages/x.rs", "use super::super::components::Chip; use leptos::prelude::*;"),
    ] {
        let found = violations(&Source::new(path, text), &crates);
        assert!(found.is_empty(), "{path}: {text}\nfound: {}", found.join("\n"));
    }
}

#[test]
fn the_words_of_rust_are_told_apart() {
    let words = |text: &str| tokens(text).into_iter().map(|token| token.text).collect::<Vec<_>>();
    assert_eq!(
        words("a::b // c\n'x' 'a \"s\\\"t\" r#\"u\"# b'y' 1.0"),
        ["a", "::", "b", "'a", "\"s\\\"t\"", "\"u\"", "1", ".", "0"]
    );
}
