//! The calls: what can be asked of a registry.

mod blob;

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::Semaphore;

use super::auth::Authenticator;
use super::cache::{CacheState, DocumentCache};
use super::capabilities::{Capabilities, Record};
use super::document::Document;
use super::error::Error;
use super::exchange::Exchange;
use super::fetch::Fetcher;
use super::flight::{Flights, NoResult, Role};
use super::listing::Listing;
use super::lists::{Lists, Policy};
use super::manifests::Documents;
use super::meter::Meter;
use super::pause::Pause;
use super::probe::{Probe, Probes};
use super::queue::Queue;
use super::referrers::companions::Companions;
use super::referrers::{Referrers, ReferrersStore};
use super::request::Request;
use super::routes::Routes;
use super::scope::Scope;
use super::settings::RegistrySettings;
use super::survey::survey;
use super::text::redacted;
use super::trace::EntryKind;
use super::transport::{SetupError, Transport};
use super::walk::{PAGES, Route, Stage};
use crate::oci::{Descriptor, Digest, MediaType, RepositoryName, Tag};

/// SHA-256 of `{}`, the config of artifacts that have none (image-spec, manifest.md, "Guidance for an Empty Descriptor").
const EMPTY: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

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
    large: Arc<Semaphore>,
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

/// A document that readers may want at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Want {
    repository: RepositoryName,
    what: What,
    /// A reader who asked to pass by the caches does not wait for one who did not.
    refresh: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum What {
    Manifest(ManifestReference),
    Config(Digest, Option<u64>),
    /// With the size that its descriptor states, and the most bytes that are read.
    Blob(Digest, Option<u64>, u64),
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
        let identity = Arc::from(settings.identity());
        let documents = Arc::new(Documents::new(Arc::clone(&exchange), routes, identity, cache));
        let catalog = Lists::new(Policy {
            ttl: limits.catalog_ttl,
            show_old: true,
            wait_for: Stage::Reading,
            bytes: limits.list_cache_bytes / 2,
        });
        let tags = Lists::new(Policy {
            ttl: limits.tag_list_ttl,
            show_old: false,
            wait_for: Stage::Ended,
            bytes: limits.list_cache_bytes / 2,
        });
        let inner = Inner {
            settings,
            exchange,
            referrers: Arc::new(ReferrersStore::new(Arc::clone(&documents))),
            documents,
            flights: Flights::default(),
            probes: Probes::default(),
            surveys: Flights::default(),
            large: Arc::new(Semaphore::new(blob::LARGE_AT_ONCE)),
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

    /// How many bytes of lists are kept for this registry, about.
    pub fn list_bytes(&self) -> u64 {
        self.inner.catalog.bytes() + self.inner.tags.bytes()
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
    pub fn cache_state(&self) -> CacheState {
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

    /// A manifest or index.
    ///
    /// By digest it is asked for once and kept. By tag, where the tag stood is believed for [`super::Limits::tag_ttl`] and then
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

    /// What points at a manifest: by the referrers API, or where there is none by the fallback tag. Of one artifact type or of
    /// all. That there is neither is an answer, not a failure.
    ///
    /// Asks once for each page, and once for the fallback tag; not again within [`super::Limits::referrers_ttl`].
    ///
    /// # Errors
    ///
    /// Whatever may befall the first page or the fallback tag; an error of a later page stands in the list.
    pub async fn referrers(
        &self,
        request: &Request,
        repository: &RepositoryName,
        subject: &Digest,
        artifact_type: Option<&MediaType>,
    ) -> Result<Referrers, Error> {
        self.inner.referrers.list(request, repository, subject, artifact_type).await
    }

    /// Which of the tags there are that cosign wrote before there were referrers. Three `HEAD`s, not repeated within
    /// [`super::Limits::referrers_ttl`].
    ///
    /// # Errors
    ///
    /// Where none of them could be asked for; where some could, the error stands beside them.
    pub async fn companions(
        &self,
        request: &Request,
        repository: &RepositoryName,
        subject: &Digest,
    ) -> Result<Companions, Error> {
        self.inner.referrers.companions(request, repository, subject).await
    }

    /// Asks whether the registry is there, and how it wants readers to sign in. Readers within two seconds share an
    /// answer; no cache is longer than that.
    ///
    /// # Errors
    ///
    /// Where there is no answer at all, or the registry has asked to be left alone.
    pub async fn check(&self, request: &Request) -> Result<Probe, Error> {
        let Inner { exchange, documents, probes, .. } = &*self.inner;
        probes.get(exchange, request, documents.routes.probe()?).await
    }

    /// What its answers have shown of the registry so far. Nothing is asked.
    pub fn capabilities(&self) -> Capabilities {
        Capabilities { referrers: self.inner.referrers.support(), ..self.inner.exchange.record.known() }
    }

    /// Asks for what no page asks anyway, where it is not known yet, and says what is known then. Readers at the same time
    /// share the questions; who stops waiting gets what is known until then.
    pub async fn survey(&self, request: &Request) -> Capabilities {
        let Inner { exchange, documents, surveys, .. } = &*self.inner;
        let work = {
            let (exchange, request) = (Arc::clone(exchange), request.clone());
            let routes = documents.routes.clone();
            async move { survey(&exchange, &routes, &request).await }
        };
        let _ = surveys.join((), request.deadline, || work).await;
        self.capabilities()
    }

    /// Does work that other readers may want at the same time.
    async fn fly(
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
                Ok(_) => ("read for another page; digest verified", Some(true)),
                Err(_) => ("asked for another page", None),
            };
            request.trace.known(EntryKind::Document, "GET", url, bytes, outcome, verified);
        }
        result
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

fn digest_of(descriptor: &Descriptor) -> Result<Digest, Error> {
    let digest = descriptor.digest.clone();
    digest.ok_or_else(|| {
        Error::NotFetchable("the descriptor has no valid digest, so nothing is fetched by it".to_owned())
    })
}

fn empty(digest: Digest, media_type: &MediaType) -> Document {
    Document {
        digest,
        media_type: media_type.clone(),
        bytes: bytes::Bytes::from_static(b"{}"),
        reported: None,
        warnings: Vec::new(),
    }
}
