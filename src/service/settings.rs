//! What the operator says about pages as a whole.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::layers::{LayerLimits, ReaderSettings};

/// Limits of pages, over all registries.
#[derive(Debug, Clone)]
pub struct ServiceSettings {
    /// How long a page waits for its registry before it says what it still waits for.
    pub page_deadline: Duration,
    /// Where this site is reached from outside, so that its own links are recognised in the search box.
    pub public_url: Option<Url>,
    /// How long a row that has been read is shown without asking again.
    pub row_ttl: Duration,
    /// Most bytes of parsed documents and rows kept, over all registries together: a half for documents, a quarter for rows of
    /// tags and a quarter for those of repositories.
    pub view_cache_bytes: u64,
    /// Most bytes of sorted lists kept, over all registries together.
    pub order_cache_bytes: u64,
    /// Most rows of lists that are read or wait to be read at the same time, for each registry.
    pub waiting_rows: usize,
    /// Longest text of a document shown on its raw view, in bytes. The whole document can be downloaded.
    pub raw_text_bytes: usize,
    /// Limits of what is read inside of layers.
    pub layers: LayerSettings,
    /// Strata's own program, which is called to tell the parts of texts apart. Texts are plain where there is none.
    pub highlighter: Option<PathBuf>,
}

/// Limits of what is read inside of layers, over all registries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerSettings {
    /// Where indexes of layers are kept. In memory where there is none, or where it cannot be written.
    pub cache_dir: Option<PathBuf>,
    /// Most bytes of indexes there.
    pub index_cache_bytes: u64,
    /// Most bytes of memory for indexes that are in use, and as much again for trees made of them.
    pub memory_bytes: u64,
    /// What one layer may unpack to.
    pub limits: LayerLimits,
    /// Most entries of an image's layers together; what is above them is left out.
    pub image_entries: u64,
    /// Most layers that are read at the same time, each by three threads. 0: as many as half of the processor's cores, at least one.
    pub at_once: usize,
    /// Most layers that wait for their turn.
    pub waiting: usize,
    /// A page asks before it has more bytes of layers read than these.
    pub ask_bytes: u64,
    /// Most bytes of layers that are read from registries for one client in an hour (threat T-24).
    pub client_bytes_per_hour: u64,
    /// Longest file that is shown, in bytes; of longer ones the beginning.
    pub file_bytes: u64,
}

impl LayerSettings {
    /// Those of the reader of layers.
    pub fn reader(&self) -> ReaderSettings {
        let defaults = ReaderSettings::default();
        ReaderSettings {
            limits: self.limits.clone(),
            at_once: if self.at_once == 0 { defaults.at_once } else { self.at_once },
            waiting: self.waiting,
            memory_bytes: self.memory_bytes,
            ..defaults
        }
    }
}

impl Default for LayerSettings {
    fn default() -> Self {
        Self {
            cache_dir: None,
            index_cache_bytes: 4_000_000_000,
            memory_bytes: 256_000_000,
            limits: LayerLimits::default(),
            image_entries: 5_000_000,
            at_once: 0,
            waiting: 200,
            ask_bytes: 2_000_000_000,
            client_bytes_per_hour: 100_000_000_000,
            file_bytes: 256 * 1024,
        }
    }
}

impl Default for ServiceSettings {
    fn default() -> Self {
        Self {
            page_deadline: Duration::from_secs(3),
            public_url: None,
            row_ttl: Duration::from_secs(10),
            view_cache_bytes: 64_000_000,
            order_cache_bytes: 32_000_000,
            waiting_rows: 2_000,
            raw_text_bytes: 512 * 1024,
            layers: LayerSettings::default(),
            highlighter: None,
        }
    }
}
