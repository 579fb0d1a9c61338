//! Anything that is not a container image, as a manifest.

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::document::{Document, Style, annotations};
use crate::oci::Digest;
use crate::oci::media_type::{OCI_EMPTY, OCI_MANIFEST};

/// An artifact that grows by blobs.
#[derive(Debug, Clone)]
pub(crate) struct Artifact {
    kind: Option<String>,
    config: Map<String, Value>,
    layers: Vec<Value>,
    subject: Option<Value>,
    annotations: Vec<(String, String)>,
    blobs: HashMap<Digest, Bytes>,
}

impl Artifact {
    /// An artifact of this type, with the empty config.
    pub(crate) fn of_type(artifact_type: &str) -> Self {
        let mut artifact = Self::with_config(OCI_EMPTY, "{}");
        artifact.kind = Some(artifact_type.to_owned());
        artifact
    }

    /// An artifact that its config's type names.
    pub(crate) fn with_config(media_type: &str, config: impl Into<Bytes>) -> Self {
        let mut blobs = HashMap::new();
        let config = Document::keep(&mut blobs, media_type, config);
        Self { kind: None, config, layers: Vec::new(), subject: None, annotations: Vec::new(), blobs }
    }

    /// Gives it a type beside its config's.
    pub(crate) fn typed(mut self, artifact_type: &str) -> Self {
        self.kind = Some(artifact_type.to_owned());
        self
    }

    /// Adds a blob with remarks.
    pub(crate) fn layer(mut self, media_type: &str, content: impl Into<Bytes>, remarks: &[(&str, &str)]) -> Self {
        let mut layer = Document::keep(&mut self.blobs, media_type, content);
        if !remarks.is_empty() {
            layer.insert("annotations".to_owned(), annotations(remarks.iter().copied()));
        }
        self.layers.push(layer.into());
        self
    }

    /// Adds the empty blob, as artifacts without content have it.
    pub(crate) fn without_content(self) -> Self {
        self.layer(OCI_EMPTY, "{}", &[])
    }

    /// Says which manifest it is about.
    pub(crate) fn about(mut self, subject: &Document) -> Self {
        self.subject = Some(subject.descriptor().into());
        self
    }

    /// Adds a remark.
    pub(crate) fn annotation(mut self, key: &str, value: &str) -> Self {
        self.annotations.push((key.to_owned(), value.to_owned()));
        self
    }

    /// The finished manifest.
    pub(crate) fn build(self) -> Document {
        let mut content = json!({ "schemaVersion": 2, "mediaType": OCI_MANIFEST });
        if let Some(kind) = self.kind {
            content["artifactType"] = kind.into();
        }
        content["config"] = self.config.into();
        content["layers"] = self.layers.into();
        if let Some(subject) = self.subject {
            content["subject"] = subject;
        }
        if !self.annotations.is_empty() {
            content["annotations"] = annotations(self.annotations);
        }
        let mut document = Document::new(OCI_MANIFEST, &content, Style::Compact);
        document.blobs = self.blobs;
        document
    }
}
