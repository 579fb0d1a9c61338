//! Two histories as text: the lines that differ, and some around them.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use crate::anatomy::dockerfile::dockerfile;
use crate::anatomy::secrets::ranges;
use crate::anatomy::text::clip;
use crate::oci::History;
use crate::view::compare::{COMMAND_LENGTH, DiffLine, LINES_LENGTH, LineChange};

/// Lines around a difference that are shown with it.
const CONTEXT: usize = 3;
/// Characters before a difference that are shown with it, where the line is too long to be shown whole.
const BEFORE: usize = 40;
/// How long the shortest difference is looked for; after that any is good.
const PATIENCE: Duration = Duration::from_millis(300);
/// Most lines of one history that are compared.
const LINES: usize = 20_000;

/// The lines, and whether some were left out at the end.
pub(super) fn compare(from: &[History], to: &[History]) -> (Vec<DiffLine>, bool) {
    let (from, to) = (text(from), text(to));
    let (from, from_cut) = lines(&from);
    let (to, to_cut) = lines(&to);
    let diff = TextDiff::configure().timeout(PATIENCE).diff_slices(&from, &to);
    let mut shown = Vec::new();
    let mut next = 0;
    for group in diff.grouped_ops(CONTEXT) {
        let Some(first) = group.first().map(similar::DiffOp::old_range) else { continue };
        push_gap(&mut shown, first.start.saturating_sub(next));
        for op in &group {
            let (old, new) = (op.old_range(), op.new_range());
            for change in diff.iter_changes(op) {
                // The line that stands in its place on the other side, if any.
                let (kind, other) = match (change.tag(), change.old_index(), change.new_index()) {
                    (ChangeTag::Delete, Some(position), _) => {
                        (LineChange::Removed, to[new.clone()].get(position - old.start))
                    }
                    (ChangeTag::Insert, _, Some(position)) => {
                        (LineChange::Added, from[old.clone()].get(position - new.start))
                    }
                    _ => (LineChange::Same, None),
                };
                if shown.len() >= LINES_LENGTH {
                    return (shown, true);
                }
                shown.push(excerpt(kind, change.value(), other.copied()));
            }
        }
        next = group.last().map_or(next, |op| op.old_range().end);
    }
    if !shown.is_empty() {
        push_gap(&mut shown, from.len().saturating_sub(next));
    }
    (shown, from_cut || to_cut)
}

/// A history as a Dockerfile, without the remark at its head.
fn text(history: &[History]) -> String {
    let text = dockerfile(history);
    let start = text.split_inclusive('\n').take_while(|line| line.starts_with("# ")).map(str::len).sum::<usize>();
    // A history may begin with a remark of its own: only the head is the same for every image.
    let head = dockerfile(&[]).len().min(start);
    text.get(head..).unwrap_or_default().to_owned()
}

fn lines(text: &str) -> (Vec<&str>, bool) {
    let lines: Vec<&str> = text.lines().take(LINES + 1).collect();
    let cut = lines.len() > LINES;
    (lines.into_iter().take(LINES).collect(), cut)
}

fn push_gap(shown: &mut Vec<DiffLine>, lines: usize) {
    if lines > 0 {
        shown.push(DiffLine { change: LineChange::Gap, text: lines.to_string(), secrets: Vec::new() });
    }
}

/// A line that is no longer than a page bears: its beginning, or what stands around the first character that the other
/// side's line has otherwise.
fn excerpt(change: LineChange, line: &str, other: Option<&str>) -> DiffLine {
    let equal = other.map_or(0, |other| line.chars().zip(other.chars()).take_while(|(one, two)| one == two).count());
    let is_long = line.char_indices().nth(COMMAND_LENGTH).is_some();
    let skipped = if is_long && equal + BEFORE > COMMAND_LENGTH { equal - BEFORE } else { 0 };
    let start = line.char_indices().nth(skipped).map_or(line.len(), |(start, _)| start);
    let clipped = clip(&line[start..], COMMAND_LENGTH);
    let end = start + clipped.text.len();
    let before = if skipped == 0 { "" } else { "…" };
    let after = if clipped.left_out == 0 { "" } else { "…" };
    let secrets = ranges(line)
        .into_iter()
        .map(|secret| secret.start.clamp(start, end)..secret.end.clamp(start, end))
        .filter(|secret| !secret.is_empty())
        .map(|secret| secret.start - start + before.len()..secret.end - start + before.len())
        .collect();
    DiffLine { change, text: format!("{before}{}{after}", clipped.text), secrets }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(commands: &[&str]) -> Vec<History> {
        let step = |command: &&str| History { created_by: Some((*command).to_owned()), ..History::default() };
        commands.iter().map(step).collect()
    }

    fn shown(from: &[&str], to: &[&str]) -> Vec<String> {
        let (lines, cut) = compare(&history(from), &history(to));
        assert!(!cut);
        let mark = |change| match change {
            LineChange::Same => ' ',
            LineChange::Removed => '-',
            LineChange::Added => '+',
            LineChange::Gap => '@',
        };
        lines.iter().map(|line| format!("{}{}", mark(line.change), line.text)).collect()
    }

    #[test]
    fn equal_histories_have_no_difference() {
        assert!(shown(&["ENV A=1"], &["ENV A=1"]).is_empty());
        assert!(shown(&[], &[]).is_empty());
    }

    #[test]
    fn differences_stand_among_some_lines_around_them() {
        let many: Vec<String> = (0..12).map(|number| format!("ENV A{number}=x")).collect();
        let from: Vec<&str> = many.iter().map(String::as_str).collect();
        let mut to = from.clone();
        to[6] = "ENV B=x";
        let lines = shown(&from, &to);
        assert_eq!(lines.first().unwrap(), "@3");
        assert_eq!(lines.last().unwrap(), "@2");
        assert!(lines.contains(&"-ENV A6=x".to_owned()) && lines.contains(&"+ENV B=x".to_owned()));
        assert_eq!(lines.len(), 2 + 3 + 3 + 2);
    }

    #[test]
    fn long_lines_are_shown_where_they_differ_and_their_secrets_stay_known() {
        let lines = |from: &str, to: &str| {
            let (lines, _) = compare(&history(&[from]), &history(&[to]));
            let differs = |line: &DiffLine| matches!(line.change, LineChange::Removed | LineChange::Added);
            lines.into_iter().filter(differs).collect::<Vec<_>>()
        };
        let long = |end: &str| format!("ENV NOTE={}{end}", "x".repeat(2 * COMMAND_LENGTH));
        let both = lines(&long("one"), &long("two"));
        assert_eq!(both.len(), 2);
        for (line, end) in both.iter().zip(["one", "two"]) {
            assert!(line.text.starts_with("…x") && line.text.ends_with(end), "{}", line.text);
        }
        // What names the secret is not shown, and the secret is covered all the same.
        let token = |end: &str| format!("ENV API_TOKEN={}{end}", "a1b2c3".repeat(COMMAND_LENGTH));
        let both = lines(&token("d4"), &token("e5"));
        assert_eq!(both.len(), 2);
        for (line, end) in both.iter().zip(["d4", "e5"]) {
            assert!(!line.text.contains("TOKEN"), "{}", line.text);
            let secret = &line.text[line.secrets[0].clone()];
            assert!(line.text == format!("…{secret}") && secret.ends_with(end), "{secret}");
        }
    }

    #[test]
    fn long_differences_are_cut() {
        let many: Vec<String> = (0..2_000).map(|number| format!("ENV A{number}=x")).collect();
        let from: Vec<&str> = many.iter().map(String::as_str).collect();
        let (lines, cut) = compare(&history(&from), &[]);
        assert!(cut);
        assert_eq!(lines.len(), LINES_LENGTH);
    }
}
