//! Blobs that are read whole: what an artifact consists of.

use std::sync::Arc;

use super::Client;
use super::documents::{EMPTY, What, digest_of, empty};
use crate::oci::{Descriptor, RepositoryName};
use crate::registry::document::Document;
use crate::registry::error::Error;
use crate::registry::fetch::Outgoing;
use crate::registry::request::Request;
use crate::registry::text::redacted;
use crate::registry::trace::EntryKind;

/// The word for it in the record of a page.
const BLOB: &str = "blob";

/// Blobs longer than this, in bytes, are large: while one is read, it may take twice its size in memory.
const LARGE: u64 = 4 << 20;
/// Most large blobs that are read at the same time from one registry; further ones wait for their turn.
pub(super) const LARGE_AT_ONCE: usize = 2;

impl Client {
    /// A blob that a verified manifest lists, whole and hashed. `limit` is the most bytes that are read, besides
    /// [`Limits::artifact_bytes`](crate::registry::Limits::artifact_bytes), which holds always.
    ///
    /// Where the descriptor says that it is larger, nothing is asked. Addresses that it names (`urls`) are not followed
    /// (threat T-7).
    ///
    /// # Errors
    ///
    /// See [`Error`]; among them [`Error::TooLarge`], [`Error::DigestMismatch`] and [`Error::SizeMismatch`].
    pub async fn blob(
        &self,
        request: &Request,
        repository: &RepositoryName,
        descriptor: &Descriptor,
        limit: u64,
    ) -> Result<Document, Error> {
        let limit = limit.min(self.inner.settings.limits.artifact_bytes);
        let documents = &self.inner.documents;
        let digest = digest_of(descriptor)?;
        let address = documents.routes.blob(repository, &digest)?;
        let outgoing = Outgoing::get(EntryKind::Document, address.clone(), limit);
        documents.within(descriptor.size, limit, &outgoing)?;
        let url = redacted(&address);
        if digest.as_str() == EMPTY {
            let known = "the empty blob, known without asking";
            request.trace.known(EntryKind::Document, "GET", url, 2, known, Some(true));
            return documents.of_size(empty(digest, &descriptor.media_type), descriptor, address);
        }
        if !request.refresh
            && let Some(document) = documents.known_blob(request, repository, &digest, BLOB).await
        {
            // What was read with a wider limit is held to this one, too.
            documents.within(Some(document.bytes.len() as u64), limit, &outgoing)?;
            let document = Document { media_type: descriptor.media_type.clone(), ..document };
            return documents.of_size(document, descriptor, address);
        }
        let what = What::Blob(digest.clone(), descriptor.size, limit);
        let work = {
            let (documents, request) = (Arc::clone(documents), request.clone());
            let (repository, descriptor) = (repository.clone(), descriptor.clone());
            let large = self.inner.large.clone();
            let is_large = limit > LARGE && descriptor.size.is_none_or(|size| size > LARGE);
            Box::pin(async move {
                let _turn = match is_large.then(|| large.place(request.asker.reader)) {
                    None => None,
                    Some(place) => Some(place.await.ok_or_else(|| documents.exchange.fetcher.crowded(&outgoing))?),
                };
                documents.blob(&request, &repository, &digest, &descriptor, limit, BLOB).await
            })
        };
        self.fly(request, repository, what, url, work).await
    }
}
