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

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use axum::{Extension, Router};

use self::answer::Answer;
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

/// A request, and what it is answered with.
struct Asked {
    api: Api,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

/// What a handler says to a `GET`; its problem is a document that bears the request's name.
fn answered<F, A>(handler: F) -> MethodRouter<Api>
where
    F: FnOnce(Asked) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send,
{
    get(
        move |State(api): State<Api>,
              Extension(id): Extension<RequestId>,
              method: Method,
              uri: Uri,
              headers: HeaderMap| async move {
            let asked = Asked { api: api.for_request(&id), method, uri, headers };
            handler(asked).await.unwrap_or_else(|problem| problem.answer(&id))
        },
    )
}

/// The API's addresses. Everything else below `/-/api/` is a 404 in JSON.
pub(super) fn router(service: Service, build: &str) -> Router {
    let api = Api { service, build: build.into() };
    Router::new()
        .route("/-/api/registries", answered(registries::list))
        .route("/-/api/repositories", answered(repositories::list))
        .route("/-/api/tags/{*repository}", answered(tags::list))
        .route("/-/api/compare", answered(compare::show))
        .route("/-/api/image/{*reference}", answered(image::show))
        .route("/-/api/referrers/{*reference}", answered(referrers::list))
        .route("/-/api/files/{*reference}", answered(files::list))
        .route("/-/api/efficiency/{*reference}", answered(files::efficiency))
        .route("/-/api/content/{*reference}", answered(content::download))
        .route("/-/api/raw/{*reference}", answered(raw::download))
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
