//! How full the caches are, for the operator's figures.

use super::Service;

/// How full a cache is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheFill {
    /// Its name among the figures.
    pub cache: &'static str,
    /// Bytes in it, about.
    pub bytes: u64,
    /// Bytes that it may hold.
    pub capacity: u64,
}

impl Service {
    /// Every cache with a limit in bytes. Those of single registries are added up.
    pub fn cache_fill(&self) -> Vec<CacheFill> {
        let clients = || self.all().iter().map(super::Registry::client);
        let documents = clients().next().map(crate::registry::Client::cache_state);
        let settings = self.settings();
        let fill = |cache, bytes, capacity| CacheFill { cache, bytes, capacity };
        vec![
            fill("documents", documents.map_or(0, |state| state.bytes), documents.map_or(0, |state| state.capacity)),
            fill(
                "lists",
                clients().map(crate::registry::Client::list_bytes).sum(),
                clients().map(|client| client.settings().limits.list_cache_bytes).sum(),
            ),
            fill("parsed", self.documents().state().1, settings.cache_bytes),
            fill("rows", self.rows().memory().state().1, self.rows().memory().capacity()),
            fill("orders", self.orders().state().1, settings.order_cache_bytes),
        ]
    }

    /// How many requests wait for their turn, by the registry's name.
    pub fn waiting(&self) -> Vec<(String, usize)> {
        self.all().iter().map(|registry| (registry.name().to_owned(), registry.client().waiting())).collect()
    }
}
