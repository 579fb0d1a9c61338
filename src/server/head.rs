//! Answers to `HEAD`: those to `GET`, without the body (RFC 9110 §9.3.2).

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::Response;
use futures::stream;

/// Stands between two routers. The inner one has taken the body away, and the outer one would take what is left for a body of no byte
/// and say so. An answer whose length is not known has none instead.
pub(super) async fn unmeasured(request: Request, next: Next) -> Response {
    let is_head = request.method() == Method::HEAD;
    let mut response = next.run(request).await;
    if is_head && !response.headers().contains_key(header::CONTENT_LENGTH) {
        *response.body_mut() = Body::from_stream(stream::empty::<Result<Bytes, Infallible>>());
    }
    response
}
