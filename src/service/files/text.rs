//! What is in a file, for reading: text with its parts told apart, or bytes.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use syntect::easy::ScopeRegionIterator;
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

use crate::anatomy::files::readable;
use crate::view::files::{DiffLine, FileContent, HexLine, LINES_LENGTH, Line, Span};

/// Longest time that telling the parts of one text apart may take; what comes after is plain.
const PATIENCE: Duration = Duration::from_secs(1);
/// Longest line whose parts are told apart, in bytes.
pub(super) const LONGEST_LINE: usize = 2_000;
/// Most bytes that are shown one by one.
const HEX_BYTES: usize = 4_096;
/// Most lines of a comparison.
const DIFF_LINES: usize = 2_000;
/// Lines around a change.
const AROUND: usize = 3;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Shows the first bytes of a file of `size` bytes that has this name. `as_bytes` shows a text byte by byte, too.
pub(super) fn content(name: &[u8], bytes: &[u8], size: u64, as_bytes: bool) -> FileContent {
    content_within(PATIENCE, name, bytes, size, as_bytes)
}

fn content_within(patience: Duration, name: &[u8], bytes: &[u8], size: u64, as_bytes: bool) -> FileContent {
    if size == 0 {
        return FileContent::Empty;
    }
    match text_of(bytes, size).filter(|_| !as_bytes) {
        Some(text) => text_content(patience, &readable(name), text, size),
        None => hex_content(bytes, size),
    }
}

/// The bytes as text, if they are UTF-8 without control characters that no text has. A cut character at the end of a part is left out.
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

fn text_content(patience: Duration, name: &str, text: &str, size: u64) -> FileContent {
    let syntax = syntax(name, text);
    let started = Instant::now();
    let mut state = syntax.map(|syntax| (ParseState::new(syntax), ScopeStack::new()));
    let (mut lines, mut shown) = (Vec::new(), 0);
    for line in text.split_inclusive('\n').take(LINES_LENGTH) {
        shown += line.len();
        if started.elapsed() > patience || line.len() > LONGEST_LINE {
            state = None;
        }
        let spans = state.as_mut().and_then(|(parser, stack)| spans(parser, stack, line));
        if spans.is_none() {
            // What comes after a line that was not understood would be understood wrongly.
            state = None;
        }
        lines.push(Line(spans.unwrap_or_else(|| vec![plain(line.trim_end_matches(['\n', '\r']))])));
    }
    let language = syntax.map(|syntax| syntax.name.clone());
    FileContent::Text { language, lines, cut: size.saturating_sub(shown as u64) }
}

/// The language of a text, told by its name or its first line.
fn syntax(name: &str, text: &str) -> Option<&'static SyntaxReference> {
    let set = &*SYNTAXES;
    let ending = name.rsplit('.').next().unwrap_or_default();
    let syntax = set
        .find_syntax_by_extension(name)
        .or_else(|| set.find_syntax_by_extension(ending))
        .or_else(|| set.find_syntax_by_first_line(text.lines().next()?));
    syntax.filter(|syntax| syntax.name != "Plain Text")
}

fn spans(parser: &mut ParseState, stack: &mut ScopeStack, line: &str) -> Option<Vec<Span>> {
    let operations = parser.parse_line(line, &SYNTAXES).ok()?;
    let mut spans: Vec<Span> = Vec::new();
    for (text, operation) in ScopeRegionIterator::new(&operations, line) {
        stack.apply(operation).ok()?;
        let text = text.trim_end_matches(['\n', '\r']);
        if text.is_empty() {
            continue;
        }
        let style = style(stack);
        match spans.last_mut().filter(|span| span.style == style) {
            Some(span) => span.text.push_str(text),
            None => spans.push(Span { style: style.to_owned(), text: text.to_owned() }),
        }
    }
    Some(spans)
}

/// What a part of a text is, from the names that syntaxes give it (Sublime Text's "Scope Naming").
fn style(stack: &ScopeStack) -> &'static str {
    let names = |scope: &syntect::parsing::Scope| scope.build_string();
    for name in stack.as_slice().iter().rev().map(names) {
        let begins = |prefix: &str| name.starts_with(prefix);
        if begins("comment") {
            return "comment";
        } else if begins("string") {
            return "string";
        } else if begins("constant") || begins("support.constant") {
            return "constant";
        } else if begins("keyword") || begins("storage") {
            return "keyword";
        } else if begins("entity") || begins("support") || begins("markup.heading") {
            return "name";
        } else if begins("variable") {
            return "variable";
        }
    }
    ""
}

fn plain(text: &str) -> Span {
    Span { style: String::new(), text: text.to_owned() }
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
        assert_eq!(content(b"a", b"", 0, false), FileContent::Empty);
        assert_eq!(lines(&content(b"a", b"x\r\ny\n", 5, false)), ["x", "y"]);
        assert!(matches!(content(b"a", b"x\0y", 3, false), FileContent::Hex { cut: 0, .. }));
        assert!(matches!(content(b"a", b"caf\xe9", 4, false), FileContent::Hex { .. }));
        // A character that is cut in a part of a text makes no bytes of it.
        assert_eq!(lines(&content(b"a", "café".as_bytes().split_at(4).0, 5, false)), ["caf"]);
        assert!(matches!(content(b"a", b"text", 4, true), FileContent::Hex { .. }));
    }

    #[test]
    fn parts_of_a_text_are_told_apart() {
        let FileContent::Text { language, lines, cut } =
            content_within(Duration::MAX, b"a.py", b"# one\nreturn 'x'\n", 17, false)
        else {
            panic!("no text")
        };
        assert_eq!((language.as_deref(), cut), (Some("Python"), 0));
        assert_eq!(lines[0].0, [Span { style: "comment".to_owned(), text: "# one".to_owned() }]);
        let styles: Vec<_> = lines[1].0.iter().map(|span| (span.style.as_str(), span.text.as_str())).collect();
        assert_eq!(styles, [("keyword", "return"), ("", " "), ("string", "'x'")]);
    }

    #[test]
    fn bytes_stand_sixteen_in_a_line() {
        let FileContent::Hex { looks_like, lines, cut } =
            content(b"x", &[b"\x7fELF\x02", &[0; 5_000][..]].concat(), 5_005, false)
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
        fn no_letter_is_lost(text in "[a-z#'\"{}/*<>=: \n]{0,200}", name in "[a-z]{1,3}\\.(rs|py|js|html|sh|toml|json|md|c)") {
            let shown = content(name.as_bytes(), text.as_bytes(), text.len() as u64, false);
            if text.is_empty() {
                prop_assert_eq!(shown, FileContent::Empty);
            } else {
                prop_assert_eq!(lines(&shown), text.lines().map(str::to_owned).collect::<Vec<_>>());
            }
        }
    }
}
