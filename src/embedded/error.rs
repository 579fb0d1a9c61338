//! How a request is refused (distribution-spec, "Error Codes").

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal: status, code and words. Boxed, because it stands in every result.
#[derive(Debug)]
pub(super) struct Refusal(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    message: String,
    detail: Value,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>, detail: Value) -> Self {
        Self(Box::new(Parts { status, code, message: message.into(), detail, header: None }))
    }

    /// The repository's name breaks the grammar.
    pub(super) fn name_invalid(name: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "NAME_INVALID", "invalid repository name", json!({ "name": name }))
    }

    /// There is no such repository.
    pub(super) fn name_unknown(name: &str) -> Self {
        let message = "repository name not known to registry";
        Self::new(StatusCode::NOT_FOUND, "NAME_UNKNOWN", message, json!({ "name": name }))
    }

    /// The repository has no such manifest, or what stands for it is neither tag nor digest.
    pub(super) fn manifest_unknown(reference: &str) -> Self {
        let message = "manifest unknown to registry";
        Self::new(StatusCode::NOT_FOUND, "MANIFEST_UNKNOWN", message, json!({ "reference": reference }))
    }

    /// The repository has no such blob.
    pub(super) fn blob_unknown(digest: &str) -> Self {
        let message = "blob unknown to registry";
        Self::new(StatusCode::NOT_FOUND, "BLOB_UNKNOWN", message, json!({ "digest": digest }))
    }

    /// A digest breaks the grammar.
    pub(super) fn digest_invalid(digest: &str, problem: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "DIGEST_INVALID", problem.to_string(), json!({ "digest": digest }))
    }

    /// `n` is no number of entries.
    pub(super) fn page_invalid(n: &str) -> Self {
        let message = "invalid number of results requested";
        Self::new(StatusCode::BAD_REQUEST, "PAGINATION_NUMBER_INVALID", message, json!({ "n": n }))
    }

    /// The path is none of the API's.
    pub(super) fn no_such_endpoint() -> Self {
        Self::new(StatusCode::NOT_FOUND, "UNSUPPORTED", "no such endpoint", Value::Null)
    }

    /// The method would write.
    pub(super) fn read_only() -> Self {
        let mut refusal =
            Self::new(StatusCode::METHOD_NOT_ALLOWED, "UNSUPPORTED", "this registry is read-only", Value::Null);
        refusal.0.header = Some((header::ALLOW, HeaderValue::from_static("GET, HEAD")));
        refusal
    }

    /// No byte of the blob, which has `size` bytes, is in the range asked for.
    pub(super) fn range_invalid(size: u64) -> Self {
        let message = "no byte of the blob is in the range";
        let mut refusal =
            Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "RANGE_INVALID", message, json!({ "size": size }));
        refusal.0.header =
            HeaderValue::from_str(&format!("bytes */{size}")).ok().map(|value| (header::CONTENT_RANGE, value));
        refusal
    }

    /// The layout's files could not be read.
    pub(super) fn unreadable(error: &std::io::Error) -> Self {
        // The error may name a path of this machine: it goes to the log, not to the reader.
        tracing::error!(%error, "a file of the layout cannot be read");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "UNKNOWN", "a file of the layout cannot be read", Value::Null)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Parts { status, code, message, detail, header } = *self.0;
        let body = json!({ "errors": [{ "code": code, "message": message, "detail": detail }] });
        let mut response = (status, Json(body)).into_response();
        if let Some((name, value)) = header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
