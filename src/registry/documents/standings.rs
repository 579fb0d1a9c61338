//! Where tags stood when they were last looked at.

use std::time::Instant;

use http::HeaderMap;
use http::header::{ETAG, HeaderValue};
use moka::future::Cache;

use crate::oci::{Digest, RepositoryName, Tag};

/// Most tags whose standing is remembered.
const TAGS: u64 = 50_000;

/// Longest `ETag` that is remembered, in bytes. Those of registries are digests in quotes.
const MAX_ETAG: usize = 256;

/// The tags of one registry.
pub(super) struct Standings(Cache<(RepositoryName, Tag), Standing>);

/// Where a tag stood.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) digest: Digest,
    pub(super) etag: Option<HeaderValue>,
    pub(super) seen: Instant,
}

impl Default for Standings {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(TAGS).build())
    }
}

impl Standings {
    /// How many tags are remembered.
    pub(super) fn count(&self) -> u64 {
        self.0.entry_count()
    }

    pub(super) async fn get(&self, repository: &RepositoryName, tag: &Tag) -> Option<Standing> {
        self.0.get(&(repository.clone(), tag.clone())).await
    }

    pub(super) async fn note(&self, repository: &RepositoryName, tag: &Tag, digest: Digest, etag: Option<HeaderValue>) {
        self.0.insert((repository.clone(), tag.clone()), Standing { digest, etag, seen: Instant::now() }).await;
    }

    pub(super) async fn forget(&self, repository: &RepositoryName, tag: &Tag) {
        self.0.invalidate(&(repository.clone(), tag.clone())).await;
    }
}

/// The `ETag` to remember: a copy, since a header as it was received holds on to the whole head of its answer.
pub(super) fn etag(headers: &HeaderMap) -> Option<HeaderValue> {
    let received = headers.get(ETAG).filter(|etag| etag.len() <= MAX_ETAG)?;
    HeaderValue::from_bytes(received.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn a_remembered_etag_is_short_and_holds_on_to_nothing_else() {
        let head = Bytes::from(format!("\"abc\"{}", "x".repeat(100_000)));
        let mut headers = HeaderMap::new();
        headers.insert(ETAG, HeaderValue::from_maybe_shared(head.slice(..5)).unwrap());
        let kept = etag(&headers).unwrap();
        assert_eq!(kept, "\"abc\"");
        assert_ne!(kept.as_bytes().as_ptr(), head.as_ptr(), "it is still a part of the head");
        headers.insert(ETAG, HeaderValue::from_maybe_shared(head).unwrap());
        assert_eq!(etag(&headers), None);
    }
}
