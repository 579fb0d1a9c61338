//! How far a pass has come, for those who wait for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::anatomy::files::FileList;
use crate::layers::index::Reached;

/// How far a pass has come. Written by the pass, read by any number of others.
#[derive(Debug, Default)]
pub struct Progress {
    stored: AtomicU64,
    archive: AtomicU64,
    entries: AtomicU64,
    work_nanoseconds: AtomicU64,
    cancelled: CancellationToken,
    reached: OnceLock<Reached>,
    first_rows: Mutex<Option<Arc<FileList>>>,
}

impl Progress {
    /// Stored bytes that were read.
    pub fn stored(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// Bytes of the archive that were read.
    pub fn archive(&self) -> u64 {
        self.archive.load(Ordering::Relaxed)
    }

    /// Entries that were read.
    pub fn entries(&self) -> u64 {
        self.entries.load(Ordering::Relaxed)
    }

    /// The first entries, see [`FIRST_ROWS`](super::FIRST_ROWS). None before there is one. The layer's digest was not checked
    /// yet, and entries that follow may replace these.
    pub fn first_rows(&self) -> Option<Arc<FileList>> {
        self.first_rows.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends the pass with the next bytes that come, or while it waits for a turn.
    pub fn cancel(&self) {
        self.cancelled.cancel();
    }

    /// Whether it was told to end.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.is_cancelled()
    }

    /// The same, for those who wait for it.
    pub(super) fn cancelled(&self) -> CancellationToken {
        self.cancelled.clone()
    }

    pub(in crate::layers) fn set_stored(&self, bytes: u64) {
        self.stored.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn set_archive(&self, bytes: u64) {
        self.archive.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn set_entries(&self, entries: u64) {
        self.entries.store(entries, Ordering::Relaxed);
    }

    pub(super) fn set_first_rows(&self, files: FileList) {
        *self.first_rows.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(files));
    }

    /// One of the threads has worked for so long.
    pub(super) fn worked(&self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.work_nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    pub(super) fn work(&self) -> Duration {
        Duration::from_nanos(self.work_nanoseconds.load(Ordering::Relaxed))
    }

    pub(super) fn set_reached(&self, reached: Reached) {
        let _ = self.reached.set(reached);
    }

    pub(super) fn reached(&self) -> Option<Reached> {
        self.reached.get().copied()
    }
}
