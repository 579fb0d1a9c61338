//! What is looked for, as a person types it.

use globset::{GlobBuilder, GlobSet};

use crate::anatomy::files::FilePath;
use crate::service::files::shares::has_library_version;

/// What names or contents are like.
pub(super) enum Term {
    /// A part of the name, whatever its case.
    Name(Vec<u8>),
    /// What the name ends in, whatever its case, with its dot.
    Ending(Vec<u8>),
    /// A part of the whole path, whatever its case.
    Path(Vec<u8>),
    /// A pattern of the name, or of the whole path if it has a slash.
    Pattern(Box<GlobSet>, bool),
    /// The begin of a SHA-256 of contents, as the values of its hexadecimal digits.
    Digest(Vec<u8>),
}

impl Term {
    /// Reads what a person typed; nothing where that is nothing. Hexadecimal digits are those of a digest: 8 to 64 after `sha256:`, or 64
    /// alone. A pattern has `*`, `?`, `[` or `{`. What begins with a dot and has no slash is an ending. Anything else is a part of a
    /// name, or of a path if it has a slash.
    ///
    /// # Errors
    ///
    /// What is wrong with a pattern, as a sentence.
    pub(super) fn of(text: &str) -> Result<Option<Self>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let begin = text.strip_prefix("sha256:").filter(|digits| (8..=64).contains(&digits.len()));
        let digits = begin.or_else(|| Some(text).filter(|text| text.len() == 64));
        let values =
            digits.and_then(|digits| digits.chars().map(|digit| digit.to_digit(16)).collect::<Option<Vec<_>>>());
        if let Some(values) = values {
            return Ok(Some(Self::Digest(values.into_iter().filter_map(|value| u8::try_from(value).ok()).collect())));
        }
        let has_slash = text.contains('/');
        if text.contains(['*', '?', '[', '{']) {
            let text = text.strip_prefix('/').unwrap_or(text);
            let glob = GlobBuilder::new(text).case_insensitive(true).literal_separator(has_slash).build();
            let glob = glob.map_err(|error| format!("This is no pattern: {}.", error.kind()))?;
            // A matcher of one pattern by itself panics where the pattern is too much for it.
            let set = GlobSet::builder().add(glob).build();
            let set =
                set.map_err(|_| "This pattern has too much in it, or braces within braces too often.".to_owned())?;
            return Ok(Some(Self::Pattern(Box::new(set), has_slash)));
        }
        let lower = text.to_ascii_lowercase().into_bytes();
        // A dot alone is in most names and ends few.
        let is_ending = lower.len() > 1 && lower.starts_with(b".");
        Ok(Some(if has_slash {
            Self::Path(lower)
        } else if is_ending {
            Self::Ending(lower)
        } else {
            Self::Name(lower)
        }))
    }

    /// Whether a name or its path is like that. Contents are not looked at.
    pub(super) fn is_in(&self, name: &[u8], path: impl FnOnce() -> FilePath) -> bool {
        match self {
            Self::Name(part) => contains(name, part),
            Self::Ending(ending) => ends(name, ending),
            Self::Path(part) => contains(path().as_bytes(), part),
            Self::Pattern(pattern, true) => pattern.is_match(as_path(path().as_bytes())),
            Self::Pattern(pattern, false) => pattern.is_match(as_path(name)),
            Self::Digest(_) => false,
        }
    }
}

/// Whether a name ends in this, whatever the case of its ASCII letters. A shared library's version can stand after `.so`.
fn ends(name: &[u8], ending: &[u8]) -> bool {
    let end = name.len().checked_sub(ending.len()).and_then(|at| name.get(at..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(ending)) || (ending == b".so" && has_library_version(name))
}

/// Whether a name has a part in it, whatever the case of its ASCII letters. `part` is in lower case.
fn contains(name: &[u8], part: &[u8]) -> bool {
    let part = part.strip_prefix(b"/").filter(|_| name.starts_with(&part[1..])).unwrap_or(part);
    let Some(first) = part.first() else { return true };
    let last = name.len().checked_sub(part.len());
    last.is_some_and(|last| {
        (0..=last)
            .any(|at| name[at].to_ascii_lowercase() == *first && name[at..][..part.len()].eq_ignore_ascii_case(part))
    })
}

#[cfg(unix)]
fn as_path(bytes: &[u8]) -> &std::path::Path {
    use std::os::unix::ffi::OsStrExt as _;
    std::path::Path::new(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn as_path(bytes: &[u8]) -> &std::path::Path {
    std::path::Path::new(std::str::from_utf8(bytes).unwrap_or_default())
}

/// Whether a digest begins with these hexadecimal digits.
pub(super) fn begins(digest: &[u8; 32], digits: &[u8]) -> bool {
    let own = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    own.take(digits.len()).eq(digits.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(text: &str, path: &str) -> bool {
        let path = FilePath::from_bytes(path.as_bytes());
        Term::of(text).unwrap().unwrap().is_in(path.name(), || path.clone())
    }

    #[test]
    fn what_is_typed_finds_names() {
        for (text, path, is_found) in [
            ("nginx", "etc/nginx/conf", false),
            ("nginx", "etc/nginx", true),
            ("NGINX", "etc/nginx.conf", true),
            ("/etc/nginx", "etc/nginx/conf", true),
            ("nginx/c", "etc/nginx/conf", true),
            ("*.conf", "etc/nginx/a.conf", true),
            ("*.conf", "etc/nginx/a.conf.d", false),
            ("etc/*", "etc/nginx", true),
            ("etc/*", "etc/nginx/conf", false),
            ("etc/**", "etc/nginx/conf", true),
            (".so", "usr/lib/libc.so", true),
            (".so", "usr/lib/libc.so.6", true),
            (".so", "usr/lib/libssl.SO.1.0.2k", true),
            (".so", "etc/ld.so.conf", false),
            (".c", "src/MAIN.C", true),
            (".c", "etc/nginx.conf", false),
            (".c", "src.c/main", false),
            (".conf", ".c", false),
            (".", "etc/a.b", true),
            ("./a", "etc./a", true),
            ("[ab]?", "b1", true),
        ] {
            assert_eq!(finds(text, path), is_found, "{text} {path}");
        }
        assert!(Term::of("").unwrap().is_none());
        assert!(Term::of("[").is_err());
        assert!(matches!(Term::of(&"aB".repeat(32)), Ok(Some(Term::Digest(digits))) if digits == [10, 11].repeat(32)));
        for (digits, is_digest) in [(0, false), (7, false), (8, true), (64, true), (65, false)] {
            let term = Term::of(&format!("sha256:{}", "a".repeat(digits))).unwrap();
            assert_eq!(matches!(term, Some(Term::Digest(_))), is_digest, "{digits}");
        }
        assert!(matches!(Term::of(&"a".repeat(63)), Ok(Some(Term::Name(_)))));
    }

    #[test]
    fn braces_within_braces_have_an_end() {
        let nested = |depth: usize| format!("{}x{}", "{a".repeat(depth), ",b}".repeat(depth));
        assert!(finds(&nested(20), &format!("{}x", "a".repeat(20))));
        let deepest = nested(99);
        assert!(Term::of(&deepest).is_err());
    }

    #[test]
    fn digests_are_compared_digit_by_digit() {
        let mut digest = [0xab; 32];
        digest[1] = 0xc0;
        for (digits, is_found) in [("abc", true), ("abc0ab", true), ("abd", false), ("bac0", false), ("", true)] {
            let values: Vec<_> =
                digits.chars().map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap()).collect();
            assert_eq!(begins(&digest, &values), is_found, "{digits}");
        }
        assert!(!begins(&digest, &[10, 11].repeat(33)), "more than there are");
    }
}
