//! Where indexes are kept: in a folder, or in memory where there is none that can be written.

use std::fs::{self, File};
use std::io;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use futures::FutureExt as _;
use moka::future::Cache;
use moka::notification::RemovalCause;
use moka::policy::EvictionPolicy;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};

use super::limits::LayerLimits;
use crate::oci::Digest;

/// The folder of the indexes, within the one that the settings name. Others may keep things there, too.
const FOLDER: &str = "layers";
/// How many names an index's path has: the algorithm, two digits, all digits, the limits.
const DEPTH: usize = 4;
/// Written and deleted at the start, so that a folder that cannot be written is noticed then. It has the form of an index, of a
/// digest that no layer has, so that it is in nobody's way.
const PROBE: &str = "sha256/00/0000000000000000000000000000000000000000000000000000000000000000/0-0-0-0-0";

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

    fn file(&self, folder: &FilePath) -> PathBuf {
        folder.join::<&str>(self.0.as_ref())
    }

    /// Whether these names are those of a key. Files with other names are none of ours.
    fn is_of(names: &[&str]) -> bool {
        let [algorithm, folder, encoded, limits] = names else { return false };
        let layer = format!("{algorithm}:{encoded}").parse::<Digest>();
        layer.is_ok_and(|layer| layer.is_verifiable())
            && encoded.get(..2) == Some(*folder)
            && limits.split('-').count() == 5
            && limits.split('-').all(is_number)
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

    /// In the folder `layers` of this one, which is made if it is missing. What is in it already is known again: what was neither
    /// written nor read for longest is the first out. Files that are no indexes are left alone.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be made, written or listed.
    pub async fn in_folder(folder: &FilePath, budget: u64) -> Result<IndexStore, object_store::Error> {
        let generic = |source: io::Error| object_store::Error::Generic { store: "index", source: Box::new(source) };
        let folder = folder.join(FOLDER);
        tokio::fs::create_dir_all(&folder).await.map_err(generic)?;
        let objects = LocalFileSystem::new_with_prefix(&folder)?.with_automatic_cleanup(true);
        let probe = Path::from(PROBE);
        objects.put(&probe, Bytes::from_static(b"strata").into()).await?;
        match objects.delete(&probe).await {
            // Another process may have begun just now, too.
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        let place = folder.clone();
        let found = tokio::task::spawn_blocking(move || {
            let mut found = Vec::new();
            find(&place, &[], &mut found).map(|()| found)
        });
        let mut found = found.await.map_err(io::Error::other).flatten().map_err(generic)?;
        found.sort_by_key(|index| index.used);
        let store = IndexStore::with(Arc::new(objects), Some(folder), budget);
        for index in found {
            store.known.insert(index.path, index.size).await;
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
            Ok(object) => {
                let bytes = object.bytes().await.ok()?;
                self.touch(key).await;
                Some(bytes)
            }
            Err(error) => {
                tracing::debug!(path = %key.0, %error, "an index could not be read");
                self.known.invalidate(&key.0).await;
                None
            }
        }
    }

    /// Notes on disk when an index was read last, for the time after a restart.
    async fn touch(&self, key: &IndexKey) {
        let Some(path) = self.folder.as_ref().map(|folder| key.file(folder)) else { return };
        let touched = move || File::options().write(true).open(path)?.set_modified(SystemTime::now());
        let touched = tokio::task::spawn_blocking(touched).await;
        if let Err(error) = touched.map_err(io::Error::other).flatten() {
            tracing::debug!(path = %key.0, %error, "when an index was read could not be noted");
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

/// An index that is in the folder already.
struct Found {
    path: Path,
    size: u64,
    used: SystemTime,
}

/// Finds the indexes in a folder, to which `names` lead from the one of all indexes, and removes what was being written when a program
/// before this one was ended: files with an index's name, a `#` and a number. It does not follow links.
fn find(folder: &FilePath, names: &[&str], found: &mut Vec<Found>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        // Another process may have deleted it just now.
        let Ok(metadata) = entry.metadata() else { continue };
        let path = entry.path();
        if metadata.is_dir() {
            if names.len() + 1 < DEPTH
                && let Err(error) = find(&path, &[names, &[name]].concat(), found)
            {
                tracing::debug!(folder = %path.display(), %error, "a folder within the cache folder cannot be read");
            }
            continue;
        }
        let (index, number) = name.split_once('#').map_or((name, None), |(index, number)| (index, Some(number)));
        let names = [names, &[index]].concat();
        if !IndexKey::is_of(&names) {
            continue;
        }
        match number {
            None => {
                let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                found.push(Found { path: Path::from_iter(names), size: metadata.len(), used });
            }
            Some(number) if is_number(number) => match fs::remove_file(path) {
                // The process that was writing it has ended it just now.
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            },
            Some(_) => {}
        }
    }
    Ok(())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
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
        let unfinished = folder.path().join(FOLDER).join(format!("{}#1", key("a").0));
        fs::write(&unfinished, b"half").unwrap();
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

    /// Somebody may name a folder that has other things in it, and may have made one of the same name there.
    #[tokio::test]
    async fn what_is_no_index_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let digits = "a".repeat(64);
        let beside = format!("{FOLDER}/sha256/aa/{digits}");
        let others = [
            "probe".to_owned(),
            "notes#1".to_owned(),
            "mail/draft#2".to_owned(),
            format!("sha256/aa/{digits}/1-2-3-4-5"),
            format!("{FOLDER}/probe"),
            format!("{FOLDER}/notes#1"),
            format!("{FOLDER}/sha256/aa/notes"),
            format!("{FOLDER}/sha256/ab/{digits}/1-2-3-4-5#1"),
            format!("{FOLDER}/md5/aa/{digits}/1-2-3-4-5"),
            format!("{beside}/1-2-3-4"),
            format!("{beside}/1-2-3-4-5x#1"),
            format!("{beside}/1-2-3-4-5#x"),
            format!("{beside}/1-2-3-4-5.d/1#1"),
        ];
        for path in &others {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, vec![7; 100]).unwrap();
        }
        // There is room for one.
        let store = IndexStore::in_folder(folder.path(), 100).await.unwrap();
        for letter in ["a", "b"] {
            store.put(&key(letter), Bytes::from(vec![7; 100])).await;
            settle(&store).await;
        }
        assert_eq!(store.state().indexes, 1);
        for path in others {
            assert_eq!(fs::read(folder.path().join(&path)).ok(), Some(vec![7; 100]), "{path}");
        }
    }

    #[tokio::test]
    async fn what_was_not_read_for_longest_goes_after_a_restart_too() {
        let folder = tempfile::tempdir().unwrap();
        let store = IndexStore::in_folder(folder.path(), 250).await.unwrap();
        for (letter, hours) in [("a", 3), ("b", 2)] {
            store.put(&key(letter), Bytes::from(vec![7; 100])).await;
            let file = File::options().write(true).open(key(letter).file(&folder.path().join(FOLDER))).unwrap();
            file.set_modified(SystemTime::now() - std::time::Duration::from_hours(hours)).unwrap();
        }
        assert!(store.get(&key("a")).await.is_some());
        let again = IndexStore::in_folder(folder.path(), 250).await.unwrap();
        settle(&again).await;
        again.put(&key("c"), Bytes::from(vec![7; 100])).await;
        settle(&again).await;
        assert_eq!(again.get(&key("b")).await, None);
        assert!(again.get(&key("a")).await.is_some() && again.get(&key("c")).await.is_some());
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
