//! What no page asks for anyway, asked once when somebody wants to know what a registry can do: its extensions, and a part of a
//! blob that is known to be there.

use std::sync::Arc;

use http::header::{CONTENT_RANGE, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::capabilities::{ExtensionsAnswer, KnownBlob, RangeAnswer};
use super::error::Error;
use super::exchange::Exchange;
use super::fetch::Outgoing;
use super::redirect::Follow;
use super::request::Request;
use super::routes::Routes;
use super::scope::Scope;
use super::text::visible;
use super::trace::EntryKind;

/// Most extensions that are named.
const MAX_EXTENSIONS: usize = 20;

/// Longest answer that is read where one byte was asked for, in bytes.
const MAX_PART: u64 = 64 * 1024;

/// Asks for what is not known yet, or for all of it where the caches are passed by. What fails stays unknown until it is asked
/// for again.
pub(crate) async fn survey(exchange: &Arc<Exchange>, routes: &Routes, request: &Request) {
    if exchange.record.begin_extensions(request.refresh) {
        extensions(exchange, routes, request).await;
    }
    if let Some(blob) = exchange.record.begin_ranges(request.refresh) {
        part(exchange, routes, request, &blob).await;
    }
}

async fn extensions(exchange: &Exchange, routes: &Routes, request: &Request) {
    let Ok(url) = routes.extensions() else { return };
    let mut outgoing = Outgoing::get(EntryKind::Probe, url, exchange.fetcher.limits.error_body_bytes);
    outgoing.accept = "application/json";
    let (answer, request) = match exchange.ask(request, &Scope::Nothing, outgoing).await {
        Ok(incoming) if incoming.status == StatusCode::OK => match named(&incoming.body) {
            Some(names) => {
                incoming.note(&format!("{} extensions", names.len()), None);
                (ExtensionsAnswer::Named(names), incoming.request)
            }
            // A page of something that answers everything, or another document.
            None => (ExtensionsAnswer::NotOffered(200), incoming.request),
        },
        Ok(incoming) => (ExtensionsAnswer::NotOffered(incoming.status.as_u16()), incoming.request),
        Err(Error::Unauthorized { request, .. }) => (ExtensionsAnswer::NotOffered(401), *request),
        Err(_) => return,
    };
    exchange.record.extensions(answer, &request);
}

/// The names in `{"extensions": [{"name": …}]}`.
fn named(body: &[u8]) -> Option<Vec<String>> {
    let Ok(Value::Object(document)) = serde_json::from_slice(body) else { return None };
    let extensions = document.get("extensions")?.as_array()?;
    let names = extensions.iter().filter_map(|extension| extension.get("name")?.as_str());
    Some(names.take(MAX_EXTENSIONS).map(|name| visible(name, 100)).collect())
}

async fn part(exchange: &Exchange, routes: &Routes, request: &Request, blob: &KnownBlob) {
    let Ok(url) = routes.blob(&blob.repository, &blob.digest) else { return };
    let mut outgoing = Outgoing::get(EntryKind::Probe, url, MAX_PART);
    outgoing.range = Some(HeaderValue::from_static("bytes=0-0"));
    outgoing.follow = Follow::Anywhere;
    let (answer, request) = match exchange.ask(request, &Scope::Pull(blob.repository.clone()), outgoing).await {
        Ok(incoming) => {
            let answer = match incoming.status {
                StatusCode::PARTIAL_CONTENT if is_first_byte(&incoming.headers, &incoming.body) => RangeAnswer::Part,
                StatusCode::OK => RangeAnswer::Whole,
                status => RangeAnswer::Refused(status.as_u16()),
            };
            incoming.note(
                match answer {
                    RangeAnswer::Part => "the part that was asked for",
                    RangeAnswer::Whole => "the whole blob, not a part",
                    RangeAnswer::Refused(_) => "not the part that was asked for",
                },
                None,
            );
            (answer, incoming.request)
        }
        Err(Error::TooLarge { request, .. }) => (RangeAnswer::Whole, *request),
        Err(_) => return,
    };
    exchange.record.ranges(answer, &request);
}

/// Whether an answer is what was asked for: a reader of parts must check that (RFC 9110 §14.4).
fn is_first_byte(headers: &HeaderMap, body: &[u8]) -> bool {
    let range = headers.get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
    body.len() == 1 && range.is_some_and(|range| range.trim().starts_with("bytes 0-0/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_extensions_are_read_and_bounded() {
        assert_eq!(named(br#"{"extensions":[{"name":"_zot","url":"x"},{"name":3},{}]}"#).unwrap(), ["_zot"]);
        assert_eq!(named(br#"{"extensions":[]}"#).unwrap(), [""; 0]);
        for body in [&b"<html>"[..], b"{}", br#"{"extensions":null}"#, b"[]"] {
            assert_eq!(named(body), None);
        }
        let many: Vec<_> = (0..100).map(|number| format!(r#"{{"name":"e{number}"}}"#)).collect();
        assert_eq!(named(format!(r#"{{"extensions":[{}]}}"#, many.join(",")).as_bytes()).unwrap().len(), 20);
    }

    #[test]
    fn a_part_is_checked() {
        let is = |range: &'static str, body: &[u8]| {
            let headers = HeaderMap::from_iter([(CONTENT_RANGE, HeaderValue::from_static(range))]);
            is_first_byte(&headers, body)
        };
        assert!(is("bytes 0-0/10", b"{") && is("bytes 0-0/*", b"{"));
        assert!(!is("bytes 0-1/10", b"{}") && !is("bytes 1-1/10", b"{") && !is("bytes 0-0/10", b"{}"));
        assert!(!is_first_byte(&HeaderMap::new(), b"{"));
    }
}
