//! Who answers what under `/v2/`.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::json;

use super::address::Address;
use super::error::Refusal;
use super::layout::Layout;
use super::{documents, lists};

/// The `/v2` API over `layout`: everything that pulls, nothing that writes.
pub fn router(layout: Arc<Layout>) -> Router {
    // Names are read from the raw path, because the router's own patterns cannot start at the right-hand end.
    Router::new()
        .route("/v2", any(answer))
        .route("/v2/", any(answer))
        .route("/v2/{*rest}", any(answer))
        .with_state(layout)
}

async fn answer(State(layout): State<Arc<Layout>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let mut response = dispatch(&layout, &method, &uri, &headers).await.unwrap_or_else(IntoResponse::into_response);
    response.headers_mut().insert("docker-distribution-api-version", HeaderValue::from_static("registry/2.0"));
    response
}

async fn dispatch(layout: &Layout, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Response, Refusal> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Err(Refusal::read_only());
    }
    let query = uri.query().unwrap_or_default();
    match Address::parse(uri.path())? {
        Address::Base => Ok(Json(json!({})).into_response()),
        Address::Catalog => lists::catalog(layout, query),
        Address::Tags(name) => lists::tags(layout, &name, query),
        Address::Referrers(name, subject) => lists::referrers(layout, &name, &subject, query),
        Address::Manifest(name, reference) => documents::manifest(layout, &name, &reference, method, headers).await,
        Address::Blob(name, digest) => documents::blob(layout, &name, &digest, method, headers).await,
    }
}
