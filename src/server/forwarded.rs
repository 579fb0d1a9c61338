//! What a trusted proxy says of a request beside its client: by which scheme and host the reader asked.
//!
//! Headers of nobody else are looked at. Where a header has several values, the last one is the proxy's own: those before it
//! may be a client's. `Forwarded` (RFC 7239) says the same in one header and is not read: a proxy that does not know it hands
//! on what a client wrote there.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, header};
use url::Url;

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Scheme, host and port by which the reader of one page reaches this site.
#[derive(Debug, Clone)]
pub(super) struct Origin(pub(super) Arc<Url>);

/// The host that a request names, with its port: for a trusted proxy's request what the proxy says of it.
pub(super) fn host(request: &Request, by_proxy: bool) -> Option<&str> {
    let forwarded = by_proxy.then(|| last(request.headers(), &FORWARDED_HOST)).flatten();
    let named = || request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    forwarded.or_else(|| request.uri().host()).or_else(named)
}

/// The origin of a trusted proxy's request, where the proxy says by which scheme it came.
pub(super) fn origin(request: &Request) -> Option<Origin> {
    let scheme = last(request.headers(), &FORWARDED_PROTO)?.to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https") {
        return None;
    }
    let url = Url::parse(&format!("{scheme}://{}/", host(request, true)?)).ok()?;
    let plain = url.path() == "/"
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    plain.then(|| Origin(Arc::new(url)))
}

/// The last value of a header that is a list; nothing where that is empty.
fn last<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    let value = value.rsplit(',').next()?.trim();
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request {
        let mut request = Request::get("/a").header(header::HOST, "127.0.0.1:3000");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn only_a_proxy_names_another_host() {
        let forwarded = request(&[("x-forwarded-host", "strata.example")]);
        assert_eq!(host(&forwarded, true), Some("strata.example"));
        assert_eq!(host(&forwarded, false), Some("127.0.0.1:3000"));
        assert_eq!(host(&request(&[("x-forwarded-host", "")]), true), Some("127.0.0.1:3000"));
    }

    #[test]
    fn the_last_value_is_the_proxys() {
        for (headers, found) in [
            (
                &[("x-forwarded-proto", "https"), ("x-forwarded-host", "strata.example")][..],
                Some("https://strata.example/"),
            ),
            (&[("x-forwarded-proto", "HTTPS")], Some("https://127.0.0.1:3000/")),
            (&[("x-forwarded-proto", "http"), ("x-forwarded-host", "a.example:8080")], Some("http://a.example:8080/")),
            (
                &[("x-forwarded-proto", "http, https"), ("x-forwarded-host", "evil.example, b.example")],
                Some("https://b.example/"),
            ),
            (
                &[
                    ("x-forwarded-proto", "https"),
                    ("x-forwarded-host", "evil.example"),
                    ("x-forwarded-host", "b.example"),
                ],
                Some("https://b.example/"),
            ),
            (&[("x-forwarded-host", "strata.example")], None),
            (&[("x-forwarded-proto", "javascript")], None),
            (&[("x-forwarded-proto", "https"), ("x-forwarded-host", "user@strata.example")], None),
            (&[("x-forwarded-proto", "https"), ("x-forwarded-host", "strata.example/a")], None),
            (&[("x-forwarded-proto", "https"), ("x-forwarded-host", "strata.example?a")], None),
            (&[("forwarded", "proto=https;host=strata.example")], None),
        ] {
            let origin = origin(&request(headers));
            assert_eq!(origin.as_ref().map(|origin| origin.0.as_str()), found, "{headers:?}");
        }
    }
}
