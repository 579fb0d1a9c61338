//! Documents that have been verified, kept by digest within a budget of bytes.

use std::iter::Sum;
use std::ops::Add;
use std::sync::Arc;

use bytes::Bytes;
use moka::future::Cache;

use super::document::Document;
use crate::oci::{Digest, RepositoryName};

/// What an entry costs in memory beside its bytes.
const OVERHEAD: usize = 512;

/// Verified documents of all registries. What stands under a digest never changes, so nothing here grows old; what has not
/// been used for long makes room.
pub struct DocumentCache {
    documents: Cache<Key, Document>,
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

/// How full a cache is, or several together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheState {
    /// How many things are in it.
    pub entries: u64,
    /// Bytes in it, with what their keeping costs.
    pub bytes: u64,
    /// Bytes that it may hold.
    pub capacity: u64,
}

impl CacheState {
    /// Of a cache that weighs by bytes. Figures follow changes with a short delay.
    pub fn of<K, V>(cache: &Cache<K, V>) -> Self {
        Self {
            entries: cache.entry_count(),
            bytes: cache.weighted_size(),
            capacity: cache.policy().max_capacity().unwrap_or(u64::MAX),
        }
    }
}

impl Add for CacheState {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            entries: self.entries + other.entries,
            bytes: self.bytes + other.bytes,
            capacity: self.capacity.saturating_add(other.capacity),
        }
    }
}

impl Sum for CacheState {
    fn sum<I: Iterator<Item = Self>>(states: I) -> Self {
        states.fold(Self::default(), Add::add)
    }
}

impl DocumentCache {
    /// A cache of so many bytes.
    #[must_use]
    pub fn new(capacity: u64) -> Self {
        let documents = Cache::builder()
            .max_capacity(capacity)
            .weigher(|_: &Key, document: &Document| u32::try_from(document.bytes.len() + OVERHEAD).unwrap_or(u32::MAX))
            .build();
        Self { documents }
    }

    /// How full it is.
    pub fn state(&self) -> CacheState {
        CacheState::of(&self.documents)
    }

    pub(crate) async fn get(&self, key: &Key) -> Option<Document> {
        self.documents.get(key).await
    }

    /// Keeps a document that has been verified.
    pub(crate) async fn keep(&self, key: Key, mut document: Document) {
        // What a registry remarked once need not hold for ever.
        document.warnings.clear();
        // A body is read into a buffer that grows by doubling. What is kept shall take what is counted.
        document.bytes = Bytes::copy_from_slice(&document.bytes);
        self.documents.insert(key, document).await;
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;

    use super::*;
    use crate::oci::MediaType;

    #[tokio::test]
    async fn kept_bytes_take_no_more_than_is_counted() {
        let mut buffer = BytesMut::with_capacity(100_000);
        buffer.extend_from_slice(b"{}");
        let digest: Digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a".parse().unwrap();
        let document = Document {
            digest: digest.clone(),
            is_proved: true,
            media_type: MediaType::new("application/json"),
            bytes: buffer.freeze(),
            reported: None,
            warnings: vec!["once".to_owned()],
        };
        let key =
            Key { identity: "test".into(), repository: "a/b".parse().unwrap(), endpoint: Endpoint::Blobs, digest };
        let cache = DocumentCache::new(10_000);
        cache.keep(key.clone(), document.clone()).await;
        let kept = cache.get(&key).await.unwrap();
        assert_eq!((&kept.bytes[..], kept.warnings.len()), (&b"{}"[..], 0));
        assert_ne!(kept.bytes.as_ptr(), document.bytes.as_ptr(), "they are still a part of the large buffer");
    }
}
