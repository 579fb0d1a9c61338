//! A tag taken apart.

use std::cmp::Reverse;

use super::token::{Part, Token, parts};
use super::{Stage, TagKind, VersionKey};

/// Lengths that commits are cut to, and the whole ones of SHA-1 and SHA-256.
const HASH_LENGTHS: [usize; 8] = [7, 8, 9, 10, 11, 12, 40, 64];

/// What may stand before a commit.
const HASH_PREFIXES: [&str; 4] = ["sha-", "git-", "commit-", "sha1-"];

/// What may stand before a version.
const VERSION_PREFIXES: [&str; 4] = ["release-", "version-", "rel-", "ver-"];

/// Algorithms whose digests have companion tags.
const COMPANION_ALGORITHMS: [&str; 3] = ["sha256-", "sha512-", "blake3-"];

/// Digits of a digest in a companion tag: digests are cut to 64 (distribution-spec, "Referrers Tag Schema").
const COMPANION_LENGTH: usize = 64;

pub(super) fn parse(text: &str) -> VersionKey {
    let key = |kind| VersionKey {
        kind,
        numbers: Reverse(Vec::new()),
        stage: Stage::Release,
        stage_numbers: Reverse(Vec::new()),
        variant: Vec::new(),
        text: text.into(),
    };
    if is_companion(text) {
        return key(TagKind::Signature);
    }
    if is_hash(text) {
        return key(TagKind::Hash);
    }
    let bare = without_prefix(text);
    if let Some((numbers, rest)) = date(bare) {
        return VersionKey { numbers: Reverse(numbers), variant: tokens(&parts(rest)), ..key(TagKind::Date) };
    }
    if let Some((numbers, rest)) = numbers(bare) {
        let Suffix { stage, stage_numbers, variant } = suffix(rest);
        return VersionKey {
            numbers: Reverse(numbers),
            stage,
            stage_numbers: Reverse(stage_numbers),
            variant,
            ..key(TagKind::Version)
        };
    }
    VersionKey { variant: word(text), ..key(TagKind::Word) }
}

/// `sha256-` and 64 digits, alone or with an ending as `.sig`.
fn is_companion(text: &str) -> bool {
    COMPANION_ALGORITHMS.iter().any(|algorithm| {
        let digits = text.strip_prefix(algorithm).and_then(|rest| rest.split('.').next()).unwrap_or_default();
        digits.len() == COMPANION_LENGTH && is_hexadecimal(digits)
    })
}

/// A commit by itself must have a letter and a digit: `1234567` is a number, and `deadbeef` may be a word.
fn is_hash(text: &str) -> bool {
    if HASH_PREFIXES
        .iter()
        .any(|prefix| text.strip_prefix(prefix).is_some_and(|rest| rest.len() > 5 && is_hexadecimal(rest)))
    {
        return true;
    }
    HASH_LENGTHS.contains(&text.len())
        && is_hexadecimal(text)
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Lower case, as digests and git write it.
fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Without `v` or `release-` before a digit.
fn without_prefix(text: &str) -> &str {
    let rest = VERSION_PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let rest = rest.strip_prefix(['v', 'V']).unwrap_or(rest);
    if rest.starts_with(|first: char| first.is_ascii_digit()) { rest } else { text }
}

/// `20261101`, `202611011530`, `20261101153000` or `2026-11-01`, with the numbers that follow it.
fn date(text: &str) -> Option<(Vec<u64>, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (day, time, mut rest) = match digits {
        8 => (text.get(..8)?.to_owned(), None, text.get(8..)?),
        12 | 14 => (text.get(..8)?.to_owned(), text.get(8..digits), text.get(digits..)?),
        4 => {
            let (year, month, day) = (text.get(..4)?, text.get(4..)?.strip_prefix('-')?.get(..2)?, text.get(8..10)?);
            if text.as_bytes().get(7) != Some(&b'-') {
                return None;
            }
            (format!("{year}{month}{day}"), None, text.get(10..)?)
        }
        _ => return None,
    };
    let day: u64 = day.bytes().all(|byte| byte.is_ascii_digit()).then(|| day.parse().ok())??;
    let (year, month, of_month) = (day / 10_000, day / 100 % 100, day % 100);
    let ends_there = !rest.starts_with(|next: char| next.is_ascii_digit());
    if !(1980..2100).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&of_month) || !ends_there {
        return None;
    }
    let mut numbers = vec![day];
    numbers.extend(time.and_then(|time| time.parse::<u64>().ok()));
    while let Some((number, after)) = next_number(rest, &['-', '.', '_', 'T', 't']) {
        numbers.push(number);
        rest = after;
    }
    Some((numbers, rest))
}

/// The numbers that a version begins with.
fn numbers(text: &str) -> Option<(Vec<u64>, &str)> {
    let (first, mut rest) = leading_number(text)?;
    let mut numbers = vec![first];
    while let Some((number, after)) = next_number(rest, &['.']) {
        numbers.push(number);
        rest = after;
    }
    Some((numbers, rest))
}

fn next_number<'a>(text: &'a str, separators: &[char]) -> Option<(u64, &'a str)> {
    leading_number(text.strip_prefix(separators)?)
}

fn leading_number(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits).filter(|(number, _)| !number.is_empty())?;
    Some((number.parse().unwrap_or(u64::MAX), rest))
}

struct Suffix {
    stage: Stage,
    stage_numbers: Vec<u64>,
    variant: Vec<Token>,
}

/// Takes the first pre-release out of what follows the numbers; the rest is the variant.
fn suffix(text: &str) -> Suffix {
    let parts = parts(text);
    let found = parts.iter().enumerate().find_map(|(position, part)| {
        let numbered = parts.get(position + 1).is_some_and(|next| next.number().is_some() && !next.separated);
        // `b1` is a beta only where it follows the numbers directly, as Python writes it.
        let attached = position == 0 && text.starts_with(|first: char| first.is_ascii_alphabetic());
        stage(part.text, numbered, attached).map(|stage| (position, stage))
    });
    let Some((position, stage)) = found else {
        return Suffix { stage: Stage::Release, stage_numbers: Vec::new(), variant: tokens(&parts) };
    };
    let stage_numbers: Vec<u64> = parts[position + 1..].iter().map_while(Part::number).collect();
    let mut variant = tokens(&parts[..position]);
    variant.extend(tokens(&parts[position + 1 + stage_numbers.len()..]));
    Suffix { stage, stage_numbers, variant }
}

/// How finished a version is that has this word behind its numbers.
fn stage(word: &str, numbered: bool, attached: bool) -> Option<Stage> {
    Some(match word.to_ascii_lowercase().as_str() {
        "rc" | "cr" => Stage::Candidate,
        "pre" | "preview" | "prerelease" | "ea" | "milestone" => Stage::Preview,
        "m" if numbered => Stage::Preview,
        "beta" => Stage::Beta,
        "b" if numbered && attached => Stage::Beta,
        "alpha" => Stage::Alpha,
        "a" if numbered && attached => Stage::Alpha,
        "dev" | "snapshot" | "nightly" | "canary" | "unstable" => Stage::Development,
        _ => return None,
    })
}

/// A word's parts; `latest` and its variants stand before all others.
fn word(text: &str) -> Vec<Token> {
    let mut tokens = tokens(&parts(text));
    if let Some(Token::Word(first)) = tokens.first_mut()
        && &**first == "latest"
    {
        // The empty word is before every other.
        *first = "".into();
    }
    tokens
}

fn tokens(parts: &[Part<'_>]) -> Vec<Token> {
    parts.iter().map(Part::token).collect()
}
