//! Manifests and configs: what is asked, what is known already, and the proof that the bytes are the right ones.

use std::sync::Arc;
use std::time::Instant;

use http::header::{ETAG, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use moka::future::Cache;
use url::Url;

use super::cache::{DocumentCache, Endpoint, Key};
use super::client::ManifestReference;
use super::document::{Document, content_type, hash, reported_digest, verify, warnings};
use super::error::Error;
use super::exchange::{Exchange, refusal};
use super::fetch::{Incoming, Outgoing};
use super::redirect::Follow;
use super::request::Request;
use super::routes::Routes;
use super::scope::Scope;
use super::text::redacted;
use super::trace::EntryKind;
use crate::oci::{Descriptor, Digest, DigestAlgorithm, MediaType, RepositoryName, Tag};

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

/// Most tags whose standing is remembered.
const TAGS: u64 = 50_000;

/// Longest `ETag` that is remembered, in bytes. Those of registries are digests in quotes.
const MAX_ETAG: usize = 256;

/// Reads documents of one registry.
pub(crate) struct Documents {
    pub(crate) exchange: Arc<Exchange>,
    pub(crate) routes: Routes,
    pub(crate) identity: Arc<str>,
    pub(crate) cache: Arc<DocumentCache>,
    standings: Cache<(RepositoryName, Tag), Standing>,
}

/// Where a tag stood when it was last looked at.
#[derive(Debug, Clone)]
struct Standing {
    digest: Digest,
    etag: Option<HeaderValue>,
    seen: Instant,
}

impl Documents {
    pub(crate) fn new(exchange: Arc<Exchange>, routes: Routes, identity: Arc<str>, cache: Arc<DocumentCache>) -> Self {
        let standings = Cache::builder().max_capacity(TAGS).build();
        Self { exchange, routes, identity, cache, standings }
    }

    /// How many tags are remembered.
    pub(crate) fn tags_known(&self) -> u64 {
        self.standings.entry_count()
    }

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
                let standing = self.standings.get(&(repository.clone(), tag.clone())).await?;
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
        let place = (repository.clone(), tag.clone());
        let incoming = self.exchange.ask(request, &Scope::Pull(repository.clone()), outgoing).await?;
        let etag = etag(&incoming.headers);
        let document = match received(incoming, None) {
            Ok(document) => document,
            Err(error) => {
                self.standings.invalidate(&place).await;
                return Err(error);
            }
        };
        self.cache.keep(self.key(repository, Endpoint::Manifests, &document.digest), document.clone()).await;
        let standing = Standing { digest: document.digest.clone(), etag, seen: Instant::now() };
        self.standings.insert(place, standing).await;
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
        let place = (repository.clone(), tag.clone());
        let Some(standing) = self.standings.get(&place).await else { return Ok(None) };
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
        self.standings.insert(place, Standing { digest, etag, seen: Instant::now() }).await;
        Ok(Some(document))
    }

    /// The document, unless it has another size than its descriptor says. What is known without asking is held to it, too:
    /// whether a document is refused does not depend on what was read before.
    pub(crate) fn of_size(&self, document: Document, descriptor: &Descriptor, url: Url) -> Result<Document, Error> {
        let received = document.bytes.len() as u64;
        match descriptor.size.filter(|expected| *expected != received) {
            None => Ok(document),
            Some(expected) => {
                let request = self.exchange.fetcher.unsent(&Outgoing::get(EntryKind::Document, url, 0));
                let error = Error::SizeMismatch { request: Box::new(request), expected, received };
                self.exchange.fetcher.meter.failure(&error);
                Err(error)
            }
        }
    }

    /// The blob, where it is known without asking. `what` is its word in the record.
    pub(crate) async fn known_blob(
        &self,
        request: &Request,
        repository: &RepositoryName,
        digest: &Digest,
        what: &str,
    ) -> Option<Document> {
        let document = self.cache.get(&self.key(repository, Endpoint::Blobs, digest)).await?;
        let url = redacted(&self.routes.blob(repository, digest).ok()?);
        let bytes = document.bytes.len() as u64;
        let outcome = format!("{what}; kept, digest verified");
        request.trace.known(EntryKind::Document, "GET", url, bytes, &outcome, Some(true));
        Some(document)
    }

    /// Asks for a blob of at most `limit` bytes.
    pub(crate) async fn blob(
        &self,
        request: &Request,
        repository: &RepositoryName,
        digest: &Digest,
        descriptor: &Descriptor,
        limit: u64,
        what: &str,
    ) -> Result<Document, Error> {
        if !digest.is_verifiable() {
            return Err(not_verifiable(digest));
        }
        let mut outgoing = Outgoing::get(EntryKind::Document, self.routes.blob(repository, digest)?, limit);
        outgoing.follow = Follow::Anywhere;
        outgoing.expected = descriptor.size;
        self.within(descriptor.size, limit, &outgoing)?;
        let incoming = self.exchange.ask(request, &Scope::Pull(repository.clone()), outgoing).await?;
        if incoming.status != StatusCode::OK {
            return Err(refusal(incoming, None));
        }
        let reported = reported_digest(&incoming.headers);
        if let Err(received) = verify(&incoming.body, digest, &MediaType::new("")) {
            return Err(mismatch(incoming, digest.clone(), received, reported));
        }
        incoming.note(&format!("{what}; digest verified"), Some(true));
        self.exchange.record.blob(repository, digest);
        let document = Document {
            digest: digest.clone(),
            is_proved: true,
            media_type: descriptor.media_type.clone(),
            reported,
            warnings: warnings(&incoming.headers),
            bytes: incoming.body,
        };
        self.cache.keep(self.key(repository, Endpoint::Blobs, digest), document.clone()).await;
        Ok(document)
    }

    /// An error where a size is larger than what is read.
    pub(crate) fn within(&self, size: Option<u64>, limit: u64, outgoing: &Outgoing) -> Result<(), Error> {
        match size.filter(|size| *size > limit) {
            None => Ok(()),
            Some(size) => {
                let request = Box::new(self.exchange.fetcher.unsent(outgoing));
                Err(Error::TooLarge { request, limit, announced: Some(size) })
            }
        }
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

    fn key(&self, repository: &RepositoryName, endpoint: Endpoint, digest: &Digest) -> Key {
        Key { identity: Arc::clone(&self.identity), repository: repository.clone(), endpoint, digest: digest.clone() }
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
    let document = Document { digest, is_proved, media_type, reported, warnings, bytes };
    let (proof, verified) = document.proof();
    incoming.note(&format!("{}; {proof}", kind(&document.media_type)), verified);
    Ok(document)
}

fn mismatch(incoming: Incoming, asked: Digest, received: Option<Digest>, reported: Option<Digest>) -> Error {
    incoming.note("the bytes have another digest", Some(false));
    let request = Box::new(incoming.request);
    match received {
        Some(received) => Error::DigestMismatch { request, asked, received, reported },
        None => not_verifiable(&asked),
    }
}

fn not_verifiable(digest: &Digest) -> Error {
    Error::NotFetchable(format!(
        "a digest of the algorithm {} cannot be checked here, so nothing is fetched by it",
        digest.algorithm_name()
    ))
}

/// The `ETag` to remember: a copy, since a header as it was received holds on to the whole head of its answer.
fn etag(headers: &HeaderMap) -> Option<HeaderValue> {
    let received = headers.get(ETAG).filter(|etag| etag.len() <= MAX_ETAG)?;
    HeaderValue::from_bytes(received.as_bytes()).ok()
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
