//! Layers are read because a page of this site wants it, and how far that has come.
//!
//! Robots, previews and prefetching readers make GET requests, which start nothing.

use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, stream};
use url::form_urlencoded;

use super::forwarded::Origin;
use super::functions::{FUNCTIONS, is_from_this_site};
use super::refusal::Refusal;
use super::request::RequestId;
use crate::service::Service;
use crate::service::files::{Progress, Snapshot};
use crate::view::files::FilesQuery;
use crate::view::image::ImageQuery;
use crate::view::{Address, Failure, link};

/// Longest body of the form that has layers read.
const FORM_BYTES: usize = 1_024;
/// How often a page is told how far a reading has come.
const EVERY: Duration = Duration::from_millis(300);
/// The same until there are entries.
const SOON: Duration = Duration::from_millis(50);

/// Takes `POST` at a page of files: it has the layers read that the page would show, and leads back to it.
pub(super) async fn take(State(service): State<Service>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    match Address::parse(request.uri().path()).ok().and_then(|address| query(address, request.uri())) {
        Some(query) => {
            let (head, body) = request.into_parts();
            // A form with one field.
            let body = to_bytes(body, FORM_BYTES).await.unwrap_or_default();
            let again = form_urlencoded::parse(&body).any(|(name, value)| name == "again" && value == "1");
            start(&service, &head, &query, again).await
        }
        None => next.run(request).await,
    }
}

async fn start(service: &Service, head: &Parts, query: &ImageQuery, again: bool) -> Response {
    let id = head.extensions.get::<RequestId>().cloned().unwrap_or_else(RequestId::unnamed);
    let by_proxy = head.extensions.get::<Origin>().map(|origin| origin.0.authority());
    let named = head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    if !is_from_this_site(&head.headers, by_proxy.or(head.uri.host()).or(named)) {
        let message = "Layers are read only when a page of this site asks for it: open the page, and press its button.";
        return Refusal::new(StatusCode::FORBIDDEN, "denied", message).answer(head.uri.path(), &id);
    }
    match service.for_request(id.asker()).start_reading(query, again).await {
        Ok(()) => {
            let location = link::site(head.uri.path_and_query().map_or("/", |target| target.as_str()));
            (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
        }
        Err(failure) => failed(&failure, &head.uri, &id),
    }
}

/// `/-/fn/reading{page}`: how far the layers of a page of files have come, as server-sent events (HTML, "Server-sent events") of
/// two names: `progress` with the bytes read, of how many, the entries, how many layers are left, and the same in words; `done` where
/// none is read any more.
pub(super) async fn progress(
    State(service): State<Service>,
    Extension(id): Extension<RequestId>,
    uri: Uri,
) -> Response {
    let rest = uri.path().strip_prefix(FUNCTIONS).and_then(|rest| rest.strip_prefix("reading")).unwrap_or("/");
    let Some(query) = Address::parse(rest).ok().and_then(|address| query(address, &uri)) else {
        return Refusal::new(StatusCode::NOT_FOUND, "unknown_page", "Only pages of files have layers to read.")
            .answer(uri.path(), &id);
    };
    match service.for_request(id.asker()).reading_progress(&query).await {
        Ok(progress) => Sse::new(events(progress)).into_response(),
        Err(failure) => failed(&failure, &uri, &id),
    }
}

fn events(progress: Progress) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(Some((progress, Duration::ZERO)), |next| async {
        let (mut progress, pause) = next?;
        tokio::time::sleep(pause).await;
        let Some(Snapshot { read, left, words }) = progress.now() else {
            // An event without data is none.
            return Some((Ok(Event::default().event("done").data("done")), None));
        };
        // The page waits for nothing as it does for its first rows.
        let pause = if read.entries == 0 { SOON } else { EVERY };
        let told = format!("{} {} {} {left} {words}", read.stored, read.size.unwrap_or_default(), read.entries);
        Some((Ok(Event::default().event("progress").data(told)), Some((progress, pause))))
    })
}

/// What a page of files asks for; nothing for other pages.
fn query(address: Address, uri: &Uri) -> Option<ImageQuery> {
    let (reference, layer, path) = match address {
        Address::Files(reference, path) => (reference, None, path),
        Address::Layer(reference, layer, path) => (reference, Some(layer), path),
        _ => return None,
    };
    let member = |name: &str| member(uri, name);
    Some(ImageQuery {
        platform: member("platform"),
        manifest: member("manifest"),
        files: FilesQuery::read(layer, path, member),
        ..ImageQuery::new(reference)
    })
}

fn member(uri: &Uri, name: &str) -> String {
    let mut pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn failed(failure: &Failure, uri: &Uri, id: &RequestId) -> Response {
    let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let message = format!("{}. {}", failure.heading, failure.explanation);
    Refusal::new(status, "not_read", message).answer(uri.path(), id)
}
