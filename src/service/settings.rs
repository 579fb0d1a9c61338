//! What the operator says about pages as a whole.

use std::time::Duration;

use url::Url;

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
        }
    }
}
