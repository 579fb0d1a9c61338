//! The calls: what can be asked of a registry.

mod blob;
mod capabilities;
mod documents;
mod layer;
mod referrers;

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use super::auth::Authenticator;
use super::cache::{CacheState, DocumentCache};
use super::capabilities::Record;
use super::document::Document;
use super::documents::Documents;
use super::error::Error;
use super::exchange::Exchange;
use super::fetch::Fetcher;
use super::flight::Flights;
use super::listing::Listing;
use super::lists::{Lists, Policy};
use super::meter::Meter;
use super::pause::Pause;
use super::probe::Probes;
use super::queue::Queue;
use super::referrers::ReferrersStore;
use super::request::Request;
use super::routes::Routes;
use super::scope::Scope;
use super::settings::RegistrySettings;
use super::transport::{SetupError, Transport};
use super::turns::Turns;
use super::walk::{PAGES, Route, Stage};
use crate::oci::{Digest, RepositoryName, Tag};
use documents::Want;

/// One registry, asked with one account. Clones share everything.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    settings: RegistrySettings,
    exchange: Arc<Exchange>,
    documents: Arc<Documents>,
    flights: Flights<Want, Result<Document, Error>>,
    probes: Probes,
    surveys: Flights<(), ()>,
    /// Turns of large blobs.
    large: Turns,
    catalog: Arc<Lists<(), RepositoryName>>,
    tags: Arc<Lists<RepositoryName, Tag>>,
    referrers: Arc<ReferrersStore>,
}

/// What names a manifest in a repository.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ManifestReference {
    /// A tag: may move.
    Tag(Tag),
    /// A digest: never changes.
    Digest(Digest),
}

impl Client {
    /// A client for one registry. Nothing is asked yet.
    ///
    /// # Errors
    ///
    /// Where the settings cannot be used: see [`SetupError`].
    pub fn new(settings: RegistrySettings, cache: Arc<DocumentCache>) -> Result<Self, SetupError> {
        Self::measured(settings, cache, &Meter::default())
    }

    /// The same, counting what it does.
    ///
    /// # Errors
    ///
    /// As for [`Client::new`].
    pub fn measured(settings: RegistrySettings, cache: Arc<DocumentCache>, meter: &Meter) -> Result<Self, SetupError> {
        let transport = Transport::new(&settings)?;
        let limits = settings.limits.clone();
        let exchange = Arc::new(Exchange {
            authenticator: Authenticator::new(&settings),
            pause: Pause::default(),
            record: Record::default(),
            fetcher: Arc::new(Fetcher {
                registry: settings.name.clone(),
                transport,
                queue: Queue::new(&limits),
                meter: meter.of(&settings.name),
                limits: limits.clone(),
            }),
        });
        let routes = Routes::new(&settings.url);
        let identity = settings.identity();
        let identity =
            identity.map_err(|problem| SetupError::ClientCertificate { registry: settings.name.clone(), problem })?;
        let documents = Arc::new(Documents::new(Arc::clone(&exchange), routes, Arc::from(identity), cache));
        let catalog = Lists::new(Policy {
            ttl: limits.catalog_ttl,
            show_old: true,
            wait_for: Stage::Reading,
            bytes: limits.list_cache_bytes / 2,
            queue: limits.queue,
        });
        let tags = Lists::new(Policy {
            ttl: limits.tag_list_ttl,
            show_old: false,
            wait_for: Stage::Ended,
            bytes: limits.list_cache_bytes / 2,
            queue: limits.queue,
        });
        let inner = Inner {
            settings,
            exchange,
            referrers: Arc::new(ReferrersStore::new(Arc::clone(&documents))),
            documents,
            flights: Flights::default(),
            probes: Probes::default(),
            surveys: Flights::default(),
            large: Turns::new(blob::LARGE_AT_ONCE, limits.queue),
            catalog: Arc::new(catalog),
            tags: Arc::new(tags),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The settings that it was made with.
    pub fn settings(&self) -> &RegistrySettings {
        &self.inner.settings
    }

    /// How many tags are remembered with the digest that they stood at.
    pub fn tags_known(&self) -> u64 {
        self.inner.documents.tags_known()
    }

    /// How full the caches of its lists are.
    pub fn lists_kept(&self) -> CacheState {
        self.inner.catalog.state() + self.inner.tags.state()
    }

    /// How full the caches of what points at its manifests are.
    pub fn referrers_kept(&self) -> CacheState {
        self.inner.referrers.state()
    }

    /// How many requests wait for their turn.
    pub fn waiting(&self) -> usize {
        self.inner.exchange.fetcher.queue.waiting()
    }

    /// What it counts by, and whoever shares it.
    pub fn meter(&self) -> &Meter {
        self.inner.exchange.fetcher.meter.all()
    }

    /// How full the cache of documents is, which all registries share.
    pub fn documents_kept(&self) -> CacheState {
        self.inner.documents.cache.state()
    }

    /// The repositories: those of the settings where there are any, else the registry's catalog.
    ///
    /// The first call waits for the first page; the walk goes on in the background, and later calls see more. A list older
    /// than [`super::Limits::catalog_ttl`] is answered as it is and read again meanwhile.
    ///
    /// # Errors
    ///
    /// [`Error::NotOffered`] where the registry has no catalog to show, and whatever else may befall the first page.
    pub async fn catalog(&self, request: &Request) -> Result<Listing<RepositoryName>, Error> {
        let Inner { settings, exchange, documents, catalog, .. } = &*self.inner;
        if !settings.repositories.is_empty() {
            return Ok(Listing {
                names: Arc::from(&settings.repositories[..]),
                complete: true,
                reading: false,
                truncated: None,
                pages: 0,
                stopped: None,
                invalid: 0,
                read_at: SystemTime::now(),
                from_hand: true,
            });
        }
        let route = Route {
            url: documents.routes.catalog()?,
            first: Some(PAGES),
            member: "repositories",
            scope: Scope::Catalog,
            ending: "/_catalog",
            refusal: not_offered,
        };
        catalog.get(exchange, request, (), route).await
    }

    /// The tags of a repository.
    ///
    /// Waits for the whole list, but not past the request's deadline: then it is answered as far as it is known, the walk goes
    /// on, and later calls see more.
    ///
    /// # Errors
    ///
    /// Whatever may befall the first page; an error of a later one stands in the listing.
    pub async fn tags(&self, request: &Request, repository: &RepositoryName) -> Result<Listing<Tag>, Error> {
        let Inner { exchange, documents, tags, .. } = &*self.inner;
        let route = Route {
            url: documents.routes.tags(repository)?,
            // No page size: most registries then answer with the whole list at once.
            first: None,
            member: "tags",
            scope: Scope::Pull(repository.clone()),
            ending: "/tags/list",
            refusal: |error| error,
        };
        tags.get(exchange, request, repository.clone(), route).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Client({})", self.inner.settings.name)
    }
}

impl fmt::Display for ManifestReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => tag.fmt(formatter),
            Self::Digest(digest) => digest.fmt(formatter),
        }
    }
}

impl From<Tag> for ManifestReference {
    fn from(tag: Tag) -> Self {
        Self::Tag(tag)
    }
}

impl From<Digest> for ManifestReference {
    fn from(digest: Digest) -> Self {
        Self::Digest(digest)
    }
}

/// Many registries have no catalog, or none for us: that is an answer, not a failure.
fn not_offered(error: Error) -> Error {
    let unsupported = error.messages().iter().any(|message| message.code == "UNSUPPORTED");
    match error {
        Error::NotFound { request, errors } => Error::NotOffered { request, status: 404, errors },
        Error::Denied { request, errors } => Error::NotOffered { request, status: 403, errors },
        Error::Upstream { request, status, errors } if matches!(status, 405 | 501) || unsupported => {
            Error::NotOffered { request, status, errors }
        }
        // Only where our account was accepted. Otherwise a 401 says that a sign-in is wanted, or was wrong.
        Error::Unauthorized { request, errors, granted: true, .. } => {
            Error::NotOffered { request, status: 401, errors }
        }
        other => other,
    }
}
