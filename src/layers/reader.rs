//! Layers read once, whoever asks how often: known indexes, and readings under way.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::{self, BoxFuture};
use moka::future::Cache;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{self, Receiver};

use super::allocator::GivesBack;
use super::contents_table::Tables;
use super::failures::Failures;
use super::index::{LayerIndex, decode};
use super::limits::LayerLimits;
use super::pass::{self, PassError};
use super::reading::{ReadError, Reading};
use super::store::{IndexKey, IndexStore, StoreState};
use crate::oci::{Descriptor, Digest, RepositoryName};
use crate::registry::{Client, Place, Request, Turns};

/// Pieces of a layer that have come and wait to be read; each has some ten thousand bytes.
const PIECES: usize = 16;
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
    running: Mutex<HashMap<ReadingKey, Arc<Reading>>>,
    failures: Failures<ReadingKey, ReadError>,
    turns: Turns,
    large_windows: Arc<Semaphore>,
    /// One place for each file that may be open.
    places: Turns,
    tables: Tables,
}

/// Settings of a reader of layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderSettings {
    /// Limits of each layer.
    pub limits: LayerLimits,
    /// Most layers that are read at the same time. Each takes three threads, which together keep about two cores busy.
    pub at_once: usize,
    /// Most layers that wait for their turn.
    pub waiting: usize,
    /// Most bytes of memory for indexes that are in use.
    pub memory_bytes: u64,
    /// Most files that are open at the same time, half of them for one client. Each takes a thread; further ones wait.
    pub open_files: usize,
}

impl Default for ReaderSettings {
    fn default() -> ReaderSettings {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        ReaderSettings {
            limits: LayerLimits::default(),
            at_once: (cores / 2).max(1),
            waiting: 200,
            memory_bytes: 256_000_000,
            open_files: 64,
        }
    }
}

impl fmt::Debug for LayerReader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LayerReader({} known)", self.shared.indexes.entry_count())
    }
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
            failures: Failures::default(),
            turns: Turns::new(settings.at_once, settings.waiting),
            large_windows: Arc::new(Semaphore::new(1)),
            places: Turns::in_shares(settings.open_files, usize::MAX),
            tables: Tables::default(),
        };
        LayerReader { shared: Arc::new(shared) }
    }

    /// How full the store of indexes is.
    pub fn store_state(&self) -> StoreState {
        self.shared.store.state()
    }

    /// A layer's index, if it was read before. Who asks must have been shown a manifest that lists the layer.
    pub async fn known(&self, layer: &Digest) -> Option<Arc<LayerIndex>> {
        let key = IndexKey::new(layer, &self.shared.limits);
        // Whoever looks at the same time waits for the same index.
        let indexes = &self.shared.indexes;
        indexes.optionally_get_with(key.clone(), self.kept(layer, &key)).await
    }

    async fn kept(&self, layer: &Digest, key: &IndexKey) -> Option<Arc<LayerIndex>> {
        let bytes = self.shared.store.get(key).await?;
        match tokio::task::spawn_blocking(move || decode(&bytes)).await {
            Ok(Ok(index)) => Some(Arc::new(index)),
            failed => {
                tracing::warn!(%layer, ?failed, "a kept index cannot be read; the layer is to be read again");
                self.shared.store.forget(key).await;
                None
            }
        }
    }

    /// The reading of a repository's layer that is under way.
    pub fn running(&self, client: &Client, repository: &RepositoryName, layer: &Descriptor) -> Option<Arc<Reading>> {
        let key = ReadingKey::new(client, repository, layer, &self.shared.limits)?;
        self.shared.running().get(&key).cloned()
    }

    /// Why a repository's layer could not be read, if that was within the last minute and nobody has begun to read it again. That a
    /// reading was cancelled or had no room is no such reason. Who asks must have been shown a manifest that lists the layer.
    pub fn failed(&self, client: &Client, repository: &RepositoryName, layer: &Descriptor) -> Option<Arc<ReadError>> {
        self.shared.failures.get(&ReadingKey::new(client, repository, layer, &self.shared.limits)?)
    }

    /// Reads a layer that a verified manifest of the repository lists, or joins whoever does. See [`Reading::is_refused`]. What is
    /// known of the layer stays known until it has been read to its end.
    pub fn read(
        &self,
        client: &Client,
        request: &Request,
        repository: &RepositoryName,
        digest: &Digest,
        descriptor: &Descriptor,
    ) -> Arc<Reading> {
        let key = ReadingKey {
            index: IndexKey::new(digest, &self.shared.limits),
            registry: client.settings().name.clone(),
            repository: repository.clone(),
            size: descriptor.size,
        };
        let reading = match self.shared.running().entry(key.clone()) {
            Entry::Occupied(entry) => return entry.get().joined(),
            Entry::Vacant(entry) => Arc::clone(entry.insert(Reading::new(descriptor.size))),
        };
        self.shared.failures.forget(&key);
        let (shared, client, request) = (Arc::clone(&self.shared), client.clone(), request.patient());
        let source = Source { repository: repository.clone(), digest: digest.clone(), descriptor: descriptor.clone() };
        let (turns, reader) = (self.shared.turns.clone(), request.asker.reader);
        let mut turn: BoxFuture<'static, _> = async move { turns.place(reader).await }.boxed();
        let under_way = UnderWay { shared, key, reading: Arc::clone(&reading), result: None };
        // It stands in line from now on: layers are read in the order in which they were asked for.
        let turn = match turn.as_mut().now_or_never() {
            Some(None) => {
                under_way.end(Err(ReadError::Crowded));
                return reading;
            }
            Some(place) => future::ready(place).boxed(),
            None => turn,
        };
        tokio::spawn(async move {
            let _gives_back = GivesBack::begin();
            let result = under_way.shared.run(turn, &client, &request, source, &under_way.reading).await;
            let result = match result {
                Ok(encoded) => under_way.shared.keep(&under_way.key.index, encoded).await,
                Err(error) => Err(error),
            };
            under_way.end(result);
        });
        reading
    }
}

impl LayerReader {
    /// What opening a file takes: a place among the open ones, and a turn where its window is large.
    pub(super) fn opening(&self) -> (Turns, Arc<Semaphore>) {
        (self.shared.places.clone(), Arc::clone(&self.shared.large_windows))
    }

    /// Where indexes are kept, and the limits of the layers that they are of.
    pub(super) fn store(&self) -> (&IndexStore, &LayerLimits) {
        (&self.shared.store, &self.shared.limits)
    }

    /// The tables of contents that were read, and a turn where a window is large.
    pub(super) fn tables(&self) -> (&Tables, Arc<Semaphore>) {
        (&self.shared.tables, Arc::clone(&self.shared.large_windows))
    }
}

/// What a reading is known by. What it has found is everybody's once it has the layer's digest; until then it is what one repository of
/// one registry says of it, and whether it fails is that repository's affair.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ReadingKey {
    index: IndexKey,
    registry: String,
    repository: RepositoryName,
    size: Option<u64>,
}

impl ReadingKey {
    fn new(
        client: &Client,
        repository: &RepositoryName,
        layer: &Descriptor,
        limits: &LayerLimits,
    ) -> Option<ReadingKey> {
        let index = IndexKey::new(layer.digest.as_ref()?, limits);
        let (registry, repository) = (client.settings().name.clone(), repository.clone());
        Some(ReadingKey { index, registry, repository, size: layer.size })
    }
}

/// An index as bytes.
struct Encoded {
    bytes: Vec<u8>,
    /// See [`Summary::is_for_good`](super::index::Summary::is_for_good).
    is_for_good: bool,
}

/// A layer where it is.
struct Source {
    repository: RepositoryName,
    digest: Digest,
    descriptor: Descriptor,
}

/// Ends a reading when it is dropped, also by a panic: nobody waits for what does not come.
struct UnderWay {
    shared: Arc<Shared>,
    key: ReadingKey,
    reading: Arc<Reading>,
    result: Option<Result<Arc<LayerIndex>, ReadError>>,
}

impl UnderWay {
    fn end(mut self, result: Result<Arc<LayerIndex>, ReadError>) {
        self.result = Some(result);
        drop(self);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let result = self.result.take().unwrap_or(Err(ReadError::Pass(PassError::Failed))).map_err(Arc::new);
        if let Err(error) = &result
            && error.is_of_layer()
        {
            self.shared.failures.add(self.key.clone(), Arc::clone(error));
        }
        self.shared.running().remove(&self.key);
        self.reading.end(result);
    }
}

impl Shared {
    fn running(&self) -> MutexGuard<'_, HashMap<ReadingKey, Arc<Reading>>> {
        // An entry is put in or taken out in one step.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(
        &self,
        turn: BoxFuture<'static, Option<Place>>,
        client: &Client,
        request: &Request,
        source: Source,
        reading: &Arc<Reading>,
    ) -> Result<Encoded, ReadError> {
        let _turn = tokio::select! {
            turn = turn => turn.ok_or(ReadError::Crowded)?,
            () = reading.forgotten() => return Err(ReadError::Pass(PassError::Cancelled)),
        };
        reading.begin();
        let (sender, pieces) = mpsc::channel(PIECES);
        let Source { repository, digest, descriptor } = source;
        let mut pass = {
            let (reading, limits) = (Arc::clone(reading), self.limits.clone());
            let (large_windows, size) = (Arc::clone(&self.large_windows), descriptor.size);
            tokio::task::spawn_blocking(move || -> Result<Encoded, PassError<Infallible>> {
                let progress = &reading.progress;
                let order = pass::Order { digest: &digest, size, limits: &limits, large_windows, progress };
                let packed = pass::read(blocking(pieces).map(Ok), &order)?;
                let is_for_good = packed.summary.is_for_good();
                Ok(Encoded { bytes: packed.encode()?, is_for_good })
            })
        };
        let fetched = tokio::select! {
            fetched = client.layer(request, &repository, &descriptor, 0, None, sender) => fetched,
            () = reading.forgotten() => {
                reading.progress.cancel();
                Ok(())
            }
        };
        // All bytes can have come while the pass still waits for its turn with a large window.
        let read = tokio::select! {
            read = &mut pass => read,
            () = reading.forgotten() => {
                reading.progress.cancel();
                pass.await
            }
        };
        let read = read.unwrap_or(Err(PassError::Failed));
        // Why bytes are missing says more than that they are.
        fetched?;
        read.map_err(|error| match error {
            PassError::SizeMismatch { .. } | PassError::DigestMismatch { .. } if reading.progress.is_cancelled() => {
                ReadError::Pass(PassError::Cancelled)
            }
            error => ReadError::Pass(error),
        })
    }

    /// An index that is not for good is kept in memory only, as long as there is room: a restart reads the layer again. Of two
    /// readings that one counts which has come further.
    async fn keep(&self, key: &IndexKey, encoded: Encoded) -> Result<Arc<LayerIndex>, ReadError> {
        let bytes = Bytes::from(encoded.bytes);
        let to_store = encoded.is_for_good.then(|| bytes.clone());
        let stored = async {
            if let Some(bytes) = to_store {
                self.store.put(key, bytes).await;
            }
        };
        let ((), decoded) = tokio::join!(stored, tokio::task::spawn_blocking(move || decode(&bytes)));
        let index = decoded.map_err(|_| PassError::Failed).and_then(|index| index.map_err(PassError::Index));
        let index = Arc::new(index.map_err(ReadError::Pass)?);
        if !index.summary.is_for_good()
            && let Some(known) = self.indexes.get(key).await
            && known.summary.archive_size > index.summary.archive_size
        {
            return Ok(known);
        }
        self.indexes.insert(key.clone(), Arc::clone(&index)).await;
        Ok(index)
    }
}

/// Pieces for a thread that may block, with an empty one where none has come for a while. Within a runtime only.
fn blocking(mut pieces: Receiver<Bytes>) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || match pieces.try_recv() {
        Ok(piece) => Some(piece),
        Err(TryRecvError::Disconnected) => None,
        Err(TryRecvError::Empty) => {
            let next = async { tokio::time::timeout(pass::HOLD, pieces.recv()).await };
            Handle::current().block_on(next).unwrap_or_else(|_| Some(Bytes::new()))
        }
    })
}
