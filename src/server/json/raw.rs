//! `/-/api/raw/{reference}` and `/-/api/raw/{reference}?config=1&platform=&manifest=`: exact bytes as a safe download.
//!
//! What a registry holds is never sent in a form that a browser would run or show as a page of this site (threat V-4).

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::answer::{Answer, ETag, Problem};
use super::query::Query;
use super::{Api, raw_rest};
use crate::oci::Digest;
use crate::server::cache::CachePolicy;
use crate::server::request::RequestId;
use crate::service::image::RawBytes;
use crate::view::Address;

/// Nothing may run or load, wherever a browser opens it all the same.
const SANDBOX: &str = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The exact bytes of a document.
pub(super) async fn download(
    State(api): State<Api>,
    Extension(id): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    answer(&api.for_request(&id), &uri, &headers).await.unwrap_or_else(|problem| problem.answer(&id))
}

async fn answer(api: &Api, uri: &Uri, headers: &HeaderMap) -> Answer {
    let Address::Image(reference, _) = Address::parse(raw_rest(uri, "raw"))? else {
        return Err(Problem::invalid("A reference stands here, with a tag or digest."));
    };
    let query = Query::of(uri);
    let (config, manifest) = (query.switch("config"), query.text("manifest"));
    let page = api.service.raw_bytes(&reference, config, &query.text("platform"), &manifest).await?;
    // Which entry of an index is meant is a rule of this build, unless its digest is named.
    let is_fixed = reference.digest.is_some() && (!config || !manifest.is_empty());
    let policy = match (is_fixed, page.registry.account.is_some()) {
        (true, false) => CachePolicy::Immutable,
        (true, true) => CachePolicy::PrivateImmutable,
        (false, _) => CachePolicy::Revalidate,
    };
    let tag = ETag::of_bytes(&page.content.digest);
    let is_known = tag.as_ref().is_some_and(|tag| tag.is_known(headers));
    let mut response =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { attachment(&page.content, config) };
    response.extensions_mut().insert(policy);
    Ok(match tag {
        Some(tag) => tag.on(response),
        None => response,
    })
}

fn attachment(raw: &RawBytes, is_config: bool) -> Response {
    let mut response = Body::from(raw.bytes.clone()).into_response();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: HeaderValue| headers.insert(name, value);
    set(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    set(header::CONTENT_LENGTH, HeaderValue::from(raw.bytes.len()));
    set(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    let name = format!("attachment; filename=\"{}\"", file_name(&raw.digest, is_config));
    set(header::CONTENT_DISPOSITION, HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("attachment")));
    response
}

/// A file's name made of a digest alone, in letters that every system takes (threat T-27).
fn file_name(digest: &Digest, is_config: bool) -> String {
    let what = if is_config { "config" } else { "manifest" };
    let plain: String = digest
        .as_str()
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character } else { '-' })
        .take(160)
        .collect();
    format!("{what}-{plain}.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_have_only_plain_letters() {
        let digest: Digest = format!("sha256:{}", "0a".repeat(32)).parse().unwrap();
        assert_eq!(file_name(&digest, false), format!("manifest-sha256-{}.json", "0a".repeat(32)));
        assert!(file_name(&digest, true).starts_with("config-sha256-"));
    }
}
