//! How a server function fails, and how that becomes the page's status.

use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::view::Failure;

/// Why a server function gave no answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "value")]
pub enum ApiError {
    /// The page could not be built; the failure is a page of its own.
    Failure(Box<Failure>),
    /// This site itself could not be asked, or the answer not be read.
    Connection(String),
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Failure(failure) => formatter.write_str(&failure.heading),
            Self::Connection(reason) => write!(formatter, "Strata did not answer: {reason}"),
        }
    }
}

impl std::error::Error for ApiError {}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::Connection(error.to_string())
    }
}

/// The service of this process, as the router has put it into the context.
#[cfg(feature = "ssr")]
pub(super) fn service() -> Result<crate::service::Service, ApiError> {
    use_context().ok_or_else(|| ApiError::Connection("the service is not running".to_owned()))
}

/// Gives a failure's status to the response: that of the server function, or of the page that is being rendered.
#[cfg(feature = "ssr")]
pub(super) fn answer<T>(result: Result<T, Failure>) -> Result<T, ApiError> {
    use http::header::{HeaderValue, REFRESH, RETRY_AFTER};
    use leptos_axum::ResponseOptions;

    result.map_err(|failure| {
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(
                http::StatusCode::from_u16(failure.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR),
            );
            if let Some(seconds) = failure.refresh_after {
                response.insert_header(REFRESH, HeaderValue::from(seconds));
                response.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
            }
        }
        ApiError::Failure(Box::new(failure))
    })
}
