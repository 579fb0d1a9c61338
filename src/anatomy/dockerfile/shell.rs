//! What stands before a RUN step's command: build arguments and the shell.

use std::ops::Range;

/// Shells by their base name, in lower case and without `.exe`.
const UNIX_SHELLS: [&str; 7] = ["sh", "bash", "ash", "dash", "zsh", "ksh", "mksh"];
const POWERSHELLS: [&str; 2] = ["powershell", "pwsh"];

/// The shells that a builder takes when nobody has said which.
const DEFAULTS: [&str; 2] = ["/bin/sh -c", "cmd /s /c"];

/// Most words that a shell's own options may have, so that a long text is not searched for the end of them.
const MAX_WORDS: usize = 16;

/// A command with what stood before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command<'a> {
    /// `NAME=value`, from the prefix `|n`.
    pub(super) build_arguments: Vec<&'a str>,
    /// The shell and its options, where there is one.
    pub(super) shell: Option<&'a str>,
    /// The rest.
    pub(super) rest: &'a str,
}

impl<'a> Command<'a> {
    /// Takes a text apart. Without `|n` and without a shell, all of it is the command.
    pub(super) fn parse(text: &'a str) -> Self {
        let (build_arguments, rest) = split_build_arguments(text).unwrap_or((Vec::new(), text));
        match split_shell(rest) {
            Some((shell, command)) => Self { build_arguments, shell: Some(shell), rest: command },
            None => Self { build_arguments, shell: None, rest },
        }
    }

    /// The shell, where it is none of the defaults.
    pub(super) fn unusual_shell(&self) -> Option<&'a str> {
        self.shell.filter(|shell| !DEFAULTS.iter().any(|default| default.eq_ignore_ascii_case(shell)))
    }

    /// Whether the shell is PowerShell, which gets preferences before every command.
    pub(super) fn is_powershell(&self) -> bool {
        self.shell.and_then(words_next).is_some_and(|(word, _)| POWERSHELLS.contains(&base_name(word).as_str()))
    }
}

/// Splits `|2 A=1 B=2 /bin/sh -c make` into the arguments and what follows. Values may have blanks, so that the shell's
/// name is what ends them; without one each argument is one word.
fn split_build_arguments(text: &str) -> Option<(Vec<&str>, &str)> {
    let rest = text.strip_prefix('|')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let count: usize = rest.get(..digits)?.parse().ok()?;
    let rest = rest.get(digits..)?;
    if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let rest = rest.trim_start();
    if let Some(end) = find_shell(rest) {
        return Some((split_pairs(rest.get(..end)?, count, is_argument_name), rest.get(end..)?));
    }
    let mut arguments = Vec::new();
    let mut rest = rest;
    while arguments.len() < count
        && let Some((word, after)) = words_next(rest)
        && word.contains('=')
    {
        arguments.push(word);
        rest = after;
    }
    Some((arguments, rest))
}

/// Splits `NAME=value NAME=other value` before every blank that a name and `=` follow, into at most `count` parts.
pub(super) fn split_pairs(text: &str, count: usize, is_name: fn(u8) -> bool) -> Vec<&str> {
    pair_ranges(text, count, is_name).into_iter().filter_map(|range| text.get(range)).collect()
}

/// Where those parts stand.
pub(super) fn pair_ranges(text: &str, count: usize, is_name: fn(u8) -> bool) -> Vec<Range<usize>> {
    let starts = word_starts(text).filter(|start| {
        let word = &text.as_bytes()[*start..];
        let name = word.iter().take_while(|byte| is_name(**byte)).count();
        name > 0 && word.get(name) == Some(&b'=')
    });
    let starts: Vec<usize> = starts.take(count).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let trimmed = |(start, end): (&usize, usize)| {
        let part = text.get(*start..end).unwrap_or_default();
        *start..*start + part.trim_end().len()
    };
    starts.iter().zip(ends).map(trimmed).collect()
}

/// Bytes of a variable's name.
pub(super) fn is_argument_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Bytes of a label's name.
pub(super) fn is_label_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/' | b':')
}

/// Where words begin: after white space, and at the beginning. White space is what [`words_next`] takes for it, so that
/// no two words begin within one run of blanks, which each of them would read to its end.
fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let mut in_word = false;
    text.char_indices().filter_map(move |(position, character)| {
        let was_in_word = std::mem::replace(&mut in_word, !character.is_whitespace());
        (in_word && !was_in_word).then_some(position)
    })
}

/// Where a shell with its options begins.
fn find_shell(text: &str) -> Option<usize> {
    word_starts(text).find(|start| text.get(*start..).is_some_and(|rest| split_shell(rest).is_some()))
}

/// Splits a shell and its options from the command.
fn split_shell(text: &str) -> Option<(&str, &str)> {
    let (program, mut rest) = words_next(text)?;
    let name = base_name(program);
    let (unix, cmd, powershell) =
        (UNIX_SHELLS.contains(&name.as_str()), name == "cmd", POWERSHELLS.contains(&name.as_str()));
    if !unix && !cmd && !powershell {
        return None;
    }
    let mut value_follows = false;
    for _ in 0..MAX_WORDS {
        let (word, after) = words_next(rest)?;
        let last = if unix {
            word.starts_with('-') && !word.starts_with("--") && word.contains('c')
        } else if cmd {
            word.eq_ignore_ascii_case("/c")
        } else {
            ["-command", "-c", "-encodedcommand"].iter().any(|option| option.eq_ignore_ascii_case(word))
        };
        if last {
            let shell = text.get(..text.len() - after.len())?.trim_end();
            return Some((shell, after.trim()));
        }
        let option = word.starts_with('-') || (cmd && word.starts_with('/'));
        if !option && !value_follows {
            return None;
        }
        // `-o pipefail` and PowerShell's `-ExecutionPolicy Bypass` have a value.
        value_follows = option && ((unix && word.ends_with('o')) || powershell);
        rest = after;
    }
    None
}

/// The first word and what follows it.
fn words_next(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    if end == 0 { None } else { Some(text.split_at(end)) }
}

/// The program's name without its folder and `.exe`, in lower case. Long words are no programs.
fn base_name(program: &str) -> String {
    let name = program.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = if name.len() > 32 { "" } else { name };
    let name = name.to_ascii_lowercase();
    name.strip_suffix(".exe").map_or(name.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Vec<&str>, Option<&str>, &str) {
        let command = Command::parse(text);
        (command.build_arguments, command.shell, command.rest)
    }

    #[test]
    fn shells_of_all_systems_are_known() {
        for (text, shell, command) in [
            ("/bin/sh -c make", "/bin/sh -c", "make"),
            ("/bin/bash -o pipefail -c make all", "/bin/bash -o pipefail -c", "make all"),
            ("/bin/ash -eo pipefail -c make", "/bin/ash -eo pipefail -c", "make"),
            ("/bin/bash -lc make", "/bin/bash -lc", "make"),
            ("cmd /S /C dir", "cmd /S /C", "dir"),
            (r"C:\Windows\System32\cmd.exe /s /c dir", r"C:\Windows\System32\cmd.exe /s /c", "dir"),
            ("powershell -Command Get-Item", "powershell -Command", "Get-Item"),
            (
                "pwsh.exe -NoProfile -ExecutionPolicy Bypass -Command x",
                "pwsh.exe -NoProfile -ExecutionPolicy Bypass -Command",
                "x",
            ),
        ] {
            assert_eq!(parsed(text), (vec![], Some(shell), command), "{text}");
        }
    }

    #[test]
    fn a_program_that_is_no_shell_is_the_command() {
        for text in ["sh", "/bin/sh echo something > last", "bazel build ...", "", "/bin/sh --login", "make -c x"] {
            assert_eq!(parsed(text), (vec![], None, text), "{text}");
        }
    }

    #[test]
    fn words_begin_after_white_space_of_any_kind() {
        assert_eq!(word_starts("a b\u{3000}c  \u{2003} d").collect::<Vec<_>>(), [0, 2, 6, 13]);
        assert_eq!(word_starts(" \u{3000} \u{3000}").count(), 0);
        // Two kinds of blanks in turn are one run: not one of them begins a word.
        let blanks = " \u{3000}".repeat(1 << 20);
        assert_eq!(word_starts(&blanks).count(), 0);
        let text = format!("|1 A=1{blanks}/bin/sh -c make");
        assert_eq!(parsed(&text), (vec!["A=1"], Some("/bin/sh -c"), "make"));
    }

    #[test]
    fn build_arguments_are_split_at_their_names() {
        assert_eq!(parsed("|1 V=1.2 /bin/sh -c make"), (vec!["V=1.2"], Some("/bin/sh -c"), "make"));
        assert_eq!(
            parsed("|2 A=one two B=x=y /bin/bash -o pipefail -c make B=c"),
            (vec!["A=one two", "B=x=y"], Some("/bin/bash -o pipefail -c"), "make B=c")
        );
        assert_eq!(parsed("|0 /bin/sh -c make"), (vec![], Some("/bin/sh -c"), "make"));
        assert_eq!(parsed("|2 A=1 B=2 /app --flag").0, ["A=1", "B=2"]);
        assert_eq!(parsed("|2 A=1 B=2 /app --flag").2.trim(), "/app --flag");
        assert_eq!(parsed("|x A=1"), (vec![], None, "|x A=1"));
        assert_eq!(parsed("|99999999999999999999999 A=1"), (vec![], None, "|99999999999999999999999 A=1"));
        assert_eq!(parsed("|4000000000 A=1 /bin/sh -c x").0, ["A=1"]);
    }
}
