//! How a server function fails, and how that becomes the page's status.

#[cfg(feature = "ssr")]
use leptos::prelude::use_context;
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

/// Gives the page that is being rendered a status; in the browser there is none to give.
pub fn set_page_status(status: u16) {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR));
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

/// Sends the reader of the page that is being rendered to another path of this site (302, RFC 9110 §15.4.3), and says
/// whether it did: in the browser the page has to go there by itself.
pub fn redirect_page(path: &str) -> bool {
    #[cfg(feature = "ssr")]
    {
        leptos_axum::redirect(path);
        true
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = path;
        false
    }
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
