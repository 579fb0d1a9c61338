//! The order of tags on a page: versions highest first, then words, dates, hashes, and companions of digests last.
//!
//! ```text
//! tag       = [ "v" ] numbers [ suffix ]         1.10.0, v2, 3.20.3-alpine3.20, 1.9.0-rc.1
//! numbers   = number { "." number }
//! suffix    = pre-release and variant, in any order, joined by "-", "_", "." or nothing
//! ```
//!
//! A moving tag stands below what it covers: 1.25.5, 1.25.4, 1.25, 1. A variant stands beside its version: 1.25.5,
//! 1.25.5-alpine, 1.25.5-slim, 1.25.4. A pre-release stands below its release: 1.9.0, 1.9.0-rc.2, 1.9.0-rc.1.
//!
//! - `parse`: which kind a tag is, and its parts
//! - `token`: words and numbers in turn, so that `alpine3.9` comes before `alpine3.20`

mod parse;
mod token;

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::oci::{Digest, Tag};
use token::Token;

/// What sort of name a tag is. The order of the variants is their order on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagKind {
    /// A version, its variants and pre-releases.
    Version,
    /// `latest`, `stable`, `main`, and whatever is nothing else.
    Word,
    /// A day: `20261101`, `2026-11-01`.
    Date,
    /// A commit: `sha-1a2b3c4`, `1a2b3c4d…`.
    Hash,
    /// A companion of a digest: cosign's `sha256-<hex>.sig`, and the referrers tag `sha256-<hex>` (distribution-spec,
    /// "Referrers Tag Schema"). Lists fold these.
    Signature,
}

/// How finished a version is. The order of the variants is their order on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Stage {
    Release,
    Candidate,
    /// Previews, milestones, early access.
    Preview,
    Beta,
    Alpha,
    /// Snapshots, nightlies, development builds.
    Development,
}

/// A tag's place in the order: ascending keys are the order on a page. Make it once for each tag, then sort by it.
///
/// Two keys are equal only if their tags are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionKey {
    kind: TagKind,
    /// The version's numbers, or the day's. More numbers are higher: 1.25.5 stands above 1.25.
    numbers: Reverse<Vec<u64>>,
    stage: Stage,
    /// The numbers of the pre-release: 1 for `rc.1`.
    stage_numbers: Reverse<Vec<u64>>,
    /// The variant of a version, or the whole of a word.
    variant: Vec<Token>,
    text: Box<str>,
}

impl VersionKey {
    /// The key of a tag.
    #[must_use]
    pub fn of(tag: &Tag) -> Self {
        parse::parse(tag.as_str())
    }

    /// What sort of name it is.
    pub fn kind(&self) -> TagKind {
        self.kind
    }

    /// Whether it is a version that is finished, a variant or not.
    pub fn is_release(&self) -> bool {
        self.kind == TagKind::Version && self.stage == Stage::Release
    }
}

/// What sort of name a tag is.
pub fn kind(tag: &Tag) -> TagKind {
    VersionKey::of(tag).kind
}

/// Puts tags in the order of a page.
pub fn sort(tags: &mut [Tag]) {
    tags.sort_by_cached_key(VersionKey::of);
}

/// The digest whose companion a tag is: `sha256-<hex>.sig` speaks of `sha256:<hex>`.
pub fn subject(tag: &Tag) -> Option<Digest> {
    let (algorithm, rest) = tag.as_str().split_once('-')?;
    let encoded = rest.split('.').next()?;
    // A sha512 digest is cut in its tag, so that it cannot be read back.
    let digest: Digest = format!("{algorithm}:{encoded}").parse().ok()?;
    (kind(tag) == TagKind::Signature && digest.is_verifiable()).then_some(digest)
}

#[cfg(test)]
mod tests;
