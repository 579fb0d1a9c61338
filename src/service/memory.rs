//! The rows of tag lists that have been read: what newest and size sort.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use moka::future::Cache;

use super::registries::Registry;
use crate::oci::{RepositoryName, Tag};
use crate::view::ImageSummary;

/// What a row takes in memory, in bytes, beside its layers: names, digests, and their keeping.
pub(crate) const ROW: usize = 900;
/// What a layer of a row takes in memory, in bytes.
pub(crate) const LAYER: usize = 120;
/// How long the rows of a repository are remembered after the last look at them.
const REMEMBERED: Duration = Duration::from_hours(2);

/// What a row's tag points at, or why that cannot be read.
pub(crate) type Outcome = Result<Arc<ImageSummary>, String>;

/// Something that was read, and when.
#[derive(Debug, Clone)]
pub(crate) struct Remembered<T> {
    pub(crate) value: T,
    pub(crate) read_at: Instant,
}

impl<T> Remembered<T> {
    /// Read now.
    pub(crate) fn now(value: T) -> Self {
        Self { value, read_at: Instant::now() }
    }
}

/// The rows of all repositories' tags. The repository that has not been looked at for longest is forgotten first, as a whole.
pub(crate) struct Memory {
    repositories: Cache<(usize, RepositoryName), Arc<RepositoryRows>>,
    capacity: u64,
}

/// The rows of one repository's tags.
#[derive(Debug, Default)]
pub(crate) struct RepositoryRows {
    rows: Mutex<Read>,
}

/// Rows that have been read.
#[derive(Debug, Default)]
pub(crate) struct Read {
    rows: HashMap<Tag, Remembered<Outcome>>,
    bytes: u64,
}

impl Memory {
    /// Remembers rows of about so many bytes.
    pub(crate) fn new(capacity: u64) -> Self {
        let repositories = Cache::builder()
            .max_capacity(capacity)
            .weigher(|_, rows: &Arc<RepositoryRows>| u32::try_from(rows.lock().bytes + 512).unwrap_or(u32::MAX))
            .time_to_idle(REMEMBERED)
            .build();
        Self { repositories, capacity }
    }

    /// The rows of a repository; nothing where none has been read.
    pub(crate) async fn of(&self, registry: &Registry, repository: &RepositoryName) -> Option<Arc<RepositoryRows>> {
        self.repositories.get(&(registry.position(), repository.clone())).await
    }

    /// Remembers a row.
    pub(crate) async fn remember(&self, registry: &Registry, repository: &RepositoryName, tag: &Tag, outcome: Outcome) {
        let key = (registry.position(), repository.clone());
        let rows = self.repositories.get(&key).await.unwrap_or_default();
        {
            let mut read = rows.lock();
            // One repository may not push all others out and then itself.
            if read.bytes > self.capacity / 2 {
                *read = Read::default();
            }
            let bytes = weight(&outcome);
            let old = read.rows.insert(tag.clone(), Remembered::now(outcome));
            read.bytes = (read.bytes + bytes).saturating_sub(old.map_or(0, |old| weight(&old.value)));
        }
        // Inserted again, it is weighed again.
        self.repositories.insert(key, rows).await;
    }

    /// How many repositories' rows there are, and how many bytes they take about.
    pub(crate) fn state(&self) -> (u64, u64) {
        (self.repositories.entry_count(), self.repositories.weighted_size())
    }

    /// How many bytes they may take.
    pub(crate) fn capacity(&self) -> u64 {
        self.capacity
    }
}

impl RepositoryRows {
    /// Looks at the rows. Keep the guard no longer than that takes.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Read> {
        // A row is entered whole or not at all.
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read {
    /// A tag's row.
    pub(crate) fn get(&self, tag: &Tag) -> Option<&Remembered<Outcome>> {
        self.rows.get(tag)
    }
}

fn weight(outcome: &Outcome) -> u64 {
    let layers = outcome.as_ref().map_or(0, |summary| summary.layers.len());
    (ROW + layers * LAYER) as u64
}

impl fmt::Debug for Memory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Memory(rows of {} repositories)", self.state().0)
    }
}
