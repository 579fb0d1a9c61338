//! What stands before everything that reads a path: it takes the base path off, and answers what lies outside of it.
//!
//! A proxy hands requests on as they came, with the base path. One that takes it off itself is not supported: its requests
//! could not be told from those for pages of the same names.

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::address::with_path;
use super::refusal::Refusal;
use super::request::RequestId;
use crate::view::{base_path, link};

/// Takes the base path off. `/strata` is sent to `/strata/`, what lies outside is not found.
pub(super) async fn take_off(mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path == base_path::in_force() {
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        let location = format!("{}{query}", link::site("/"));
        return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response();
    }
    if let Some(uri) = base_path::within(path).and_then(|inner| with_path(request.uri(), inner)) {
        *request.uri_mut() = uri;
        return next.run(request).await;
    }
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_else(RequestId::unnamed);
    let message = format!("There is nothing here. Strata is served below {}.", link::site("/"));
    // An address of the API out there is somebody else's.
    Refusal::new(StatusCode::NOT_FOUND, "unknown_page", message).answer("", &id)
}
