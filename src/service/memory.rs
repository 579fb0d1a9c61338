//! The rows of tag lists that have been read: what newest and size sort.

use std::collections::HashMap;
use std::fmt;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use moka::Entry;
use moka::future::Cache;

use super::registries::Registry;
use crate::oci::{RepositoryName, Tag};
use crate::registry::CacheState;
use crate::view::ImageSummary;

/// What a row takes in memory, in bytes, beside its layers and what [`weight_of`] measures: names, digests, and their keeping.
const ROW: usize = 900;
/// What a layer of a row takes in memory, in bytes.
const LAYER: usize = 120;
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
        // One after the other for all rows that are read together, so that they are entered into one map; and put in again each
        // time, so that it is weighed again.
        let enter = |entry: Option<Entry<_, Arc<RepositoryRows>>>| {
            let rows = entry.map(Entry::into_value).unwrap_or_default();
            rows.lock().enter(tag, outcome, self.capacity / 2);
            ready(rows)
        };
        self.repositories.entry(key).and_upsert_with(enter).await;
    }

    /// How full it is; its entries are repositories.
    pub(crate) fn state(&self) -> CacheState {
        CacheState::of(&self.repositories)
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

    /// Enters a row. One repository may not push all others out and then itself.
    fn enter(&mut self, tag: &Tag, outcome: Outcome, most_bytes: u64) {
        if self.bytes > most_bytes {
            self.forget_older_half();
        }
        let bytes = weight(&outcome);
        let old = self.rows.insert(tag.clone(), Remembered::now(outcome));
        self.bytes = (self.bytes + bytes).saturating_sub(old.map_or(0, |old| weight(&old.value)));
    }

    fn forget_older_half(&mut self) {
        let mut times: Vec<Instant> = self.rows.values().map(|row| row.read_at).collect();
        times.sort_unstable();
        let Some(middle) = times.get(times.len() / 2) else { return };
        self.rows.retain(|_, row| row.read_at > *middle);
        self.bytes = self.rows.values().map(|row| weight(&row.value)).sum();
    }
}

fn weight(outcome: &Outcome) -> u64 {
    match outcome {
        Ok(summary) => weight_of(summary) as u64,
        Err(problem) => (ROW + problem.len()) as u64,
    }
}

/// What a row takes in memory, in bytes. Its texts are somebody else's, so that they are measured; `oci` keeps each short.
pub(crate) fn weight_of(summary: &ImageSummary) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let platform = summary.platform.as_ref().map_or(0, |platform| {
        let features = platform.os_features.iter().map(|feature| size_of::<String>() + feature.len()).sum::<usize>();
        platform.os.len()
            + platform.architecture.len()
            + text(&platform.variant)
            + text(&platform.os_version)
            + features
    });
    let texts =
        summary.media_type.as_str().len() + summary.kind.len() + text(&summary.created) + text(&summary.problem);
    ROW + summary.layers.len() * LAYER + texts + platform
}

impl fmt::Debug for Memory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Memory(rows of {} repositories)", self.state().entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::kind::Kind;
    use crate::oci::{ImageConfig, Manifest};
    use crate::registry::{Client, DocumentCache, RegistrySettings};
    use crate::service::summary::annotated_created;

    fn registry() -> Registry {
        let settings = RegistrySettings::new("test", "http://127.0.0.1:1".parse().unwrap());
        Registry::new(0, Client::new(settings, Arc::new(DocumentCache::new(0))).unwrap(), false)
    }

    fn tag(number: usize) -> Tag {
        format!("t{number}").parse().unwrap()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn rows_that_are_remembered_at_once_are_all_kept() {
        const ROWS: usize = 8;
        let (memory, registry) = (Arc::new(Memory::new(64_000_000)), registry());
        for number in 0..500 {
            let repository: RepositoryName = format!("r{number}").parse().unwrap();
            let rows = (0..ROWS).map(|row| {
                let (memory, registry, repository) = (Arc::clone(&memory), registry.clone(), repository.clone());
                tokio::spawn(async move {
                    memory.remember(&registry, &repository, &tag(row), Err("gone".to_owned())).await;
                })
            });
            futures::future::join_all(rows).await;
            let read = memory.of(&registry, &repository).await.unwrap();
            assert_eq!(read.lock().rows.len(), ROWS, "{repository}");
        }
    }

    /// A row once kept what the author wrote, whatever its length: a hundred of them made a page of 400 MB.
    #[test]
    fn the_largest_row_is_not_much_larger_than_others() {
        let long = "\u{202e}".repeat(1_000_000);
        let features = vec![format!("\"{long}\""); 100].join(",");
        let config = format!(
            r#"{{"os":"{long}","architecture":"{long}","variant":"{long}","os.version":"{long}","os.features":[{features}],
            "created":"{long}","rootfs":{{}}}}"#
        );
        let config = ImageConfig::parse(config.as_bytes()).unwrap();
        let manifest = format!(
            r#"{{"schemaVersion":2,"config":{{}},"layers":[],"artifactType":"{long}","mediaType":"{long}",
            "annotations":{{"org.opencontainers.image.created":"{long}"}}}}"#
        );
        let Ok(Manifest::Image(manifest)) = Manifest::parse(manifest.as_bytes(), None) else { panic!("a manifest") };
        let annotated = annotated_created(&manifest.annotations);
        assert!(annotated.as_ref().is_some_and(|created| created.len() <= 103));
        let summary = ImageSummary {
            digest: format!("sha256:{}", "a".repeat(64)).parse().unwrap(),
            kind: Kind::of_manifest(&manifest).label,
            media_type: manifest.media_type,
            platform_count: None,
            platform: Some(config.platform),
            size: None,
            layers: Vec::new(),
            created: config.created,
            problem: None,
        };
        assert!(summary.kind.len() > 200 && weight_of(&summary) < 8 * ROW, "{}", weight_of(&summary));
        let sent = serde_json::to_string(&summary).unwrap();
        assert!(sent.len() < weight_of(&summary), "{} {}", sent.len(), weight_of(&summary));
    }

    #[tokio::test]
    async fn a_repository_with_too_many_rows_forgets_the_older_ones_only() {
        let (memory, registry) = (Memory::new(20 * ROW as u64), registry());
        let repository: RepositoryName = "large".parse().unwrap();
        for row in 0..100 {
            memory.remember(&registry, &repository, &tag(row), Err("gone".to_owned())).await;
            let read = memory.of(&registry, &repository).await.unwrap();
            let read = read.lock();
            assert!(read.get(&tag(row)).is_some() && read.bytes <= memory.capacity, "{row}");
            assert!(row < 4 || read.get(&tag(row - 4)).is_some(), "{row}");
        }
    }
}
