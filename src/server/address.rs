//! What stands before the pages: it looks at the raw path, which the pages' framework decodes and tidies up before
//! anybody sees it.

use axum::extract::{Request, State};
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::service::Service;
use crate::view::{Address, link};

/// Sends `/{registry}` to `/{registry}/`, and hands a path that is no address on in a form that stays none.
pub(super) async fn read(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    let address = Address::parse(request.uri().path());
    match address {
        Ok(Address::Tags(reference)) => {
            let name = &reference.repository;
            if service.is_registry(name).await {
                let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
                let location = format!("{}{query}", link::repositories(&format!("{name}/")));
                return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response();
            }
        }
        Ok(_) => {}
        Err(_) => {
            if let Some(uri) = refused_path(request.uri().path()).and_then(|path| with_path(request.uri(), &path)) {
                *request.uri_mut() = uri;
            }
        }
    }
    next.run(request).await
}

/// A path that was refused, so that resolving `.` and `..` and reading `\` as `/`, as URL parsers do, cannot make an
/// address of it (threat T-11): `/a/../b` must not open `/b`. Nothing where there is no danger of that.
fn refused_path(path: &str) -> Option<String> {
    let is_dots = |segment: &str| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    };
    if !path.contains('\\') && !path.split('/').any(is_dots) {
        return None;
    }
    let segments = path.split(['/', '\\']).map(|segment| if is_dots(segment) { "..." } else { segment });
    // Three dots are a component that breaks the grammar and that no parser resolves. So does an encoded backslash.
    let text = segments.collect::<Vec<_>>().join("/");
    Some(if path.contains('\\') { format!("{text}%5C") } else { text })
}

/// The same address with another path.
pub(super) fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(target).ok();
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    #[test]
    fn refused_paths_stay_refused_after_a_url_parser() {
        for path in [
            "/a/../b",
            "/a/..",
            "/./a",
            "/a/%2e%2E/b",
            "/a/.%2e/b",
            "/a\\b",
            "/a/..\\b",
            "/..",
            "/a:1/-/layers/../../b",
            "/-/../a",
        ] {
            assert!(Address::parse(path).is_err(), "{path}");
            let refused = refused_path(path).unwrap();
            let tidied = Url::parse(&format!("http://site.example{refused}")).unwrap();
            assert!(Address::parse(tidied.path()).is_err(), "{path} became {}", tidied.path());
        }
    }

    #[test]
    fn other_paths_are_left_alone() {
        for path in ["/A", "/a%ff", "/a//b", "/a:.x", "/...", "/a@sha256:1"] {
            assert!(Address::parse(path).is_err(), "{path}");
            assert_eq!(refused_path(path), None, "{path}");
        }
    }
}
