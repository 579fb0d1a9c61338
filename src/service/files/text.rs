//! What is in a file, for reading: text, or bytes.

use std::time::Duration;

use crate::view::files::{DiffLine, FileContent, HexLine, LINES_LENGTH, Line, Span};

/// Longest time that a comparison may take; what is left is said to be all new.
const PATIENCE: Duration = Duration::from_secs(1);
/// Most bytes that are shown one by one.
const HEX_BYTES: usize = 4_096;
/// Most lines of a comparison.
const DIFF_LINES: usize = 2_000;
/// Lines around a change.
const AROUND: usize = 3;

/// Shows the first bytes of a file of `size` bytes. `as_bytes` shows a text byte by byte, too.
pub(super) fn content(bytes: &[u8], size: u64, as_bytes: bool) -> FileContent {
    if size == 0 {
        return FileContent::Empty;
    }
    match text_of(bytes, size).filter(|_| !as_bytes) {
        Some(text) => text_content(text, size),
        None => hex_content(bytes, size),
    }
}

/// The bytes as text, if they are UTF-8 without a NUL, which no text has. A cut character at the end of a part is left out.
pub(super) fn text_of(bytes: &[u8], size: u64) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && (bytes.len() as u64) < size => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    (!text.contains('\0')).then_some(text)
}

/// The lines as they are; their parts are told apart later.
fn text_content(text: &str, size: u64) -> FileContent {
    let shown: Vec<&str> = text.split_inclusive('\n').take(LINES_LENGTH).collect();
    let cut = size.saturating_sub(shown.iter().map(|line| line.len() as u64).sum());
    let plain =
        |line: &str| Line(vec![Span { style: String::new(), text: line.trim_end_matches(['\n', '\r']).to_owned() }]);
    FileContent::Text { language: None, lines: shown.into_iter().map(plain).collect(), cut, plain: None }
}

fn hex_content(bytes: &[u8], size: u64) -> FileContent {
    let shown = &bytes[..bytes.len().min(HEX_BYTES)];
    let line = |(number, row): (usize, &[u8])| HexLine {
        at: number as u64 * 16,
        bytes: row.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "),
        text: row.iter().map(|byte| if matches!(byte, 0x20..0x7f) { char::from(*byte) } else { '·' }).collect(),
    };
    FileContent::Hex {
        looks_like: infer::get(bytes).map(|kind| kind.mime_type().to_owned()),
        lines: shown.chunks(16).enumerate().map(line).collect(),
        cut: size - shown.len() as u64,
    }
}

/// What has changed from one text to another; nothing where one of them is none.
pub(super) fn difference(old: &[u8], new: &[u8]) -> Option<Vec<DiffLine>> {
    let [old, new] = [old, new].map(|bytes| text_of(bytes, bytes.len() as u64));
    let (old, new) = (old?, new?);
    let diff = similar::TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    let mut lines = Vec::new();
    for (number, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if number > 0 {
            lines.push(DiffLine { sign: '…', text: String::new() });
        }
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            if lines.len() >= DIFF_LINES {
                lines.push(DiffLine { sign: '…', text: String::new() });
                return Some(lines);
            }
            let sign = match change.tag() {
                similar::ChangeTag::Equal => ' ',
                similar::ChangeTag::Insert => '+',
                similar::ChangeTag::Delete => '-',
            };
            lines.push(DiffLine { sign, text: change.value().trim_end_matches(['\n', '\r']).to_owned() });
        }
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(content: &FileContent) -> Vec<String> {
        let FileContent::Text { lines, .. } = content else { panic!("{content:?}") };
        lines.iter().map(|line| line.0.iter().map(|span| span.text.as_str()).collect()).collect()
    }

    #[test]
    fn text_is_told_from_bytes() {
        assert_eq!(content(b"", 0, false), FileContent::Empty);
        assert_eq!(lines(&content(b"x\r\ny\n", 5, false)), ["x", "y"]);
        assert!(matches!(content(b"x\0y", 3, false), FileContent::Hex { cut: 0, .. }));
        assert!(matches!(content(b"caf\xe9", 4, false), FileContent::Hex { .. }));
        // A character that is cut in a part of a text makes no bytes of it.
        assert_eq!(lines(&content("café".as_bytes().split_at(4).0, 5, false)), ["caf"]);
        assert!(matches!(content(b"text", 4, true), FileContent::Hex { .. }));
    }

    #[test]
    fn bytes_stand_sixteen_in_a_line() {
        let FileContent::Hex { looks_like, lines, cut } =
            content(&[b"\x7fELF\x02", &[0; 5_000][..]].concat(), 5_005, false)
        else {
            panic!("no bytes")
        };
        assert_eq!((lines.len(), cut), (256, 5_005 - 4_096));
        assert_eq!(lines[0].bytes, "7f 45 4c 46 02 00 00 00 00 00 00 00 00 00 00 00");
        assert_eq!(lines[0].text, "·ELF············");
        assert_eq!(looks_like.as_deref(), Some("application/x-executable"));
    }

    #[test]
    fn a_comparison_shows_what_is_around_a_change() {
        let old = (0..20).map(|number| format!("line {number}")).collect::<Vec<_>>().join("\n");
        let new = old.replace("line 9\n", "line nine\n");
        let signs: String = difference(old.as_bytes(), new.as_bytes()).unwrap().iter().map(|line| line.sign).collect();
        assert_eq!(signs, "   -+   ");
        assert_eq!(difference(b"\0", b"x"), None);
    }

    proptest! {
        /// Whatever is in a file, its lines are those that are in it.
        #[test]
        fn no_letter_is_lost(text in "[a-z#'\"{}/*<>=: \n]{0,200}") {
            let shown = content(text.as_bytes(), text.len() as u64, false);
            if text.is_empty() {
                prop_assert_eq!(shown, FileContent::Empty);
            } else {
                prop_assert_eq!(lines(&shown), text.lines().map(str::to_owned).collect::<Vec<_>>());
            }
        }
    }
}
