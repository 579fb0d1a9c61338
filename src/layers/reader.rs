//! Layers read once, whoever asks how often: known indexes, and readings under way.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use moka::future::Cache;
use tokio::sync::{Semaphore, mpsc, watch};

use super::index::{LayerIndex, decode};
use super::limits::LayerLimits;
use super::pass::{self, PassError, Progress};
use super::store::{IndexKey, IndexStore};
use crate::oci::{Descriptor, Digest, RepositoryName};
use crate::registry::{Client, Error as RegistryError, Request, Turns};

/// Pieces of a layer that have come and wait to be read; each has some ten thousand bytes.
const PIECES: usize = 16;
/// How long a reading goes on without anybody who looks at it.
const LEASE: Duration = Duration::from_secs(30);
/// How often it is looked whether somebody does.
const LOOK: Duration = Duration::from_secs(2);
/// A reading that has come so far, of a hundred parts, is brought to its end for whoever comes next.
const NEARLY: u64 = 90;

/// Reads layers. Clones share everything.
#[derive(Clone)]
pub struct LayerReader {
    shared: Arc<Shared>,
}

struct Shared {
    limits: LayerLimits,
    store: IndexStore,
    /// Indexes as they are used, by their weight in memory.
    indexes: Cache<IndexKey, Arc<LayerIndex>>,
    running: Mutex<HashMap<IndexKey, Arc<Reading>>>,
    turns: Turns,
    large_windows: Arc<Semaphore>,
}

/// Settings of a reader of layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderSettings {
    /// Limits of each layer.
    pub limits: LayerLimits,
    /// Most layers that are read at the same time. Each takes two threads.
    pub at_once: usize,
    /// Most layers that wait for their turn.
    pub waiting: usize,
    /// Most bytes of memory for indexes that are in use.
    pub memory_bytes: u64,
}

impl Default for ReaderSettings {
    fn default() -> ReaderSettings {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        ReaderSettings {
            limits: LayerLimits::default(),
            at_once: (cores / 2).max(1),
            waiting: 200,
            memory_bytes: 256_000_000,
        }
    }
}

/// One layer that is being read, or was until just now.
#[derive(Debug)]
pub struct Reading {
    /// How far it has come.
    pub progress: Progress,
    /// Bytes that there are to read, as the manifest says.
    pub size: Option<u64>,
    stage: watch::Sender<Stage>,
    seen: Mutex<Instant>,
}

/// What a reading is at.
#[derive(Debug, Clone)]
pub enum Stage {
    /// Other layers are read first.
    Waiting,
    /// Bytes come.
    Reading,
    /// It has ended.
    Ended(Result<Arc<LayerIndex>, Arc<ReadError>>),
}

/// Why a layer has no index.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The registry does not give it.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// What the registry gives is not it.
    #[error(transparent)]
    Pass(PassError<std::convert::Infallible>),
    /// Too many layers wait to be read already.
    #[error("too many layers wait to be read already")]
    Crowded,
}

impl LayerReader {
    /// With a store for its indexes.
    pub fn new(settings: ReaderSettings, store: IndexStore) -> LayerReader {
        let indexes = Cache::builder()
            .max_capacity(settings.memory_bytes)
            .weigher(|_: &IndexKey, index: &Arc<LayerIndex>| u32::try_from(index.weight()).unwrap_or(u32::MAX))
            .build();
        let shared = Shared {
            limits: settings.limits,
            store,
            indexes,
            running: Mutex::default(),
            turns: Turns::new(settings.at_once, settings.waiting),
            large_windows: Arc::new(Semaphore::new(1)),
        };
        LayerReader { shared: Arc::new(shared) }
    }

    /// A layer's index, if it was read before. Who asks must have been shown a manifest that lists the layer.
    pub async fn known(&self, layer: &Digest) -> Option<Arc<LayerIndex>> {
        let key = IndexKey::new(layer, &self.shared.limits);
        if let Some(index) = self.shared.indexes.get(&key).await {
            return Some(index);
        }
        let bytes = self.shared.store.get(&key).await?;
        let decoded = tokio::task::spawn_blocking(move || decode(&bytes)).await;
        match decoded {
            Ok(Ok(index)) => {
                let index = Arc::new(index);
                self.shared.indexes.insert(key, Arc::clone(&index)).await;
                Some(index)
            }
            failed => {
                tracing::warn!(%layer, ?failed, "a kept index cannot be read; the layer is to be read again");
                self.shared.store.forget(&key).await;
                None
            }
        }
    }

    /// The reading of a layer that is under way.
    pub fn running(&self, layer: &Digest) -> Option<Arc<Reading>> {
        self.shared.running().get(&IndexKey::new(layer, &self.shared.limits)).cloned()
    }

    /// Reads a layer that a verified manifest of the repository lists, or joins whoever does.
    pub fn read(
        &self,
        client: &Client,
        request: &Request,
        repository: &RepositoryName,
        digest: &Digest,
        descriptor: &Descriptor,
    ) -> Arc<Reading> {
        let key = IndexKey::new(digest, &self.shared.limits);
        let reading = match self.shared.running().entry(key.clone()) {
            Entry::Occupied(entry) => return entry.get().joined(),
            Entry::Vacant(entry) => Arc::clone(entry.insert(Reading::new(descriptor.size))),
        };
        let (shared, client, request) = (Arc::clone(&self.shared), client.clone(), request.patient());
        let source = Source { repository: repository.clone(), digest: digest.clone(), descriptor: descriptor.clone() };
        let under_way = Arc::clone(&reading);
        tokio::spawn(async move {
            let ended = Ended { shared, key };
            let result = ended.shared.run(&client, &request, source, &under_way).await;
            let result = match result {
                Ok(bytes) => ended.shared.keep(&ended.key, bytes).await,
                Err(error) => Err(error),
            };
            drop(ended);
            under_way.stage.send_replace(Stage::Ended(result.map_err(Arc::new)));
        });
        reading
    }
}

/// A layer where it is.
struct Source {
    repository: RepositoryName,
    digest: Digest,
    descriptor: Descriptor,
}

/// Takes a reading out when it ends, also by a panic.
struct Ended {
    shared: Arc<Shared>,
    key: IndexKey,
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.shared.running().remove(&self.key);
    }
}

impl Shared {
    fn running(&self) -> MutexGuard<'_, HashMap<IndexKey, Arc<Reading>>> {
        // An entry is put in or taken out in one step.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the index as bytes.
    async fn run(
        &self,
        client: &Client,
        request: &Request,
        source: Source,
        reading: &Arc<Reading>,
    ) -> Result<Vec<u8>, ReadError> {
        let turn = self.turns.place(request.asker.reader);
        let _turn = tokio::select! {
            turn = turn => turn.ok_or(ReadError::Crowded)?,
            () = reading.forgotten() => return Err(ReadError::Pass(PassError::Cancelled)),
        };
        reading.stage.send_replace(Stage::Reading);
        let (sender, mut pieces) = mpsc::channel(PIECES);
        let Source { repository, digest, descriptor } = source;
        let pass = {
            let (reading, limits) = (Arc::clone(reading), self.limits.clone());
            let (large_windows, size) = (Arc::clone(&self.large_windows), descriptor.size);
            tokio::task::spawn_blocking(move || {
                let progress = &reading.progress;
                let order = pass::Order { digest: &digest, size, limits: &limits, large_windows, progress };
                let source = std::iter::from_fn(|| pieces.blocking_recv().map(Ok));
                pass::read(source, &order)?.encode().map_err(PassError::Index)
            })
        };
        let fetched = tokio::select! {
            fetched = client.layer(request, &repository, &descriptor, 0, None, sender) => fetched,
            () = reading.forgotten() => {
                reading.progress.cancel();
                Ok(())
            }
        };
        let read = pass.await.unwrap_or(Err(PassError::Failed));
        // Why bytes are missing says more than that they are.
        fetched?;
        read.map_err(|error| match error {
            PassError::SizeMismatch { .. } | PassError::DigestMismatch { .. } if reading.progress.is_cancelled() => {
                ReadError::Pass(PassError::Cancelled)
            }
            error => ReadError::Pass(error),
        })
    }

    async fn keep(&self, key: &IndexKey, bytes: Vec<u8>) -> Result<Arc<LayerIndex>, ReadError> {
        let bytes = bytes::Bytes::from(bytes);
        self.store.put(key, bytes.clone()).await;
        let decoded = tokio::task::spawn_blocking(move || decode(&bytes)).await;
        let index = decoded.map_err(|_| PassError::Failed).and_then(|index| index.map_err(PassError::Index));
        let index = Arc::new(index.map_err(ReadError::Pass)?);
        self.indexes.insert(key.clone(), Arc::clone(&index)).await;
        Ok(index)
    }
}

impl Reading {
    fn new(size: Option<u64>) -> Arc<Reading> {
        Arc::new(Reading {
            progress: Progress::default(),
            size,
            stage: watch::Sender::new(Stage::Waiting),
            seen: Mutex::new(Instant::now()),
        })
    }

    fn joined(self: &Arc<Reading>) -> Arc<Reading> {
        self.look();
        Arc::clone(self)
    }

    /// Somebody looks at it: it goes on for half a minute more.
    pub fn look(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// What it is at.
    pub fn stage(&self) -> Stage {
        self.stage.borrow().clone()
    }

    /// Waits until it has ended, looking at it meanwhile.
    pub async fn ended(&self) -> Result<Arc<LayerIndex>, Arc<ReadError>> {
        let mut stages = self.stage.subscribe();
        loop {
            self.look();
            let ended = stages.wait_for(|stage| matches!(stage, Stage::Ended(_)));
            if let Ok(Ok(stage)) = tokio::time::timeout(LOOK, ended).await
                && let Stage::Ended(result) = &*stage
            {
                return result.clone();
            }
        }
    }

    /// Ends when nobody has looked for long, unless the reading is nearly done.
    async fn forgotten(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let is_seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).elapsed() < LEASE;
            let is_nearly_done = self
                .size
                .is_some_and(|size| self.progress.stored() >= size / 100 * NEARLY && self.progress.stored() > 0);
            if !is_seen && !is_nearly_done {
                return;
            }
        }
    }
}
