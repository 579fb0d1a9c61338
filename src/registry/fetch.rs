//! The one function through which every byte from upstream passes: capped, timed, traced.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, IF_NONE_MATCH, RANGE,
};
use http::{HeaderMap, Method, StatusCode};
use reqwest::Response;
use tokio::time::timeout;
use url::Url;

use super::asker::Asker;
use super::error::{Error, FailedRequest, Phase, RedirectReason};
use super::limits::Limits;
use super::meter::{RegistryMeter, outcome_of};
use super::origin::Origin;
use super::queue::{Lane, Queue};
use super::redirect::{self, Follow};
use super::secret::Secret;
use super::stream::{self, Stream};
use super::text::{redacted, visible};
use super::trace::{EntryId, EntryKind, Trace};
use super::transport::{NoPool, Purpose, Transport};
use super::trouble::{Trouble, classify};

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) kind: EntryKind,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) accept: &'static str,
    pub(crate) if_none_match: Option<HeaderValue>,
    /// Sent to the origin of `url` and to no other.
    pub(crate) authorization: Option<HeaderValue>,
    /// The body of a `POST`, as forms are encoded. Has secrets in it.
    pub(crate) form: Option<Secret>,
    /// The part of a blob that is wanted.
    pub(crate) range: Option<HeaderValue>,
    /// Takes the body of a success as it comes, in place of its being kept.
    pub(crate) stream: Option<Stream>,
    /// Longest body of a success, in bytes.
    pub(crate) limit: u64,
    /// The exact size that a descriptor announces.
    pub(crate) expected: Option<u64>,
    pub(crate) follow: Follow,
    pub(crate) purpose: Purpose,
    pub(crate) asker: Asker,
}

/// One answer, read to its end.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What an error about this answer would say of it.
    pub(crate) request: FailedRequest,
    trace: Trace,
    entry: EntryId,
}

/// No answer.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) error: Error,
    /// Whether it may be worth another try at once.
    pub(crate) transient: bool,
    /// Whether there was not even a connection.
    pub(crate) dead: bool,
}

impl Failed {
    /// A failure that stays one.
    pub(crate) fn for_good(error: Error) -> Self {
        Self { error, transient: false, dead: false }
    }
}

/// Fetches for one registry.
pub(crate) struct Fetcher {
    pub(crate) registry: String,
    pub(crate) transport: Transport,
    pub(crate) limits: Limits,
    pub(crate) queue: Queue,
    pub(crate) meter: RegistryMeter,
}

impl Outgoing {
    pub(crate) fn get(kind: EntryKind, url: Url, limit: u64) -> Self {
        Self {
            kind,
            method: Method::GET,
            url,
            accept: "*/*",
            if_none_match: None,
            authorization: None,
            form: None,
            range: None,
            stream: None,
            limit,
            expected: None,
            follow: Follow::Never,
            purpose: Purpose::Content,
            asker: Asker::default(),
        }
    }

    pub(crate) fn method_name(&self) -> &'static str {
        match self.method {
            Method::HEAD => "HEAD",
            Method::POST => "POST",
            _ => "GET",
        }
    }

    fn lane(&self) -> Lane {
        match &self.stream {
            None => Lane::Answers,
            Some(stream) if stream.end.is_none() => Lane::Layers,
            Some(_) => Lane::Parts,
        }
    }
}

impl Incoming {
    /// Writes into the trace what came of the answer.
    pub(crate) fn note(&self, outcome: &str, verified: Option<bool>) {
        self.trace.update(self.entry, |entry| {
            outcome.clone_into(&mut entry.outcome);
            entry.verified = verified;
        });
    }

    /// The error that says that this answer makes no sense.
    pub(crate) fn invalid(self, problem: impl Into<String>) -> Error {
        let problem = problem.into();
        self.note(&problem, None);
        Error::InvalidResponse { request: Box::new(self.request), problem }
    }
}

impl Fetcher {
    /// Sends the request, follows redirects as far as they are allowed, and reads the answer.
    pub(crate) async fn fetch(&self, trace: &Trace, outgoing: &Outgoing) -> Result<Incoming, Failed> {
        let Some(_place) = self.queue.place(outgoing.lane(), outgoing.asker.reader).await else {
            return Err(Failed::for_good(self.crowded(outgoing)));
        };
        let mut request = self.unsent(outgoing);
        let entry = trace.begin(outgoing.kind, request.method, request.url.clone());
        let in_flight = self.meter.in_flight();
        let began = Instant::now();
        let follow = Box::pin(self.follow(outgoing, &mut request));
        // A stream takes as long as it takes, but may neither stop nor trickle.
        let result = match outgoing.stream {
            Some(_) => follow.await,
            None => timeout(self.limits.total, follow).await.unwrap_or(Err(Trouble::Timeout(Phase::Total))),
        };
        request.elapsed = began.elapsed();
        drop(in_flight);
        tracing::debug!(
            request_id = outgoing.asker.request_id.as_deref(),
            registry = self.registry,
            method = request.method,
            url = request.url,
            statuses = ?request.statuses,
            bytes = request.bytes,
            elapsed_ms = u64::try_from(request.elapsed.as_millis()).unwrap_or(u64::MAX),
            "registry request"
        );
        trace.update(entry, |entry| {
            entry.elapsed = request.elapsed;
            entry.statuses.clone_from(&request.statuses);
            entry.bytes = request.bytes;
            entry.pending = false;
        });
        let measure = |outcome: &'static str, request: &FailedRequest| {
            self.meter.request(outgoing.kind, outcome, Some(request.elapsed), request.bytes);
        };
        match result {
            Ok((status, headers, body)) => {
                measure(outcome_of(status.as_u16()), &request);
                let incoming = Incoming { status, headers, body, request, trace: trace.clone(), entry };
                incoming.note(&outcome(status), None);
                Ok(incoming)
            }
            Err(trouble) => {
                let has_given = outgoing.stream.is_some() && request.bytes > 0;
                let mut failed = trouble.about(request, outgoing.purpose);
                // What was given cannot be taken back: who reads it asks for the rest.
                failed.transient &= !has_given;
                if let Some(request) = failed.error.request() {
                    measure(failed.error.code(), request);
                }
                trace.update(entry, |entry| entry.outcome = failed.error.to_string());
                Err(failed)
            }
        }
    }

    /// The error of a request that is not sent because too many wait for their turn already (threat T-24).
    pub(crate) fn crowded(&self, outgoing: &Outgoing) -> Error {
        self.meter.request(outgoing.kind, "queue", None, 0);
        Error::Timeout { request: Box::new(self.unsent(outgoing)), phase: Phase::Queue }
    }

    /// What an error says of a request that was not sent.
    pub(crate) fn unsent(&self, outgoing: &Outgoing) -> FailedRequest {
        FailedRequest {
            registry: self.registry.clone(),
            method: outgoing.method_name(),
            url: redacted(&outgoing.url),
            ..FailedRequest::default()
        }
    }

    async fn follow(
        &self,
        outgoing: &Outgoing,
        request: &mut FailedRequest,
    ) -> Result<(StatusCode, HeaderMap, Bytes), Trouble> {
        let mut url = outgoing.url.clone();
        let home = Origin::of(&url).map_err(|error| Trouble::Invalid(error.to_string()))?;
        // Once left behind, credentials are not taken up again in the same chain (threat T-4).
        let mut authorization = outgoing.authorization.clone();
        let mut away = false;
        loop {
            let response = self.send(outgoing, &url, authorization.as_ref(), away).await?;
            let status = response.status();
            request.statuses.push(status.as_u16());
            let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            request.content_type = content_type.map(|text| visible(text, 256));
            if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
                return self.read(outgoing, response, request).await;
            }
            let hops = u32::try_from(request.statuses.len()).unwrap_or(u32::MAX);
            let (target, origin) = redirect::next(&outgoing.follow, &self.transport.own, &url, response.headers())
                .and_then(|(target, origin)| {
                    if hops > self.limits.redirects {
                        return Err((Some(target), RedirectReason::TooMany(self.limits.redirects)));
                    }
                    Ok((target, origin))
                })
                .map_err(|(to, reason)| Trouble::Redirect {
                    to: to.as_ref().map_or_else(String::new, redacted),
                    reason,
                })?;
            if origin != home {
                authorization = None;
                away = true;
            }
            url = target;
        }
    }

    async fn send(
        &self,
        outgoing: &Outgoing,
        url: &Url,
        authorization: Option<&HeaderValue>,
        away: bool,
    ) -> Result<Response, Trouble> {
        let pool = self.transport.pool(url, outgoing.purpose, away).map_err(|none| match none {
            NoPool::NotPublic => Trouble::NotPublic(url.clone()),
            NoPool::Tls(problem) => Trouble::Unreachable { problem, transient: false, dead: false },
        })?;
        let mut request = pool
            .request(outgoing.method.clone(), url.clone())
            .header(ACCEPT, outgoing.accept)
            // Bytes are hashed as they are stored; nothing may be packed on the way (threat T-29).
            .header(ACCEPT_ENCODING, "identity");
        if let Some(etag) = &outgoing.if_none_match {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(range) = &outgoing.range {
            request = request.header(RANGE, range);
        }
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(form) = &outgoing.form {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.reveal().to_owned());
        }
        let patience = self.limits.connect.saturating_add(self.limits.first_byte);
        match timeout(patience, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(classify(error, url)),
            Err(_) => Err(Trouble::Timeout(Phase::FirstByte)),
        }
    }

    async fn read(
        &self,
        outgoing: &Outgoing,
        mut response: Response,
        request: &mut FailedRequest,
    ) -> Result<(StatusCode, HeaderMap, Bytes), Trouble> {
        let (status, headers) = (response.status(), response.headers().clone());
        if outgoing.method == Method::HEAD || status == StatusCode::NOT_MODIFIED {
            return Ok((status, headers, Bytes::new()));
        }
        let wanted = status.is_success();
        if wanted && let Some(encoding) = headers.get(CONTENT_ENCODING).filter(|value| *value != "identity") {
            let encoding = visible(encoding.to_str().unwrap_or("?"), 40);
            return Err(Trouble::Invalid(format!("it is packed ({encoding}), which was not asked for")));
        }
        let announced = response.content_length();
        let limit = if wanted { outgoing.limit } else { self.limits.error_body_bytes };
        if wanted && let Some(size) = announced.filter(|_| outgoing.stream.is_none()) {
            if let Some(expected) = outgoing.expected.filter(|expected| *expected != size) {
                return Err(Trouble::Size { expected, received: size });
            }
            if size > limit {
                return Err(Trouble::TooLarge { limit, announced });
            }
        }
        if wanted && let Some(stream) = &outgoing.stream {
            let mut answer = stream::Answer::of(stream, status, &headers).map_err(Trouble::Invalid)?;
            self.give(outgoing, response, request, &mut answer).await?;
            return Ok((status, headers, Bytes::new()));
        }
        let mut body = BytesMut::new();
        loop {
            let piece = match timeout(self.limits.idle, response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => break,
                // Of an error's body, what came is enough.
                Ok(Err(_)) | Err(_) if !wanted => break,
                Ok(Err(error)) => return Err(classify(error, &outgoing.url)),
                Err(_) => return Err(Trouble::Timeout(Phase::Idle)),
            };
            request.bytes = request.bytes.saturating_add(piece.len() as u64);
            if request.bytes > limit {
                if wanted {
                    return Err(Trouble::TooLarge { limit, announced });
                }
                // Of an error's body, the beginning is enough.
                let room = usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(body.len());
                body.extend_from_slice(&piece[..room.min(piece.len())]);
                break;
            }
            body.extend_from_slice(&piece);
        }
        if wanted && let Some(expected) = outgoing.expected.filter(|expected| *expected != request.bytes) {
            return Err(Trouble::Size { expected, received: request.bytes });
        }
        Ok((status, headers, body.freeze()))
    }
}

impl Fetcher {
    /// Hands a body on as it comes.
    async fn give(
        &self,
        outgoing: &Outgoing,
        mut response: Response,
        request: &mut FailedRequest,
        answer: &mut stream::Answer<'_>,
    ) -> Result<(), Trouble> {
        let mut pace = stream::Pace::new(self.limits.stream_bytes_per_second);
        loop {
            let began = Instant::now();
            let piece = match timeout(self.limits.idle, response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => return Ok(()),
                Ok(Err(error)) => return Err(classify(error, &outgoing.url)),
                Err(_) => return Err(Trouble::Timeout(Phase::Idle)),
            };
            request.bytes = request.bytes.saturating_add(piece.len() as u64);
            if request.bytes > outgoing.limit {
                return Err(Trouble::TooLarge { limit: outgoing.limit, announced: None });
            }
            if !pace.keeps(began.elapsed(), piece.len()) {
                return Err(Trouble::Timeout(Phase::Rate));
            }
            // Nobody reads any more, or all that was wanted has come.
            if !answer.give(piece).await {
                return Ok(());
            }
        }
    }
}

fn outcome(status: StatusCode) -> String {
    match status.as_u16() {
        200 => "received".to_owned(),
        304 => "not changed".to_owned(),
        401 => "sign-in wanted".to_owned(),
        403 => "not permitted".to_owned(),
        404 => "not there".to_owned(),
        429 => "asked to wait".to_owned(),
        other => format!("status {other}"),
    }
}

/// The pause that a `Retry-After` header asks for: seconds, or a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_secs(u64::from(seconds)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(std::time::SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_retry_after_are_read() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(http::header::RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers)
        };
        assert_eq!(read("120"), Some(Duration::from_mins(2)));
        assert_eq!(read("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        let later = std::time::SystemTime::now() + Duration::from_secs(100);
        let wait = read(&httpdate::fmt_http_date(later)).unwrap();
        assert!((98..=100).contains(&wait.as_secs()), "{wait:?}");
        for text in ["-1", "soon", "99999999999", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
