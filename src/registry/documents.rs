//! Documents of one registry: what is known already, what is asked for, and the proof that the bytes are the right ones.
//!
//! - `manifests`: manifests and indexes, by digest and by tag; `standings`: where tags stood
//! - `blobs`: configs and other blobs

mod blobs;
mod manifests;
mod standings;

use std::sync::Arc;

use url::Url;

use super::cache::{DocumentCache, Endpoint, Key};
use super::document::Document;
use super::error::Error;
use super::exchange::Exchange;
use super::fetch::{Incoming, Outgoing};
use super::routes::Routes;
use super::trace::EntryKind;
use crate::oci::{Descriptor, Digest, RepositoryName};
use standings::Standings;

/// Reads documents of one registry.
pub(crate) struct Documents {
    pub(crate) exchange: Arc<Exchange>,
    pub(crate) routes: Routes,
    pub(crate) identity: Arc<str>,
    pub(crate) cache: Arc<DocumentCache>,
    standings: Standings,
}

impl Documents {
    pub(crate) fn new(exchange: Arc<Exchange>, routes: Routes, identity: Arc<str>, cache: Arc<DocumentCache>) -> Self {
        Self { exchange, routes, identity, cache, standings: Standings::default() }
    }

    /// How many tags are remembered.
    pub(crate) fn tags_known(&self) -> u64 {
        self.standings.count()
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

    fn key(&self, repository: &RepositoryName, endpoint: Endpoint, digest: &Digest) -> Key {
        Key { identity: Arc::clone(&self.identity), repository: repository.clone(), endpoint, digest: digest.clone() }
    }
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
