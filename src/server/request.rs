//! What each request gets: a name under which its log lines are found, a time to end, and one line in the log.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt as _;
use tracing::Instrument as _;

use super::forwarded;
use super::forwarded_for;
use super::held::hold;
use super::hosts::Hosts;
use super::metrics::{Metrics, kind_of};
use super::refusal::Refusal;
use super::run::Peer;
use super::settings::{Network, ServerLimits, Settings};
use super::shares::{Share, Shares};
use crate::registry::{Asker, Reader};
use crate::view::base_path;

/// The header that names a request: in the answer, and for everything that looks at the request here.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest path and query, in bytes.
const MAX_TARGET: usize = 16 * 1024;
/// Longest path in a log line, in characters.
const LOGGED_PATH: usize = 512;

/// Names one request: 16 hexadecimal digits, or what a trusted proxy has named it. It knows whose request that is.
#[derive(Debug, Clone)]
pub(super) struct RequestId {
    name: Arc<str>,
    reader: Reader,
}

impl RequestId {
    pub(super) fn next() -> Self {
        static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let hash = SEED.hash_one(COUNT.fetch_add(1, Ordering::Relaxed));
        Self::named(&format!("{hash:016x}"))
    }

    /// A proxy's name for it, if that is plain text of a sensible length.
    fn of_proxy(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(REQUEST_ID)?.to_str().ok()?;
        let plain = (8..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        plain.then(|| Self::named(text))
    }

    /// For a request that has not passed [`accompany`], as in tests of a part.
    pub(super) fn unnamed() -> Self {
        Self::named("unnamed")
    }

    fn named(name: &str) -> Self {
        Self { name: name.into(), reader: Reader::default() }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.name
    }

    /// For whom its pages ask.
    pub(super) fn asker(&self) -> Asker {
        Asker { request_id: Some(Arc::clone(&self.name)), reader: self.reader }
    }
}

/// What requests are counted by, whatever the settings become.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    /// What each reader has under way.
    pub(super) requests: Shares,
    /// Everything that is counted.
    pub(super) metrics: Metrics,
}

/// What requests are judged by.
#[derive(Debug)]
pub(super) struct Gate {
    hosts: Hosts,
    proxies: Vec<Network>,
    limits: ServerLimits,
    shares: Shares,
    metrics: Metrics,
}

impl Gate {
    pub(super) fn new(settings: &Settings, shared: &Shared) -> Self {
        Self {
            hosts: Hosts::new(settings),
            proxies: settings.trusted_proxies.clone(),
            limits: settings.limits.clone(),
            shares: shared.requests.clone(),
            metrics: shared.metrics.clone(),
        }
    }

    /// A share of what is answered at a time; nobody in particular is held to none (threat T-24).
    fn share(&self, reader: Reader) -> Result<Option<Share>, Refusal> {
        if !reader.is_known() {
            return Ok(None);
        }
        let most = self.limits.requests_per_client;
        self.shares.take(reader, most).map(Some).ok_or_else(|| {
            Refusal::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_requests",
                format!(
                    "{most} requests from your address are being answered already. Wait for one of them, and ask for fewer at a \
                     time."
                ),
            )
        })
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(address))
    }

    /// Who asks: the other end of the connection, or behind trusted proxies the last address that is none of them. And whose
    /// turn that takes.
    fn client(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> (Option<IpAddr>, Reader) {
        let Some(mut client) = peer else { return (None, Reader::default()) };
        for value in forwarded_for::values(headers).iter().rev() {
            if !self.trusts(client) {
                break;
            }
            match forwarded_for::address(value) {
                Some(address) => client = address,
                // Whom a proxy names so that nobody can read it has a share all the same, though with all others there.
                None => return (Some(client), Reader::through(client)),
            }
        }
        // A proxy that does not say for whom it asks speaks for many.
        let reader = if self.trusts(client) { Reader::default() } else { Reader::at(client) };
        (Some(client), reader)
    }

    /// What is wrong with a request before anybody looks at what it asks for.
    fn refuse(&self, request: &Request, by_proxy: bool) -> Option<Refusal> {
        let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
        if target > MAX_TARGET {
            return Some(Refusal::new(
                StatusCode::URI_TOO_LONG,
                "invalid_request",
                format!("The address is longer than {MAX_TARGET} bytes."),
            ));
        }
        if !self.hosts.allow(forwarded::host(request, by_proxy)) {
            return Some(unknown_host());
        }
        None
    }
}

/// Names the request, gives it a time to end, and writes its line into the log. The outermost of all layers.
pub(super) async fn accompany(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Response {
    let start = Instant::now();
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
    let by_proxy = peer.is_some_and(|peer| gate.trusts(peer));
    let mut id = if by_proxy { RequestId::of_proxy(request.headers()) } else { None }.unwrap_or_else(RequestId::next);
    if by_proxy && let Some(origin) = forwarded::origin(&request) {
        request.extensions_mut().insert(origin);
    }
    let (client, reader) = gate.client(peer, request.headers());
    id.reader = reader;
    let in_flight = gate.metrics.request();
    // Pages find the name in their request's headers; what somebody else has sent there is no name.
    let header = HeaderValue::from_str(id.as_str()).unwrap_or(HeaderValue::from_static("unnamed"));
    request.headers_mut().insert(REQUEST_ID, header.clone());
    request.extensions_mut().insert(id.clone());

    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let inner = base_path::within(&path).unwrap_or_default();
    let span = tracing::info_span!("request", request_id = id.as_str());
    let refused = |refusal: Refusal| {
        gate.metrics.refused(refusal.code);
        refusal.answer(inner, &id)
    };
    let (mut response, share) = match gate.refuse(&request, by_proxy).map_or_else(|| gate.share(id.reader), Err) {
        Err(refusal) => (refused(refusal), None),
        Ok(share) => {
            // A failure of our own must not take the connection with it.
            let answer = AssertUnwindSafe(next.run(request).instrument(span)).catch_unwind();
            let response = match tokio::time::timeout(gate.limits.request_deadline, answer).await {
                Ok(Ok(response)) => response,
                Ok(Err(_)) => refused(broken()),
                Err(_) => refused(late(&gate)),
            };
            (response, share)
        }
    };
    response.headers_mut().insert(REQUEST_ID, header);
    gate.metrics.answered(kind_of(inner), &method, response.status(), start.elapsed());
    log(&method, &path, client, &id, &response, start);
    // Who takes an answer slowly has it for as long.
    response.map(|body| hold(body, (in_flight, share)))
}

pub(super) fn unknown_host() -> Refusal {
    Refusal::new(
        StatusCode::MISDIRECTED_REQUEST,
        "unknown_host",
        "This server does not answer to the host name in the request. Its operator can allow the name with --allowed-host or \
         --public-url.",
    )
}

fn broken() -> Refusal {
    Refusal::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "Strata itself has failed. Its log says more, under the number of this request.",
    )
}

fn late(gate: &Gate) -> Refusal {
    Refusal::new(
        StatusCode::GATEWAY_TIMEOUT,
        "timeout",
        format!(
            "There was no answer within {} ms. Ask again: what has been read meanwhile is kept.",
            gate.limits.request_deadline.as_millis()
        ),
    )
}

fn log(
    method: &axum::http::Method,
    path: &str,
    client: Option<IpAddr>,
    id: &RequestId,
    response: &Response,
    start: Instant,
) {
    let status = response.status().as_u16();
    let elapsed_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let is_asset = base_path::within(path).is_some_and(|inner| inner.starts_with("/-/assets/"));
    let path = visible(path);
    let client = client.map(tracing::field::display);
    if is_asset && status < 400 {
        tracing::debug!(request_id = id.as_str(), %method, path, status, elapsed_ms, client, "answered");
    } else {
        tracing::info!(request_id = id.as_str(), %method, path, status, elapsed_ms, client, "answered");
    }
}

/// A path as a log line shows it: nothing that could move a terminal's cursor or write from right to left.
fn visible(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for character in path.chars().take(LOGGED_PATH) {
        if character.is_ascii() && !character.is_ascii_control() {
            text.push(character);
        } else {
            text.extend(character.escape_unicode());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(proxies: &[&str]) -> Gate {
        let settings = Settings::read(
            &super::super::settings::Arguments {
                trusted_proxies: proxies.iter().map(|text| (*text).to_owned()).collect(),
                ..Default::default()
            },
            &|_| None,
        )
        .unwrap();
        Gate::new(&settings, &Shared::default())
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Fails when a value that cannot be read makes its client nobody, who has no share and takes no turns: it was seen to.
    #[test]
    fn client_is_the_last_address_that_is_no_trusted_proxy() {
        let gate = gate(&["10.0.0.0/8", "127.0.0.1"]);
        let at = |text: &str| Reader::at(address(text));
        let through = |text: &str| Reader::through(address(text));
        for (peer, header, client, reader) in [
            ("192.0.2.1", &b"198.51.100.7"[..], "192.0.2.1", at("192.0.2.1")),
            ("10.0.0.1", b"198.51.100.7", "198.51.100.7", at("198.51.100.7")),
            ("10.0.0.1", b"203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7", at("198.51.100.7")),
            ("10.0.0.1", b"203.0.113.9:4711", "203.0.113.9", at("203.0.113.9")),
            ("10.0.0.1", b"[2001:db8::1]:4711", "2001:db8::1", at("2001:db8::1")),
            ("10.0.0.1", b"\xff, 198.51.100.7", "198.51.100.7", at("198.51.100.7")),
            ("10.0.0.1", b"198.51.100.7, \xff", "10.0.0.1", through("10.0.0.1")),
            ("10.0.0.1", b"198.51.100.7, unknown, 10.0.0.2", "10.0.0.2", through("10.0.0.2")),
            ("10.0.0.1", b"198.51.100.7,", "10.0.0.1", through("10.0.0.1")),
            ("127.0.0.1", b"nonsense", "127.0.0.1", through("127.0.0.1")),
            ("10.0.0.1", b"10.0.0.2", "10.0.0.2", Reader::default()),
            ("10.0.0.1", b"", "10.0.0.1", Reader::default()),
        ] {
            let value = HeaderValue::from_bytes(header).unwrap();
            let headers = HeaderMap::from_iter([(HeaderName::from_static("x-forwarded-for"), value)]);
            let found = gate.client(Some(address(peer)), &headers);
            assert_eq!(found, (Some(address(client)), reader), "{peer} {}", header.escape_ascii());
        }
        assert!(through("127.0.0.1").is_known() && through("10.0.0.1").is_known());
        assert_eq!(gate.client(Some(address("10.0.0.1")), &HeaderMap::new()).1, Reader::default());
    }

    #[test]
    fn requests_have_different_names() {
        let first = RequestId::next();
        assert_eq!(first.as_str().len(), 16);
        assert_ne!(first.as_str(), RequestId::next().as_str());
    }

    #[test]
    fn names_of_proxies_are_plain_text() {
        for (name, taken) in [("abcdef-0123", true), ("short", false), ("with space 12345", false)] {
            let headers = HeaderMap::from_iter([(REQUEST_ID, HeaderValue::from_static(name))]);
            assert_eq!(RequestId::of_proxy(&headers).is_some(), taken, "{name}");
        }
    }

    #[test]
    fn log_lines_show_what_would_hide() {
        assert_eq!(visible("/a\u{202e}b\n"), "/a\\u{202e}b\\u{a}");
    }
}
