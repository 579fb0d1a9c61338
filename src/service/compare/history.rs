//! Two histories as text: the lines that differ, and some around them.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use crate::anatomy::dockerfile::dockerfile;
use crate::anatomy::text::clip;
use crate::oci::History;
use crate::view::compare::{COMMAND_LENGTH, DiffLine, LINES_LENGTH, LineChange};

/// Lines around a difference that are shown with it.
const CONTEXT: usize = 3;
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
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let kind = match change.tag() {
                ChangeTag::Equal => LineChange::Same,
                ChangeTag::Delete => LineChange::Removed,
                ChangeTag::Insert => LineChange::Added,
            };
            if shown.len() >= LINES_LENGTH {
                return (shown, true);
            }
            shown.push(DiffLine { change: kind, text: short(change.value()) });
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
        shown.push(DiffLine { change: LineChange::Gap, text: lines.to_string() });
    }
}

fn short(line: &str) -> String {
    let clipped = clip(line, COMMAND_LENGTH);
    if clipped.left_out == 0 { clipped.text } else { format!("{}…", clipped.text) }
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
    fn long_differences_are_cut() {
        let many: Vec<String> = (0..2_000).map(|number| format!("ENV A{number}=x")).collect();
        let from: Vec<&str> = many.iter().map(String::as_str).collect();
        let (lines, cut) = compare(&history(&from), &[]);
        assert!(cut);
        assert_eq!(lines.len(), LINES_LENGTH);
    }
}
