//! Documents under tags.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::document::Document;
use super::literal;
use crate::embedded::blobs::Blobs;
use crate::embedded::layout::{Entry, Repository};
use crate::oci::{Digest, RepositoryName};

/// A repository that grows by documents.
#[derive(Debug)]
pub(crate) struct Shelf {
    name: &'static str,
    entries: Vec<Entry>,
    blobs: HashMap<Digest, Bytes>,
}

impl Shelf {
    /// A repository without anything.
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, entries: Vec::new(), blobs: HashMap::new() }
    }

    /// Adds a document under these tags; under none, it is found by digest or as a referrer.
    pub(crate) fn put(&mut self, document: &Document, tags: &[&str]) {
        self.blobs.extend(document.contents());
        self.entries.push(Entry {
            digest: document.digest().clone(),
            media_type: document.media_type(),
            tags: tags.iter().copied().map(literal).collect(),
        });
    }

    /// The finished repository and its name.
    pub(crate) fn finish(self) -> (RepositoryName, Repository) {
        (literal(self.name), Repository::read(Blobs::Memory(Arc::new(self.blobs)), self.entries))
    }
}
