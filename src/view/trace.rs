//! What a page asked the registry: the request bar.

use serde::{Deserialize, Serialize};

/// The requests that one page, or one later question of its script, cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Every request, in the order of their starts; answers from a cache are among them.
    pub requests: Vec<TracedRequest>,
    /// From the first question to the last answer, in milliseconds.
    pub elapsed_ms: u64,
    /// When it began, in seconds since 1970.
    pub started_at: i64,
}

/// One question to a registry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedRequest {
    /// HTTP method.
    pub method: String,
    /// Path and query at the registry, without anything secret.
    pub path: String,
    /// Where the answer came from.
    pub source: AnswerSource,
    /// Status codes: of redirects first, of the answer last. Empty where none came.
    pub statuses: Vec<u16>,
    /// Bytes of the answer's body.
    pub bytes: u64,
    /// Milliseconds until the body was whole.
    pub elapsed_ms: u64,
    /// What came of it, in a few words: `index; digest verified`.
    pub outcome: String,
    /// A command that asks the same; nothing for answers from a cache.
    pub curl: Option<String>,
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerSource {
    /// The registry.
    Registry,
    /// A token service, on the registry's behalf.
    TokenService,
    /// What is kept here.
    Cache,
}

/// Status codes as they came: `307 → 200`.
pub fn status_chain(statuses: &[u16]) -> String {
    let codes: Vec<_> = statuses.iter().map(u16::to_string).collect();
    if codes.is_empty() { "no answer".to_owned() } else { codes.join(" → ") }
}

impl Trace {
    /// How many requests went to the registry; token exchanges are not among them.
    pub fn registry_requests(&self) -> usize {
        self.count(AnswerSource::Registry)
    }

    /// How many answers needed no request.
    pub fn from_cache(&self) -> usize {
        self.count(AnswerSource::Cache)
    }

    fn count(&self, source: AnswerSource) -> usize {
        self.requests.iter().filter(|request| request.source == source).count()
    }
}

impl TracedRequest {
    /// Whether the last answer was no success.
    pub fn failed(&self) -> bool {
        self.statuses.last().is_none_or(|status| *status >= 400) && self.source != AnswerSource::Cache
    }
}
