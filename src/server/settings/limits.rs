//! The limits that the settings file can change: the table `[limits]`, and `[registries.limits]` for one registry.

use std::collections::BTreeMap;
use std::time::Duration;

use toml::Spanned;

use super::error::{Problems, SettingsError, nearest};
use super::source::Source;
use crate::registry::Limits;
use crate::service::ServiceSettings;

/// Limits of the server itself: how much a browser may send, how long it may take, and what is kept for all registries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerLimits {
    /// Longest time until an answer begins; a download begins when all of it has been read and hashed.
    pub request_deadline: Duration,
    /// Longest body of a request, in bytes.
    pub request_body_bytes: u64,
    /// Longest head of a request, its line and all headers, in bytes.
    pub request_head_bytes: u64,
    /// Longest time for the head of a request to arrive (threat T-23).
    pub request_head: Duration,
    /// Longest time in which a reader takes nothing of its answer (threat T-23).
    pub response_pause: Duration,
    /// Most connections at the same time.
    pub connections: usize,
    /// Most connections of one client at the same time (threat T-24).
    pub connections_per_client: usize,
    /// Most requests of one client that are answered at the same time (threat T-24).
    pub requests_per_client: usize,
    /// How long requests are still taken after it was said that none should be sent any more.
    pub drain: Duration,
    /// Longest time that open requests are waited for when Strata stops.
    pub shutdown: Duration,
    /// Most bytes of documents kept, over all registries together.
    pub document_cache_bytes: u64,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            request_deadline: Duration::from_secs(30),
            request_body_bytes: 256 * 1024,
            request_head_bytes: 32 * 1024,
            request_head: Duration::from_secs(15),
            response_pause: Duration::from_secs(30),
            connections: 1_024,
            connections_per_client: 128,
            requests_per_client: 64,
            drain: Duration::ZERO,
            shutdown: Duration::from_secs(10),
            document_cache_bytes: 256_000_000,
        }
    }
}

/// All limits together.
#[derive(Debug, Clone, Default)]
pub(super) struct AllLimits {
    pub(super) registry: Limits,
    pub(super) service: ServiceSettings,
    pub(super) server: ServerLimits,
}

/// One limit as a setting.
#[derive(Debug)]
pub struct LimitSetting {
    /// Its key, with the unit at its end.
    pub key: &'static str,
    /// What it limits.
    pub meaning: &'static str,
    /// Whether it may stand below one registry.
    pub of_registry: bool,
    minimum: u64,
    maximum: u64,
    set: fn(&mut AllLimits, u64),
    get: fn(&AllLimits) -> u64,
}

impl LimitSetting {
    /// The unit at the end of its key, as an error says it.
    fn unit(&self) -> &'static str {
        match self.key.rsplit_once('_') {
            Some((_, "ms")) => " of milliseconds",
            Some((_, "seconds")) => " of seconds",
            Some((_, "bytes")) => " of bytes",
            _ => "",
        }
    }

    /// Its value among these.
    pub(super) fn of(&self, limits: &AllLimits) -> u64 {
        (self.get)(limits)
    }

    /// The value where the settings say nothing.
    pub fn default(&self) -> u64 {
        (self.get)(&AllLimits::default())
    }
}

/// Rows of the table below: `part.field`, how the number is kept, its range, and its meaning.
macro_rules! limits {
    ($($part:ident . $($field:ident).+ as $kind:ident $key:literal $range:expr, $meaning:literal;)*) => {
        &[$(LimitSetting {
            key: $key,
            meaning: $meaning,
            of_registry: limits!(@of_registry $part),
            minimum: *$range.start(),
            maximum: *$range.end(),
            set: |limits, value| limits.$part.$($field).+ = limits!(@from $kind value),
            get: |limits| limits!(@to $kind limits.$part.$($field).+),
        }),*]
    };
    (@of_registry registry) => { true };
    (@of_registry $other:ident) => { false };
    (@from number $value:ident) => { $value.try_into().unwrap_or_default() };
    (@to number $value:expr) => { $value.try_into().unwrap_or_default() };
    (@from ms $value:ident) => { Duration::from_millis($value) };
    (@to ms $value:expr) => { $value.as_millis().try_into().unwrap_or_default() };
    (@from seconds $value:ident) => { Duration::from_secs($value) };
    (@to seconds $value:expr) => { $value.as_secs() };
}

const GIGABYTE: u64 = 1_000_000_000;

/// Every limit that can be set. No range is wider than what its field can keep.
pub static LIMITS: &[LimitSetting] = limits! {
    registry.manifest_bytes as number "manifest_bytes" 1_024..=GIGABYTE, "longest manifest or index";
    registry.config_bytes as number "config_bytes" 1_024..=GIGABYTE, "longest config";
    registry.artifact_bytes as number "artifact_bytes" 1_024..=GIGABYTE,
        "longest blob of an artifact that is read whole, to be shown or downloaded";
    registry.list_page_bytes as number "list_page_bytes" 1_024..=GIGABYTE, "longest page of a list";
    registry.list_page_names as number "list_page_names" 1..=10_000_000, "most names read from one page of a list";
    registry.walk_names as number "walk_names" 1..=10_000_000, "most names read in one walk of a list";
    registry.walk_pages as number "walk_pages" 1..=1_000_000, "most pages read in one walk of a list";
    registry.walk_barren_pages as number "walk_barren_pages" 1..=1_000,
        "consecutive pages without a new name after which a walk ends";
    registry.walk_time as seconds "walk_seconds" 1..=86_400, "longest time for one walk of a list";
    registry.error_body_bytes as number "error_body_bytes" 1_024..=GIGABYTE, "most of an error's body that is read";
    registry.token_bytes as number "token_bytes" 1_024..=GIGABYTE, "longest answer of a token service";
    registry.tokens as number "tokens" 1..=1_000_000, "most tokens kept";
    registry.redirects as number "redirects" 0..=20, "most redirects followed for one request";
    registry.concurrency as number "concurrency" 1..=256, "most requests to the registry at the same time; besides, as many whole layers and as many parts of layers";
    registry.queue as number "queue" 1..=1_000_000, "most that wait for their turn, each of requests, lists, lookups of referrers and large blobs; further ones fail at once";
    registry.retries as number "retries" 0..=10, "most repetitions of a request that failed in a way that may pass";
    registry.retry_pause as ms "retry_pause_ms" 1..=60_000, "first pause before a repetition";
    registry.dead_pause as ms "dead_pause_ms" 0..=600_000,
        "how long nothing is asked after no connection came about";
    registry.rate_pause as ms "rate_pause_ms" 0..=600_000,
        "how long nothing is asked after a registry answered 429 without saying how long to wait";
    registry.longest_pause as ms "longest_pause_ms" 0..=3_600_000,
        "longest time for which a registry's wish to be left alone is kept in mind";
    registry.connect as ms "connect_ms" 1..=600_000, "longest time for a connection to come about";
    registry.first_byte as ms "first_byte_ms" 1..=600_000, "longest time from the connection to the head of the answer";
    registry.idle as ms "idle_ms" 1..=600_000, "longest time between two pieces of an answer";
    registry.total as ms "total_ms" 1..=3_600_000, "longest time for one request with its redirects and its whole body";
    registry.stream_bytes_per_second as number "stream_bytes_per_second" 0..=GIGABYTE,
        "least bytes of a layer in a second, over half a minute; slower ones are given up";
    registry.list_cache_bytes as number "list_cache_bytes" 0..=100_000_000_000,
        "most bytes of lists kept in memory, a half for those of repositories and a half for those of tags";
    registry.tag_ttl as ms "tag_ttl_ms" 0..=3_600_000, "how long a tag is believed to stand where it stood";
    registry.tag_list_ttl as ms "tag_list_ttl_ms" 0..=3_600_000, "how long a list of tags is believed";
    registry.catalog_ttl as ms "catalog_ttl_ms" 0..=86_400_000, "how long a list of repositories is believed";
    registry.referrers as number "referrers" 1..=1_000_000, "most referrers read of one manifest";
    registry.referrers_bytes as number "referrers_bytes" 1_024..=GIGABYTE,
        "longest list of referrers of one manifest, over all of its pages";
    registry.referrers_cache_bytes as number "referrers_cache_bytes" 0..=100_000_000_000,
        "most bytes of lists of referrers kept in memory";
    registry.referrers_ttl as ms "referrers_ttl_ms" 0..=3_600_000, "how long a list of referrers is believed";
    server.document_cache_bytes as number "cache_bytes" 0..=1_000_000_000_000,
        "most bytes of documents kept in memory, over all registries together";
    service.page_deadline as ms "page_deadline_ms" 1..=600_000,
        "how long a page waits for what it shows before it says what is still missing";
    service.row_ttl as ms "row_ttl_ms" 0..=3_600_000, "how long a row that has been read is shown without asking again";
    service.view_cache_bytes as number "view_cache_bytes" 0..=1_000_000_000_000,
        "most bytes of parsed documents and rows kept in memory, over all registries together";
    service.order_cache_bytes as number "order_cache_bytes" 0..=100_000_000_000,
        "most bytes of sorted lists kept in memory, over all registries together";
    service.waiting_rows as number "waiting_rows" 1..=100_000,
        "most rows that are read or wait to be read at the same time, for each registry";
    service.raw_text_bytes as number "raw_text_bytes" 1_024..=100_000_000,
        "longest text of a document on its raw view; the whole can be downloaded";
    service.layers.index_cache_bytes as number "index_cache_bytes" 0..=4_000_000_000_000,
        "most bytes of layers' indexes in the cache folder";
    service.layers.memory_bytes as number "index_memory_bytes" 0..=1_000_000_000_000,
        "most bytes of memory for layers' indexes in use, and as much again for trees made of them; without a cache folder for the indexes kept, too";
    service.layers.limits.archive_bytes as number "layer_unpacked_bytes" 1_024..=4_000_000_000_000,
        "most bytes that a layer may unpack to; of larger ones the beginning is shown";
    service.layers.limits.entries as number "layer_entries" 1..=50_000_000, "most entries of a layer";
    service.layers.limits.name_bytes as number "layer_name_bytes" 1_024..=4_000_000_000,
        "most bytes of names, link targets and extended attributes of a layer";
    service.layers.limits.ratio as number "layer_ratio" 1..=1_000_000,
        "most bytes that one stored byte of a layer may unpack to, after the first 64 MiB";
    service.layers.limits.time as seconds "layer_seconds" 1..=86_400,
        "most seconds of the processor for reading a layer; waiting takes none";
    service.layers.image_entries as number "image_entries" 1..=100_000_000,
        "most entries of an image's layers together; layers above them are not looked into";
    service.layers.at_once as number "layers_at_once" 0..=64,
        "most layers that are read at the same time; 0: half as many as the processor has cores";
    service.layers.waiting as number "layers_waiting" 1..=100_000, "most layers that wait to be read";
    service.layers.ask_bytes as number "layer_ask_bytes" 0..=1_000_000_000_000_000,
        "bytes of layers above which a page asks before it has them read";
    service.layers.client_bytes_per_hour as number "layer_client_bytes_per_hour" 0..=1_000_000_000_000_000,
        "most bytes of layers read from registries for one client in an hour";
    service.layers.file_bytes as number "file_bytes" 1_024..=100_000_000,
        "longest file that is shown; of longer ones the beginning, the whole can be downloaded";
    server.request_deadline as ms "request_deadline_ms" 100..=3_600_000,
        "longest time until an answer begins; a download begins when all of it has been read";
    server.request_body_bytes as number "request_body_bytes" 1_024..=GIGABYTE, "longest body of a browser's request";
    server.request_head_bytes as number "request_head_bytes" 8_192..=1_048_576, "longest head of a browser's request";
    server.request_head as ms "request_head_ms" 100..=600_000, "longest time for the head of a browser's request";
    server.response_pause as ms "response_pause_ms" 100..=3_600_000,
        "longest time in which a browser takes nothing of its answer";
    server.connections as number "connections" 1..=1_000_000, "most connections of browsers at the same time";
    server.connections_per_client as number "connections_per_client" 1..=1_000_000,
        "most connections of one address at the same time";
    server.requests_per_client as number "requests_per_client" 1..=1_000_000,
        "most requests of one client that are answered at the same time";
    server.drain as ms "drain_ms" 0..=600_000,
        "how long connections are still taken after SIGTERM, while `/-/health/ready` answers 503";
    server.shutdown as ms "shutdown_ms" 0..=600_000, "longest time that open requests are waited for at the end";
};

/// A table of limits as it stands in the file.
pub(super) type LimitsTable = BTreeMap<Spanned<String>, Spanned<toml::Value>>;

/// Writes a table's values over `limits`. Below one registry, limits of the server are not allowed.
pub(super) fn apply(
    table: &LimitsTable,
    source: &Source,
    limits: &mut AllLimits,
    below_registry: bool,
) -> Result<(), SettingsError> {
    let mut problems = Problems::default();
    for (key, value) in table {
        let known = LIMITS.iter().filter(|limit| limit.of_registry || !below_registry);
        let Some(limit) = known.clone().find(|limit| limit.key == key.get_ref()) else {
            let allowed: Vec<&str> = known.map(|limit| limit.key).collect();
            let problem = match nearest(key.get_ref(), allowed.iter().copied()) {
                Some(meant) => format!("there is no such limit, perhaps `{meant}` is meant"),
                None => "there is no such limit".to_owned(),
            };
            let allowed = format!("allowed: {}", allowed.join(", "));
            problems.add(source.wrong(key.span(), &problem, &allowed));
            continue;
        };
        let number = value.get_ref().as_integer().and_then(|number| u64::try_from(number).ok());
        let Some(number) = number.filter(|number| (limit.minimum..=limit.maximum).contains(number)) else {
            let range =
                format!("allowed is a whole number{} from {} to {}", limit.unit(), limit.minimum, limit.maximum);
            problems.add(source.wrong(value.span(), "this value is not allowed", &range));
            continue;
        };
        (limit.set)(limits, number);
    }
    problems.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_keeps_both_ends_of_its_range() {
        for limit in LIMITS {
            for value in [limit.minimum, limit.maximum] {
                let mut limits = AllLimits::default();
                (limit.set)(&mut limits, value);
                assert_eq!((limit.get)(&limits), value, "{}", limit.key);
            }
            let default = limit.default();
            assert!((limit.minimum..=limit.maximum).contains(&default), "{}: {default}", limit.key);
        }
    }

    #[test]
    fn keys_are_unique_and_each_sets_its_own_field() {
        for limit in LIMITS {
            let mut limits = AllLimits::default();
            (limit.set)(&mut limits, limit.maximum);
            let changed: Vec<&str> =
                LIMITS.iter().filter(|other| (other.get)(&limits) != other.default()).map(|other| other.key).collect();
            assert_eq!(changed, [limit.key]);
        }
    }
}
