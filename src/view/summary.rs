//! What a row of a list shows of the image, index or artifact behind a tag.

use serde::{Deserialize, Serialize};

use crate::oci::{Digest, MediaType, Platform};

/// A manifest in a few figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageSummary {
    /// What the tag points at: an index's digest, or a manifest's.
    pub digest: Digest,
    /// Its type.
    pub media_type: MediaType,
    /// What it is, in words: `OCI index`, `Image`, `Helm chart`.
    pub kind: String,
    /// How many platforms an index has; nothing for a single manifest.
    pub platform_count: Option<u32>,
    /// The platform that size, layers and date speak of.
    pub platform: Option<Platform>,
    /// The layers' bytes as stored, compressed.
    pub size: Option<u64>,
    /// The layers, lowest first: the core sample.
    pub layers: Vec<Band>,
    /// When it was built, as the config says it (RFC 3339).
    pub created: Option<String>,
    /// Why size, layers or date are missing, as a sentence.
    pub problem: Option<String>,
}

/// One layer of a core sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// The layer's digest, which gives the colour.
    pub digest: Option<Digest>,
    /// Its size in bytes, compressed.
    pub size: u64,
}
