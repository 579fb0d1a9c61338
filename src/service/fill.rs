//! How full the caches are, for the operator's figures.

use super::Service;
use super::registries::Registry;
use crate::registry::{CacheState, Client};

impl Service {
    /// Every cache with a limit in bytes, with its name among the figures. Those of single registries are added up.
    pub fn cache_fill(&self) -> [(&'static str, CacheState); 6] {
        let clients = || self.all().iter().map(Registry::client);
        [
            // All registries share it.
            ("documents", clients().next().map(Client::documents_kept).unwrap_or_default()),
            ("lists", clients().map(Client::lists_kept).sum()),
            ("referrers", clients().map(Client::referrers_kept).sum()),
            ("parsed", self.documents().state()),
            ("rows", self.rows().state()),
            ("orders", self.orders().state()),
        ]
    }

    /// How many requests wait for their turn, by the registry's name.
    pub fn waiting(&self) -> Vec<(String, usize)> {
        self.all().iter().map(|registry| (registry.name().to_owned(), registry.client().waiting())).collect()
    }
}
