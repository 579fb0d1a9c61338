//! `/-/metrics`: figures for the operator, in the text format of `OpenMetrics` 1.0, which Prometheus reads.
//!
//! - `kind`: what an address is, as a label; `process`: memory and open files
//! - what is counted of registries and caches: [`crate::registry::meter`]
//!
//! Labels are words of this program and names from the settings. No path, repository, host or address of a reader is one
//! (threat T-33).

mod kind;
mod process;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub(super) use kind::kind_of;

use super::log::{self, LevelLabel};
use crate::registry::Meter;
use crate::registry::meter::{Level, SECONDS};
use crate::service::Service;

/// The content type of the text format (`OpenMetrics` 1.0).
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything that is counted. Clones share it.
#[derive(Clone)]
pub struct Metrics {
    inner: Arc<Inner>,
}

struct Inner {
    register: Registry,
    meter: Meter,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<KindLabel, Histogram>,
    in_flight: Gauge,
    refused: Family<ReasonLabel, Counter>,
    connections: Gauge,
    connections_refused: Counter,
    reloads: Family<ResultLabel, Counter>,
    log_lines: Family<LevelLabel, Counter>,
    waiting: Family<RegistryLabel, Gauge>,
    cache_bytes: Family<CacheLabel, Gauge>,
    cache_capacity: Family<CacheLabel, Gauge>,
    memory: Gauge,
    files: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    kind: &'static str,
    method: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabel {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabel {
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RegistryLabel {
    registry: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CacheLabel {
    cache: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let inner = Inner {
            register: Registry::default(),
            meter: Meter::default(),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            in_flight: Gauge::default(),
            refused: Family::default(),
            connections: Gauge::default(),
            connections_refused: Counter::default(),
            reloads: Family::default(),
            log_lines: log::lines(),
            waiting: Family::default(),
            cache_bytes: Family::default(),
            cache_capacity: Family::default(),
            memory: Gauge::default(),
            files: Gauge::default(),
        };
        Self { inner: Arc::new(inner.registered()) }
    }
}

impl Inner {
    fn registered(mut self) -> Self {
        let mut register = Registry::default();
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        register.register("strata_build", "The program", Info::new(version));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let started = ConstGauge::new(i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
        register.register("process_start_time_seconds", "When the process began, as a Unix time", started);
        register.register("process_resident_memory_bytes", "Memory that the process has", self.memory.clone());
        register.register("process_open_fds", "Files and sockets that the process has open", self.files.clone());
        register.register(
            "strata_http_requests",
            "Requests answered, but for those to /-/health and /-/metrics",
            self.requests.clone(),
        );
        register.register(
            "strata_http_request_duration_seconds",
            "Time from a request's head to the head of its answer",
            self.seconds.clone(),
        );
        register.register(
            "strata_http_requests_in_flight",
            "Requests whose answer has not been sent whole",
            self.in_flight.clone(),
        );
        register.register(
            "strata_http_refused",
            "Requests that Strata itself refused or gave up, by the error's code",
            self.refused.clone(),
        );
        register.register("strata_http_connections", "Open connections", self.connections.clone());
        register.register(
            "strata_http_connections_refused",
            "Connections refused because their client has `connections_per_client` already",
            self.connections_refused.clone(),
        );
        register.register(
            "strata_settings_reloads",
            "Times that the settings were read again after SIGHUP",
            self.reloads.clone(),
        );
        register.register(
            "strata_log_lines",
            "Log lines that say that something is wrong, by level",
            self.log_lines.clone(),
        );
        self.meter.register(&mut register);
        register.register(
            "strata_registry_requests_waiting",
            "Requests to a registry that wait for their turn",
            self.waiting.clone(),
        );
        register.register("strata_cache_bytes", "Bytes in a cache, about", self.cache_bytes.clone());
        register.register("strata_cache_capacity_bytes", "Bytes that a cache may hold", self.cache_capacity.clone());
        for result in ["accepted", "refused"] {
            drop(self.reloads.get_or_create(&ResultLabel { result }));
        }
        self.register = register;
        self
    }
}

impl Metrics {
    /// What clients of registries count by.
    pub fn meter(&self) -> &Meter {
        &self.inner.meter
    }

    /// A request, in flight as long as this lives.
    pub(super) fn request(&self) -> Level {
        Level::raise(self.inner.in_flight.clone())
    }

    /// A connection, open as long as this lives.
    pub(super) fn connection(&self) -> Level {
        Level::raise(self.inner.connections.clone())
    }

    /// A connection that was refused.
    pub(super) fn connection_refused(&self) {
        self.inner.connections_refused.inc();
    }

    /// An answer.
    pub(super) fn answered(&self, kind: &'static str, method: &Method, status: StatusCode, elapsed: Duration) {
        let labels = RequestLabels { kind, method: method_of(method), status: class_of(status) };
        self.inner.requests.get_or_create(&labels).inc();
        self.inner.seconds.get_or_create(&KindLabel { kind }).observe(elapsed.as_secs_f64());
    }

    /// A request that reached nothing, by the refusal's code.
    pub(super) fn refused(&self, code: &'static str) {
        self.inner.refused.get_or_create(&ReasonLabel { reason: code }).inc();
    }

    /// The settings were read again.
    pub fn reloaded(&self, accepted: bool) {
        let result = if accepted { "accepted" } else { "refused" };
        self.inner.reloads.get_or_create(&ResultLabel { result }).inc();
    }

    /// The answer with everything, and what the service has at the moment.
    pub(super) fn answer(&self, service: &Service) -> Response {
        self.look(service);
        let mut text = String::new();
        if encode(&mut text, &self.inner.register).is_err() {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        ([(header::CONTENT_TYPE, CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")], text).into_response()
    }

    /// Takes the measure of what is not counted when it happens.
    fn look(&self, service: &Service) {
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let inner = &*self.inner;
        inner.memory.set(number(process::resident_bytes().unwrap_or_default()));
        inner.files.set(number(process::open_files().unwrap_or_default()));
        // A registry that has left the settings is not waited for.
        inner.waiting.clear();
        for (registry, waiting) in service.waiting() {
            inner.waiting.get_or_create(&RegistryLabel { registry }).set(number(waiting as u64));
        }
        for (cache, state) in service.cache_fill() {
            let label = CacheLabel { cache };
            inner.cache_bytes.get_or_create(&label).set(number(state.bytes));
            inner.cache_capacity.get_or_create(&label).set(number(state.capacity));
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Metrics")
    }
}

/// Methods are what a client says: only known ones are labels.
fn method_of(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        _ => "other",
    }
}

fn class_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}
