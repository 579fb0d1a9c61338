//! Headers that protect a page and its readers (threats V-4, V-5, T-23, T-25).

use std::collections::HashSet;

use axum::http::{HeaderValue, header};

use crate::support::{SITES, get, request, send};

fn nonce_of(policy: &str) -> &str {
    let start = policy.find("'nonce-").unwrap() + "'nonce-".len();
    &policy[start..start + policy[start..].find('\'').unwrap()]
}

#[test]
fn page_has_exactly_these_headers() {
    let answer = get("/");
    let policy = answer.header("content-security-policy");
    let connect = if cfg!(debug_assertions) { "'self' ws:" } else { "'self'" };
    assert_eq!(
        policy.replace(nonce_of(policy), "N"),
        format!(
            "default-src 'none'; script-src 'nonce-N' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; font-src \
             'self'; img-src 'self'; connect-src {connect}; form-action 'self'; base-uri 'none'; object-src 'none'; \
             frame-ancestors 'none'"
        )
    );
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "private, no-cache"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), clipboard-read=(), clipboard-write=(self), display-capture=(), geolocation=(), microphone=(), \
             payment=(), usb=()",
        ),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    for name in ["server", "x-powered-by", "set-cookie", "access-control-allow-origin"] {
        assert_eq!(answer.header(name), "", "{name}");
    }
}

#[test]
fn nonce_is_new_each_time_and_on_every_script() {
    let mut nonces = HashSet::new();
    for _ in 0..5 {
        let answer = get("/");
        let nonce = nonce_of(answer.header("content-security-policy")).to_owned();
        assert!(nonce.len() >= 22, "{nonce}");
        let scripts = answer.text().matches("<script").count();
        let with_nonce = answer.text().matches(&format!("nonce=\"{nonce}\"")).count();
        assert!(scripts > 0 && with_nonce >= scripts, "{with_nonce} of {scripts} scripts");
        assert!(nonces.insert(nonce));
    }
}

#[test]
fn page_has_no_inline_style_and_no_inline_handler() {
    for target in ["/", "/base/linux", "/base/linux:latest", "/-/registry", "/-/search?q=%3Cscript%3E", "/nothing/here"]
    {
        let html = get(target).text().to_owned();
        assert!(!html.contains(" style=\"") && !html.contains("<style"), "{target}");
        for handler in [" onclick=", " onload=", " onerror=", "javascript:"] {
            assert!(!html.contains(handler), "{target}: {handler}");
        }
    }
}

#[test]
fn everything_else_is_sandboxed_by_its_policy() {
    for target in ["/-/api/registries", "/-/api/nothing", "/robots.txt", "/favicon.ico"] {
        let answer = get(target);
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "{target}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{target}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{target}");
    }
}

#[test]
fn request_has_a_name_that_nobody_else_chooses() {
    let mut asked = request("GET", "/-/api/registries");
    asked.headers_mut().insert("x-request-id", HeaderValue::from_static("chosen-by-a-stranger"));
    let answer = send(&SITES.one, asked);
    assert_eq!(answer.header("x-request-id").len(), 16);
    assert_ne!(answer.header("x-request-id"), get("/-/api/registries").header("x-request-id"));
}

#[test]
fn foreign_host_name_is_answered_with_421() {
    for (host, status) in [
        ("evil.example", 421),
        ("localhost.evil.example:3000", 421),
        ("strata.example", 421),
        ("127.0.0.1:3000", 200),
        ("[::1]:3000", 200),
        ("localhost", 200),
    ] {
        let mut asked = request("GET", "/");
        asked.headers_mut().insert(header::HOST, HeaderValue::from_static(host));
        let answer = send(&SITES.one, asked);
        assert_eq!(answer.status.as_u16(), status, "{host}");
        assert!(status == 200 || answer.text().contains("--allowed-host"), "{host}");
    }
    let mut asked = request("GET", "/-/api/registries");
    asked.headers_mut().insert(header::HOST, HeaderValue::from_static("evil.example"));
    assert_eq!(send(&SITES.one, asked).error().1, "unknown_host");
    let mut asked = request("GET", "/");
    asked.headers_mut().insert(header::HOST, HeaderValue::from_static("strata.example"));
    assert_eq!(send(&SITES.small, asked).status.as_u16(), 200, "the host of the public URL");
    let mut asked = request("GET", "/");
    asked.headers_mut().remove(header::HOST);
    assert_eq!(send(&SITES.one, asked).status.as_u16(), 421);
}

#[test]
fn pages_and_json_are_compressed_and_bytes_are_not() {
    let asked = |target: &str| {
        let mut asked = request("GET", target);
        asked.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br"));
        send(&SITES.one, asked)
    };
    for (target, encoding) in [
        ("/", "br"),
        ("/-/api/repositories", "br"),
        // Too short to be worth it.
        ("/-/api/nothing", ""),
        ("/-/api/raw/base/linux:latest", ""),
    ] {
        assert_eq!(asked(target).header("content-encoding"), encoding, "{target}");
    }
}
