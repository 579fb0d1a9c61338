//! Lists: the catalog, tags and referrers, a page at a time (distribution-spec, "Listing Tags").

use std::fmt::Write as _;

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::address::percent_decode;
use super::error::Refusal;
use super::layout::{Layout, index_of};
use crate::oci::media_type::OCI_INDEX;
use crate::oci::{Digest, RepositoryName};

/// Most names in one answer.
const MAX_PAGE: usize = 10_000;

/// Most referrers in one answer, and after how many bytes a page ends: the answer is an
/// index, of which clients read 4 MiB.
const MAX_REFERRERS: usize = 1_000;
const MAX_REFERRERS_BYTES: usize = 3 * 1024 * 1024;

/// The members of a query that lists know.
#[derive(Debug, Default)]
struct Page {
    /// Most entries wanted.
    n: Option<usize>,
    /// The entry after which the page begins.
    last: Option<String>,
}

impl Page {
    fn parse(query: &str) -> Result<Self, Refusal> {
        let n = match value(query, "n") {
            Some(n) => Some(n.parse().map_err(|_| Refusal::page_invalid(&n))?),
            None => None,
        };
        Ok(Self { n, last: value(query, "last") })
    }

    /// One page of sorted names that lie after `last`, and what the `Link` header says about the next one.
    fn cut<'a>(&self, names: impl Iterator<Item = &'a str>, path: &str) -> (Vec<&'a str>, Option<HeaderValue>) {
        let n = self.n.unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let mut names = names.peekable();
        let page: Vec<_> = names.by_ref().take(n).collect();
        let link = match page.last() {
            Some(last) if names.peek().is_some() => {
                let target = format!("<{path}?last={}&n={n}>; rel=\"next\"", percent_encode(last));
                HeaderValue::from_str(&target).ok()
            }
            _ => None,
        };
        (page, link)
    }
}

fn respond(body: Value, link: Option<HeaderValue>) -> Response {
    let mut response = Json(body).into_response();
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// `/v2/_catalog`
pub(super) fn catalog(layout: &Layout, query: &str) -> Result<Response, Refusal> {
    let page = Page::parse(query)?;
    let after = |name: &&str| page.last.as_deref().is_none_or(|last| *name > last);
    let (repositories, link) =
        page.cut(layout.repositories().map(RepositoryName::as_str).filter(after), "/v2/_catalog");
    Ok(respond(json!({ "repositories": repositories }), link))
}

/// `/v2/<name>/tags/list`
pub(super) fn tags(layout: &Layout, name: &RepositoryName, query: &str) -> Result<Response, Refusal> {
    let repository = layout.repository(name).ok_or_else(|| Refusal::name_unknown(name.as_str()))?;
    let page = Page::parse(query)?;
    let (tags, link) = page.cut(repository.tags_after(page.last.as_deref()), &format!("/v2/{name}/tags/list"));
    Ok(respond(json!({ "name": name, "tags": tags }), link))
}

/// `/v2/<name>/referrers/<digest>`: never 404, as the specification asks.
///
/// The pages of a long list are told by `Link` alone, and keep the filter. `n` and `last` are this registry's own.
pub(super) fn referrers(
    layout: &Layout,
    name: &RepositoryName,
    subject: &Digest,
    query: &str,
) -> Result<Response, Refusal> {
    let artifact_type = value(query, "artifactType").filter(|kind| !kind.is_empty());
    let page = Page::parse(query)?;
    let n = page.n.unwrap_or(MAX_REFERRERS).min(MAX_REFERRERS);
    let repository = layout.repository(name);
    let mut all = repository
        .into_iter()
        .flat_map(|repository| repository.referrers_after(subject, artifact_type.as_deref(), page.last.as_deref()))
        .peekable();
    let (mut descriptors, mut last, mut bytes) = (Vec::new(), None, 0);
    while let Some((digest, descriptor)) = all.next_if(|_| descriptors.len() < n) {
        bytes += descriptor.to_string().len();
        descriptors.push(descriptor.clone());
        last = Some(digest);
        if bytes >= MAX_REFERRERS_BYTES {
            break;
        }
    }
    let link = last.filter(|_| all.peek().is_some()).and_then(|last| {
        let filter = artifact_type.as_deref().map(|kind| format!("&artifactType={}", percent_encode(kind)));
        let last = percent_encode(last.as_str());
        let target = format!("/v2/{name}/referrers/{subject}?last={last}&n={n}{}", filter.unwrap_or_default());
        HeaderValue::from_str(&format!("<{target}>; rel=\"next\"")).ok()
    });
    let mut response = respond(index_of(descriptors), link);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(OCI_INDEX));
    if artifact_type.is_some() {
        headers.insert("oci-filters-applied", HeaderValue::from_static("artifactType"));
    }
    Ok(response)
}

/// The first value of a member of a query, decoded; `+` is a space, as forms write it.
fn value(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (percent_decode(key)? == name).then(|| percent_decode(&value.replace('+', " "))).flatten()
    })
}

/// Everything but unreserved characters as `%XX` (RFC 3986 §2.3).
fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
