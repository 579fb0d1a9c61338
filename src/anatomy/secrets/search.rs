//! Where a text, such as a step's command, has values that look like secrets.
//!
//! ```text
//! NAME=value  --option=value  --option value      by the name
//! ["--option", "value"]                           the same, as a config has it
//! https://user:password@host  ghp_…               by the shape
//! -----BEGIN … PRIVATE KEY----- … -----END        as a block, over several lines
//! ```
//!
//! The text is read as a shell would, so that quotes hold blanks together; what stands in quotes is searched by itself
//! where the whole is no secret (`sh -c "A=b TOKEN=c make"`). Each character is read a fixed number of times.

use std::ops::Range;

use super::{has_secret_shape, is_harmless, is_secret_name};

/// How often quotes within quotes are opened.
const DEPTH: usize = 3;

/// Ranges of bytes, in order, none touching another.
pub fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for block in key_blocks(text) {
        search(text, start..block.start, DEPTH, &mut ranges);
        start = block.end;
        ranges.push(block);
    }
    search(text, start..text.len(), DEPTH, &mut ranges);
    ranges
}

/// The range of a named value where the two look like a secret, without the quotes around it.
pub(in crate::anatomy) fn of_pair(text: &str, name: &str, value: Range<usize>) -> Option<Range<usize>> {
    let content = text.get(value.clone())?;
    super::looks_secret(name, content).then(|| unquoted(text, value))
}

/// Private keys in the form of RFC 7468, from the first line to the last; to the end of the text where that is missing.
fn key_blocks(text: &str) -> Vec<Range<usize>> {
    const BEGIN: &str = "-----BEGIN ";
    const LABEL: &str = "PRIVATE KEY-----";
    const LONGEST_LABEL: usize = 64;
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut next = 0;
    for (start, _) in text.match_indices(BEGIN) {
        let label = start + BEGIN.len();
        let window = &text[label..text.floor_char_boundary(label + LONGEST_LABEL)];
        let Some(found) = window.find(LABEL).filter(|_| start >= next) else { continue };
        let body = label + found + LABEL.len();
        let end = text[body..].find("-----END ").map(|end| body + end);
        // The line that ends it has five more hyphens behind its label.
        let end = end.and_then(|end| text[end + 5..].find("-----").map(|last| end + 5 + last + 5));
        next = end.unwrap_or(text.len());
        blocks.push(start..next);
    }
    blocks
}

fn search(text: &str, part: Range<usize>, depth: usize, ranges: &mut Vec<Range<usize>>) {
    let mut quotes = Quotes { single: true, double: true };
    let mut start = part.start;
    let mut value_follows = false;
    while let Some(word) = Word::at(text, start..part.end, &mut quotes) {
        start = word.range.end;
        let whole = &text[word.range.clone()];
        let before = ranges.len();
        if let Some(value) = named(text, &word) {
            ranges.push(value);
        } else if value_follows && !item(whole).starts_with('-') && !is_harmless(item(whole)) {
            ranges.push(unquoted(text, without_punctuation(text, word.range.clone())));
        } else if depth > 0 && word.holds_blanks(text) {
            for quoted in word.quoted {
                search(text, quoted, depth - 1, ranges);
            }
        } else if has_secret_shape(whole) {
            ranges.push(value(text, &word).unwrap_or(word.range));
        }
        let option = item(whole);
        let is_option = option.starts_with("--") && !option.contains('=');
        value_follows = is_option && ranges.len() == before && is_secret_name(option);
    }
}

/// What a word of a JSON list says: `["--option",` is `--option`.
fn item(word: &str) -> &str {
    word.trim_start_matches(['[', '"', '\'']).trim_end_matches([']', ',', '"', '\''])
}

/// A quoted word of a JSON list without what stands behind its quotes; any other as it is.
fn without_punctuation(text: &str, range: Range<usize>) -> Range<usize> {
    let word = text[range.clone()].trim_end_matches([']', ',']);
    if word.ends_with(['"', '\'']) { range.start..range.start + word.len() } else { range }
}

/// The value of a word `NAME=value` whose name tells of a secret.
fn named(text: &str, word: &Word) -> Option<Range<usize>> {
    let value = value(text, word)?;
    let name = text.get(word.range.start..value.start)?.rsplit_once('=')?.0;
    let name = name.trim_start_matches(|character: char| !character.is_alphanumeric());
    let plain = !name.contains(['"', '\'']) && !name.contains(char::is_whitespace);
    (plain && is_secret_name(name) && !is_harmless(&text[value.clone()])).then(|| unquoted(text, value))
}

/// What follows the first `=` of a word. A quote before the name ends the value.
fn value(text: &str, word: &Word) -> Option<Range<usize>> {
    let whole = &text[word.range.clone()];
    let equals = whole.find('=')?;
    let punctuation = whole.find(|character: char| character.is_alphanumeric()).unwrap_or(0).min(equals);
    let start = word.range.start + equals + 1;
    let end = match whole[..punctuation].rfind(['"', '\'']) {
        Some(quote) => {
            let quote = &whole[quote..=quote];
            text[start..word.range.end].find(quote).map_or(word.range.end, |end| start + end)
        }
        None => word.range.end,
    };
    Some(start..end)
}

/// Without the quotes around it.
fn unquoted(text: &str, range: Range<usize>) -> Range<usize> {
    let value = &text[range.clone()];
    let quoted = value.len() > 1
        && (value.starts_with('"') && value.ends_with('"') || value.starts_with('\'') && value.ends_with('\''));
    if quoted { range.start + 1..range.end - 1 } else { range }
}

/// Which quotes are quotes. One that was never closed, as in "don't", is a character as any other from there on: it is
/// looked for no second time, so that a text of such words is not read to its end for each.
struct Quotes {
    single: bool,
    double: bool,
}

impl Quotes {
    fn has(&self, character: char) -> bool {
        (character == '\'' && self.single) || (character == '"' && self.double)
    }

    fn forget(&mut self, quote: char) {
        if quote == '"' {
            self.double = false;
        } else {
            self.single = false;
        }
    }
}

/// Characters between blanks that stand outside of quotes.
struct Word {
    range: Range<usize>,
    /// What stands in quotes, without them.
    quoted: Vec<Range<usize>>,
}

impl Word {
    /// The first word of a part.
    fn at(text: &str, part: Range<usize>, known: &mut Quotes) -> Option<Self> {
        let rest = text.get(part.clone())?;
        let begin = part.start + (rest.len() - rest.trim_start().len());
        let rest = text.get(begin..part.end).filter(|rest| !rest.is_empty())?;
        let mut quoted = Vec::new();
        let mut open: Option<(char, usize)> = None;
        let mut characters = rest.char_indices().map(|(offset, character)| (begin + offset, character)).peekable();
        while let Some((position, character)) = characters.next() {
            match open {
                Some((quote, start)) if character == quote => {
                    quoted.push(start..position);
                    open = None;
                }
                None if known.has(character) => open = Some((character, position + 1)),
                None if character.is_whitespace() => return Some(Self { range: begin..position, quoted }),
                // Escapes a quote or itself; before anything else it may as well be a path's.
                _ if character == '\\' && !matches!(open, Some(('\'', _))) => {
                    characters.next_if(|(_, next)| matches!(next, '"' | '\'' | '\\'));
                }
                _ => {}
            }
        }
        let Some((quote, _)) = open else {
            return Some(Self { range: begin..part.end, quoted });
        };
        known.forget(quote);
        let end = rest.find(char::is_whitespace).map_or(part.end, |end| begin + end);
        quoted.retain(|quoted: &Range<usize>| quoted.end < end);
        Some(Self { range: begin..end, quoted })
    }

    fn holds_blanks(&self, text: &str) -> bool {
        self.quoted.iter().any(|quoted| text[quoted.clone()].contains(char::is_whitespace))
    }
}

#[cfg(test)]
mod tests;
