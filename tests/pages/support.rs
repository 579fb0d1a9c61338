//! The sample registry on a port of its own, its requests written down, and a service that asks it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use strata::embedded::{self, Layout};
use strata::oci::{Reference, RepositoryName, Tag};
use strata::registry::{Client, DocumentCache, RegistrySettings};
use strata::service::{Service, ServiceSettings};
use strata::view::tags::{TagSort, TagsQuery};
use tokio::net::TcpListener;

/// Made once: without optimization that takes seconds.
static LAYOUT: LazyLock<Arc<Layout>> = LazyLock::new(|| Arc::new(Layout::sample()));

/// What a registry was asked, and how it is slowed down.
#[derive(Debug, Default)]
pub(crate) struct Log {
    requests: Mutex<Vec<String>>,
    at_once: AtomicUsize,
    pub(crate) most_at_once: AtomicUsize,
    /// Milliseconds that each answer takes besides.
    pub(crate) delay: AtomicUsize,
    /// Whether it has trouble with all documents.
    pub(crate) broken: AtomicBool,
}

impl Log {
    /// What was asked since the last call: method and path.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

/// The sample, served anew for one test.
pub(crate) struct Sample {
    pub(crate) address: SocketAddr,
    pub(crate) log: Arc<Log>,
}

impl Sample {
    pub(crate) async fn start() -> Self {
        let log = Arc::<Log>::default();
        let router = embedded::router(Arc::clone(&LAYOUT));
        let router = router.layer(from_fn_with_state(Arc::clone(&log), write_down));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, log }
    }

    /// The names of its repositories.
    pub(crate) fn repositories() -> Vec<String> {
        LAYOUT.repositories().map(ToString::to_string).collect()
    }

    /// A client of this registry under a name.
    pub(crate) fn client(&self, name: &str) -> Client {
        Client::new(self.settings(name), Arc::new(DocumentCache::new(64_000_000))).unwrap()
    }

    fn settings(&self, name: &str) -> RegistrySettings {
        RegistrySettings::new(name, format!("http://{}", self.address).parse().unwrap())
    }

    /// A service for which every list of repositories is old as soon as it has been read.
    pub(crate) fn renewing(&self) -> Service {
        let mut settings = self.settings("sample");
        settings.limits.catalog_ttl = Duration::ZERO;
        let client = Client::new(settings, Arc::new(DocumentCache::new(64_000_000))).unwrap();
        Service::new(vec![client], ServiceSettings::default())
    }

    pub(crate) fn service(&self) -> Service {
        Service::new(vec![self.client("sample")], ServiceSettings::default())
    }

    /// A service for which every row is old as soon as it has been read.
    pub(crate) fn forgetful(&self) -> Service {
        let settings = ServiceSettings { row_ttl: Duration::ZERO, ..ServiceSettings::default() };
        Service::new(vec![self.client("sample")], settings)
    }

    /// A service that waits for its registry no longer than this.
    pub(crate) fn impatient(&self, patience: Duration) -> Service {
        let settings = ServiceSettings { page_deadline: patience, ..ServiceSettings::default() };
        Service::new(vec![self.client("sample")], settings)
    }
}

async fn write_down(State(log): State<Arc<Log>>, request: Request, next: Next) -> Response {
    log.requests.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
    let at_once = log.at_once.fetch_add(1, Ordering::SeqCst) + 1;
    log.most_at_once.fetch_max(at_once, Ordering::SeqCst);
    let delay = log.delay.load(Ordering::SeqCst) as u64;
    if delay > 0 {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    let broken = log.broken.load(Ordering::SeqCst) && request.uri().path().contains("/manifests/");
    let response = if broken { StatusCode::INTERNAL_SERVER_ERROR.into_response() } else { next.run(request).await };
    log.at_once.fetch_sub(1, Ordering::SeqCst);
    response
}

pub(crate) fn reference(text: &str) -> Reference {
    text.parse().unwrap()
}

pub(crate) fn repository(text: &str) -> RepositoryName {
    text.parse().unwrap()
}

pub(crate) fn tag(text: &str) -> Tag {
    text.parse().unwrap()
}

/// The first page of a repository's tags.
pub(crate) fn tags_query(repository: &str) -> TagsQuery {
    TagsQuery {
        repository: reference(repository),
        filter: String::new(),
        sort: TagSort::Version,
        after: String::new(),
        details: String::new(),
        refresh: false,
    }
}
