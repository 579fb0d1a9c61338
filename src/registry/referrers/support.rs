//! Which way to referrers a registry has, and what shows it.

use std::sync::Arc;
use std::time::SystemTime;

use super::super::error::FailedRequest;

/// Where referrers are found in a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReferrersWay {
    /// Nowhere so far: there is no API, and no fallback tag.
    None,
    /// Under the fallback tag, which clients keep where there is no API (distribution-spec, "Referrers Tag Schema").
    Tag,
    /// By the referrers API.
    Api,
}

/// What a registry has been found to have. For a registry that has answered no question about referrers there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferrersSupport {
    /// The best way that has worked.
    pub way: ReferrersWay,
    /// The questions and answers that showed it.
    pub evidence: Arc<[Asked]>,
    /// When that was.
    pub seen_at: SystemTime,
}

/// A question to the registry and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `GET` or `HEAD`.
    pub method: &'static str,
    /// The URL, without what may be secret in it.
    pub url: String,
    /// The status of each answer in a chain of redirects; empty where none came.
    pub statuses: Vec<u16>,
    /// What came of it, in a few words.
    pub outcome: String,
}

impl Asked {
    pub(super) fn new(request: &FailedRequest, outcome: impl Into<String>) -> Self {
        Self {
            method: request.method,
            url: request.url.clone(),
            statuses: request.statuses.clone(),
            outcome: outcome.into(),
        }
    }
}
