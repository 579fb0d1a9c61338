//! What a registry is, by its answer to `GET /v2/`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::StatusCode;
use url::Url;

use super::capabilities::Evidence;
use super::challenge::Challenge;
use super::error::Error;
use super::exchange::{Exchange, is_passing, refusal};
use super::fetch::{Failed, Outgoing, retry_after};
use super::flight::{Flights, Role};
use super::redirect::Follow;
use super::request::Request;
use super::scope::Scope;
use super::text::{redacted, visible};
use super::trace::EntryKind;

/// How long the outcome of a probe holds for others.
const LIFE: Duration = Duration::from_secs(2);

/// What a registry is. It tells whether it is there and how it wants readers to sign in, no more: repositories may have other
/// rules (distribution-spec, "Determining Support").
#[derive(Debug, Clone)]
pub struct Probe {
    /// The status of the answer without a sign-in.
    pub status: u16,
    /// The `Docker-Distribution-Api-Version` header, which some send.
    pub api_version: Option<String>,
    /// How it wants readers to sign in.
    pub auth: AuthKind,
    /// What came of signing in with the configured credentials; nothing where that is not wanted.
    pub sign_in: Option<Result<(), Error>>,
    /// The request without a sign-in, and its answer.
    pub evidence: Evidence,
}

/// How a registry wants readers to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthKind {
    /// Not at all.
    Anonymous,
    /// With user name and password.
    Basic,
    /// With a token.
    Bearer {
        /// The token service's URL, redacted.
        realm: String,
    },
    /// In ways that are not known here: the names of their schemes, or what else is to be said of them.
    Other(String),
}

/// The probes of one registry: one at a time, whose outcome holds for a moment, so that readers who all want to know how it is
/// cost it one question (threat T-24).
#[derive(Default)]
pub(crate) struct Probes {
    flights: Flights<(), Result<Probe, Error>>,
    last: Arc<Mutex<Option<Last>>>,
}

struct Last {
    ended: Instant,
    result: Result<Probe, Error>,
}

impl Probes {
    /// What a registry is, asked now or a moment ago. A pause after there was no connection is passed by: who asks this wants to
    /// know how it is now. One that the registry has asked for is not.
    pub(crate) async fn get(&self, exchange: &Arc<Exchange>, request: &Request, url: Url) -> Result<Probe, Error> {
        let shown = redacted(&url);
        let known = |outcome: &str| request.trace.known(EntryKind::Probe, "GET", shown.clone(), 0, outcome, None);
        if let Some(last) = lock(&self.last).as_ref().filter(|last| last.ended.elapsed() < LIFE) {
            known("asked a moment ago");
            return last.result.clone();
        }
        if let Some(error) = exchange.pause.in_force(true) {
            known("not asked so soon again");
            return Err(error);
        }
        let work = {
            let (exchange, request, last) = (Arc::clone(exchange), request.clone(), Arc::clone(&self.last));
            async move {
                let result = probe(&exchange, &request, url).await;
                *lock(&last) = Some(Last { ended: Instant::now(), result: result.clone() });
                result
            }
        };
        let (result, role) = self.flights.join((), request.deadline, || work).await;
        if role == Role::Follower {
            known("asked for another page");
        }
        result.unwrap_or_else(|none| Err(none.into_error(&exchange.fetcher.registry, &shown)))
    }
}

fn lock(last: &Mutex<Option<Last>>) -> MutexGuard<'_, Option<Last>> {
    last.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks. Where the registry answers that it wants to be left alone, it is.
async fn probe(exchange: &Exchange, request: &Request, url: Url) -> Result<Probe, Error> {
    let mut outgoing = Outgoing::get(EntryKind::Probe, url, exchange.fetcher.limits.error_body_bytes);
    outgoing.follow = Follow::Elsewhere { ending: Some("/v2/".to_owned()) };
    outgoing.asker = request.asker.clone();
    let incoming = exchange.fetcher.fetch(&request.trace, &outgoing).await.map_err(|failed| {
        failed.error.log(&request.asker);
        failed.error
    })?;
    let version = incoming.headers.get("docker-distribution-api-version").and_then(|value| value.to_str().ok());
    let mut probe = Probe {
        status: incoming.status.as_u16(),
        api_version: version.map(|text| visible(text, 100)),
        auth: AuthKind::Anonymous,
        sign_in: None,
        evidence: Evidence::of(&incoming.request),
    };
    exchange.record.observe(&incoming.headers, &incoming.request);
    // The challenge of a host that a redirect led to is neither the registry's nor ours to answer.
    let redirected = incoming.request.statuses.len() > 1;
    if incoming.status == StatusCode::UNAUTHORIZED && redirected {
        probe.auth = AuthKind::Other("another host asks for it, to which the registry leads".to_owned());
    } else if incoming.status == StatusCode::UNAUTHORIZED {
        probe.auth = exchange.authenticator.describe(&Challenge::read_all(&incoming.headers));
        if exchange.authenticator.has_credentials() {
            probe.sign_in =
                Some(sign_in(exchange, request, outgoing).await.inspect_err(|error| error.log(&request.asker)));
        }
    } else if is_passing(probe.status) {
        let asked = retry_after(&incoming.headers);
        exchange.leave_alone(&Failed::for_good(refusal(incoming, asked)), asked);
    }
    exchange.record.auth(&probe);
    Ok(probe)
}

async fn sign_in(exchange: &Exchange, request: &Request, outgoing: Outgoing) -> Result<(), Error> {
    let request = request.clone().refreshing(true);
    let incoming = exchange.ask(&request, &Scope::Nothing, outgoing).await?;
    if incoming.status.is_success() { Ok(()) } else { Err(refusal(incoming, None)) }
}
