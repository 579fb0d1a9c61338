//! A finished manifest or index, together with everything that it needs.

use std::collections::HashMap;

use bytes::Bytes;
use serde::Serialize as _;
use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Serializer, Value, json};

use super::digest_of;
use crate::oci::media_type::{
    DOCKER_CONFIG, DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST,
};
use crate::oci::{Digest, MediaType, Platform};

/// Whose media types a document uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// The Open Container Initiative's.
    Oci,
    /// Docker's schema 2.
    Docker,
}

impl Format {
    pub(super) fn manifest(self) -> &'static str {
        if self == Self::Oci { OCI_MANIFEST } else { DOCKER_MANIFEST }
    }

    pub(super) fn index(self) -> &'static str {
        if self == Self::Oci { OCI_INDEX } else { DOCKER_MANIFEST_LIST }
    }

    pub(super) fn config(self) -> &'static str {
        if self == Self::Oci { OCI_CONFIG } else { DOCKER_CONFIG }
    }
}

/// How a tool lays JSON out. It changes the digest, never the meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Without spaces.
    Compact,
    /// Indented by so many spaces.
    Indented(usize),
}

/// Manifest bytes, and every blob and manifest below.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(super) media_type: &'static str,
    pub(super) digest: Digest,
    pub(super) bytes: Bytes,
    /// The platform that an index writes beside it.
    pub(super) platform: Option<Platform>,
    pub(super) blobs: HashMap<Digest, Bytes>,
}

impl Document {
    pub(super) fn new(media_type: &'static str, content: &Value, style: Style) -> Self {
        let bytes = write(content, style);
        let digest = digest_of(&bytes);
        Self { media_type, digest, bytes, platform: None, blobs: HashMap::new() }
    }

    /// Adds a blob and returns its descriptor.
    pub(super) fn keep(
        blobs: &mut HashMap<Digest, Bytes>,
        media_type: &str,
        bytes: impl Into<Bytes>,
    ) -> Map<String, Value> {
        let bytes = bytes.into();
        let digest = digest_of(&bytes);
        let descriptor = descriptor(media_type, &digest, bytes.len());
        blobs.insert(digest, bytes);
        descriptor
    }

    /// The digest by which it is found.
    pub(crate) fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Its type.
    pub(crate) fn media_type(&self) -> MediaType {
        MediaType::new(self.media_type)
    }

    /// The same bytes, named with another platform by an index.
    pub(crate) fn on(mut self, platform: Platform) -> Self {
        self.platform = Some(platform);
        self
    }

    /// The same bytes, without a word about the platform.
    pub(crate) fn anywhere(mut self) -> Self {
        self.platform = None;
        self
    }

    /// What an index or a `subject` says about it.
    pub(crate) fn descriptor(&self) -> Map<String, Value> {
        descriptor(self.media_type, &self.digest, self.bytes.len())
    }

    /// Everything below and itself.
    pub(super) fn contents(&self) -> impl Iterator<Item = (Digest, Bytes)> + '_ {
        let below = self.blobs.iter().map(|(digest, bytes)| (digest.clone(), bytes.clone()));
        below.chain([(self.digest.clone(), self.bytes.clone())])
    }
}

pub(super) fn descriptor(media_type: &str, digest: &Digest, size: usize) -> Map<String, Value> {
    let mut descriptor = Map::new();
    descriptor.insert("mediaType".to_owned(), media_type.into());
    descriptor.insert("digest".to_owned(), digest.as_str().into());
    descriptor.insert("size".to_owned(), size.into());
    descriptor
}

/// Remarks as a JSON object, in this order.
pub(super) fn annotations<K: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (K, V)>) -> Value {
    pairs
        .into_iter()
        .map(|(key, value)| (key.as_ref().to_owned(), Value::from(value.as_ref())))
        .collect::<Map<_, _>>()
        .into()
}

/// A platform as an index writes it.
pub(super) fn platform_value(platform: &Platform) -> Value {
    let mut value = json!({ "architecture": platform.architecture, "os": platform.os });
    if let Some(version) = &platform.os_version {
        value["os.version"] = version.as_str().into();
    }
    if let Some(variant) = &platform.variant {
        value["variant"] = variant.as_str().into();
    }
    value
}

/// JSON in a tool's style.
pub(super) fn write(content: &Value, style: Style) -> Bytes {
    let mut bytes = Vec::new();
    let written = match style {
        Style::Compact => content.serialize(&mut Serializer::new(&mut bytes)),
        Style::Indented(spaces) => {
            let indent = " ".repeat(spaces);
            let formatter = PrettyFormatter::with_indent(indent.as_bytes());
            content.serialize(&mut Serializer::with_formatter(&mut bytes, formatter))
        }
    };
    super::in_memory(written.map_err(Into::into));
    bytes.into()
}
