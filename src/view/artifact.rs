//! What an artifact that is no container image consists of, and what its blobs say.

use serde::{Deserialize, Serialize};

use super::image::NamedValue;
use crate::anatomy::artifact::content::Content;
use crate::anatomy::artifact::described::Described;
use crate::anatomy::artifact::statement::SubjectMatch;
use crate::anatomy::kind::Kind;
use crate::oci::{Descriptor, Digest, MediaType, Notice};

/// Most packages of a bill of materials on one page.
pub const PACKAGES_LENGTH: usize = 300;

/// What is asked of an artifact's page beside its reference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactQuery {
    /// The digest of a blob that is read although it is not read by itself; empty for none.
    #[serde(default)]
    pub read: String,
    /// Only packages with this text in them; empty for all.
    #[serde(default)]
    pub packages: String,
    /// The first package that is shown, from 0; [`PACKAGES_LENGTH`] follow.
    #[serde(default)]
    pub from: u32,
}

/// What an artifact that is no container image consists of.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ArtifactView {
    /// What it is; nothing where it is not interpreted.
    pub kind: Option<Kind>,
    /// Its config, if it has one.
    pub config: Option<Descriptor>,
    /// Its layers, or blobs.
    pub layers: Vec<Descriptor>,
    /// What it is about.
    pub subject: Option<Descriptor>,
    /// Its annotations.
    pub annotations: Vec<NamedValue>,
    /// How many descriptors and annotations are left out, each table having at most
    /// [`TABLE_LENGTH`](super::image::TABLE_LENGTH).
    pub rows_left_out: u32,
    /// Why it is not interpreted, where that is so.
    pub refusal: Option<String>,
    /// The image that it is said to speak of.
    pub described: Option<Described>,
    /// What its blobs say: those that were read, or that were to be.
    pub readings: Vec<Reading>,
    /// Blobs that are read where a reader asks for it (`read`).
    pub readable: Vec<Digest>,
    /// Path of each blob's exact bytes, where they can be downloaded.
    pub downloads: Vec<(Digest, String)>,
}

/// One blob that was to be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// What it is within the artifact: `Helm chart`, `SPDX SBOM`, `compose file`.
    pub label: String,
    /// Its file name, where its descriptor has one: as hostile as any text.
    pub title: Option<String>,
    /// Its digest.
    pub digest: Digest,
    /// Its type.
    pub media_type: MediaType,
    /// Its size in bytes, where its descriptor says it.
    pub size: Option<u64>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of reading a blob.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "value")]
pub enum Outcome {
    /// It was read.
    Read(Box<Read>),
    /// It is large, or there are many: it is read where a reader asks for it.
    Unasked,
    /// It is larger than what is read here, in bytes; it can be downloaded.
    TooLarge(u64),
    /// It had not come at the page's deadline; asking again finds it sooner.
    Waiting,
    /// It cannot be had, or is not what its type says, as a sentence without its full stop.
    Unreadable(String),
}

/// A blob that was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Read {
    /// What it says.
    pub content: Content,
    /// Whether it speaks of the image that the artifact is said to speak of; nothing where one of the two names none.
    pub about: Option<SubjectMatch>,
    /// What is odd about it.
    pub notices: Vec<Notice>,
}

impl ArtifactView {
    /// Where the exact bytes of a blob are.
    pub fn download(&self, digest: &Digest) -> Option<&str> {
        self.downloads.iter().find(|(known, _)| known == digest).map(|(_, path)| path.as_str())
    }
}
