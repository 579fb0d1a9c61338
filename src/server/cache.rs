//! How long others may keep an answer: the one place that writes `Cache-Control`.
//!
//! Handlers name a policy by putting it into the response's extensions.

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// How long an answer may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CachePolicy {
    /// By everybody, for ever: it stands under its own digest and needed no credentials.
    Immutable,
    /// By the reader's own browser, for ever: it stands under its own digest.
    PrivateImmutable,
    /// By the reader's own browser, which asks each time whether it still holds.
    Revalidate,
}

impl CachePolicy {
    /// The header's value.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::PrivateImmutable => "private, max-age=31536000, immutable",
            Self::Revalidate => "private, no-cache",
        })
    }
}

/// Writes the header. An error is never kept, whatever a handler has named; an answer without a policy is a page.
pub(super) async fn write_header(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let named = response.extensions().get::<CachePolicy>().copied();
    let failed = response.status().is_client_error() || response.status().is_server_error();
    let policy = named.filter(|_| !failed);
    let headers = response.headers_mut();
    if policy.is_some() || failed || !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, policy.unwrap_or(CachePolicy::Revalidate).header());
    }
    response
}
