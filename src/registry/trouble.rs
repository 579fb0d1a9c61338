//! What goes wrong on the way to a registry, before it is known what to say about the request.

use url::Url;

use super::error::{Error, FailedRequest, Phase, RealmReason, RedirectReason};
use super::fetch::Failed;
use super::origin::Origin;
use super::text::{redacted, visible};
use super::transport::{NotPublic, Purpose, causes};

/// What went wrong.
pub(super) enum Trouble {
    Timeout(Phase),
    Unreachable { problem: String, transient: bool, dead: bool },
    TooLarge { limit: u64, announced: Option<u64> },
    Size { expected: u64, received: u64 },
    Redirect { to: String, reason: RedirectReason },
    NotPublic(Url),
    Invalid(String),
}

impl Trouble {
    /// The error of a request that was made for some purpose.
    pub(super) fn about(self, request: FailedRequest, purpose: Purpose) -> Failed {
        let request = Box::new(request);
        let transient = matches!(self, Self::Unreachable { transient: true, .. });
        // Where a redirect led is another host's trouble.
        let dead = request.statuses.is_empty()
            && matches!(self, Self::Unreachable { dead: true, .. } | Self::Timeout(Phase::Connect));
        let error = match self {
            Self::Timeout(phase) => Error::Timeout { request, phase },
            Self::Unreachable { problem, .. } => Error::Unreachable { request, problem },
            Self::TooLarge { limit, announced } => Error::TooLarge { request, limit, announced },
            Self::Size { expected, received } => Error::SizeMismatch { request, expected, received },
            Self::Redirect { to, reason } => Error::RedirectRefused { request, to, reason },
            Self::NotPublic(url) if purpose == Purpose::Token => Error::RealmRefused {
                request,
                realm: Origin::of(&url).map_or_else(|_| redacted(&url), |origin| origin.to_string()),
                setting: "trusted_realms",
                reason: RealmReason::Address,
            },
            Self::NotPublic(url) => {
                Error::RedirectRefused { request, to: redacted(&url), reason: RedirectReason::Address }
            }
            Self::Invalid(problem) => Error::InvalidResponse { request, problem },
        };
        Failed { error, transient, dead }
    }
}

/// What a failure of the connection or of the answer's body is.
pub(super) fn classify(error: reqwest::Error, url: &Url) -> Trouble {
    // The URL is told elsewhere, redacted.
    let error = error.without_url();
    if error.is_timeout() {
        return Trouble::Timeout(if error.is_connect() { Phase::Connect } else { Phase::Idle });
    }
    let mut untrusted = false;
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(cause) = source {
        if cause.is::<NotPublic>() {
            return Trouble::NotPublic(url.clone());
        }
        untrusted |= cause.is::<rustls::Error>();
        // An I/O error does not count what it wraps as its source.
        source = match cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    let dead = error.is_connect() && !untrusted;
    Trouble::Unreachable { problem: visible(&causes(&error), 500), transient: !untrusted, dead }
}
