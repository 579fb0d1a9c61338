//! Manifests, indexes and configs.

use std::sync::Arc;

use super::{Client, ManifestReference};
use crate::oci::{Descriptor, Digest, MediaType, RepositoryName};
use crate::registry::document::Document;
use crate::registry::error::Error;
use crate::registry::flight::{NoResult, Role};
use crate::registry::request::Request;
use crate::registry::text::redacted;
use crate::registry::trace::EntryKind;

/// SHA-256 of `{}`, the config of artifacts that have none (image-spec, manifest.md, "Guidance for an Empty Descriptor").
pub(super) const EMPTY: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

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
    Config(Digest, Option<u64>),
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

    /// A config, as a manifest's descriptor names it.
    ///
    /// # Errors
    ///
    /// See [`Error`]; among them [`Error::DigestMismatch`] and [`Error::SizeMismatch`].
    pub async fn config(
        &self,
        request: &Request,
        repository: &RepositoryName,
        descriptor: &Descriptor,
    ) -> Result<Document, Error> {
        let documents = &self.inner.documents;
        let digest = digest_of(descriptor)?;
        let address = documents.routes.blob(repository, &digest)?;
        let url = redacted(&address);
        if digest.as_str() == EMPTY {
            request.trace.known(
                EntryKind::Document,
                "GET",
                url,
                2,
                "the empty config, known without asking",
                Some(true),
            );
            return documents.of_size(empty(digest, &descriptor.media_type), descriptor, address);
        }
        if !request.refresh {
            let known = documents.known_blob(request, repository, &digest, "config").await;
            self.meter().cache_read("documents", known.is_some());
            if let Some(document) = known {
                return documents.of_size(document, descriptor, address);
            }
        }
        let what = What::Config(digest.clone(), descriptor.size);
        let work = {
            let (documents, request) = (Arc::clone(documents), request.clone());
            let (repository, descriptor) = (repository.clone(), descriptor.clone());
            let limit = self.inner.settings.limits.config_bytes;
            Box::pin(async move { documents.blob(&request, &repository, &digest, &descriptor, limit, "config").await })
        };
        self.fly(request, repository, what, url, work).await
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
        let result = result.unwrap_or_else(|none| {
            Err(match none {
                NoResult::Stopped => Error::Stopped,
                NoResult::Deadline => {
                    Error::Deadline { registry: self.inner.settings.name.clone(), waiting_for: url.clone() }
                }
            })
        });
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

pub(super) fn empty(digest: Digest, media_type: &MediaType) -> Document {
    Document {
        digest,
        is_proved: true,
        media_type: media_type.clone(),
        bytes: bytes::Bytes::from_static(b"{}"),
        reported: None,
        warnings: Vec::new(),
    }
}
