//! What can go wrong between here and a registry. One place, every variant with the request that it is about.

use std::time::Duration;

use thiserror::Error;

use super::asker::Asker;
use super::message::RegistryMessage;
use crate::oci::Digest;

/// What the log line of every failure says.
const FAILED: &str = "registry request failed";

/// Why a registry's answer is not to be had. Cheap to clone: readers who waited for one answer share its failure.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// 404: no such object, or no access that would let it be seen.
    #[error("{registry} has nothing there", registry = .request.registry)]
    NotFound {
        /// The request.
        request: Box<FailedRequest>,
        /// What the registry said about it.
        errors: Vec<RegistryMessage>,
    },
    /// 401: the registry wants a sign-in, or refuses the one it got.
    #[error("{registry} wants a sign-in", registry = .request.registry)]
    Unauthorized {
        /// The request; the token service's where that refused.
        request: Box<FailedRequest>,
        /// What the registry said about it.
        errors: Vec<RegistryMessage>,
        /// Whether credentials are configured and were refused.
        rejected: bool,
        /// Whether a token was granted, or the account was accepted for something else, and the registry refused it all the
        /// same: the account may not see this.
        granted: bool,
    },
    /// 403: no permission.
    #[error("{registry} does not permit this", registry = .request.registry)]
    Denied {
        /// The request.
        request: Box<FailedRequest>,
        /// What the registry said about it.
        errors: Vec<RegistryMessage>,
    },
    /// 429: too many requests.
    #[error("{registry} asks to wait", registry = .request.registry)]
    RateLimited {
        /// The request.
        request: Box<FailedRequest>,
        /// How long to wait, where the registry said so.
        retry_after: Option<Duration>,
        /// What the registry said about it.
        errors: Vec<RegistryMessage>,
    },
    /// Another status that is no success.
    #[error("{registry} answered with status {status}", registry = .request.registry)]
    Upstream {
        /// The request.
        request: Box<FailedRequest>,
        /// The status.
        status: u16,
        /// What the registry said about it.
        errors: Vec<RegistryMessage>,
    },
    /// No answer, or no end of it, in time.
    #[error("{registry} took too long: {phase}", registry = .request.registry)]
    Timeout {
        /// The request.
        request: Box<FailedRequest>,
        /// What was waited for.
        phase: Phase,
    },
    /// No connection, or a broken one.
    #[error("{registry} cannot be reached: {problem}", registry = .request.registry)]
    Unreachable {
        /// The request.
        request: Box<FailedRequest>,
        /// What the system said.
        problem: String,
    },
    /// An answer, or what is announced as one, is larger than is read.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The request.
        request: Box<FailedRequest>,
        /// The limit in bytes.
        limit: u64,
        /// The size that was announced, where one was.
        announced: Option<u64>,
    },
    /// The bytes are not those of the digest (threat T-13). They are neither shown nor kept.
    #[error("the bytes have another digest than they should have")]
    DigestMismatch {
        /// The request.
        request: Box<FailedRequest>,
        /// The digest asked for, or else the one that the registry's own header states.
        asked: Digest,
        /// The digest of the bytes.
        received: Digest,
        /// What the registry's header states, if anything.
        reported: Option<Digest>,
    },
    /// The bytes are not as many as their descriptor says.
    #[error("the size is {received} bytes and should be {expected}")]
    SizeMismatch {
        /// The request.
        request: Box<FailedRequest>,
        /// From the descriptor.
        expected: u64,
        /// As counted or announced.
        received: u64,
    },
    /// A success that is not what was asked for.
    #[error("the answer of {registry} makes no sense: {problem}", registry = .request.registry)]
    InvalidResponse {
        /// The request.
        request: Box<FailedRequest>,
        /// What is wrong with it.
        problem: String,
    },
    /// A redirect that is not followed (threats T-5, T-11).
    #[error("a redirect to {to} is not followed: {reason}")]
    RedirectRefused {
        /// The request.
        request: Box<FailedRequest>,
        /// Where it led, redacted.
        to: String,
        /// Why it is not followed.
        reason: RedirectReason,
    },
    /// A token service that does not get the credentials (threats T-2, T-3).
    #[error(
        "{registry} asks to sign in at {realm}, which is not trusted with its credentials; if it is right, add {realm} to `trusted_realms`",
        registry = .request.registry
    )]
    RealmRefused {
        /// The request that was answered with the challenge.
        request: Box<FailedRequest>,
        /// Origin of the token service; the whole text where it has none.
        realm: String,
        /// The setting that would allow it.
        setting: &'static str,
        /// Why it is not trusted.
        reason: RealmReason,
    },
    /// The registry does not offer this, which many do not: its catalog.
    #[error("{registry} does not offer this (status {status})", registry = .request.registry)]
    NotOffered {
        /// The request.
        request: Box<FailedRequest>,
        /// The status that says so.
        status: u16,
        /// What the registry said about it.
        errors: Vec<RegistryMessage>,
    },
    /// It is never asked for, because the answer could not be checked.
    #[error("{0}")]
    NotFetchable(String),
    /// The page's deadline came first. The work goes on, and a later call may find the answer.
    #[error("{registry} has not answered yet")]
    Deadline {
        /// The registry's name.
        registry: String,
        /// What was waited for.
        waiting_for: String,
    },
    /// The work ended without a result: the server is stopping, or a fault of our own.
    #[error("the work was stopped")]
    Stopped,
}

/// A request that failed, as far as it got.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FailedRequest {
    /// The registry's name.
    pub registry: String,
    /// `GET` or `HEAD`; `POST` at a token service.
    pub method: &'static str,
    /// The URL first asked, without what may be secret in it.
    pub url: String,
    /// The status of each answer in a chain of redirects.
    pub statuses: Vec<u16>,
    /// The last answer's `Content-Type`.
    pub content_type: Option<String>,
    /// Bytes read of the last answer's body.
    pub bytes: u64,
    /// How long it took.
    pub elapsed: Duration,
    /// The beginning of a body of plain text that is no error document of a registry.
    pub excerpt: Option<String>,
}

/// What was waited for when the time ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Phase {
    /// A place among the requests that run at the same time. Nothing was sent.
    #[error("too many requests wait for it already")]
    Queue,
    /// The connection.
    #[error("no connection")]
    Connect,
    /// The head of the answer.
    #[error("no answer")]
    FirstByte,
    /// The next piece of the body.
    #[error("the answer stopped in the middle")]
    Idle,
    /// Enough of the body in some time.
    #[error("the answer came too slowly")]
    Rate,
    /// The end of it all.
    #[error("the answer did not end")]
    Total,
}

/// Why a redirect is not followed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RedirectReason {
    /// There is no usable `Location`.
    #[error("it leads nowhere")]
    Location,
    /// Neither `http` nor `https`.
    #[error("only http and https are followed")]
    Scheme,
    /// From `https` to `http`.
    #[error("it leads from https to http")]
    Downgrade,
    /// A user name or password in it.
    #[error("it carries a user name or password")]
    Credentials,
    /// More of them than are followed.
    #[error("there are more than {0} of them")]
    TooMany(u32),
    /// To another object of the same registry, or away from what was asked for.
    #[error("it leads to another object than was asked for")]
    OtherObject,
    /// An address that is not public.
    #[error("its address is not public; if it is right, add its origin to `trusted_redirects`")]
    Address,
    /// Where none is followed at all: from a token service.
    #[error("a token service may not redirect")]
    Never,
}

/// Why a realm is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RealmReason {
    /// It is no `http` or `https` URL.
    #[error("it is no http or https URL")]
    Scheme,
    /// Plain text, for a registry that is reached by TLS.
    #[error("it is plain http")]
    PlainText,
    /// A user name or password in it.
    #[error("it carries a user name or password")]
    Credentials,
    /// Another origin than the registry's.
    #[error("it is another origin than the registry's")]
    OtherOrigin,
    /// An address that is not public.
    #[error("its address is not public")]
    Address,
}

impl Error {
    /// The request that failed, where there was one.
    pub fn request(&self) -> Option<&FailedRequest> {
        match self {
            Self::NotFound { request, .. }
            | Self::Unauthorized { request, .. }
            | Self::Denied { request, .. }
            | Self::RateLimited { request, .. }
            | Self::Upstream { request, .. }
            | Self::Timeout { request, .. }
            | Self::Unreachable { request, .. }
            | Self::TooLarge { request, .. }
            | Self::DigestMismatch { request, .. }
            | Self::SizeMismatch { request, .. }
            | Self::InvalidResponse { request, .. }
            | Self::RedirectRefused { request, .. }
            | Self::RealmRefused { request, .. }
            | Self::NotOffered { request, .. } => Some(request),
            Self::NotFetchable(_) | Self::Deadline { .. } | Self::Stopped => None,
        }
    }

    /// What the registry itself said about the failure.
    pub fn messages(&self) -> &[RegistryMessage] {
        match self {
            Self::NotFound { errors, .. }
            | Self::Unauthorized { errors, .. }
            | Self::Denied { errors, .. }
            | Self::RateLimited { errors, .. }
            | Self::Upstream { errors, .. }
            | Self::NotOffered { errors, .. } => errors,
            _ => &[],
        }
    }

    /// A short word for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Unauthorized { .. } => "unauthorized",
            Self::Denied { .. } => "denied",
            Self::RateLimited { .. } => "rate_limited",
            Self::Upstream { .. } => "upstream",
            Self::Timeout { .. } => "timeout",
            Self::Unreachable { .. } => "unreachable",
            Self::TooLarge { .. } => "too_large",
            Self::DigestMismatch { .. } => "digest_mismatch",
            Self::SizeMismatch { .. } => "size_mismatch",
            Self::InvalidResponse { .. } => "invalid_response",
            Self::RedirectRefused { .. } => "redirect_refused",
            Self::RealmRefused { .. } => "realm_refused",
            Self::NotOffered { .. } => "not_offered",
            Self::NotFetchable(_) => "not_fetchable",
            Self::Deadline { .. } => "deadline",
            Self::Stopped => "stopped",
        }
    }

    /// Writes the one log line of a failure (threat T-28: texts are escaped, URLs redacted).
    pub(crate) fn log(&self, asker: &Asker) {
        let request_id = asker.request_id.as_deref();
        let Some(request) = self.request() else {
            tracing::warn!(request_id, code = self.code(), problem = self.to_string(), "{FAILED}");
            return;
        };
        let FailedRequest { registry, method, url, statuses, bytes, elapsed, .. } = request;
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let said = self.messages().first().map(|message| message.code.as_str()).unwrap_or_default();
        let (code, problem) = (self.code(), self.to_string());
        // A level stands in the code: it cannot be a value.
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    request_id,
                    code,
                    registry,
                    method,
                    url,
                    ?statuses,
                    bytes,
                    elapsed_ms,
                    said,
                    problem,
                    "{FAILED}"
                )
            };
        }
        if matches!(self, Self::NotFound { .. } | Self::NotOffered { .. }) { line!(info) } else { line!(warn) }
    }
}
