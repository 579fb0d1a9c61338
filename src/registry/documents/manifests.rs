//! Manifests and indexes: by digest, and by tag, which may move.

use http::{Method, StatusCode};

use super::standings::etag;
use super::{Documents, mismatch, not_verifiable};
use crate::oci::{Digest, DigestAlgorithm, MediaType, RepositoryName, Tag};
use crate::registry::cache::Endpoint;
use crate::registry::client::ManifestReference;
use crate::registry::document::{Document, content_type, hash, reported_digest, verify, warnings};
use crate::registry::error::Error;
use crate::registry::exchange::refusal;
use crate::registry::fetch::{Incoming, Outgoing};
use crate::registry::redirect::Follow;
use crate::registry::request::Request;
use crate::registry::scope::Scope;
use crate::registry::text::redacted;
use crate::registry::trace::EntryKind;

/// Everything that a manifest may be, so that the registry rewrites nothing: Distribution 2.8
/// answers a smaller list with one platform's manifest, or with schema 1.
const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.docker.distribution.manifest.v2+json, \
    application/vnd.docker.distribution.manifest.v1+prettyjws, \
    application/vnd.docker.distribution.manifest.v1+json, \
    application/vnd.oci.artifact.manifest.v1+json, \
    */*";

impl Documents {
    /// The document, where it is known without asking.
    pub(crate) async fn known(
        &self,
        request: &Request,
        repository: &RepositoryName,
        reference: &ManifestReference,
    ) -> Option<Document> {
        let digest = match reference {
            ManifestReference::Digest(digest) => digest.clone(),
            ManifestReference::Tag(tag) => {
                let standing = self.standings.get(repository, tag).await?;
                let believed = standing.seen.elapsed() < self.exchange.fetcher.limits.tag_ttl;
                believed.then_some(standing.digest)?
            }
        };
        let mut document = self.cache.get(&self.key(repository, Endpoint::Manifests, &digest)).await?;
        // Whoever asks by digest has what proves the bytes, however they came here.
        document.is_proved |= matches!(reference, ManifestReference::Digest(_));
        let url = redacted(&self.routes.manifest(repository, reference).ok()?);
        let (proof, verified) = document.proof();
        let outcome = format!("{}; kept, {proof}", kind(&document.media_type));
        request.trace.known(EntryKind::Document, "GET", url, document.bytes.len() as u64, &outcome, verified);
        Some(document)
    }

    /// Asks for a manifest. By tag, what is known of the tag is only asked to be confirmed.
    pub(crate) async fn manifest(
        &self,
        request: &Request,
        repository: &RepositoryName,
        reference: &ManifestReference,
    ) -> Result<Document, Error> {
        match reference {
            ManifestReference::Digest(digest) => self.by_digest(request, repository, digest).await,
            ManifestReference::Tag(tag) => {
                if !request.refresh
                    && let Some(document) = self.confirmed(request, repository, tag).await?
                {
                    return Ok(document);
                }
                self.by_tag(request, repository, tag).await
            }
        }
    }

    async fn by_digest(
        &self,
        request: &Request,
        repository: &RepositoryName,
        digest: &Digest,
    ) -> Result<Document, Error> {
        if !digest.is_verifiable() {
            return Err(not_verifiable(digest));
        }
        let reference = ManifestReference::Digest(digest.clone());
        let mut outgoing = self.outgoing(repository, &reference)?;
        // Its digest proves it, wherever it comes from.
        outgoing.follow = Follow::Elsewhere { ending: None };
        let incoming = self.exchange.ask(request, &Scope::Pull(repository.clone()), outgoing).await?;
        let document = received(incoming, Some(digest))?;
        self.cache.keep(self.key(repository, Endpoint::Manifests, digest), document.clone()).await;
        Ok(document)
    }

    async fn by_tag(&self, request: &Request, repository: &RepositoryName, tag: &Tag) -> Result<Document, Error> {
        let outgoing = self.outgoing(repository, &ManifestReference::Tag(tag.clone()))?;
        let incoming = self.exchange.ask(request, &Scope::Pull(repository.clone()), outgoing).await?;
        let etag = etag(&incoming.headers);
        let document = match received(incoming, None) {
            Ok(document) => document,
            Err(error) => {
                self.standings.forget(repository, tag).await;
                return Err(error);
            }
        };
        self.cache.keep(self.key(repository, Endpoint::Manifests, &document.digest), document.clone()).await;
        self.standings.note(repository, tag, document.digest.clone(), etag).await;
        Ok(document)
    }

    /// The document that the tag stood at, if one `HEAD` confirms it, or leads to the digest where the tag stands now.
    /// Nothing where it must be asked for as if nothing were known.
    async fn confirmed(
        &self,
        request: &Request,
        repository: &RepositoryName,
        tag: &Tag,
    ) -> Result<Option<Document>, Error> {
        let Some(standing) = self.standings.get(repository, tag).await else { return Ok(None) };
        let key = self.key(repository, Endpoint::Manifests, &standing.digest);
        let Some(document) = self.cache.get(&key).await else { return Ok(None) };
        let mut outgoing = self.outgoing(repository, &ManifestReference::Tag(tag.clone()))?;
        outgoing.method = Method::HEAD;
        outgoing.if_none_match.clone_from(&standing.etag);
        let incoming = self.exchange.ask(request, &Scope::Pull(repository.clone()), outgoing).await?;
        let digest = match incoming.status {
            StatusCode::NOT_MODIFIED if standing.etag.is_some() => standing.digest.clone(),
            StatusCode::OK => match reported_digest(&incoming.headers) {
                Some(digest) if digest.is_verifiable() => digest,
                _ => return Ok(None),
            },
            // A `HEAD` carries no reasons: let a `GET` fail, or succeed where only `HEAD` is refused.
            _ => return Ok(None),
        };
        let same = digest == standing.digest;
        incoming.note(if same { "the tag stands where it stood" } else { "the tag has moved" }, None);
        let mut document = if same {
            document
        } else {
            match self.cache.get(&self.key(repository, Endpoint::Manifests, &digest)).await {
                Some(document) => document,
                None => match self.by_digest(request, repository, &digest).await {
                    // It moved once more, and what it stood at in between is gone.
                    Err(Error::NotFound { .. }) => return Ok(None),
                    other => other?,
                },
            }
        };
        // The registry has stated the digest now.
        document.is_proved |= incoming.status == StatusCode::OK;
        let etag = etag(&incoming.headers).or(standing.etag.filter(|_| same));
        self.standings.note(repository, tag, digest, etag).await;
        Ok(Some(document))
    }

    /// The question for a manifest, with everything that it may be.
    pub(crate) fn outgoing(
        &self,
        repository: &RepositoryName,
        reference: &ManifestReference,
    ) -> Result<Outgoing, Error> {
        let limit = self.exchange.fetcher.limits.manifest_bytes;
        let mut outgoing = Outgoing::get(EntryKind::Document, self.routes.manifest(repository, reference)?, limit);
        outgoing.accept = ACCEPT;
        outgoing.follow = Follow::Elsewhere { ending: Some(format!("/manifests/{reference}")) };
        Ok(outgoing)
    }
}

/// A manifest as received, once its bytes are proved: by the digest asked for, or by the one that the registry states.
fn received(incoming: Incoming, asked: Option<&Digest>) -> Result<Document, Error> {
    if incoming.status != StatusCode::OK {
        return Err(refusal(incoming, None));
    }
    let media_type = content_type(&incoming.headers);
    if asked.is_none() && matches!(media_type.normal(), "text/html" | "application/xhtml+xml") {
        return Err(incoming.invalid("it is a web page where a manifest should be"));
    }
    let reported = reported_digest(&incoming.headers);
    // A header of an algorithm that is not known here proves nothing and contradicts nothing.
    let stated = reported.as_ref().filter(|digest| digest.is_verifiable());
    for digest in asked.into_iter().chain(stated) {
        if let Err(received) = verify(&incoming.body, digest, &media_type) {
            return Err(mismatch(incoming, digest.clone(), received, reported));
        }
    }
    let known = asked.or(stated).cloned();
    let is_proved = known.is_some();
    let digest = known.or_else(|| hash(&incoming.body, DigestAlgorithm::Sha256)).ok_or(Error::Stopped)?;
    let (warnings, bytes) = (warnings(&incoming.headers), incoming.body.clone());
    let document = Document { digest, is_proved, media_type, bytes, reported, warnings };
    let (proof, verified) = document.proof();
    incoming.note(&format!("{}; {proof}", kind(&document.media_type)), verified);
    Ok(document)
}

/// What a document is, in a word.
fn kind(media_type: &MediaType) -> &'static str {
    if media_type.is_index() {
        "index"
    } else if media_type.is_manifest() {
        "manifest"
    } else if media_type.is_schema1() {
        "schema 1 manifest"
    } else {
        "document"
    }
}
