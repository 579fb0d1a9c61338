//! Builds a view: asks the registry, applies `anatomy`. One function a page.
//!
//! - [`Service`]: the configured registries and what is kept between pages; [`settings`]: its limits
//! - `registries`: which registry a name or reference means; `visit`: one page being built
//! - `failure`: what went wrong, as a page; `trace`: what was asked, as the request bar shows it
//! - `repositories`, `tags`: lists; `order` sorts them, `window` cuts a page out, `walk` says how much is known
//! - `rows` fills rows, `summary` reads what one shows, `memory` keeps them, `jobs` lets that work outlive the page
//! - [`image`]: what stands at a reference; `compare`: two images side by side
//! - [`files`]: what is in an image's layers
//! - `search`: where a pasted text leads; `sightings`: where a digest was seen; `report`: what a registry is and can do,
//!   of which `capabilities` has been shown by its answers
//! - `fill`: how full the caches are
//! - `documents`: documents that have been parsed; `blocking`: work on large ones, beside everything else

mod blocking;
mod capabilities;
mod compare;
mod documents;
mod failure;
pub mod files;
mod fill;
pub mod image;
mod jobs;
mod memory;
mod order;
mod registries;
mod report;
mod repositories;
mod rows;
mod search;
pub mod settings;
mod sightings;
mod summary;
mod tags;
mod trace;
mod visit;
mod walk;
mod window;

use std::sync::Arc;

use documents::Documents;
use files::{Budget, Trees};
use order::Orders;
use registries::Registry;
use rows::Rows;
pub use settings::ServiceSettings;
use sightings::Sightings;
use url::Url;

use crate::highlight::Highlighter;
use crate::layers::{IndexStore, LayerReader};
use crate::registry::{Asker, Client};

/// Everything that builds pages: the configured registries and their caches. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Service {
    inner: Arc<Inner>,
    /// For whom a request is being answered.
    asker: Asker,
    /// Where its reader reaches this site, as far as a proxy says.
    origin: Option<Arc<Url>>,
}

#[derive(Debug)]
struct Inner {
    registries: Vec<Registry>,
    settings: ServiceSettings,
    documents: Documents,
    orders: Orders,
    rows: Rows,
    sightings: Sightings,
    layers: LayerReader,
    trees: Trees,
    layer_budget: Budget,
    highlighter: Highlighter,
}

impl Service {
    /// A service for these registries, the first one being the one that is meant where none is named.
    ///
    /// Layers are kept in memory: see [`Service::with_layers`].
    #[must_use]
    pub fn new(clients: Vec<Client>, settings: ServiceSettings) -> Self {
        let store = IndexStore::in_memory(settings.layers.index_cache_bytes.min(settings.layers.memory_bytes));
        let layers = LayerReader::new(settings.layers.reader(), store);
        Self::with_layers(clients, settings, layers)
    }

    /// The same with a reader of layers, which may be that of a service before it.
    #[must_use]
    pub fn with_layers(clients: Vec<Client>, settings: ServiceSettings, layers: LayerReader) -> Self {
        let several = clients.len() > 1;
        let rows = Rows::new(&clients, &settings);
        let registries = clients.into_iter().enumerate();
        let registries: Vec<Registry> =
            registries.map(|(position, client)| Registry::new(position, client, several)).collect();
        let meter = registries.first().map(|registry: &Registry| registry.client().meter().clone()).unwrap_or_default();
        let documents = Documents::new(settings.view_cache_bytes / 2, meter);
        let orders = Orders::new(settings.order_cache_bytes);
        let sightings = Sightings::new();
        let trees = Trees::new(settings.layers.memory_bytes);
        let layer_budget = Budget::new(settings.layers.client_bytes_per_hour);
        let highlighter = Highlighter::new(settings.highlighter.clone(), Highlighter::PATIENCE);
        let inner = Inner {
            registries,
            settings,
            documents,
            orders,
            rows,
            sightings,
            layers,
            trees,
            layer_budget,
            highlighter,
        };
        Self { inner: Arc::new(inner), asker: Asker::default(), origin: None }
    }

    /// The same service for one request, so that failures and their log lines carry its name, and its reader takes turns with
    /// others.
    #[must_use]
    pub fn for_request(&self, asker: Asker) -> Self {
        Self { asker, ..self.clone() }
    }

    /// For whom it answers.
    pub(crate) fn asker(&self) -> &Asker {
        &self.asker
    }

    /// The same service for a reader who reaches this site there, as a proxy says.
    #[must_use]
    pub fn reached_at(self, origin: Option<Arc<Url>>) -> Self {
        Self { origin, ..self }
    }

    /// Where people reach this site, as far as the operator or a proxy says.
    pub(crate) fn own_url(&self) -> Option<&Url> {
        self.settings().public_url.as_ref().or(self.origin.as_deref())
    }

    /// Under which the operator finds the log line of a failure.
    pub(crate) fn request_id(&self) -> String {
        self.asker.request_id.as_deref().map_or_else(visit::new_id, str::to_owned)
    }

    /// Its limits.
    pub fn settings(&self) -> &ServiceSettings {
        &self.inner.settings
    }

    pub(crate) fn all(&self) -> &[Registry] {
        &self.inner.registries
    }

    pub(crate) fn documents(&self) -> &Documents {
        &self.inner.documents
    }

    pub(crate) fn orders(&self) -> &Orders {
        &self.inner.orders
    }

    pub(crate) fn rows(&self) -> &Rows {
        &self.inner.rows
    }

    pub(crate) fn layers(&self) -> &LayerReader {
        &self.inner.layers
    }

    pub(crate) fn trees(&self) -> &Trees {
        &self.inner.trees
    }

    pub(crate) fn layer_budget(&self) -> &Budget {
        &self.inner.layer_budget
    }

    pub(crate) fn highlighter(&self) -> &Highlighter {
        &self.inner.highlighter
    }

    pub(crate) fn sightings(&self) -> &Sightings {
        &self.inner.sightings
    }
}
