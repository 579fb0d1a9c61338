//! Indexes: lists of manifests (image-spec, image-index.md; Docker's manifest list has the same shape).

use serde_json::{Map, Value};

use super::document::{Notice, Reader};
use super::{Descriptor, Digest, MediaType};

/// BuildKit's mark on an index entry that is no image: its value is `attestation-manifest`.
const REFERENCE_TYPE: &str = "vnd.docker.reference.type";
/// BuildKit's pointer from an attestation to the entry it speaks of.
const REFERENCE_DIGEST: &str = "vnd.docker.reference.digest";

/// A list of manifests, mostly one for each platform, in the writer's order of preference.
#[derive(Debug, Clone)]
pub struct ImageIndex {
    /// The document's own type, else what the registry said.
    pub media_type: MediaType,
    /// The kind of artifact, where the index is one as a whole.
    pub artifact_type: Option<MediaType>,
    /// The entries, in the document's order.
    pub manifests: Vec<Descriptor>,
    /// How many more entries there are than the 20,000 that are read.
    pub manifests_left_out: usize,
    /// The manifest that this index is about.
    pub subject: Option<Descriptor>,
    /// Remarks, in the document's order.
    pub annotations: Vec<(String, String)>,
    /// Members that are not as they should be.
    pub notices: Vec<Notice>,
}

/// What an index entry is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexEntry {
    /// An image for a platform, or for one that the index does not name.
    Image,
    /// BuildKit's provenance or bill of materials for another entry.
    Attestation {
        /// The entry it speaks of.
        subject: Option<Digest>,
    },
    /// Another index.
    Index,
    /// Anything else: an artifact, or a blob that is no manifest at all (BuildKit caches are so).
    Other,
}

impl ImageIndex {
    pub(crate) fn read(mut reader: Reader, object: &Map<String, Value>, media_type: MediaType) -> Self {
        if Reader::member(object, "manifests").is_none() {
            reader.note("/manifests", "the member is required and missing");
        }
        Self {
            artifact_type: reader.media_type(object, "", "artifactType"),
            manifests: Descriptor::read_all(&mut reader, object, "", "manifests"),
            manifests_left_out: reader.left_out("/manifests"),
            subject: Reader::member(object, "subject")
                .and_then(|value| Descriptor::read(&mut reader, value, "/subject")),
            annotations: reader.string_map(object, "", "annotations"),
            media_type,
            notices: reader.finish(),
        }
    }
}

impl Descriptor {
    /// What this entry of an index is for.
    pub fn index_entry(&self) -> IndexEntry {
        if self.annotation(REFERENCE_TYPE) == Some("attestation-manifest") {
            let subject = self.annotation(REFERENCE_DIGEST).and_then(|digest| digest.parse().ok());
            return IndexEntry::Attestation { subject };
        }
        if self.media_type.is_index() {
            return IndexEntry::Index;
        }
        let unknown = self.platform.as_ref().is_some_and(crate::oci::Platform::is_unknown);
        let artifact = self.artifact_type.as_ref().is_some_and(|kind| !kind.is_image_config());
        let manifest = self.media_type.is_manifest() || self.media_type.is_schema1() || self.media_type.is_generic();
        if manifest && !unknown && !artifact { IndexEntry::Image } else { IndexEntry::Other }
    }
}
