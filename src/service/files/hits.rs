//! Names that are looked for in a tree: by a part of them, a pattern, an ending, the contents' digest, or what has happened to them.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use globset::{GlobBuilder, GlobMatcher};

use super::listing::{Lister, Listing};
use super::merged::Merged;
use crate::anatomy::files::{Change, FilePath, FileRef, NodeId, Resolved, resolve};
use crate::view::files::{FileRow, ROWS_LENGTH};

/// Longest text that is looked for, in bytes.
const LONGEST: usize = 500;
/// Longest time that a search may take; what was found by then is shown.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is looked for.
pub(super) struct Search {
    term: Option<Term>,
    change: Option<Change>,
}

enum Term {
    /// A part of the name, whatever its case.
    Name(Vec<u8>),
    /// A part of the whole path, whatever its case.
    Path(Vec<u8>),
    /// A pattern of the name, or of the whole path if it has a slash.
    Pattern(Box<GlobMatcher>, bool),
    /// The begin of a SHA-256 of contents, in hexadecimal digits.
    Digest(String),
}

impl Search {
    /// Reads what a person typed; nothing where nothing is looked for. A pattern has `*`, `?` or `[`, an ending begins with a dot, and
    /// eight hexadecimal digits or more, also after `sha256:`, are those of a digest where they can be no name's.
    ///
    /// # Errors
    ///
    /// What is wrong with a pattern, as a sentence.
    pub(super) fn of(text: &str, change: Option<Change>) -> Result<Option<Self>, String> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(format!("What is looked for has at most {LONGEST} bytes."));
        }
        let term = term(text)?;
        Ok((term.is_some() || change.is_some()).then_some(Self { term, change }))
    }

    /// All hits below a directory, in the tree's order, those that layers have taken away among them.
    pub(super) fn run(&self, lister: &Lister<'_>, directory: NodeId) -> Listing {
        let mut listing = Listing::default();
        let (merged, mut left) = (lister.merged, vec![(directory, false)]);
        let (started, mut seen) = (Instant::now(), 0_usize);
        while let Some((node, is_gone)) = left.pop() {
            seen += 1;
            if seen.is_multiple_of(256) && started.elapsed() > PATIENCE {
                listing.is_cut = true;
                break;
            }
            if node != directory && self.matches(lister, node, is_gone) {
                if (lister.from..lister.from + ROWS_LENGTH).contains(&listing.total) {
                    let row = if is_gone { lister.gone(node, 0) } else { lister.node(node, 0) };
                    listing.rows.push(FileRow { name: row.path.readable(), ..row });
                }
                listing.total += 1;
            }
            let mut below = children(merged, node, is_gone);
            // The last one is looked at first.
            below.sort_by(|one, other| merged.overlay.name(other.0).cmp(merged.overlay.name(one.0)));
            left.extend(below);
        }
        listing
    }

    fn matches(&self, lister: &Lister<'_>, node: NodeId, is_gone: bool) -> bool {
        let overlay = &lister.merged.overlay;
        let term = match &self.term {
            None => true,
            Some(Term::Name(part)) => contains(overlay.name(node), part),
            Some(Term::Path(part)) => contains(lister.merged.path(node).as_bytes(), part),
            Some(Term::Pattern(pattern, true)) => pattern.is_match(as_path(lister.merged.path(node).as_bytes())),
            Some(Term::Pattern(pattern, false)) => pattern.is_match(as_path(overlay.name(node))),
            Some(Term::Digest(digits)) => {
                let file = overlay.contents(node).and_then(|file| lister.merged.entry(file));
                file.and_then(FileRef::digest).is_some_and(|digest| hex(digest).starts_with(digits))
            }
        };
        term && self.change.is_none_or(|wanted| {
            let change =
                if is_gone { Some(Change::Deleted) } else { overlay.file(node).and_then(|file| lister.change(file)) };
            change == Some(wanted) || (wanted == Change::Unchanged && change.is_none() && !is_gone)
        })
    }
}

fn children(merged: &Merged, node: NodeId, is_gone: bool) -> Vec<(NodeId, bool)> {
    let overlay = &merged.overlay;
    if is_gone {
        // Everything in what is gone is gone with it.
        let mut told = HashSet::new();
        let all = overlay.all_children(node).filter(|child| told.insert(overlay.name(*child)));
        return all.map(|child| (child, true)).collect();
    }
    let there = overlay.children(node).map(|child| (child, false));
    there.chain(overlay.gone(node).map(|child| (child, true))).collect()
}

fn term(text: &str) -> Result<Option<Term>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.strip_prefix("sha256:");
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(digits) = digits.or_else(|| Some(text).filter(|text| text.len() == 64)).filter(|digits| is_hex(digits))
    {
        return Ok(Some(Term::Digest(digits.to_ascii_lowercase())));
    }
    let has_slash = text.contains('/');
    if text.contains(['*', '?', '[', '{']) {
        let text = text.strip_prefix('/').unwrap_or(text);
        let glob = GlobBuilder::new(text).case_insensitive(true).literal_separator(has_slash).build();
        let glob = glob.map_err(|error| format!("This is no pattern: {}.", error.kind()))?;
        return Ok(Some(Term::Pattern(Box::new(glob.compile_matcher()), has_slash)));
    }
    let lower = text.to_ascii_lowercase().into_bytes();
    Ok(Some(if has_slash { Term::Path(lower) } else { Term::Name(lower) }))
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

/// In hexadecimal digits.
pub(super) fn hex(digest: &[u8; 32]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
    digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Where a path is in a tree: the node, and whether a link was followed on the way to it.
pub(super) fn find(merged: &Merged, path: &FilePath) -> Option<(NodeId, bool)> {
    if let Some(node) = merged.find(path) {
        return Some((node, false));
    }
    match resolve(&merged.overlay, &merged.lists(), merged.root(), path.as_bytes()) {
        Resolved::To(node) => Some((node, true)),
        Resolved::Nowhere | Resolved::Circle => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(text: &str, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap().as_bytes();
        match term(text).unwrap().unwrap() {
            Term::Name(part) => contains(name, &part),
            Term::Path(part) => contains(path.as_bytes(), &part),
            Term::Pattern(pattern, true) => pattern.is_match(path),
            Term::Pattern(pattern, false) => pattern.is_match(as_path(name)),
            Term::Digest(_) => panic!("a digest"),
        }
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
            (".so", "usr/lib/libc.so.6", true),
            ("[ab]?", "b1", true),
        ] {
            assert_eq!(finds(text, path), is_found, "{text} {path}");
        }
        assert!(term("").unwrap().is_none());
        assert!(term("[").is_err());
        assert!(matches!(term(&"aB".repeat(32)), Ok(Some(Term::Digest(digits))) if digits == "ab".repeat(32)));
    }
}
