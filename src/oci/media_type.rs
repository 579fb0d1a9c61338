//! Media types (image-spec, media-types.md, and Docker's own).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest type that is kept, in bytes; a longer one is cut, whoever states it. The specification sets no limit for its
/// text, RFC 6838 §4.2 one of 127 characters for each of the two names in it.
pub const MAX_LENGTH: usize = 256;

/// What a document or blob is said to be. Open: a type that is not known here keeps its text.
///
/// Types are compared without case and parameters; the text is kept as it was for showing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct MediaType {
    text: Box<str>,
    /// The part before `;`, trimmed, in lower case. Nothing where it equals `text`.
    normal: Option<Box<str>>,
}

/// `application/vnd.oci.image.index.v1+json`
pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// `application/vnd.oci.image.manifest.v1+json`
pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// `application/vnd.oci.image.config.v1+json`
pub const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// The empty descriptor's type: two bytes, `{}`.
pub const OCI_EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// The withdrawn artifact manifest of release candidates of image-spec 1.1.
pub const OCI_ARTIFACT_MANIFEST: &str = "application/vnd.oci.artifact.manifest.v1+json";
/// Docker's manifest list.
pub const DOCKER_MANIFEST_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// Docker's schema 2 manifest.
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// Docker's image config.
pub const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
/// Docker's schema 1 manifest, unsigned.
pub const DOCKER_SCHEMA1: &str = "application/vnd.docker.distribution.manifest.v1+json";
/// Docker's schema 1 manifest, signed.
pub const DOCKER_SCHEMA1_SIGNED: &str = "application/vnd.docker.distribution.manifest.v1+prettyjws";

impl MediaType {
    /// A type from any text; nothing is refused, what is longer than [`MAX_LENGTH`] ends in `…`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let cut;
        let text = if text.len() > MAX_LENGTH {
            cut = format!("{}…", &text[..text.floor_char_boundary(MAX_LENGTH)]);
            &cut
        } else {
            text
        };
        let base = text.split(';').next().unwrap_or_default().trim();
        let normal = base.to_ascii_lowercase();
        let normal = (normal != text).then(|| normal.into_boxed_str());
        Self { text: text.into(), normal }
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Without parameters and in lower case: what is compared.
    pub fn normal(&self) -> &str {
        self.normal.as_deref().unwrap_or(&self.text)
    }

    /// Whether it is this one of the types above.
    pub fn is(&self, other: &str) -> bool {
        self.normal() == other
    }

    /// An OCI index or a Docker manifest list.
    pub fn is_index(&self) -> bool {
        matches!(self.normal(), OCI_INDEX | DOCKER_MANIFEST_LIST)
    }

    /// An OCI manifest or a Docker schema 2 manifest.
    pub fn is_manifest(&self) -> bool {
        matches!(self.normal(), OCI_MANIFEST | DOCKER_MANIFEST)
    }

    /// A Docker schema 1 manifest, signed or not.
    pub fn is_schema1(&self) -> bool {
        matches!(self.normal(), DOCKER_SCHEMA1 | DOCKER_SCHEMA1_SIGNED)
    }

    /// The config of a container image, by which alone an image is known as one.
    pub fn is_image_config(&self) -> bool {
        matches!(self.normal(), OCI_CONFIG | DOCKER_CONFIG)
    }

    /// Types that say nothing about a manifest: old or strange registries send them.
    pub fn is_generic(&self) -> bool {
        matches!(self.normal(), "" | "application/json" | "text/plain" | "application/octet-stream")
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl PartialEq for MediaType {
    fn eq(&self, other: &Self) -> bool {
        self.normal() == other.normal()
    }
}

impl Eq for MediaType {}

impl std::hash::Hash for MediaType {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.normal().hash(state);
    }
}

impl FromStr for MediaType {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl From<String> for MediaType {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<MediaType> for String {
    fn from(media_type: MediaType) -> Self {
        media_type.text.into_string()
    }
}
