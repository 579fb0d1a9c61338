//! The headers that protect a page and its readers (threats V-4, V-5).

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

/// What answers that are no pages may load: nothing. Where one is opened as a document all the same, it can do nothing.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Headers of every answer that does not set them itself.
const EVERYWHERE: [(HeaderName, HeaderValue); 6] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOTHING)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Paths tell what a private registry holds; other sites need not know.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    // For browsers that do not know `frame-ancestors`.
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(), clipboard-read=(), clipboard-write=(self), display-capture=(), geolocation=(), microphone=(), \
             payment=(), usb=()",
        ),
    ),
];

/// Adds what every answer carries.
pub(super) async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in EVERYWHERE {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

/// Sets the page's Content-Security-Policy: only scripts with this response's nonce run, and nothing
/// comes from elsewhere. Called once for each page, in its rendering context.
///
/// `development` also allows the connection that reloads the page after a change.
pub(super) fn set_content_security_policy(development: bool) {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else {
        return;
    };
    let policy = content_security_policy(nonce.as_inner(), development);
    if let Ok(value) = HeaderValue::try_from(policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// The policy's text. `strict-dynamic` lets the one inline module import the wasm's loader, and
/// `wasm-unsafe-eval` lets the loader compile it. Pictures come from this site only: those that a registry names would
/// tell its owner who reads.
fn content_security_policy(nonce: &str, development: bool) -> String {
    let connect = if development { "'self' ws:" } else { "'self'" };
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; font-src 'self'; img-src 'self'; connect-src {connect}; form-action 'self'; \
         base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::content_security_policy;

    #[test]
    fn nothing_inline_runs_without_the_nonce() {
        let policy = content_security_policy("abc", false);
        assert!(policy.contains("script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'"));
        assert!(!policy.contains("unsafe-inline"));
        assert!(!policy.contains("ws:"));
    }

    #[test]
    fn development_may_open_the_reload_connection() {
        assert!(content_security_policy("abc", true).contains("connect-src 'self' ws:"));
    }
}
