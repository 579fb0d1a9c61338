//! Where indexes are kept: in a folder, or in memory where there is none that can be written.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::{FutureExt as _, TryStreamExt as _};
use moka::future::Cache;
use moka::notification::RemovalCause;
use moka::policy::EvictionPolicy;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};

use super::limits::LayerLimits;
use crate::oci::Digest;

/// What an index is kept under: the layer, and the limits within which it was read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IndexKey(Path);

impl IndexKey {
    /// The key of a layer that was read within these limits. Other limits can have another result.
    pub fn new(layer: &Digest, limits: &LayerLimits) -> IndexKey {
        let encoded = layer.encoded();
        let LayerLimits { archive_bytes, entries, name_bytes, ratio, time } = limits;
        let within = format!("{archive_bytes}-{entries}-{name_bytes}-{ratio}-{}", time.as_secs());
        let folder = encoded.get(..2).unwrap_or("_");
        IndexKey(Path::from_iter([layer.algorithm_name(), folder, encoded, &within]))
    }
}

/// Indexes as bytes, within a budget: what has not been used for longest makes room.
pub struct IndexStore {
    objects: Arc<dyn ObjectStore>,
    /// What is there, with its size in bytes.
    known: Cache<Path, u64>,
    folder: Option<PathBuf>,
    budget: u64,
}

/// How full a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreState {
    /// Indexes in it.
    pub indexes: u64,
    /// Bytes in it.
    pub bytes: u64,
    /// Bytes that it may hold.
    pub budget: u64,
    /// Where they are; in memory if nowhere.
    pub folder: Option<PathBuf>,
}

impl IndexStore {
    /// In memory.
    pub fn in_memory(budget: u64) -> IndexStore {
        IndexStore::with(Arc::new(InMemory::new()), None, budget)
    }

    /// In a folder, which is made if it is missing. What is in it already is known again, the oldest first out.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be made, written or listed.
    pub async fn in_folder(folder: &FilePath, budget: u64) -> Result<IndexStore, object_store::Error> {
        let generic =
            |source: std::io::Error| object_store::Error::Generic { store: "index", source: Box::new(source) };
        tokio::fs::create_dir_all(folder).await.map_err(generic)?;
        let place = folder.to_owned();
        let swept = tokio::task::spawn_blocking(move || sweep(&place)).await;
        swept.map_err(std::io::Error::other).flatten().map_err(generic)?;
        // With a probe, so that a folder that cannot be written is noticed at the start.
        let objects = LocalFileSystem::new_with_prefix(folder)?.with_automatic_cleanup(true);
        let probe = Path::from("probe");
        objects.put(&probe, Bytes::from_static(b"strata").into()).await?;
        objects.delete(&probe).await?;
        let mut found: Vec<_> = objects.list(None).try_collect().await?;
        found.sort_by_key(|object| object.last_modified);
        let store = IndexStore::with(Arc::new(objects), Some(folder.to_owned()), budget);
        for object in found {
            store.known.insert(object.location, object.size).await;
        }
        Ok(store)
    }

    fn with(objects: Arc<dyn ObjectStore>, folder: Option<PathBuf>, budget: u64) -> IndexStore {
        let gone = Arc::clone(&objects);
        let known = Cache::builder()
            .max_capacity(budget)
            .eviction_policy(EvictionPolicy::lru())
            .weigher(|_: &Path, size: &u64| u32::try_from(*size).unwrap_or(u32::MAX))
            .async_eviction_listener(move |path: Arc<Path>, _, cause| {
                let gone = Arc::clone(&gone);
                async move {
                    if cause != RemovalCause::Replaced
                        && let Err(error) = gone.delete(&path).await
                    {
                        tracing::debug!(%path, %error, "an index could not be deleted");
                    }
                }
                .boxed()
            })
            .build();
        IndexStore { objects, known, folder, budget }
    }

    /// An index's bytes, if it is there.
    pub async fn get(&self, key: &IndexKey) -> Option<Bytes> {
        self.known.get(&key.0).await?;
        match self.objects.get(&key.0).await {
            Ok(object) => object.bytes().await.ok(),
            Err(error) => {
                tracing::debug!(path = %key.0, %error, "an index could not be read");
                self.known.invalidate(&key.0).await;
                None
            }
        }
    }

    /// Keeps an index. It is there whole or not at all: it is written beside its place and then moved there.
    pub async fn put(&self, key: &IndexKey, bytes: Bytes) {
        let size = bytes.len() as u64;
        if size > self.budget {
            tracing::warn!(
                bytes = size,
                budget = self.budget,
                "an index is larger than all indexes may be; it is not kept"
            );
            return;
        }
        match self.objects.put(&key.0, bytes.into()).await {
            Ok(_) => self.known.insert(key.0.clone(), size).await,
            Err(error) => tracing::warn!(path = %key.0, %error, "an index could not be written"),
        }
    }

    /// Forgets an index that is damaged.
    pub async fn forget(&self, key: &IndexKey) {
        self.known.invalidate(&key.0).await;
    }

    /// How full it is. Figures follow changes with a short delay.
    pub fn state(&self) -> StoreState {
        StoreState {
            indexes: self.known.entry_count(),
            bytes: self.known.weighted_size(),
            budget: self.budget,
            folder: self.folder.clone(),
        }
    }
}

/// Removes what was being written when a program before this one was ended. Such files have a `#` before a number in their
/// names, which no index has.
fn sweep(folder: &FilePath) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sweep(&entry.path())?;
        } else if entry.file_name().as_encoded_bytes().contains(&b'#') {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(letter: &str) -> IndexKey {
        IndexKey::new(&format!("sha256:{}", letter.repeat(64)).parse().unwrap(), &LayerLimits::default())
    }

    async fn settle(store: &IndexStore) {
        store.known.run_pending_tasks().await;
    }

    #[tokio::test]
    async fn what_is_kept_in_a_folder_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = IndexStore::in_folder(folder.path(), 1_000).await.unwrap();
        store.put(&key("a"), Bytes::from_static(b"index")).await;
        assert_eq!(store.get(&key("a")).await.as_deref(), Some(&b"index"[..]));
        assert_eq!(store.get(&key("b")).await, None);
        let again = IndexStore::in_folder(folder.path(), 1_000).await.unwrap();
        assert_eq!(again.get(&key("a")).await.as_deref(), Some(&b"index"[..]));
        // What a killed program has left half written is no index, and goes.
        let unfinished = folder.path().join("sha256/aa").join(format!("{}#1", "a".repeat(64)));
        std::fs::write(&unfinished, b"half").unwrap();
        IndexStore::in_folder(folder.path(), 1_000).await.unwrap();
        assert!(!unfinished.exists());
        again.forget(&key("a")).await;
        settle(&again).await;
        assert_eq!(again.get(&key("a")).await, None);
        let last = IndexStore::in_folder(folder.path(), 1_000).await.unwrap();
        assert_eq!(last.get(&key("a")).await, None);
    }

    #[tokio::test]
    async fn the_budget_holds_and_the_longest_unused_goes() {
        let folder = tempfile::tempdir().unwrap();
        for store in [IndexStore::in_memory(250), IndexStore::in_folder(folder.path(), 250).await.unwrap()] {
            for letter in ["a", "b"] {
                store.put(&key(letter), Bytes::from(vec![7; 100])).await;
                settle(&store).await;
            }
            assert!(store.get(&key("a")).await.is_some());
            settle(&store).await;
            store.put(&key("c"), Bytes::from(vec![7; 100])).await;
            settle(&store).await;
            assert!(store.get(&key("a")).await.is_some());
            assert_eq!(store.get(&key("b")).await, None);
            assert!(store.get(&key("c")).await.is_some());
            assert_eq!((store.state().indexes, store.state().bytes), (2, 200));
            store.put(&key("d"), Bytes::from(vec![7; 300])).await;
            assert_eq!(store.get(&key("d")).await, None);
        }
    }

    #[tokio::test]
    async fn other_limits_are_another_index() {
        let store = IndexStore::in_memory(1_000);
        let layer: Digest = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
        store.put(&IndexKey::new(&layer, &LayerLimits::default()), Bytes::from_static(b"index")).await;
        let other = LayerLimits { entries: 7, ..LayerLimits::default() };
        assert_eq!(store.get(&IndexKey::new(&layer, &other)).await, None);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(IndexStore::in_folder(&file.path().join("below"), 1_000).await.is_err());
    }
}
