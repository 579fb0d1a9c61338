//! The table of `docs/security.md`: it has a row for every threat, and each test that it names is in the tree.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The rows of the tables: their first cell, and the whole line.
fn rows() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| T-") || line.starts_with("| V-"));
    rows.map(|line| (line[2..].split(' ').next().unwrap().to_owned(), line.to_owned())).collect()
}

/// What stands between backticks and names a test: `path::function`.
fn tests(line: &str) -> Vec<(&str, &str)> {
    let quoted = line.split('`').skip(1).step_by(2);
    quoted.filter_map(|text| text.split_once("::")).filter(|(path, _)| path.contains('/')).collect()
}

#[test]
fn every_threat_has_its_row() {
    let found: BTreeSet<_> = rows().into_iter().map(|(number, _)| number).collect();
    let wanted: BTreeSet<_> =
        (1..=33).map(|number| format!("T-{number}")).chain((1..=12).map(|number| format!("V-{number}"))).collect();
    assert_eq!(found, wanted);
}

#[test]
fn every_row_names_its_tests_or_says_why_it_has_none() {
    for (number, line) in rows() {
        let waits = line.contains("does not apply yet");
        assert!(
            waits || !tests(&line).is_empty(),
            "{number} names no test and does not say that it does not apply yet"
        );
        for (path, function) in tests(&line) {
            let file = root().join(path);
            let is_test = if Path::new(path).extension().is_some_and(|extension| extension == "ts") {
                read(&file).contains(&format!("\"{function}\""))
            } else {
                is_test(&read(&file), function)
            };
            assert!(is_test, "{number} names {path}::{function}, which is no test");
        }
    }
}

/// Whether a Rust source has a test function of this name.
fn is_test(source: &str, function: &str) -> bool {
    let Some((before, _)) = source.split_once(&format!("fn {function}(")) else { return false };
    // Above it stands `#[test]` or `#[tokio::test…]`, with other attributes between them at most.
    let begun = usize::from(!before.ends_with('\n'));
    before.lines().rev().skip(begun).take_while(|line| line.trim_start().starts_with(['#', '/'])).any(|line| {
        let attribute = line.trim_start();
        attribute == "#[test]" || attribute.starts_with("#[tokio::test")
    })
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[test]
fn tests_are_told_from_other_functions() {
    let source =
        "#[test]\nfn one() {}\nfn two() {}\n    #[tokio::test(flavor = \"x\")]\n    // Why.\n    async fn three() {}\n";
    assert!(is_test(source, "one") && !is_test(source, "two") && is_test(source, "three") && !is_test(source, "four"));
}
