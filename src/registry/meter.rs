//! What is counted of registries and of what is kept of them, for the operator.
//!
//! Labels are names from the settings and words of this program. Nothing that a registry, an image or a reader says is one
//! (threat T-33), so that there are never more figures than the settings account for.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use super::error::Error;
use super::pause::PauseReason;
use super::trace::EntryKind;

/// Upper ends of the classes of times, in seconds.
pub const SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// The figures of all registries. Clones share them.
#[derive(Debug, Clone)]
pub struct Meter {
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RegistryLabel, Histogram>,
    bytes: Family<RegistryLabel, Counter>,
    in_flight: Family<RegistryLabel, Gauge>,
    retries: Family<RegistryLabel, Counter>,
    pauses: Family<PauseLabels, Counter>,
    walks: Family<WalkLabels, Counter>,
    unverified: Family<VerificationLabels, Counter>,
    cache_reads: Family<CacheLabels, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RegistryLabel {
    registry: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    registry: String,
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PauseLabels {
    registry: String,
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WalkLabels {
    registry: String,
    list: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VerificationLabels {
    registry: String,
    what: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CacheLabels {
    cache: &'static str,
    result: &'static str,
}

impl Default for Meter {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            bytes: Family::default(),
            in_flight: Family::default(),
            retries: Family::default(),
            pauses: Family::default(),
            walks: Family::default(),
            unverified: Family::default(),
            cache_reads: Family::default(),
        }
    }
}

impl Meter {
    /// Enters all figures into a register, from which they are written out.
    pub fn register(&self, register: &mut prometheus_client::registry::Registry) {
        register.register(
            "strata_registry_requests",
            "Requests to a registry or its token service, each repetition and sign-in too",
            self.requests.clone(),
        );
        register.register(
            "strata_registry_request_duration_seconds",
            "Time of a request to a registry, from its turn in the queue to the last byte, with redirects",
            self.seconds.clone(),
        );
        register.register(
            "strata_registry_received_bytes",
            "Bytes of bodies received from a registry",
            self.bytes.clone(),
        );
        register.register(
            "strata_registry_requests_in_flight",
            "Requests to a registry under way",
            self.in_flight.clone(),
        );
        register.register("strata_registry_retries", "Repetitions of requests that failed", self.retries.clone());
        register.register("strata_registry_pauses", "Times in which a registry was left alone", self.pauses.clone());
        register.register("strata_registry_walks", "Lists that were read page by page", self.walks.clone());
        register.register(
            "strata_registry_verification_failures",
            "Documents refused because their bytes have another digest or size",
            self.unverified.clone(),
        );
        register.register(
            "strata_cache_reads",
            "Looks into a cache; a look that passes by it is not counted",
            self.cache_reads.clone(),
        );
    }

    /// A look into a cache.
    pub fn cache_read(&self, cache: &'static str, hit: bool) {
        let result = if hit { "hit" } else { "miss" };
        self.cache_reads.get_or_create(&CacheLabels { cache, result }).inc();
    }

    /// The figures of one registry. They exist from now on, so that what never happens reads 0.
    pub(crate) fn of(&self, registry: &str) -> RegistryMeter {
        let meter = RegistryMeter { meter: self.clone(), registry: registry.to_owned() };
        let label = meter.label();
        drop(self.seconds.get_or_create(&label));
        drop(self.bytes.get_or_create(&label));
        drop(self.in_flight.get_or_create(&label));
        drop(self.retries.get_or_create(&label));
        for reason in [PauseReason::Asked, PauseReason::Dead] {
            drop(self.pauses.get_or_create(&meter.pause_labels(reason)));
        }
        for what in ["digest", "size"] {
            drop(self.unverified.get_or_create(&VerificationLabels { registry: registry.to_owned(), what }));
        }
        meter
    }
}

/// The figures of one registry.
#[derive(Debug, Clone)]
pub(crate) struct RegistryMeter {
    meter: Meter,
    registry: String,
}

impl RegistryMeter {
    fn label(&self) -> RegistryLabel {
        RegistryLabel { registry: self.registry.clone() }
    }

    fn pause_labels(&self, reason: PauseReason) -> PauseLabels {
        let reason = match reason {
            PauseReason::Asked => "asked",
            PauseReason::Dead => "unreachable",
        };
        PauseLabels { registry: self.registry.clone(), reason }
    }

    /// All registries' figures.
    pub(crate) fn all(&self) -> &Meter {
        &self.meter
    }

    /// A request that has been sent, under way as long as this lives.
    pub(crate) fn in_flight(&self) -> Level {
        Level::raise(self.meter.in_flight.get_or_create_owned(&self.label()))
    }

    /// A request that has ended; without a time where it was never sent.
    pub(crate) fn request(&self, kind: EntryKind, outcome: &'static str, elapsed: Option<Duration>, bytes: u64) {
        let kind = match kind {
            EntryKind::TokenExchange => "token",
            EntryKind::Document => "document",
            EntryKind::Layer => "layer",
            EntryKind::List => "list",
            EntryKind::Probe => "probe",
        };
        let labels = RequestLabels { registry: self.registry.clone(), kind, outcome };
        self.meter.requests.get_or_create(&labels).inc();
        if let Some(elapsed) = elapsed {
            self.meter.seconds.get_or_create(&self.label()).observe(elapsed.as_secs_f64());
            self.meter.bytes.get_or_create(&self.label()).inc_by(bytes);
        }
    }

    /// A repetition.
    pub(crate) fn retry(&self) {
        self.meter.retries.get_or_create(&self.label()).inc();
    }

    /// The beginning of a pause.
    pub(crate) fn pause(&self, reason: PauseReason) {
        self.meter.pauses.get_or_create(&self.pause_labels(reason)).inc();
    }

    /// The end of a walk through the list that is kept in this member of its documents.
    pub(crate) fn walk(&self, list: &'static str, outcome: &'static str) {
        self.meter.walks.get_or_create(&WalkLabels { registry: self.registry.clone(), list, outcome }).inc();
    }

    /// A failure, which is counted where bytes were not what they should be.
    pub(crate) fn failure(&self, error: &Error) {
        let what = match error {
            Error::DigestMismatch { .. } => "digest",
            Error::SizeMismatch { .. } => "size",
            _ => return,
        };
        self.meter.unverified.get_or_create(&VerificationLabels { registry: self.registry.clone(), what }).inc();
    }
}

/// Something of which there is one more as long as this lives.
#[derive(Debug)]
pub(crate) struct Level(Gauge);

impl Level {
    pub(crate) fn raise(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// What came of a request, by the status of its last answer.
pub(crate) fn outcome_of(status: u16) -> &'static str {
    match status {
        200..=299 => "ok",
        304 => "not_modified",
        401 => "unauthorized",
        403 => "denied",
        404 => "not_found",
        429 => "rate_limited",
        500.. => "server_error",
        _ => "other_status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(meter: &Meter) -> String {
        let mut register = prometheus_client::registry::Registry::default();
        meter.register(&mut register);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &register).unwrap();
        text
    }

    #[test]
    fn what_has_not_happened_reads_zero() {
        let meter = Meter::default();
        let _main = meter.of("main");
        let text = written(&meter);
        for line in [
            "strata_registry_retries_total{registry=\"main\"} 0",
            "strata_registry_pauses_total{registry=\"main\",reason=\"asked\"} 0",
            "strata_registry_verification_failures_total{registry=\"main\",what=\"digest\"} 0",
            "strata_registry_requests_in_flight{registry=\"main\"} 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn figures_are_shared_and_told_apart_by_registry() {
        let meter = Meter::default();
        let (main, same, other) = (meter.of("main"), meter.of("main"), meter.of("other"));
        let flying = main.in_flight();
        main.request(EntryKind::List, outcome_of(200), Some(Duration::from_millis(30)), 100);
        same.request(EntryKind::List, outcome_of(204), Some(Duration::from_millis(30)), 20);
        other.request(EntryKind::Probe, "queue", None, 0);
        let text = written(&meter);
        for line in [
            "strata_registry_requests_total{registry=\"main\",kind=\"list\",outcome=\"ok\"} 2",
            "strata_registry_requests_total{registry=\"other\",kind=\"probe\",outcome=\"queue\"} 1",
            "strata_registry_received_bytes_total{registry=\"main\"} 120",
            "strata_registry_request_duration_seconds_count{registry=\"main\"} 2",
            "strata_registry_request_duration_seconds_count{registry=\"other\"} 0",
            "strata_registry_requests_in_flight{registry=\"main\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        drop(flying);
        assert!(written(&meter).contains("strata_registry_requests_in_flight{registry=\"main\"} 0\n"));
    }
}
