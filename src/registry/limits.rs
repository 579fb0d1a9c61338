//! How much is read, how often, and for how long. Every figure is a setting.

use std::time::Duration;

/// Limits of one registry's client. Sizes are bytes as they come over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Longest manifest or index, in bytes (threat T-14; registries accept 4 MiB).
    pub manifest_bytes: u64,
    /// Longest config, in bytes.
    pub config_bytes: u64,
    /// Longest blob of an artifact that is read whole, in bytes: a bill of materials, a statement, a file to be downloaded
    /// (BuildKit writes attestations of up to 40 MiB).
    pub artifact_bytes: u64,
    /// Longest page of a list, in bytes.
    pub list_page_bytes: u64,
    /// Most names read from one page of a list.
    pub list_page_names: usize,
    /// Most names read in one walk of a list.
    pub walk_names: usize,
    /// Most pages read in one walk of a list.
    pub walk_pages: u32,
    /// Consecutive pages without a new name after which a walk ends (threat T-9).
    pub walk_barren_pages: u32,
    /// Longest time for one walk of a list.
    pub walk_time: Duration,
    /// Most of an error's body that is read, in bytes.
    pub error_body_bytes: u64,
    /// Longest answer of a token service, in bytes.
    pub token_bytes: u64,
    /// Most tokens kept, one for each scope.
    pub tokens: u64,
    /// Most redirects followed for one request.
    pub redirects: u32,
    /// Most requests to the registry at the same time; besides them as many whole layers, and as many parts of layers.
    pub concurrency: usize,
    /// Most requests that wait for their turn. Further ones fail at once.
    pub queue: usize,
    /// Most repetitions of a request that failed in a way that may pass.
    pub retries: u32,
    /// The first pause before a repetition; each further one is three times as long, less a random part.
    pub retry_pause: Duration,
    /// How long nothing is asked after no connection came about, so that every row of a page need not find out for itself.
    pub dead_pause: Duration,
    /// How long nothing is asked after a registry refused for too many requests (429) without saying how long to wait.
    pub rate_pause: Duration,
    /// Longest time for which a registry's wish to be left alone (`Retry-After`) is kept in mind.
    pub longest_pause: Duration,
    /// Longest time for a connection to come about.
    pub connect: Duration,
    /// Longest time from the connection to the head of the answer.
    pub first_byte: Duration,
    /// Longest time between two pieces of the body.
    pub idle: Duration,
    /// Longest time for one request with its redirects and its whole body; layers take as long as they take.
    pub total: Duration,
    /// Least bytes of a layer in a second, over half a minute. Slower ones are given up (threat T-22).
    pub stream_bytes_per_second: u64,
    /// Most bytes of lists kept, a half for those of repositories and a half for those of tags.
    pub list_cache_bytes: u64,
    /// How long a tag is believed to stand where it stood.
    pub tag_ttl: Duration,
    /// How long a tag list is believed.
    pub tag_list_ttl: Duration,
    /// How long a catalog is believed.
    pub catalog_ttl: Duration,
    /// Most referrers read of one manifest (threat T-9).
    pub referrers: usize,
    /// Longest list of referrers of one manifest over all of its pages, in bytes; the page that passes it is the last.
    pub referrers_bytes: u64,
    /// Most bytes of lists of referrers kept.
    pub referrers_cache_bytes: u64,
    /// How long a list of referrers is believed.
    pub referrers_ttl: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        const KIB: u64 = 1024;
        const MIB: u64 = 1024 * KIB;
        Self {
            manifest_bytes: 4 * MIB,
            config_bytes: 16 * MIB,
            artifact_bytes: 40 * MIB,
            list_page_bytes: 16 * MIB,
            list_page_names: 100_000,
            walk_names: 100_000,
            walk_pages: 1_000,
            walk_barren_pages: 4,
            walk_time: Duration::from_mins(5),
            error_body_bytes: 64 * KIB,
            token_bytes: 64 * KIB,
            tokens: 1_000,
            redirects: 5,
            concurrency: 8,
            queue: 2_000,
            retries: 3,
            retry_pause: Duration::from_millis(100),
            dead_pause: Duration::from_secs(2),
            rate_pause: Duration::from_secs(5),
            longest_pause: Duration::from_mins(1),
            connect: Duration::from_secs(5),
            first_byte: Duration::from_secs(15),
            idle: Duration::from_secs(15),
            total: Duration::from_secs(30),
            stream_bytes_per_second: 8 * KIB,
            list_cache_bytes: 32_000_000,
            tag_ttl: Duration::from_secs(10),
            tag_list_ttl: Duration::from_secs(30),
            catalog_ttl: Duration::from_mins(5),
            referrers: 10_000,
            referrers_bytes: 8 * MIB,
            referrers_cache_bytes: 16_000_000,
            referrers_ttl: Duration::from_secs(30),
        }
    }
}
