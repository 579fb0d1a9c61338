//! The response that a page or a server function is being drawn for: its service, its status, its headers.

use http::StatusCode;
use http::header::{HeaderValue, LOCATION, REFRESH, RETRY_AFTER};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

use crate::service::Service;
use crate::view::Failure;

/// The service, which the router puts into the context of everything that is drawn.
pub(super) fn service() -> Service {
    expect_context()
}

/// Gives the page that is being drawn a status.
pub fn set_page_status(status: u16) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    }
}

/// Sends the reader of the page that is being drawn to another path of this site (302, RFC 9110 §15.4.3).
///
/// Whatever the reader accepts: the framework's own redirect answers programs that do not ask for HTML with 200.
pub fn redirect_page(path: &str) {
    if let Some(response) = use_context::<ResponseOptions>()
        && let Ok(location) = HeaderValue::from_str(path)
    {
        response.set_status(StatusCode::FOUND);
        response.insert_header(LOCATION, location);
    }
}

/// Gives a failure's status to the response.
pub(super) fn answer<T>(result: Result<T, Failure>) -> Result<T, Failure> {
    if let Err(failure) = &result {
        set_page_status(failure.status);
        if let Some(seconds) = failure.refresh_after
            && let Some(response) = use_context::<ResponseOptions>()
        {
            response.insert_header(REFRESH, HeaderValue::from(seconds));
            response.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    result
}
