//! The response that a page or a server function is being drawn for: its service, its status, its headers.

use http::header::{HeaderValue, LOCATION, REFRESH, RETRY_AFTER};
use http::request::Parts;
use http::{StatusCode, Uri};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

use crate::service::Service;
use crate::view::{Failure, link};

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

/// Sends the reader of the page that is being drawn to another page of this site (302, RFC 9110 §15.4.3).
///
/// Whatever the reader accepts: the framework's own redirect answers programs that do not ask for HTML with 200.
pub fn redirect_page(link: &str) {
    if let Some(response) = use_context::<ResponseOptions>()
        && let Ok(location) = HeaderValue::from_str(link)
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
            response.insert_header(REFRESH, refresh(seconds, use_context::<Parts>().as_ref().map(|parts| &parts.uri)));
            response.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    result
}

/// Loads the page again, without passing by the caches once more: what has been read meanwhile stands there, and a registry
/// that is slower than a page waits would be asked without an end.
fn refresh(seconds: u32, asked: Option<&Uri>) -> HeaderValue {
    let target = asked.and_then(without_refresh);
    let value =
        target.and_then(|target| HeaderValue::from_str(&format!("{seconds}; url={}", link::site(&target))).ok());
    value.unwrap_or_else(|| HeaderValue::from(seconds))
}

/// Path and query of an address that asks past the caches, without that; nothing for other addresses. What begins with two
/// slashes would lead to another site.
fn without_refresh(asked: &Uri) -> Option<String> {
    let is_refresh = |member: &&str| member.split('=').next() == Some("refresh");
    let query = asked.query()?;
    if !query.split('&').any(|member| is_refresh(&member)) || asked.path().starts_with("//") {
        return None;
    }
    let kept: Vec<&str> = query.split('&').filter(|member| !is_refresh(member)).collect();
    let path = asked.path();
    Some(if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_loaded_again_does_not_pass_by_the_caches_again() {
        for (asked, value) in [
            ("/a/b:1?refresh=1", "2; url=/a/b:1"),
            ("/a/b:1/-/raw?platform=linux/arm64&refresh=1&x=y", "2; url=/a/b:1/-/raw?platform=linux/arm64&x=y"),
            ("/a/b:1?refresh", "2; url=/a/b:1"),
            ("/a/b:1?platform=linux/arm64", "2"),
            ("/a/b:1", "2"),
            ("//evil.example?refresh=1", "2"),
        ] {
            assert_eq!(refresh(2, asked.parse().ok().as_ref()), value, "{asked}");
        }
        assert_eq!(refresh(2, None), "2");
    }
}
