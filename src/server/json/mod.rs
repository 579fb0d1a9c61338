//! The JSON API under `/-/api/`: the pages' views for programs.
//!
//! - `answer`: documents, failures, entity tags; `query`: names and values after the `?`
//! - `registries`, `repositories`, `tags`, `image`, `referrers`, `compare`, `files`: one file an address; `raw`, `content`: exact bytes
//!
//! Names have slashes and digests have colons, so handlers read the raw path behind the address's own part themselves.

mod answer;
mod compare;
mod content;
mod files;
mod image;
mod query;
mod raw;
mod referrers;
mod registries;
mod repositories;
mod tags;

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::{Router, routing::get};

use super::refusal::{API, Refusal};
use super::request::RequestId;
use crate::service::Service;
use crate::view::link;

/// What every handler has.
#[derive(Debug, Clone)]
struct Api {
    service: Service,
    /// The build's name, a part of every entity tag.
    build: Arc<str>,
}

impl Api {
    /// The same for one request, so that its failures carry its name.
    fn for_request(&self, id: &RequestId) -> Self {
        Self { service: self.service.for_request(id.asker()), build: Arc::clone(&self.build) }
    }
}

/// The API's addresses. Everything else below `/-/api/` is a 404 in JSON.
pub(super) fn router(service: Service, build: &str) -> Router {
    let api = Api { service, build: build.into() };
    Router::new()
        .route("/-/api/registries", get(registries::list))
        .route("/-/api/repositories", get(repositories::list))
        .route("/-/api/tags/{*repository}", get(tags::list))
        .route("/-/api/compare", get(compare::show))
        .route("/-/api/image/{*reference}", get(image::show))
        .route("/-/api/referrers/{*reference}", get(referrers::list))
        .route("/-/api/files/{*reference}", get(files::list))
        .route("/-/api/efficiency/{*reference}", get(files::efficiency))
        .route("/-/api/content/{*reference}", get(content::download))
        .route("/-/api/raw/{*reference}", get(raw::download))
        .route("/-/api/", get(unknown))
        .route("/-/api/{*address}", get(unknown))
        .with_state(api)
}

/// The raw, undecoded rest of the path behind `/-/api/{name}/`, with the `/` that every address begins with.
fn raw_rest<'a>(uri: &'a Uri, name: &str) -> &'a str {
    let rest = uri.path().strip_prefix(API).and_then(|rest| rest.strip_prefix(name));
    rest.unwrap_or("/")
}

async fn unknown(request: Request) -> Response {
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_else(RequestId::unnamed);
    let message = format!("There is no such address. {} lists those that there are.", link::site("/-/api"));
    Refusal::new(StatusCode::NOT_FOUND, "unknown_page", message).answer(request.uri().path(), &id)
}
