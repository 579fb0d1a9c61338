//! Which image an artifact speaks of, before any of its blobs has been read.

use serde::{Deserialize, Serialize};

use crate::oci::index::IndexEntry;
use crate::oci::{Descriptor, Digest, ImageManifest, Tag};

/// The image that something is said to speak of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    /// Its digest.
    pub digest: Digest,
    /// Where that is said.
    pub said_by: SaidBy,
}

/// Where it is said what an artifact speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaidBy {
    /// The manifest's `subject`.
    Subject,
    /// An annotation of its entry in the index (BuildKit).
    Index,
    /// The tag that it was found under (cosign).
    Tag,
}

impl Described {
    /// What a manifest speaks of: its `subject`, else what its entry in an index says, else what its tag does.
    pub fn of(manifest: &ImageManifest, entry: Option<&Descriptor>, tag: Option<&Tag>) -> Option<Self> {
        let said = |digest: Digest, said_by| Self { digest, said_by };
        let subject = manifest.subject.as_ref().and_then(|subject| subject.digest.clone());
        let by_entry = || match entry?.index_entry() {
            IndexEntry::Attestation { subject } => subject,
            _ => None,
        };
        subject
            .map(|digest| said(digest, SaidBy::Subject))
            .or_else(|| by_entry().map(|digest| said(digest, SaidBy::Index)))
            .or_else(|| of_tag(tag?).map(|digest| said(digest, SaidBy::Tag)))
    }
}

/// The digest in a tag of cosign's scheme: `sha256-{hex}.sig`, `.att` or `.sbom`.
pub fn of_tag(tag: &Tag) -> Option<Digest> {
    let text = tag.as_str();
    let name = [".sig", ".att", ".sbom"].iter().find_map(|ending| text.strip_suffix(ending))?;
    let digest: Digest = name.replacen('-', ":", 1).parse().ok()?;
    digest.is_verifiable().then_some(digest)
}
