//! Answers of the server itself, for requests that reach no page: in words, or as JSON below `/-/api/`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error_document::error_document;
use super::request::RequestId;

/// The JSON API's addresses begin so.
pub(super) const API: &str = "/-/api/";

/// Why a request is not answered.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    /// HTTP status.
    pub(super) status: StatusCode,
    /// Stable name of the case, in the JSON API.
    pub(super) code: &'static str,
    /// One or two sentences.
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// The answer to a request for this path.
    pub(super) fn answer(&self, path: &str, id: &RequestId) -> Response {
        let mut response = if path.starts_with(API) {
            (self.status, error_document(self.code, &self.message, id, None)).into_response()
        } else {
            let text = format!("{}\n\nRequest {}\n", self.message, id.as_str());
            (self.status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
        };
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            // Requests take moments: whoever waits for one of their own has a place again.
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
