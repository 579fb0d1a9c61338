//! What a registry is, by its answer to `GET /v2/`.

use std::time::Duration;

use http::StatusCode;
use url::Url;

use super::challenge::Challenge;
use super::error::Error;
use super::exchange::{Exchange, refusal};
use super::fetch::Outgoing;
use super::redirect::Follow;
use super::request::Request;
use super::scope::Scope;
use super::text::visible;
use super::trace::EntryKind;

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
    /// How long the answer took.
    pub elapsed: Duration,
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
    /// In ways that are not known here: the names of their schemes.
    Other(String),
}

/// Asks. The answer is never kept, and a pause of the registry is passed by, but for the sign-in where the registry has asked
/// to be left alone: who asks this wants to know how it is now.
pub(crate) async fn probe(exchange: &Exchange, request: &Request, url: Url) -> Result<Probe, Error> {
    let mut outgoing = Outgoing::get(EntryKind::Probe, url, exchange.fetcher.limits.error_body_bytes);
    outgoing.follow = Follow::Elsewhere { ending: Some("/v2/".to_owned()) };
    let incoming = exchange.fetcher.fetch(&request.trace, &outgoing).await.map_err(|failed| {
        failed.error.log();
        failed.error
    })?;
    let version = incoming.headers.get("docker-distribution-api-version").and_then(|value| value.to_str().ok());
    let mut probe = Probe {
        status: incoming.status.as_u16(),
        api_version: version.map(|text| visible(text, 100)),
        auth: AuthKind::Anonymous,
        sign_in: None,
        elapsed: incoming.request.elapsed,
    };
    if incoming.status == StatusCode::UNAUTHORIZED {
        probe.auth = exchange.authenticator.describe(&Challenge::read_all(&incoming.headers));
        if exchange.authenticator.has_credentials() {
            probe.sign_in = Some(sign_in(exchange, request, outgoing).await.inspect_err(Error::log));
        }
    }
    Ok(probe)
}

async fn sign_in(exchange: &Exchange, request: &Request, outgoing: Outgoing) -> Result<(), Error> {
    let request = request.clone().refreshing(true);
    let incoming = exchange.ask(&request, &Scope::Nothing, outgoing).await?;
    if incoming.status.is_success() { Ok(()) } else { Err(refusal(incoming, None)) }
}
