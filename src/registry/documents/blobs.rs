//! Configs and other blobs: read whole, and proved by their digest.

use http::StatusCode;

use super::{Documents, mismatch, not_verifiable};
use crate::oci::{Descriptor, Digest, MediaType, RepositoryName};
use crate::registry::cache::Endpoint;
use crate::registry::document::{Document, reported_digest, verify, warnings};
use crate::registry::error::Error;
use crate::registry::exchange::refusal;
use crate::registry::fetch::Outgoing;
use crate::registry::redirect::Follow;
use crate::registry::request::Request;
use crate::registry::scope::Scope;
use crate::registry::text::redacted;
use crate::registry::trace::EntryKind;

impl Documents {
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
}
