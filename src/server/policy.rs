//! The headers that protect a page.

use axum::http::{HeaderValue, header};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

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
/// `wasm-unsafe-eval` lets the loader compile it.
fn content_security_policy(nonce: &str, development: bool) -> String {
    let connect = if development { "'self' ws:" } else { "'self'" };
    format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; connect-src {connect}; form-action 'self'; base-uri 'none'; \
         object-src 'none'; frame-ancestors 'none'"
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
