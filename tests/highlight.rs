//! Telling the parts of a text apart, by the process that does it.
#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is not as it should be")]

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use strata::highlight::{Highlighted, Highlighter};
use strata::view::files::{Line, PlainReason, PlainText, Span};
use tempfile::TempDir;

/// Long enough for a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(4);

fn highlighter() -> Highlighter {
    Highlighter::new(Some(env!("CARGO_BIN_EXE_strata").into()), PATIENCE)
}

fn plain(text: &str) -> Line {
    Line(vec![Span { style: String::new(), text: text.to_owned() }])
}

/// The language of a text that is told to its end.
async fn language(highlighter: &Highlighter, name: &str, lines: &mut [Line]) -> Option<String> {
    let told = highlighter.highlight(name, lines).await;
    assert_eq!(told.plain, None);
    told.language
}

fn parts(line: &Line) -> Vec<(&str, &str)> {
    line.0.iter().map(|span| (span.style.as_str(), span.text.as_str())).collect()
}

/// Keeps the grammar of JavaScript busy for ever: two of its rules hand the same place to each other.
fn endless() -> [Line; 3] {
    ["return 'x';", "x /*", "*/ return 'x';"].map(plain)
}

#[tokio::test]
async fn texts_are_told_apart_one_after_the_other() {
    let highlighter = highlighter();
    for _ in 0..2 {
        let mut lines = ["# one", "return 'é'"].map(plain);
        assert_eq!(language(&highlighter, "a.py", &mut lines).await.as_deref(), Some("Python"));
        assert_eq!(parts(&lines[0]), [("comment", "# one")]);
        assert_eq!(parts(&lines[1]), [("keyword", "return"), ("", " "), ("string", "'é'")]);
        let mut lines = [plain("# one")];
        assert_eq!(highlighter.highlight("notes", &mut lines).await, Highlighted::default());
        assert_eq!(lines, [plain("# one")]);
    }
}

/// Before, the thread that read such a text for a page went on for ever, and with two of them the server was busy.
#[tokio::test]
async fn a_text_without_an_end_is_plain_from_there_on_and_holds_up_no_other() {
    let highlighter = highlighter();
    // The second time it is known where it holds the grammar up.
    for _ in 0..2 {
        let mut lines = endless();
        let told = highlighter.highlight("a.js", &mut lines).await;
        let plain = Some(PlainText { line: 2, why: PlainReason::Time });
        assert_eq!(told, Highlighted { language: Some("JavaScript".to_owned()), plain });
        assert!(lines[0].0.len() > 1, "{lines:?}");
        assert_eq!(lines[1..], endless()[1..]);
    }
    let mut lines = [plain("# one")];
    assert_eq!(language(&highlighter, "a.py", &mut lines).await.as_deref(), Some("Python"));
}

#[tokio::test]
async fn where_and_why_colours_end_is_told() {
    let long = "x".repeat(3_000);
    let mut lines = ["# one", &long, "# three"].map(plain);
    let told = highlighter().highlight("a.py", &mut lines).await;
    assert_eq!(told.plain, Some(PlainText { line: 2, why: PlainReason::LongLine }));
    assert_eq!((parts(&lines[0]), parts(&lines[2])), (vec![("comment", "# one")], vec![("", "# three")]));
    // A process that ends in the middle; the second time it is known before.
    let folder = tempfile::tempdir().unwrap();
    let program = "read -r question\necho '{\"Language\":\"Cut\"}'\necho '{\"Line\":[[\"name\",1]]}'";
    let cut = script(&folder, program);
    for _ in 0..2 {
        let told = cut.highlight("a", &mut ["x", "y"].map(plain)).await;
        let plain = Some(PlainText { line: 2, why: PlainReason::Ended });
        assert_eq!(told, Highlighted { language: Some("Cut".to_owned()), plain });
    }
}

#[tokio::test]
async fn whoever_leaves_leaves_no_answer_for_the_next_text() {
    let highlighter = highlighter();
    let mut lines = endless();
    let left = tokio::time::timeout(Duration::from_millis(100), highlighter.highlight("a.js", &mut lines)).await;
    assert!(left.is_err());
    let mut lines = [plain("# one")];
    assert_eq!(language(&highlighter, "a.py", &mut lines).await.as_deref(), Some("Python"));
    assert_eq!(parts(&lines[0]), [("comment", "# one")]);
}

/// A program of a shell's lines.
fn script(folder: &TempDir, lines: &str) -> Highlighter {
    let program = folder.path().join("program");
    std::fs::write(&program, format!("#!/bin/sh\n{lines}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    Highlighter::new(Some(program), PATIENCE)
}

#[tokio::test]
async fn a_process_that_has_ended_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let highlighter = script(&folder, "read -r question\necho '{\"Language\":\"Once\"}'\necho '\"End\"'");
    for _ in 0..2 {
        assert_eq!(language(&highlighter, "a", &mut [plain("x")]).await.as_deref(), Some("Once"));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn what_is_no_answer_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut lines = [plain("x")];
    assert_eq!(script(&folder, "exec cat").highlight("a", &mut lines).await, Highlighted::default());
    assert_eq!(lines, [plain("x")]);
}
