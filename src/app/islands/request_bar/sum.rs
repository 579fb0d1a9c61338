//! What a page asked so far, summed up.

use serde::{Deserialize, Serialize};

use super::rows;
use crate::anatomy::size::counted;
use crate::app::components::Tone;
use crate::view::Trace;

/// Sums over requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    requests: u64,
    /// Answers that needed no request.
    pub(super) cached: u64,
    /// From each question to its last answer, added up.
    pub(super) elapsed_ms: u64,
    /// Whether a request went wrong.
    pub(super) failed: bool,
}

impl Sum {
    /// The sum with one more trace in it.
    #[must_use]
    pub fn with(mut self, trace: &Trace) -> Self {
        self.requests += length(trace.registry_requests());
        self.cached += length(trace.from_cache());
        self.elapsed_ms = self.elapsed_ms.saturating_add(trace.elapsed_ms);
        self.failed |= trace.requests.iter().any(|request| rows::tone(request) == Tone::Bad);
        self
    }

    /// `3 registry requests`
    pub(super) fn requests_in_words(self) -> String {
        counted(self.requests, "registry request")
    }
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::trace::{AnswerSource, TracedRequest};

    fn trace(source: AnswerSource, statuses: &[u16]) -> Trace {
        let request = TracedRequest {
            method: "GET".to_owned(),
            path: "/v2/".to_owned(),
            source,
            statuses: statuses.to_vec(),
            bytes: 0,
            elapsed_ms: 1,
            outcome: "found".to_owned(),
            curl: None,
        };
        Trace { requests: vec![request], elapsed_ms: 5, started_at: 0 }
    }

    #[test]
    fn requests_and_kept_answers_are_counted_apart() {
        let sum = Sum::default().with(&trace(AnswerSource::Registry, &[404])).with(&trace(AnswerSource::Cache, &[]));
        assert_eq!(sum, Sum { requests: 1, cached: 1, elapsed_ms: 10, failed: false });
        assert!(sum.with(&trace(AnswerSource::Registry, &[500])).failed);
        assert_eq!(sum.requests_in_words(), "1 registry request");
        assert_eq!(Sum { requests: 1_301, ..sum }.requests_in_words(), "1,301 registry requests");
    }
}
