//! The record of what was asked for a page (product idea 6: the page shows its work).

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Most entries kept; later ones are only counted.
pub const MAX_ENTRIES: usize = 10_000;

/// Every request made for one page, in the order of their beginnings. Clones share the record.
#[derive(Clone)]
pub struct Trace {
    began: Instant,
    record: Arc<Mutex<Record>>,
}

#[derive(Default)]
struct Record {
    entries: Vec<Entry>,
    dropped: usize,
}

/// One request, or one answer from a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it was for.
    pub kind: EntryKind,
    /// `GET` or `HEAD`; `POST` at a token service.
    pub method: &'static str,
    /// The URL, without what may be secret in it.
    pub url: String,
    /// When it began, counted from the beginning of the trace.
    pub started: Duration,
    /// How long it took, to the last byte. Nothing where it came from a cache.
    pub elapsed: Duration,
    /// The status of each answer in a chain of redirects. Empty where none came.
    pub statuses: Vec<u16>,
    /// Bytes of the last answer's body.
    pub bytes: u64,
    /// What came of it, in words, for example `index; digest verified`.
    pub outcome: String,
    /// Whether the bytes have the digest they should have; `None` where there is none to compare.
    pub verified: Option<bool>,
    /// Whether nothing was asked, because the answer was known, or because another page was asking.
    pub from_cache: bool,
    /// Whether it had not ended when the record was read.
    pub pending: bool,
}

/// What a request was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A token to sign in with.
    TokenExchange,
    /// A manifest, an index, a config or another blob.
    Document,
    /// A layer, or a part of one.
    Layer,
    /// A page of the catalog or of a tag list.
    List,
    /// Whether the registry is there.
    Probe,
}

/// Where an entry stands in its trace; nothing where the trace was full.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntryId(Option<usize>);

impl Trace {
    /// An empty record, beginning now.
    #[must_use]
    pub fn new() -> Self {
        Self { began: Instant::now(), record: Arc::default() }
    }

    /// What was recorded so far.
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().entries.clone()
    }

    /// How many requests were made beyond the first [`MAX_ENTRIES`].
    pub fn dropped(&self) -> usize {
        self.lock().dropped
    }

    /// How long ago the record began.
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Notes the beginning of a request.
    pub(crate) fn begin(&self, kind: EntryKind, method: &'static str, url: String) -> EntryId {
        self.push(Entry {
            kind,
            method,
            url,
            started: self.began.elapsed(),
            elapsed: Duration::ZERO,
            statuses: Vec::new(),
            bytes: 0,
            outcome: "no answer yet".to_owned(),
            verified: None,
            from_cache: false,
            pending: true,
        })
    }

    /// Notes an answer for which nothing was asked.
    pub(crate) fn known(
        &self,
        kind: EntryKind,
        method: &'static str,
        url: String,
        bytes: u64,
        outcome: &str,
        verified: Option<bool>,
    ) {
        self.push(Entry {
            kind,
            method,
            url,
            started: self.began.elapsed(),
            elapsed: Duration::ZERO,
            statuses: Vec::new(),
            bytes,
            outcome: outcome.to_owned(),
            verified,
            from_cache: true,
            pending: false,
        });
    }

    /// Changes an entry.
    pub(crate) fn update(&self, id: EntryId, change: impl FnOnce(&mut Entry)) {
        let mut record = self.lock();
        if let Some(entry) = id.0.and_then(|position| record.entries.get_mut(position)) {
            change(entry);
        }
    }

    fn push(&self, entry: Entry) -> EntryId {
        let mut record = self.lock();
        if record.entries.len() >= MAX_ENTRIES {
            record.dropped += 1;
            return EntryId(None);
        }
        record.entries.push(entry);
        EntryId(Some(record.entries.len() - 1))
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        // An entry is written whole or not at all: a panic elsewhere cannot have left half of one.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Trace {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Trace({} entries)", self.lock().entries.len())
    }
}
