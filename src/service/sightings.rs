//! In which repositories a manifest's digest has been seen, so that a digest alone can be found again.

use std::fmt;
use std::future::ready;
use std::sync::Arc;

use moka::Entry;
use moka::future::Cache;
use moka::ops::compute::Op;

use super::registries::Registry;
use crate::oci::{Digest, RepositoryName};

/// Most digests that are remembered.
const DIGESTS: u64 = 50_000;
/// Most repositories that are remembered of one digest.
const REPOSITORIES: usize = 20;

/// Digests of manifests and indexes that have been read, of all registries.
pub(crate) struct Sightings {
    seen: Cache<(usize, Digest), Arc<[RepositoryName]>>,
}

impl Sightings {
    pub(crate) fn new() -> Self {
        Self { seen: Cache::builder().max_capacity(DIGESTS).build() }
    }

    /// Remembers that a repository has it.
    pub(crate) async fn note(&self, registry: &Registry, repository: &RepositoryName, digest: &Digest) {
        let key = (registry.position(), digest.clone());
        // As one step: two repositories may be seen with it at the same time.
        self.seen
            .entry(key)
            .and_compute_with(|entry| {
                let known = entry.map(Entry::into_value).unwrap_or_default();
                ready(if known.len() >= REPOSITORIES || known.contains(repository) {
                    Op::Nop
                } else {
                    Op::Put(with(&known, repository))
                })
            })
            .await;
    }

    /// The repositories in which it has been seen, by name.
    pub(crate) async fn of(&self, registry: &Registry, digest: &Digest) -> Vec<RepositoryName> {
        let key = (registry.position(), digest.clone());
        self.seen.get(&key).await.map(|repositories| repositories.to_vec()).unwrap_or_default()
    }

    /// How many digests are remembered.
    pub(crate) fn count(&self) -> u64 {
        self.seen.entry_count()
    }
}

/// The repositories with another one, by name.
fn with(known: &[RepositoryName], repository: &RepositoryName) -> Arc<[RepositoryName]> {
    let mut repositories = known.to_vec();
    repositories.push(repository.clone());
    repositories.sort_unstable();
    repositories.into()
}

impl fmt::Debug for Sightings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sightings({})", self.count())
    }
}
