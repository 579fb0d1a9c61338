//! Manifests and blobs: bytes by tag and by digest, with ranges and conditions.

use std::ops::RangeInclusive;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::address::ManifestReference;
use super::error::Refusal;
use super::layout::{Layout, Repository};
use crate::oci::media_type::OCI_MANIFEST;
use crate::oci::{Digest, RepositoryName};

/// What is known of an answer before its body.
struct Head {
    status: StatusCode,
    content_type: HeaderValue,
    digest: Digest,
    length: u64,
}

impl Head {
    fn respond(self, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        // A digest is of visible ASCII, so that these never fail.
        if let Ok(digest) = HeaderValue::from_str(self.digest.as_str()) {
            headers.insert("docker-content-digest", digest);
        }
        if let Ok(entity_tag) = HeaderValue::from_str(&entity_tag(&self.digest)) {
            headers.insert(header::ETAG, entity_tag);
        }
        if self.status != StatusCode::NOT_MODIFIED {
            headers.insert(header::CONTENT_TYPE, self.content_type);
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(self.length));
        }
        response
    }
}

fn entity_tag(digest: &Digest) -> String {
    format!("\"{digest}\"")
}

fn find<'a>(layout: &'a Layout, name: &RepositoryName) -> Result<&'a Repository, Refusal> {
    layout.repository(name).ok_or_else(|| Refusal::name_unknown(name.as_str()))
}

/// `/v2/<name>/manifests/<reference>`
pub(super) async fn manifest(
    layout: &Layout,
    name: &RepositoryName,
    reference: &ManifestReference,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let repository = find(layout, name)?;
    let digest = match reference {
        ManifestReference::Tag(tag) => {
            repository.resolve(tag).ok_or_else(|| Refusal::manifest_unknown(tag.as_str()))?.clone()
        }
        ManifestReference::Digest(digest) => digest.clone(),
    };
    let unknown = || Refusal::manifest_unknown(digest.as_str());
    let media_type = repository.manifest_type(&digest).ok_or_else(unknown)?;
    let content_type = HeaderValue::from_str(media_type.as_str())
        .ok()
        .filter(|value| !value.is_empty())
        .unwrap_or(HeaderValue::from_static(OCI_MANIFEST));
    let bytes = repository
        .blobs()
        .document_async(&digest)
        .await
        .map_err(|error| Refusal::unreadable(&error))?
        .ok_or_else(unknown)?;
    let status = if is_known(headers, &digest) { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let head = Head { status, content_type, digest, length: bytes.len() as u64 };
    let wanted = method == Method::GET && status == StatusCode::OK;
    Ok(head.respond(if wanted { Body::from(bytes) } else { Body::empty() }))
}

/// `/v2/<name>/blobs/<digest>`
pub(super) async fn blob(
    layout: &Layout,
    name: &RepositoryName,
    digest: &Digest,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let blob = find(layout, name)?
        .blobs()
        .find_async(digest)
        .await
        .map_err(|error| Refusal::unreadable(&error))?
        .ok_or_else(|| Refusal::blob_unknown(digest.as_str()))?;
    let size = blob.size;
    let mut head = Head {
        status: StatusCode::OK,
        content_type: HeaderValue::from_static("application/octet-stream"),
        digest: digest.clone(),
        length: size,
    };
    if is_known(headers, digest) {
        head.status = StatusCode::NOT_MODIFIED;
        return Ok(head.respond(Body::empty()));
    }
    let range = match requested_range(headers, digest, size) {
        Range::Whole => None,
        Range::Part(range) => Some(range),
        Range::Unsatisfiable => return Err(Refusal::range_invalid(size)),
    };
    let mut content_range = None;
    if let Some(range) = &range {
        head.status = StatusCode::PARTIAL_CONTENT;
        head.length = range.end() - range.start() + 1;
        content_range = HeaderValue::from_str(&format!("bytes {}-{}/{size}", range.start(), range.end())).ok();
    }
    let body = if method == Method::GET {
        blob.body(range.as_ref()).await.map_err(|error| Refusal::unreadable(&error))?
    } else {
        Body::empty()
    };
    let mut response = head.respond(body);
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=31536000"));
    if let Some(value) = content_range {
        headers.insert(header::CONTENT_RANGE, value);
    }
    Ok(response)
}

/// Whether `If-None-Match` names what would be sent (RFC 9110 §13.1.2; weak comparison).
fn is_known(headers: &HeaderMap, digest: &Digest) -> bool {
    let own = entity_tag(digest);
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|candidate| candidate.trim().trim_start_matches("W/"))
        .any(|candidate| candidate == "*" || candidate == own)
}

/// What part of a blob is wanted.
#[derive(Debug, PartialEq, Eq)]
enum Range {
    /// All of it: nothing else was asked, or something that may be ignored.
    Whole,
    /// These bytes.
    Part(RangeInclusive<u64>),
    /// Bytes that the blob does not have.
    Unsatisfiable,
}

/// Reads `Range` and `If-Range` (RFC 9110 §14.2, §13.1.5). Several ranges and other units are ignored, which is allowed.
fn requested_range(headers: &HeaderMap, digest: &Digest, size: u64) -> Range {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if text(header::IF_RANGE).is_some_and(|condition| condition != entity_tag(digest)) {
        return Range::Whole;
    }
    text(header::RANGE).map_or(Range::Whole, |range| parse_range(range, size))
}

fn parse_range(text: &str, size: u64) -> Range {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-')) else {
        return Range::Whole;
    };
    let number = |digits: &str| {
        // `parse` alone would take a plus sign; more digits than fit mean the end.
        let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        valid.then(|| digits.parse().unwrap_or(u64::MAX))
    };
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => return Range::Whole,
        (Some(first), Some(last)) => first..=last.min(size.saturating_sub(1)),
        (Some(first), None) if last.is_empty() => first..=size.saturating_sub(1),
        (None, Some(0)) if first.is_empty() => return Range::Unsatisfiable,
        (None, Some(suffix)) if first.is_empty() => size.saturating_sub(suffix)..=size.saturating_sub(1),
        _ => return Range::Whole,
    };
    if *range.start() >= size { Range::Unsatisfiable } else { Range::Part(range) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_to_the_blob() {
        let cases = [
            ("bytes=0-4", Range::Part(0..=4)),
            ("bytes=5-", Range::Part(5..=9)),
            ("bytes=-3", Range::Part(7..=9)),
            ("bytes=-30", Range::Part(0..=9)),
            ("bytes=2-99999999999999999999999", Range::Part(2..=9)),
            ("bytes=9-9", Range::Part(9..=9)),
            ("bytes=10-", Range::Unsatisfiable),
            ("bytes=10-12", Range::Unsatisfiable),
            ("bytes=-0", Range::Unsatisfiable),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_range(text, 10), expected, "{text}");
        }
        assert_eq!(parse_range("bytes=0-", 0), Range::Unsatisfiable);
    }

    #[test]
    fn ranges_that_are_not_understood_are_ignored() {
        for text in ["bytes=4-2", "bytes=0-1,3-4", "lines=0-4", "bytes=a-b", "bytes=-", "bytes=+1-2", "bytes", ""] {
            assert_eq!(parse_range(text, 10), Range::Whole, "{text}");
        }
    }
}
