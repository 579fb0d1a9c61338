//! Exact bytes as a safe download: `/-/api/raw/{reference}` the document that stands there, with `?config=1` the config of
//! what its page shows, with `?blob={digest}` a blob that its manifest lists; `&platform=&manifest=` choose in an index.
//!
//! What a registry holds is never sent in a form that a browser would run or show as a page of this site (threat V-4).

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answer::{Answer, ETag, Problem};
use super::query::Query;
use super::{Asked, raw_rest};
use crate::oci::Digest;
use crate::server::cache::CachePolicy;
use crate::view::Address;

/// Nothing may run or load, wherever a browser opens it all the same.
const SANDBOX: &str = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What is downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// The document at the reference.
    Document,
    /// The config of what its page shows.
    Config,
    /// A blob that its manifest lists.
    Blob,
}

/// The exact bytes of a document or blob.
pub(super) async fn download(Asked { api, uri, headers, .. }: Asked) -> Answer {
    let Address::Image(reference, _) = Address::parse(raw_rest(&uri, "raw"))? else {
        return Err(Problem::invalid("A reference stands here, with a tag or digest."));
    };
    let query = Query::of(&uri);
    let (platform, manifest) = (query.text("platform"), query.text("manifest"));
    let (what, blob) = match (query.text("blob"), query.switch("config")) {
        (blob, _) if !blob.is_empty() => (What::Blob, blob),
        (_, true) => (What::Config, String::new()),
        (_, false) => (What::Document, String::new()),
    };
    let page = match what {
        What::Blob => api.service.blob_bytes(&reference, &blob, &platform, &manifest).await?,
        _ => api.service.raw_bytes(&reference, what == What::Config, &platform, &manifest).await?,
    };
    // Which entry of an index is meant is a rule of this build, unless its digest is named.
    let is_fixed = reference.digest.is_some() && (what != What::Config || !manifest.is_empty());
    let policy = match (is_fixed, page.content.is_public) {
        (true, true) => CachePolicy::Immutable,
        (true, false) => CachePolicy::PrivateImmutable,
        (false, _) => CachePolicy::Revalidate,
    };
    let tag = ETag::of_bytes(&page.content.digest);
    let is_known = tag.as_ref().is_some_and(|tag| tag.is_known(&headers));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let raw = &page.content;
        attachment(Body::from(raw.bytes.clone()), Some(raw.bytes.len() as u64), &file_name(&raw.digest, what))
    };
    response.extensions_mut().insert(policy);
    Ok(match tag {
        Some(tag) => tag.on(response),
        None => response,
    })
}

/// A safe download under a plain name, of so many bytes where that is known.
pub(super) fn attachment(body: Body, bytes: Option<u64>, file_name: &str) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    if let Some(bytes) = bytes {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    }
    let mut set = |name: HeaderName, value: HeaderValue| headers.insert(name, value);
    set(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    set(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    let name = format!("attachment; filename=\"{file_name}\"");
    set(header::CONTENT_DISPOSITION, HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("attachment")));
    response
}

/// A file's name made of a digest alone, in letters that every system takes (threat T-27).
fn file_name(digest: &Digest, what: What) -> String {
    // What a blob calls itself is left to whoever opens it: an ending would have a system choose a program for it.
    let (what, ending) = match what {
        What::Document => ("manifest", "json"),
        What::Config => ("config", "json"),
        What::Blob => ("blob", "bin"),
    };
    let plain: String = digest
        .as_str()
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character } else { '-' })
        .take(160)
        .collect();
    format!("{what}-{plain}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_have_only_plain_letters() {
        let digest: Digest = format!("sha256:{}", "0a".repeat(32)).parse().unwrap();
        assert_eq!(file_name(&digest, What::Document), format!("manifest-sha256-{}.json", "0a".repeat(32)));
        assert!(file_name(&digest, What::Config).starts_with("config-sha256-"));
        assert_eq!(file_name(&digest, What::Blob), format!("blob-sha256-{}.bin", "0a".repeat(32)));
    }
}
