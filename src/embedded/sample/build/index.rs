//! An image index or manifest list.

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::document::{Document, Format, Style, annotations, platform_value};
use crate::oci::{Digest, Platform};

/// An index that grows by entries.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    format: Format,
    entries: Vec<Value>,
    annotations: Vec<(String, String)>,
    blobs: HashMap<Digest, Bytes>,
}

impl Index {
    /// An index without entries.
    pub(crate) fn new(format: Format) -> Self {
        Self { format, entries: Vec::new(), annotations: Vec::new(), blobs: HashMap::new() }
    }

    /// Adds a manifest, with its platform where it has one.
    pub(crate) fn entry(mut self, document: &Document) -> Self {
        let platform = document.platform.as_ref();
        self.push(document.descriptor(), platform, &[]);
        self.blobs.extend(document.contents());
        self
    }

    /// Adds a manifest whose entry has remarks.
    pub(crate) fn annotated_entry(mut self, document: &Document, remarks: &[(&str, &str)]) -> Self {
        let platform = document.platform.as_ref();
        self.push(document.descriptor(), platform, remarks);
        self.blobs.extend(document.contents());
        self
    }

    /// Adds an entry whose manifest the registry does not have.
    pub(crate) fn missing_entry(mut self, document: &Document) -> Self {
        self.push(document.descriptor(), document.platform.as_ref(), &[]);
        self
    }

    /// Adds a remark on the index itself.
    pub(crate) fn annotation(mut self, key: &str, value: &str) -> Self {
        self.annotations.push((key.to_owned(), value.to_owned()));
        self
    }

    fn push(&mut self, mut descriptor: Map<String, Value>, platform: Option<&Platform>, remarks: &[(&str, &str)]) {
        if !remarks.is_empty() {
            descriptor.insert("annotations".to_owned(), annotations(remarks.iter().copied()));
        }
        if let Some(platform) = platform {
            descriptor.insert("platform".to_owned(), platform_value(platform));
        }
        self.entries.push(descriptor.into());
    }

    /// The finished index.
    pub(crate) fn build(self) -> Document {
        let mut content = json!({ "schemaVersion": 2, "mediaType": self.format.index(), "manifests": self.entries });
        if !self.annotations.is_empty() {
            content["annotations"] = annotations(self.annotations);
        }
        let style = if self.format == Format::Docker { Style::Indented(3) } else { Style::Indented(2) };
        let mut document = Document::new(self.format.index(), &content, style);
        document.blobs = self.blobs;
        document
    }
}
