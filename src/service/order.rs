//! Lists in the order of their page. A list is sorted once and kept with the list that it was made of.

use std::fmt;
use std::sync::Arc;

use moka::future::Cache;

use super::registries::Registry;
use crate::anatomy::version;
use crate::oci::{RepositoryName, Tag};
use crate::registry::{CacheState, Listing};

/// Lists longer than this are sorted on a thread that may block.
const LONG: usize = 5_000;
/// What a name takes in memory beside its text, in bytes.
const OVERHEAD: usize = 16;

/// Sorted lists of all registries.
pub(crate) struct Orders {
    repositories: Cache<usize, Sorted<RepositoryName>>,
    tags: Cache<(usize, RepositoryName), Sorted<Tag>>,
}

/// A list as it came, by which it is known again, and in order.
#[derive(Debug, Clone)]
struct Sorted<T> {
    source: Arc<[T]>,
    sorted: Arc<[T]>,
}

impl Orders {
    /// Keeps sorted lists of about so many bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        let repositories = Cache::builder()
            .max_capacity(bytes / 2)
            .weigher(|_, list: &Sorted<RepositoryName>| weight(list.sorted.iter().map(|name| name.as_str().len())))
            .build();
        let tags = Cache::builder()
            .max_capacity(bytes / 2)
            .weigher(|_, list: &Sorted<Tag>| weight(list.sorted.iter().map(|tag| tag.as_str().len())))
            .build();
        Self { repositories, tags }
    }

    /// Repositories in the order of their names.
    pub(crate) async fn repositories(
        &self,
        registry: &Registry,
        listing: &Listing<RepositoryName>,
    ) -> Arc<[RepositoryName]> {
        let key = registry.position();
        if let Some(known) = self.repositories.get(&key).await
            && Arc::ptr_eq(&known.source, &listing.names)
        {
            return known.sorted;
        }
        let sorted = sort(&listing.names, |names| names.sort_unstable()).await;
        let entry = Sorted { source: Arc::clone(&listing.names), sorted: Arc::clone(&sorted) };
        self.repositories.insert(key, entry).await;
        sorted
    }

    /// Tags, highest version first.
    pub(crate) async fn tags(
        &self,
        registry: &Registry,
        repository: &RepositoryName,
        listing: &Listing<Tag>,
    ) -> Arc<[Tag]> {
        let key = (registry.position(), repository.clone());
        if let Some(known) = self.tags.get(&key).await
            && Arc::ptr_eq(&known.source, &listing.names)
        {
            return known.sorted;
        }
        let sorted = sort(&listing.names, |tags| version::sort(tags)).await;
        let entry = Sorted { source: Arc::clone(&listing.names), sorted: Arc::clone(&sorted) };
        self.tags.insert(key, entry).await;
        sorted
    }

    /// How full the caches are.
    pub(crate) fn state(&self) -> CacheState {
        CacheState::of(&self.repositories) + CacheState::of(&self.tags)
    }
}

async fn sort<T>(names: &Arc<[T]>, order: impl FnOnce(&mut Vec<T>) + Send + 'static) -> Arc<[T]>
where
    T: Clone + Send + Sync + 'static,
{
    let source = Arc::clone(names);
    let work = move || {
        let mut sorted = source.to_vec();
        order(&mut sorted);
        Arc::from(sorted)
    };
    if names.len() <= LONG {
        return work();
    }
    // Where sorting was stopped, the process is ending: then the list's own order does.
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Arc::clone(names))
}

fn weight(lengths: impl Iterator<Item = usize>) -> u32 {
    u32::try_from(lengths.map(|length| length + OVERHEAD).sum::<usize>() + 256).unwrap_or(u32::MAX)
}

impl fmt::Debug for Orders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Orders({} kept)", self.state().entries)
    }
}
