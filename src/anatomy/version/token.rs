//! Text as words and numbers in turn.

use std::cmp::Reverse;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Token {
    /// A number, the highest first.
    Number(Reverse<u64>),
    /// A word, in alphabetical order without case.
    Word(Box<str>),
}

/// One part with what stood before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    /// Letters only, or digits only.
    pub(super) text: &'a str,
    /// Whether a separator stood before it, or nothing at all.
    pub(super) separated: bool,
}

impl Part<'_> {
    /// Its number; numbers past 2⁶⁴ are all the largest.
    pub(super) fn number(&self) -> Option<u64> {
        let digits = !self.text.is_empty() && self.text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| self.text.parse().unwrap_or(u64::MAX))
    }

    pub(super) fn token(&self) -> Token {
        match self.number() {
            Some(number) => Token::Number(Reverse(number)),
            None => Token::Word(self.text.to_ascii_lowercase().into_boxed_str()),
        }
    }
}

/// Splits at separators, and between letters and digits.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let same = |byte: u8| {
            if bytes[start].is_ascii_digit() { byte.is_ascii_digit() } else { byte.is_ascii_alphabetic() }
        };
        let length = bytes[start..].iter().take_while(|byte| same(**byte)).count();
        if length == 0 {
            start += 1;
            continue;
        }
        let separated = start == 0 || !bytes[start - 1].is_ascii_alphanumeric();
        // Tags are ASCII, so that any cut is between characters.
        if let Some(text) = text.get(start..start + length) {
            parts.push(Part { text, separated });
        }
        start += length;
    }
    parts
}
