//! The JSON API's one form of an error: `{"error": {"code", "message", "request"}}`.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::request::RequestId;
use crate::view::failure::FailedRequest;

#[derive(Debug, Serialize)]
struct ErrorDocument<'a, Code> {
    error: ErrorBody<'a, Code>,
}

#[derive(Debug, Serialize)]
struct ErrorBody<'a, Code> {
    code: Code,
    message: &'a str,
    request: RequestBody<'a>,
}

/// Which request failed: the one to Strata, by its name in the log, and the one to the registry where one was made.
#[derive(Debug, Serialize)]
struct RequestBody<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_registry: Option<RegistryRequest<'a>>,
}

#[derive(Debug, Serialize)]
struct RegistryRequest<'a> {
    method: &'a str,
    url: &'a str,
    statuses: &'a [u16],
    elapsed_ms: u64,
}

impl<'a> From<&'a FailedRequest> for RegistryRequest<'a> {
    fn from(request: &'a FailedRequest) -> Self {
        Self { method: &request.method, url: &request.url, statuses: &request.statuses, elapsed_ms: request.elapsed_ms }
    }
}

/// The document for a case with a stable name. The status is the caller's.
pub(super) fn error_document(
    code: impl Serialize,
    message: &str,
    id: &RequestId,
    to_registry: Option<&FailedRequest>,
) -> Response {
    let request = RequestBody { id: id.as_str(), to_registry: to_registry.map(RegistryRequest::from) };
    Json(ErrorDocument { error: ErrorBody { code, message, request } }).into_response()
}
