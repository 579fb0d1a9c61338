//! Blobs that are read whole: configs, and what an artifact consists of.

use std::sync::Arc;

use bytes::Bytes;

use super::Client;
use super::documents::{What, digest_of};
use crate::oci::{Descriptor, Digest, RepositoryName};
use crate::registry::document::Document;
use crate::registry::error::Error;
use crate::registry::fetch::Outgoing;
use crate::registry::request::Request;
use crate::registry::text::redacted;
use crate::registry::trace::EntryKind;

/// SHA-256 of `{}`, the config of artifacts that have none (image-spec, manifest.md, "Guidance for an Empty Descriptor").
const EMPTY: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// Blobs longer than this, in bytes, are large: while one is read, it may take twice its size in memory.
const LARGE: u64 = 4 << 20;
/// Most large blobs that are read at the same time from one registry; further ones wait for their turn.
pub(super) const LARGE_AT_ONCE: usize = 2;

impl Client {
    /// A config, as a manifest's descriptor names it, of at most
    /// [`Limits::config_bytes`](crate::registry::Limits::config_bytes).
    ///
    /// # Errors
    ///
    /// As for [`Client::blob`].
    pub async fn config(
        &self,
        request: &Request,
        repository: &RepositoryName,
        descriptor: &Descriptor,
    ) -> Result<Document, Error> {
        self.whole(request, repository, descriptor, self.inner.settings.limits.config_bytes, "config").await
    }

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
        self.whole(request, repository, descriptor, limit, "blob").await
    }

    /// A blob of at most `limit` bytes: known, on its way for another reader, or asked for now. `noun` stands for it in the
    /// record of a page.
    async fn whole(
        &self,
        request: &Request,
        repository: &RepositoryName,
        descriptor: &Descriptor,
        limit: u64,
        noun: &'static str,
    ) -> Result<Document, Error> {
        let documents = &self.inner.documents;
        let digest = digest_of(descriptor)?;
        let address = documents.routes.blob(repository, &digest)?;
        let outgoing = Outgoing::get(EntryKind::Document, address.clone(), limit);
        documents.within(descriptor.size, limit, &outgoing)?;
        let url = redacted(&address);
        if digest.as_str() == EMPTY {
            let known = format!("the empty {noun}, known without asking");
            request.trace.known(EntryKind::Document, "GET", url, 2, &known, Some(true));
            return documents.of_size(empty(digest, descriptor), descriptor, address);
        }
        if !request.refresh {
            let known = documents.known_blob(request, repository, &digest, noun).await;
            self.meter().cache_read("documents", known.is_some());
            if let Some(document) = known {
                // What was read with a wider limit is held to this one, too.
                documents.within(Some(document.bytes.len() as u64), limit, &outgoing)?;
                return documents.of_size(named(document, descriptor), descriptor, address);
            }
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
                documents.blob(&request, &repository, &digest, &descriptor, limit, noun).await
            })
        };
        let document = self.fly(request, repository, what, url, work).await?;
        Ok(named(document, descriptor))
    }
}

/// The document by the media type of this descriptor: another one that lists the same blob may have been read before.
fn named(document: Document, descriptor: &Descriptor) -> Document {
    Document { media_type: descriptor.media_type.clone(), ..document }
}

fn empty(digest: Digest, descriptor: &Descriptor) -> Document {
    Document {
        digest,
        is_proved: true,
        media_type: descriptor.media_type.clone(),
        bytes: Bytes::from_static(b"{}"),
        reported: None,
        warnings: Vec::new(),
    }
}
