//! Which parts of a step look like secrets.

use std::ops::Range;

use super::Instruction;
use super::shell::{is_argument_name, is_label_name, pair_ranges};
use crate::anatomy::secrets::{of_pair, ranges};

impl Instruction {
    /// Where the arguments have values that look like secrets: ranges of bytes, in order.
    ///
    /// Builders print the values of `ENV`, `ARG` and `LABEL` without their quotes, so that a value goes on over its
    /// blanks.
    pub fn secrets(&self) -> Vec<Range<usize>> {
        let text = self.arguments.as_str();
        let is_name = match self.keyword.as_deref() {
            Some("ENV" | "ARG") => is_argument_name,
            Some("LABEL") => is_label_name,
            _ => return ranges(text),
        };
        let pairs = pair_ranges(text, usize::MAX, is_name);
        if pairs.is_empty() {
            // The older form, `ENV NAME value`.
            let name = text.split(char::is_whitespace).next().unwrap_or_default();
            return secret_of(text, name, name.len()..text.len()).into_iter().collect();
        }
        pairs.into_iter().filter_map(|pair| pair_secret(text, pair)).collect()
    }
}

/// Where `NAME=value` has a value that looks like a secret. All of what follows the first `=` is the value.
pub fn build_argument_secret(pair: &str) -> Option<Range<usize>> {
    pair_secret(pair, 0..pair.len())
}

fn pair_secret(text: &str, pair: Range<usize>) -> Option<Range<usize>> {
    let (name, _) = text.get(pair.clone())?.split_once('=')?;
    secret_of(text, name, pair.start + name.len() + 1..pair.end)
}

fn secret_of(text: &str, name: &str, value: Range<usize>) -> Option<Range<usize>> {
    let content = text.get(value.clone())?;
    let start = value.end - content.trim_start().len();
    of_pair(text, name, start..value.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(created_by: &str) -> Vec<String> {
        let instruction = Instruction::parse(created_by);
        instruction.secrets().into_iter().map(|range| instruction.arguments[range].to_owned()).collect()
    }

    #[test]
    fn values_without_quotes_go_on_over_blanks() {
        assert_eq!(found("ENV TOKEN=correct horse A=b c"), ["correct horse"]);
        assert_eq!(found("/bin/sh -c #(nop)  ENV A=b PASSWORD=x y"), ["x y"]);
        assert_eq!(found("ARG TOKEN=\"a b\""), ["a b"]);
        assert_eq!(found("ENV TOKEN abc def"), ["abc def"]);
        assert_eq!(found("LABEL org.example.api-key=abc def"), ["abc def"]);
        assert_eq!(found("ENV URL=postgres://user:pw@db/x y"), ["postgres://user:pw@db/x y"]);
    }

    #[test]
    fn commands_are_searched_as_a_shell_reads_them() {
        assert_eq!(found("RUN /bin/sh -c TOKEN='a b' make # buildkit"), ["a b"]);
        assert_eq!(found("COPY key /key # buildkit"), [""; 0]);
    }

    #[test]
    fn steps_without_secrets_have_none() {
        for text in ["ENV PATH=/usr/bin A=b", "ARG TOKEN", "ENV TOKEN", "ENV", "LABEL a=b", "bazel build ..."] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn build_arguments_are_pairs() {
        assert_eq!(build_argument_secret("TOKEN=a b"), Some(6..9));
        assert_eq!(build_argument_secret("VERSION=1"), None);
        assert_eq!(build_argument_secret("TOKEN"), None);
    }
}
