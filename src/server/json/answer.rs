//! How the API answers: a document, a failure with its true status, or "not modified".

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::Api;
use crate::anatomy::text::capitalized;
use crate::anatomy::time::Timestamp;
use crate::oci::Digest;
use crate::server::error_document::error_document;
use crate::server::request::RequestId;
use crate::view::failure::{Failure, FailureCode};
use crate::view::{RegistryFacts, address::AddressError};

/// What a handler gives back.
pub(super) type Answer = Result<Response, Problem>;

/// Why there is no document.
#[derive(Debug)]
pub(super) enum Problem {
    /// The request makes no sense.
    Invalid { status: StatusCode, code: FailureCode, message: String },
    /// The page of the same address would say so too.
    Failure(Box<Failure>),
}

impl Problem {
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid { status: StatusCode::BAD_REQUEST, code: FailureCode::InvalidRequest, message: message.into() }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Failure(Box::new(failure))
    }
}

impl From<AddressError> for Problem {
    fn from(error: AddressError) -> Self {
        let code = match error {
            AddressError::Unknown => FailureCode::UnknownPage,
            _ => FailureCode::InvalidRequest,
        };
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self::Invalid { status, code, message: format!("{}.", capitalized(&error.to_string())) }
    }
}

impl Problem {
    /// The answer. A failure has written its own line into the log already.
    pub(super) fn answer(&self, id: &RequestId) -> Response {
        match self {
            Self::Invalid { status, code, message } => {
                (*status, error_document(code, message, id, None)).into_response()
            }
            Self::Failure(failure) => {
                let message = format!("{}. {}", failure.heading.trim_end_matches('.'), failure.explanation);
                let document = error_document(failure.code, message.trim_end(), id, failure.request.as_ref());
                let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let mut response = (status, document).into_response();
                if let Some(seconds) = failure.refresh_after {
                    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                }
                response
            }
        }
    }
}

/// A registry as the API names it.
#[derive(Debug, Serialize)]
pub(super) struct RegistryBody<'a> {
    name: &'a str,
    host: &'a str,
    pull_host: &'a str,
    plain_http: bool,
    account: Option<&'a str>,
}

impl<'a> From<&'a RegistryFacts> for RegistryBody<'a> {
    fn from(facts: &'a RegistryFacts) -> Self {
        Self {
            name: &facts.name,
            host: &facts.host,
            pull_host: &facts.pull_host,
            plain_http: facts.plain_http,
            account: facts.account.as_deref(),
        }
    }
}

/// A document that may change.
pub(super) fn document(body: &impl Serialize) -> Response {
    Json(body).into_response()
}

/// A document that stands under a digest, or the word that the reader has it already.
pub(super) fn fixed_document(api: &Api, body: &impl Serialize, headers: &HeaderMap) -> Response {
    let tag = serde_json::to_vec(body).ok().and_then(|body| Some((ETag::of_document(&api.build, &body)?, body)));
    match tag {
        Some((tag, _)) if tag.is_known(headers) => tag.on(StatusCode::NOT_MODIFIED.into_response()),
        Some((tag, body)) => tag.on(([(header::CONTENT_TYPE, "application/json")], body).into_response()),
        None => document(body),
    }
}

/// Names what an answer says, so that a reader who has it already is told so (RFC 9110 §8.8.3).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ETag(HeaderValue);

impl ETag {
    /// Of a document that stands under a digest. A part of it that could not be read this time may be there the next time,
    /// so it is made of what is sent, and of the build that wrote it.
    fn of_document(build: &str, body: &[u8]) -> Option<Self> {
        let hash: [u8; 32] = Sha256::digest(body).into();
        let start = hash.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        // Weak: compressed and plain answers have the same one.
        HeaderValue::try_from(format!("W/\"{build}-{start:016x}\"")).ok().map(Self)
    }

    /// Of exact bytes.
    pub(super) fn of_bytes(digest: &Digest) -> Option<Self> {
        HeaderValue::try_from(format!("\"{digest}\"")).ok().map(Self)
    }

    /// Whether the reader has it already, or would take anything that is there (RFC 9110 §13.1.2).
    pub(super) fn is_known(&self, headers: &HeaderMap) -> bool {
        let own = self.0.to_str().unwrap_or_default();
        headers
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .any(|known| known == "*" || known.trim_start_matches("W/") == own.trim_start_matches("W/"))
    }

    /// The response with its header.
    pub(super) fn on(self, mut response: Response) -> Response {
        response.headers_mut().insert(header::ETAG, self.0);
        response
    }
}

/// Seconds since 1970 as RFC 3339; nothing for a year that it cannot write.
pub(super) fn rfc3339(seconds: i64) -> Option<String> {
    let time = Timestamp::from_seconds(seconds);
    (time.seconds() == seconds).then(|| time.rfc3339())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_has_what_it_names_and_a_star_names_everything() {
        let tag = ETag(HeaderValue::from_static("W/\"build-1\""));
        for (named, known) in [
            ("\"other\", W/\"build-1\"", true),
            ("\"build-1\"", true),
            (" * ", true),
            ("\"other\"", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(named))]);
            assert_eq!(tag.is_known(&headers), known, "{named}");
        }
    }

    #[test]
    fn dates_are_rfc_3339() {
        assert_eq!(rfc3339(0).unwrap(), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(i64::MAX), None);
    }

    #[test]
    fn address_errors_are_sentences() {
        let Problem::Invalid { status, message, .. } = Problem::from(AddressError::Encoding) else {
            panic!("not a failure of a page");
        };
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(message, "The address is not valid: its percent-encoding does not spell text.");
    }
}
