//! The parts of a text, by the grammar of its language.

use std::sync::LazyLock;

use syntect::easy::ScopeRegionIterator;
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

use super::protocol::Part;
use crate::view::files::PlainReason;

/// Longest line whose parts are told apart, in bytes.
const LONGEST_LINE: usize = 2_000;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// The language of a text, told by its name or its first line.
pub(super) fn syntax(name: &str, first_line: &str) -> Option<&'static SyntaxReference> {
    let set = &*SYNTAXES;
    let ending = name.rsplit('.').next().unwrap_or_default();
    // Patterns of first lines take long for what is no line that anybody has written.
    let first_line = if first_line.len() > LONGEST_LINE { "" } else { first_line };
    let syntax = set
        .find_syntax_by_extension(name)
        .or_else(|| set.find_syntax_by_extension(ending))
        .or_else(|| set.find_syntax_by_first_line(first_line));
    syntax.filter(|syntax| syntax.name != "Plain Text")
}

/// Reads a text line after line.
pub(super) struct Parts {
    parser: ParseState,
    stack: ScopeStack,
}

impl Parts {
    pub(super) fn new(syntax: &SyntaxReference) -> Self {
        Self { parser: ParseState::new(syntax), stack: ScopeStack::new() }
    }

    /// The parts of the next line.
    ///
    /// # Errors
    ///
    /// Where it is too long, or its grammar cannot read it: what comes after it would be understood wrongly.
    pub(super) fn of_line(&mut self, line: &str) -> Result<Vec<Part>, PlainReason> {
        if line.len() > LONGEST_LINE {
            return Err(PlainReason::LongLine);
        }
        // Grammars look for the line's end.
        let ended = format!("{line}\n");
        let operations = self.parser.parse_line(&ended, &SYNTAXES).map_err(|_| PlainReason::Grammar)?;
        let mut parts: Vec<Part> = Vec::new();
        for (text, operation) in ScopeRegionIterator::new(&operations, &ended) {
            self.stack.apply(operation).map_err(|_| PlainReason::Grammar)?;
            let length = text.trim_end_matches('\n').len();
            if length == 0 {
                continue;
            }
            let style = style(&self.stack);
            match parts.last_mut().filter(|(last, _)| *last == style) {
                Some((_, sum)) => *sum += length,
                None => parts.push((style.into(), length)),
            }
        }
        Ok(parts)
    }
}

/// What a part of a text is, from the names that grammars give it (Sublime Text's "Scope Naming").
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_text_are_told_apart() {
        let syntax = syntax("a.py", "# one").unwrap();
        assert_eq!(syntax.name, "Python");
        let mut parts = Parts::new(syntax);
        assert_eq!(parts.of_line("# one"), Ok(vec![("comment".into(), 5)]));
        let second = vec![("keyword".into(), 6), ("".into(), 1), ("string".into(), 3)];
        assert_eq!(parts.of_line("return 'x'"), Ok(second));
        assert_eq!(parts.of_line(&"x".repeat(LONGEST_LINE + 1)), Err(PlainReason::LongLine));
    }

    #[test]
    fn languages_are_known_by_name_ending_or_first_line() {
        let name = |name, line| syntax(name, line).map(|syntax| syntax.name.as_str());
        assert_eq!(name("Dockerfile", ""), Some("Dockerfile"));
        assert_eq!(name("x.toml", ""), Some("TOML"));
        assert_eq!(name("start", "#!/bin/sh"), Some("Bourne Again Shell (bash)"));
        assert_eq!(name("notes.txt", "notes"), None);
    }
}
