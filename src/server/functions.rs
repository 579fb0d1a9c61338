//! What stands before the server functions under `/-/fn/`: only this site's own script may call them.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

use super::refusal::Refusal;
use super::request::RequestId;
use crate::view::link;

/// Server functions' addresses begin so.
pub(super) const FUNCTIONS: &str = "/-/fn/";
/// How a browser says from where a request comes (Fetch Metadata).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a request says by itself that a page of this site makes it: by Fetch Metadata, or by its origin, whose host is the one
/// that is asked.
pub(super) fn is_from_this_site(headers: &HeaderMap, host: Option<&str>) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site.as_bytes() == b"same-origin";
    }
    let origin = headers.get(header::ORIGIN).and_then(|origin| Url::parse(origin.to_str().ok()?).ok());
    let Some((origin, host)) = origin.zip(host) else { return false };
    let own = Url::parse(&format!("{}://{host}", origin.scheme()));
    own.is_ok_and(|own| own.origin() == origin.origin())
}

/// Whether a browser says that a page of another site makes a request, be it by a link. Programs and older browsers say nothing.
pub(super) fn is_from_another_site(headers: &HeaderMap) -> bool {
    headers.get(SEC_FETCH_SITE).is_some_and(|site| site.as_bytes() == b"cross-site")
}

/// Refuses calls that another site's page makes (threats T-24, V-12) and bodies over `limit` bytes.
pub(super) async fn guard(State(limit): State<u64>, mut request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with(FUNCTIONS) {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_else(RequestId::unnamed);
    let from_elsewhere = request
        .headers()
        .get(SEC_FETCH_SITE)
        .is_some_and(|site| site.as_bytes() != b"same-origin" && site.as_bytes() != b"none");
    if from_elsewhere {
        let api = link::site("/-/api");
        let message = format!("Only this site's own pages may ask this. Use the JSON API under {api} instead.");
        return Refusal::new(StatusCode::FORBIDDEN, "denied", message).answer(&path, &id);
    }
    // With `text/html` accepted, the framework would answer with a redirect to wherever `Referer` says.
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, usize::try_from(limit).unwrap_or(usize::MAX)).await else {
        let message = format!("The request's body is longer than {limit} bytes, or did not arrive whole.");
        return Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message).answer(&path, &id);
    };
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}
