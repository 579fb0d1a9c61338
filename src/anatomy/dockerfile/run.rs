//! A RUN step's command, broken into lines for reading.

use std::collections::HashSet;

/// The usual end of a heredoc.
const END: &str = "EOF";

/// Commands up to this many characters stay on one line, unless their writer had broken them.
const SHORT: usize = 80;

/// Before a line that begins a part of the command.
const BREAK: &str = " \\\n    ";

/// Before a line that goes on with a part.
const DEEPER_BREAK: &str = " \\\n        ";

/// The command as it stands after `RUN`.
///
/// A line break is put before `&&` and after `;`, and where white space shows that the source had one: builders join
/// continued lines and leave their indentation. Inside quotes nothing is changed.
pub(super) fn lines(command: &str) -> String {
    if command.contains('\n') {
        return script(command);
    }
    let Some(pieces) = pieces(command) else {
        // A quote that does not end: better one long line than a wrong one.
        return command.to_owned();
    };
    let length: usize = pieces.iter().map(|piece| piece.text.len() + 1).sum();
    let broken = pieces.iter().any(|piece| piece.was_line);
    let mut text = String::with_capacity(command.len());
    for (position, piece) in pieces.iter().enumerate() {
        let breaks = piece.was_line || (length > SHORT && piece.may_be_line) || (broken && piece.may_be_line);
        if position > 0 {
            text.push_str(match (breaks, piece.begins_part) {
                (false, _) => " ",
                (true, true) => BREAK,
                (true, false) => DEEPER_BREAK,
            });
        }
        text.push_str(piece.text);
    }
    text
}

/// A run of characters without white space outside quotes.
struct Piece<'a> {
    text: &'a str,
    /// Whether the source had a line break before it.
    was_line: bool,
    /// Whether a reader would like one there.
    may_be_line: bool,
    /// Whether it begins a command of its own.
    begins_part: bool,
}

fn pieces(command: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut rest = command;
    loop {
        let trimmed = rest.trim_start();
        let blank = &rest[..rest.len() - trimmed.len()];
        if trimmed.is_empty() {
            return Some(pieces);
        }
        let end = piece_end(trimmed)?;
        let (text, after) = trimmed.split_at(end);
        let first = pieces.is_empty();
        let follows_semicolon =
            pieces.last().is_some_and(|piece| piece.text.ends_with(';') && !piece.text.ends_with(";;"));
        pieces.push(Piece {
            text,
            was_line: !first && (blank.contains('\t') || blank.len() > 1),
            may_be_line: !first && (text == "&&" || follows_semicolon),
            begins_part: follows_semicolon || ["&&", "||", "|", ";", "}", "fi;", "done;"].contains(&text),
        });
        rest = after;
    }
}

/// Where white space outside quotes begins; `None` where a quote does not end.
fn piece_end(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (position, character) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match (quote, character) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('"') | None, '\\') => escaped = true,
            (None, '\'' | '"') => quote = Some(character),
            (None, blank) if blank.is_whitespace() => return Some(position),
            _ => {}
        }
    }
    quote.is_none().then_some(text.len())
}

/// A command of several lines: as it stands if it brings its own heredoc, else as one.
fn script(command: &str) -> String {
    if command.contains("<<") {
        return command.to_owned();
    }
    let word = end_word(command.lines());
    format!("<<{word}\n{}\n{word}", command.trim_end())
}

/// The shortest of `EOF`, `EOF_`, `EOF__`… that is none of the lines.
///
/// The lines are looked at once: whoever writes a config can make each of them one of these words, and trying one word
/// after the other would then read the whole command for each.
fn end_word<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let taken: HashSet<usize> = lines
        .filter_map(|line| line.strip_prefix(END))
        .filter(|rest| rest.bytes().all(|byte| byte == b'_'))
        .map(str::len)
        .collect();
    let free = (0..=taken.len()).find(|length| !taken.contains(length)).unwrap_or_default();
    format!("{END}{}", "_".repeat(free))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_commands_stay_on_one_line() {
        assert_eq!(lines("apt-get update && apt-get install -y curl"), "apt-get update && apt-get install -y curl");
        assert_eq!(lines("echo 'a  b'"), "echo 'a  b'");
    }

    #[test]
    fn broken_lines_are_broken_again() {
        assert_eq!(
            lines("set -x \t&& buildDeps=' \t\tbzip2 \t\tgcc ' \t&& apt-get install -y \t\tlibapr1 \t\tlibpcre++0"),
            "set -x \\\n    && buildDeps=' \t\tbzip2 \t\tgcc ' \\\n    && apt-get install -y \\\n        libapr1 \\\n        libpcre++0"
        );
        assert_eq!(lines("set -eux; \tapt-get update; rm -r x"), "set -eux; \\\n    apt-get update; \\\n    rm -r x");
    }

    #[test]
    fn long_commands_are_broken_between_their_parts() {
        let word = "x".repeat(50);
        assert_eq!(lines(&format!("{word} && {word}; y")), format!("{word} \\\n    && {word}; \\\n    y"));
        // A case's end belongs to the line before.
        assert_eq!(lines(&format!("case {word} in {word} ;; esac")), format!("case {word} in {word} ;; esac"));
    }

    #[test]
    fn an_open_quote_is_left_alone() {
        let command = format!("echo it's {}", "a && ".repeat(40));
        assert_eq!(lines(&command), command);
    }

    #[test]
    fn scripts_become_heredocs_and_heredocs_stay() {
        assert_eq!(lines("set -e\nmake\n"), "<<EOF\nset -e\nmake\nEOF");
        assert_eq!(lines("a\nEOF\nb"), "<<EOF_\na\nEOF\nb\nEOF_");
        assert_eq!(lines("cat <<X > /a\nb\nX"), "cat <<X > /a\nb\nX");
    }

    #[test]
    fn the_end_of_a_heredoc_is_found_in_one_reading() {
        // As many words as a config of 16 MB holds.
        let words: Vec<String> = (0..5_600).map(|length| format!("EOF{}", "_".repeat(length))).collect();
        let read = std::cell::Cell::new(0);
        let once = words.iter().map(|word| {
            read.set(read.get() + 1);
            word.as_str()
        });
        assert_eq!(end_word(once), format!("EOF{}", "_".repeat(words.len())));
        assert_eq!(read.get(), words.len());

        let written = lines(&words.join("\n"));
        let (first, body) = written.split_once('\n').expect("several lines");
        let (body, last) = body.rsplit_once('\n').expect("several lines");
        assert_eq!(first.strip_prefix("<<"), Some(last));
        assert!(body.lines().all(|line| line != last));
    }

    #[test]
    fn the_end_of_a_heredoc_is_the_shortest_that_is_free() {
        assert_eq!(end_word(["EOF", "EOF__", "EOF_x", "EOFx", " EOF_"].into_iter()), "EOF_");
        assert_eq!(end_word(["EOF_"].into_iter()), "EOF");
        assert_eq!(end_word(std::iter::empty()), "EOF");
    }
}
