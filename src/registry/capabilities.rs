//! What a registry can do, as far as its answers have shown it. Each finding comes with the request that showed it.
//!
//! Most of it is learned from what pages ask anyway; `survey` asks for the rest.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use http::HeaderMap;

use super::error::{Error, FailedRequest};
use super::probe::{AuthKind, Probe};
use super::referrers::support::ReferrersSupport;
use super::scope::Scope;
use super::text::visible;
use crate::oci::{Digest, RepositoryName};

/// Most headers about request limits that are kept.
const MAX_HEADERS: usize = 8;

/// Longest of their values, in bytes.
const MAX_VALUE: usize = 100;

/// How long what the survey has found is believed.
const BELIEVED: Duration = Duration::from_hours(1);

/// What is known of one registry. Whatever nothing is known of is `None`.
#[derive(Debug, Clone, Default)]
pub struct Capabilities {
    /// The `Docker-Distribution-Api-Version` header, which some send.
    pub api_version: Option<Finding<String>>,
    /// How it wants readers to sign in.
    pub auth: Option<Finding<AuthKind>>,
    /// Whether it lists its repositories.
    pub catalog: Option<Finding<CatalogAnswer>>,
    /// How it sends the tags of a repository.
    pub tag_lists: Option<Finding<TagListAnswer>>,
    /// Which way to referrers has worked.
    pub referrers: Option<ReferrersSupport>,
    /// Whether it sends a part of a blob.
    pub ranges: Option<Finding<RangeAnswer>>,
    /// Which extensions of the specification it has (distribution-spec, "Extensions").
    pub extensions: Option<Finding<ExtensionsAnswer>>,
    /// The latest headers about how many requests it allows: names and values.
    pub rate_limit: Option<Finding<Vec<(String, String)>>>,
}

/// Something that is known, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<T> {
    /// What is known.
    pub value: T,
    /// The request that showed it, and its answer.
    pub evidence: Evidence,
}

/// A request and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// `GET` or `HEAD`.
    pub method: &'static str,
    /// The URL, without what may be secret in it.
    pub url: String,
    /// The status of each answer in a chain of redirects.
    pub statuses: Vec<u16>,
    /// When the answer was there.
    pub at: SystemTime,
    /// How long it took.
    pub elapsed: Duration,
}

/// What came of asking for the list of repositories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogAnswer {
    /// It came; in several pages or not.
    Listed {
        /// Whether there are further pages.
        paged: bool,
    },
    /// The registry has none, or none for this account.
    NotOffered(u16),
}

/// How a list of tags came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagListAnswer {
    /// The first page says where the next one is.
    Paged {
        /// Names on the first page.
        names: usize,
    },
    /// All at once, or there were too few for a second page.
    Whole {
        /// Names in it.
        names: usize,
    },
}

/// What came of asking for the first byte of a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeAnswer {
    /// That byte.
    Part,
    /// The whole blob, as if nothing had been said of a part.
    Whole,
    /// Neither.
    Refused(u16),
}

/// What came of asking for the list of extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExtensionsAnswer {
    /// Their names, made fit for showing.
    Named(Vec<String>),
    /// There is no such list.
    NotOffered(u16),
}

/// A blob that is known to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownBlob {
    pub(crate) repository: RepositoryName,
    pub(crate) digest: Digest,
}

/// The record of one registry.
#[derive(Default)]
pub(crate) struct Record {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    known: Capabilities,
    blob: Option<KnownBlob>,
    asked_extensions: Option<Instant>,
    asked_ranges: Option<Instant>,
}

impl Evidence {
    pub(crate) fn of(request: &FailedRequest) -> Self {
        Self {
            method: request.method,
            url: request.url.clone(),
            statuses: request.statuses.clone(),
            at: SystemTime::now(),
            elapsed: request.elapsed,
        }
    }
}

impl Record {
    /// What is known so far.
    pub(crate) fn known(&self) -> Capabilities {
        self.lock().known.clone()
    }

    /// Learns from the headers of any answer of the registry itself.
    pub(crate) fn observe(&self, headers: &HeaderMap, request: &FailedRequest) {
        // Where a redirect led, another host answers.
        if request.statuses.len() > 1 {
            return;
        }
        let version = headers.get("docker-distribution-api-version").and_then(|value| value.to_str().ok());
        let limits = rate_limit(headers);
        if version.is_none() && limits.is_empty() {
            return;
        }
        let mut state = self.lock();
        if let Some(version) = version
            && state.known.api_version.is_none()
        {
            let value = visible(version, MAX_VALUE);
            state.known.api_version = Some(Finding { value, evidence: Evidence::of(request) });
        }
        if !limits.is_empty() {
            state.known.rate_limit = Some(Finding { value: limits, evidence: Evidence::of(request) });
        }
    }

    /// Learns from a probe.
    pub(crate) fn auth(&self, probe: &Probe) {
        let finding = Finding { value: probe.auth.clone(), evidence: probe.evidence.clone() };
        self.lock().known.auth = Some(finding);
    }

    /// Learns from the first page of a list.
    pub(crate) fn list(&self, scope: &Scope, names: usize, paged: bool, request: &FailedRequest) {
        let evidence = Evidence::of(request);
        let mut state = self.lock();
        match scope {
            Scope::Catalog => {
                state.known.catalog = Some(Finding { value: CatalogAnswer::Listed { paged }, evidence });
            }
            Scope::Pull(_) => {
                // That one list fits onto a page takes nothing back of what a longer one has shown.
                let shown = state.known.tag_lists.as_ref().map(|finding| finding.value);
                let value = if paged { TagListAnswer::Paged { names } } else { TagListAnswer::Whole { names } };
                let tells_more = match (shown, value) {
                    (None, _) | (_, TagListAnswer::Paged { .. }) => true,
                    (Some(TagListAnswer::Whole { names: before }), TagListAnswer::Whole { names }) => names > before,
                    (Some(TagListAnswer::Paged { .. }), TagListAnswer::Whole { .. }) => false,
                };
                if tells_more {
                    state.known.tag_lists = Some(Finding { value, evidence });
                }
            }
            Scope::Nothing => {}
        }
    }

    /// Learns from a refusal of a list.
    pub(crate) fn list_refused(&self, scope: &Scope, error: &Error) {
        if let (Scope::Catalog, Error::NotOffered { request, status, .. }) = (scope, error) {
            let finding = Finding { value: CatalogAnswer::NotOffered(*status), evidence: Evidence::of(request) };
            self.lock().known.catalog = Some(finding);
        }
    }

    /// Notes a blob that was there.
    pub(crate) fn blob(&self, repository: &RepositoryName, digest: &Digest) {
        let mut state = self.lock();
        if state.blob.is_none() {
            state.blob = Some(KnownBlob { repository: repository.clone(), digest: digest.clone() });
        }
    }

    /// Whether to ask for extensions now; whoever is told so does.
    pub(crate) fn begin_extensions(&self, refresh: bool) -> bool {
        begin(&mut self.lock().asked_extensions, refresh)
    }

    /// The blob to ask a part of now, if one is known and it is time to.
    pub(crate) fn begin_ranges(&self, refresh: bool) -> Option<KnownBlob> {
        let mut state = self.lock();
        let blob = state.blob.clone()?;
        begin(&mut state.asked_ranges, refresh).then_some(blob)
    }

    pub(crate) fn extensions(&self, value: ExtensionsAnswer, request: &FailedRequest) {
        self.lock().known.extensions = Some(Finding { value, evidence: Evidence::of(request) });
    }

    pub(crate) fn ranges(&self, value: RangeAnswer, request: &FailedRequest) {
        let mut state = self.lock();
        if matches!(value, RangeAnswer::Refused(404)) {
            // The blob has gone: another one will be seen.
            state.blob = None;
            state.asked_ranges = None;
            return;
        }
        state.known.ranges = Some(Finding { value, evidence: Evidence::of(request) });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is whole: a panic elsewhere cannot have left half of one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn begin(asked: &mut Option<Instant>, refresh: bool) -> bool {
    let now = !asked.is_some_and(|asked| asked.elapsed() < BELIEVED) || refresh;
    if now {
        *asked = Some(Instant::now());
    }
    now
}

/// The headers about how many requests are allowed: Docker Hub's, those of the draft standard, and those that others send.
fn rate_limit(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| {
            let name = name.as_str();
            ["ratelimit", "x-ratelimit"]
                .iter()
                .any(|start| name.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
        })
        .take(MAX_HEADERS)
        .map(|(name, value)| (name.to_string(), visible(&String::from_utf8_lossy(value.as_bytes()), MAX_VALUE)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> FailedRequest {
        FailedRequest { method: "GET", url: "https://r/v2/".to_owned(), statuses: vec![200], ..Default::default() }
    }

    #[test]
    fn headers_about_limits_are_bounded_and_made_visible() {
        let mut headers = HeaderMap::new();
        headers.insert("ratelimit-limit", "100;w=21600".parse().unwrap());
        headers.insert("RateLimit", "\"default\";r=50;t=30".parse().unwrap());
        headers.insert("ratelimited", "no".parse().unwrap());
        for number in 0..20 {
            let name: http::HeaderName = format!("x-ratelimit-{number}").parse().unwrap();
            headers.insert(name, http::HeaderValue::from_bytes(&[b'a'; 500]).unwrap());
        }
        let record = Record::default();
        record.observe(&headers, &request());
        let found = record.known().rate_limit.unwrap().value;
        assert_eq!(found.len(), MAX_HEADERS);
        assert_eq!(found[0], ("ratelimit-limit".to_owned(), "100;w=21600".to_owned()));
        assert!(found.iter().all(|(name, value)| name != "ratelimited" && value.len() <= MAX_VALUE + 3));
    }

    #[test]
    fn another_hosts_headers_say_nothing_of_the_registry() {
        let mut headers = HeaderMap::new();
        headers.insert("docker-distribution-api-version", "registry/2.0".parse().unwrap());
        let record = Record::default();
        record.observe(&headers, &FailedRequest { statuses: vec![307, 200], ..request() });
        assert!(record.known().api_version.is_none());
        record.observe(&headers, &request());
        assert_eq!(record.known().api_version.unwrap().value, "registry/2.0");
    }

    #[test]
    fn a_short_list_takes_nothing_back() {
        let record = Record::default();
        let scope = Scope::Pull("a".parse().unwrap());
        let shown = |names, paged| {
            record.list(&scope, names, paged, &request());
            record.known().tag_lists.unwrap().value
        };
        assert_eq!(shown(3, false), TagListAnswer::Whole { names: 3 });
        assert_eq!(shown(2, false), TagListAnswer::Whole { names: 3 });
        assert_eq!(shown(100, true), TagListAnswer::Paged { names: 100 });
        assert_eq!(shown(3, false), TagListAnswer::Paged { names: 100 });
    }

    #[test]
    fn the_survey_asks_once_unless_told_otherwise() {
        let record = Record::default();
        assert!(record.begin_extensions(false) && !record.begin_extensions(false) && record.begin_extensions(true));
        assert!(record.begin_ranges(true).is_none());
        record.blob(&"a".parse().unwrap(), &format!("sha256:{}", "0".repeat(64)).parse().unwrap());
        assert!(record.begin_ranges(false).is_some() && record.begin_ranges(false).is_none());
    }
}
