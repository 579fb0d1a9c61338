//! Manifests and indexes, and how readers share what they wait for.

use std::sync::Arc;

use super::{Client, ManifestReference};
use crate::oci::{Descriptor, Digest, RepositoryName};
use crate::registry::document::Document;
use crate::registry::error::Error;
use crate::registry::flight::Role;
use crate::registry::request::Request;
use crate::registry::text::redacted;
use crate::registry::trace::EntryKind;

/// A document that readers may want at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Want {
    repository: RepositoryName,
    what: What,
    /// A reader who asked to pass by the caches does not wait for one who did not.
    refresh: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum What {
    Manifest(ManifestReference),
    /// With the size that its descriptor states, and the most bytes that are read.
    Blob(Digest, Option<u64>, u64),
}

impl Client {
    /// A manifest or index.
    ///
    /// By digest it is asked for once and kept. By tag, where the tag stood is believed for [`crate::registry::Limits::tag_ttl`] and then
    /// confirmed by one conditional `HEAD`.
    ///
    /// # Errors
    ///
    /// See [`Error`]; among them [`Error::DigestMismatch`] where the bytes are not the right ones.
    pub async fn manifest(
        &self,
        request: &Request,
        repository: &RepositoryName,
        reference: &ManifestReference,
    ) -> Result<Document, Error> {
        let documents = &self.inner.documents;
        if !request.refresh {
            let known = documents.known(request, repository, reference).await;
            self.meter().cache_read("documents", known.is_some());
            if let Some(document) = known {
                return Ok(document);
            }
        }
        let url = redacted(&documents.routes.manifest(repository, reference)?);
        let what = What::Manifest(reference.clone());
        let work = {
            let (documents, request) = (Arc::clone(documents), request.clone());
            let (repository, reference) = (repository.clone(), reference.clone());
            Box::pin(async move { documents.manifest(&request, &repository, &reference).await })
        };
        self.fly(request, repository, what, url, work).await
    }

    /// A manifest that a descriptor names: an entry of an index. Its size is checked, too.
    ///
    /// # Errors
    ///
    /// As for [`Client::manifest`], and [`Error::SizeMismatch`].
    pub async fn described_manifest(
        &self,
        request: &Request,
        repository: &RepositoryName,
        descriptor: &Descriptor,
    ) -> Result<Document, Error> {
        let reference = ManifestReference::Digest(digest_of(descriptor)?);
        let document = self.manifest(request, repository, &reference).await?;
        let documents = &self.inner.documents;
        documents.of_size(document, descriptor, documents.routes.manifest(repository, &reference)?)
    }

    /// Does work that other readers may want at the same time.
    pub(super) async fn fly(
        &self,
        request: &Request,
        repository: &RepositoryName,
        what: What,
        url: String,
        work: impl Future<Output = Result<Document, Error>> + Send + 'static,
    ) -> Result<Document, Error> {
        let want = Want { repository: repository.clone(), what, refresh: request.refresh };
        let (asker, exchange) = (request.asker.clone(), Arc::clone(&self.inner.exchange));
        let (result, role) = self
            .inner
            .flights
            .join(want, request.deadline, || async move {
                let result = work.await;
                if let Err(error) = &result {
                    error.log(&asker);
                    exchange.fetcher.meter.failure(error);
                }
                result
            })
            .await;
        let result = result.unwrap_or_else(|none| Err(none.into_error(&self.inner.settings.name, &url)));
        if role == Role::Follower {
            let bytes = result.as_ref().map_or(0, |document| document.bytes.len() as u64);
            let (outcome, verified) = match &result {
                Ok(document) => {
                    let (proof, verified) = document.proof();
                    (format!("read for another page; {proof}"), verified)
                }
                Err(_) => ("asked for another page".to_owned(), None),
            };
            request.trace.known(EntryKind::Document, "GET", url, bytes, &outcome, verified);
        }
        result
    }
}

pub(super) fn digest_of(descriptor: &Descriptor) -> Result<Digest, Error> {
    let digest = descriptor.digest.clone();
    digest.ok_or_else(|| {
        Error::NotFetchable("the descriptor has no valid digest, so nothing is fetched by it".to_owned())
    })
}
