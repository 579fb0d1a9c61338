//! Documents that have been verified, kept by digest within a budget of bytes.

use std::sync::Arc;

use moka::future::Cache;

use super::document::Document;
use crate::oci::{Digest, RepositoryName};

/// What an entry costs in memory beside its bytes.
const OVERHEAD: usize = 512;

/// Verified documents of all registries. What stands under a digest never changes, so nothing here grows old; what has not
/// been used for long makes room.
pub struct DocumentCache {
    documents: Cache<Key, Document>,
    capacity: u64,
}

/// What a document is kept under. Who asks is part of it, and where: that a digest is known does not say that it may be read
/// everywhere (threat T-20).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// Registry and account.
    pub(crate) identity: Arc<str>,
    /// The repository that it was read from.
    pub(crate) repository: RepositoryName,
    /// Where it was read.
    pub(crate) endpoint: Endpoint,
    /// Its digest.
    pub(crate) digest: Digest,
}

/// The two places where a registry keeps bytes by digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Endpoint {
    Manifests,
    Blobs,
}

/// How full the cache is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheState {
    /// Documents in it.
    pub documents: u64,
    /// Bytes in it, with what their keeping costs.
    pub bytes: u64,
    /// Bytes that it may hold.
    pub capacity: u64,
}

impl DocumentCache {
    /// A cache of so many bytes: see [`super::Limits::cache_bytes`].
    #[must_use]
    pub fn new(capacity: u64) -> Self {
        let documents = Cache::builder()
            .max_capacity(capacity)
            .weigher(|_: &Key, document: &Document| u32::try_from(document.bytes.len() + OVERHEAD).unwrap_or(u32::MAX))
            .build();
        Self { documents, capacity }
    }

    /// How full it is. Figures follow changes with a short delay.
    pub fn state(&self) -> CacheState {
        CacheState {
            documents: self.documents.entry_count(),
            bytes: self.documents.weighted_size(),
            capacity: self.capacity,
        }
    }

    pub(crate) async fn get(&self, key: &Key) -> Option<Document> {
        self.documents.get(key).await
    }

    /// Keeps a document that has been verified.
    pub(crate) async fn keep(&self, key: Key, mut document: Document) {
        // What a registry remarked once need not hold for ever; and the bytes may be a piece of a larger buffer.
        document.warnings.clear();
        self.documents.insert(key, document).await;
    }
}
