//! The running program: one site after the other, as the settings are read again, behind addresses that stay.
//!
//! Each settings make a router of their own, and each request takes the one that is current when it arrives: it is answered as
//! the settings were then, to its end. See `docs/decisions/0006-reload.md`.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use axum::{Router, middleware, routing::get};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::{Layer as _, ServiceExt as _};

use super::assets::Assets;
use super::clients::{Changes, Clients, StartError};
use super::health::Health;
use super::hosts::Hosts;
use super::metrics::Metrics;
use super::policy::protect;
use super::request::{RequestId, Shared, unknown_host};
use super::router::router;
use super::run::{Terms, run};
use super::settings::{MetricsPlace, Settings};
use super::{forwarded, head};
use crate::layers::{IndexStore, LayerReader};
use crate::registry::DocumentCache;
use crate::service::Service;
use crate::service::settings::LayerSettings;

/// Everything that runs.
pub struct Program {
    assets: Arc<Assets>,
    cache: Arc<DocumentCache>,
    shared: Shared,
    health: Health,
    layers: LayerReader,
    clients: Clients,
    started: Settings,
    current: watch::Sender<Site>,
    terms: watch::Sender<Terms>,
}

/// What answers at the moment.
#[derive(Debug, Clone)]
struct Site {
    router: Router,
    service: Service,
    hosts: Hosts,
}

impl Program {
    /// Starts what the settings want shown. The first one of a process must stand before its first request, and all links of
    /// the process have that one's base path.
    ///
    /// # Errors
    ///
    /// [`StartError`], whose text says which setting is meant.
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        let assets = Arc::new(Assets::of_this_build());
        let cache = Arc::new(DocumentCache::new(settings.limits.document_cache_bytes));
        let shared = Shared::default();
        let clients = Clients::start(settings, None, &cache, shared.metrics.meter()).await?;
        let layers = LayerReader::new(settings.service.layers.reader(), index_store(&settings.service.layers).await);
        let site = Site::new(&clients, &assets, settings, &shared, &layers);
        Ok(Self {
            assets,
            cache,
            shared,
            health: Health::default(),
            layers,
            clients,
            started: settings.clone(),
            current: watch::Sender::new(site),
            terms: watch::Sender::new(Terms::new(settings)),
        })
    }

    /// Goes on with other settings: what stays the same keeps its state, and requests under way end as they began.
    ///
    /// # Errors
    ///
    /// [`StartError`] where these settings cannot be used. Then nothing has changed.
    pub async fn reload(&mut self, settings: &Settings) -> Result<Changes, StartError> {
        let mut settings = settings.clone();
        let only_at_start = settings.keep_fixed(&self.started);
        let settings = &settings;
        let clients = Clients::start(settings, Some(&self.clients), &self.cache, self.shared.metrics.meter()).await?;
        let changes = clients.changes(&self.clients);
        self.current.send_replace(Site::new(&clients, &self.assets, settings, &self.shared, &self.layers));
        self.terms.send_replace(Terms::new(settings));
        let before = std::mem::replace(&mut self.clients, clients);
        // Requests under way may still ask an embedded registry that is not shown any more.
        let patience = settings.limits.request_deadline;
        tokio::spawn(async move {
            tokio::time::sleep(patience).await;
            drop(before);
        });
        Ok(Changes { only_at_start, ..changes })
    }

    /// Whether requests should be sent here.
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// Everything that is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    /// What answers at the listener: the current site, with the addresses for operators before it.
    pub fn router(&self) -> Router {
        let sites = self.current.subscribe();
        let mut operators = self.health.router();
        if self.started.metrics == MetricsPlace::Site {
            let state = (self.shared.metrics.clone(), self.current.subscribe());
            operators = operators.merge(Router::new().route("/-/metrics", get(metrics_of_site)).with_state(state));
        }
        let operators = operators.layer(middleware::from_fn(protect));
        let router = Router::new().fallback(current).with_state(sites).merge(operators.clone());
        // Who watches over the process asks at the root of its port, whoever comes through a proxy below the base path.
        match self.started.base_path.as_str() {
            "" => router,
            base => router.nest(base, operators),
        }
    }

    /// `/-/metrics` alone, for a listener of its own, which answers to any host name.
    pub fn metrics_router(&self) -> Router {
        let state = (self.shared.metrics.clone(), self.current.subscribe());
        Router::new().route("/-/metrics", get(metrics)).with_state(state)
    }

    /// Answers requests on `listener` until `shutdown` ends; then waits for open requests as long as the limits say.
    pub fn run(
        &self,
        listener: TcpListener,
        router: Router,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> impl Future<Output = ()> + Send + 'static {
        let (terms, metrics) = (self.terms.subscribe(), self.shared.metrics.clone());
        async move { run(listener, router, terms, &metrics, shutdown).await }
    }
}

impl Site {
    fn new(
        clients: &Clients,
        assets: &Arc<Assets>,
        settings: &Settings,
        shared: &Shared,
        layers: &LayerReader,
    ) -> Self {
        let service = Service::with_layers(clients.all(), settings.service.clone(), layers.clone());
        let router = router(service.clone(), Arc::clone(assets), settings, shared);
        Self { router, service, hosts: Hosts::new(settings) }
    }
}

/// Where indexes of layers are kept: in the cache folder, or in memory where that cannot be written.
async fn index_store(settings: &LayerSettings) -> IndexStore {
    let in_memory = || IndexStore::in_memory(settings.index_cache_bytes.min(settings.memory_bytes));
    let Some(folder) = settings.cache_dir.as_ref().filter(|_| settings.index_cache_bytes > 0) else {
        return in_memory();
    };
    match IndexStore::in_folder(folder, settings.index_cache_bytes).await {
        Ok(store) => store,
        Err(error) => {
            tracing::warn!(
                folder = %folder.display(),
                %error,
                "the cache folder cannot be written: indexes of layers are kept in memory (--cache-dir chooses another one)"
            );
            in_memory()
        }
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Program({:?})", self.clients)
    }
}

async fn current(State(sites): State<watch::Receiver<Site>>, request: Request) -> Response {
    let router = middleware::from_fn(head::unmeasured).layer(sites.borrow().router.clone());
    router.oneshot(request).await.unwrap_or_else(|never: Infallible| match never {})
}

/// The figures where pages are, too: only for those who name an allowed host, since a page of another site could read them
/// otherwise (threat T-25).
async fn metrics_of_site(state: State<(Metrics, watch::Receiver<Site>)>, request: Request) -> Response {
    let allowed = state.1.borrow().hosts.allow(forwarded::host(&request, false));
    if allowed { metrics(state).await } else { unknown_host().answer(request.uri().path(), &RequestId::next()) }
}

async fn metrics(State((metrics, sites)): State<(Metrics, watch::Receiver<Site>)>) -> Response {
    let service = sites.borrow().service.clone();
    metrics.answer(&service)
}
