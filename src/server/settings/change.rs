//! What another reading of the settings changes, and what it cannot change while Strata runs.

use super::limits::AllLimits;
use super::{LIMITS, Settings};
use crate::service::settings::LayerSettings;

/// Limits that hold from the start to the end.
const FIXED_LIMITS: [&str; 11] = [
    "cache_bytes",
    "connections",
    "index_cache_bytes",
    "index_memory_bytes",
    "layer_unpacked_bytes",
    "layer_entries",
    "layer_name_bytes",
    "layer_ratio",
    "layer_seconds",
    "layers_at_once",
    "layers_waiting",
];

impl Settings {
    /// The settings that differ from those that Strata was started with and only count at the next start.
    fn fixed_differences(&self, started: &Self) -> Vec<&'static str> {
        let mut keys = Vec::new();
        if self.listen != started.listen {
            keys.push("listen");
        }
        if self.base_path != started.base_path {
            keys.push("base_path");
        }
        if self.metrics != started.metrics {
            keys.push("metrics");
        }
        if self.log_format != started.log_format {
            keys.push("log_format");
        }
        if self.service.layers.cache_dir != started.service.layers.cache_dir {
            keys.push("cache_dir");
        }
        let (new, old) = (self.all_limits(), started.all_limits());
        let limits = LIMITS.iter().filter(|limit| FIXED_LIMITS.contains(&limit.key));
        keys.extend(limits.filter(|limit| limit.of(&new) != limit.of(&old)).map(|limit| limit.key));
        keys
    }

    /// Keeps what only counts at the next start as Strata was started with, so that nothing is judged by what does not hold: whether
    /// any host name is answered to, for one, depends on where it really listens. The keys that would be different.
    pub(in crate::server) fn keep_fixed(&mut self, started: &Self) -> Vec<&'static str> {
        let keys = self.fixed_differences(started);
        self.listen = started.listen;
        self.base_path.clone_from(&started.base_path);
        self.metrics = started.metrics;
        self.log_format = started.log_format;
        self.limits.document_cache_bytes = started.limits.document_cache_bytes;
        self.limits.connections = started.limits.connections;
        self.service.highlighter.clone_from(&started.service.highlighter);
        let (new, old) = (&mut self.service.layers, &started.service.layers);
        *new = LayerSettings {
            ask_bytes: new.ask_bytes,
            client_bytes_per_hour: new.client_bytes_per_hour,
            file_bytes: new.file_bytes,
            image_entries: new.image_entries,
            ..old.clone()
        };
        keys
    }

    /// The limits that are not the default, with their values.
    pub fn changed_limits(&self) -> Vec<(&'static str, u64)> {
        let all = self.all_limits();
        let changed = LIMITS.iter().filter(|limit| limit.of(&all) != limit.default());
        changed.map(|limit| (limit.key, limit.of(&all))).collect()
    }

    fn all_limits(&self) -> AllLimits {
        AllLimits { registry: self.registry_limits.clone(), service: self.service.clone(), server: self.limits.clone() }
    }
}
