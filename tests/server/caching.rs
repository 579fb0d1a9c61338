//! How long each kind of answer may be kept.

use axum::http::{HeaderValue, header};

use crate::support::{SITES, digest_of, get, request, send};

#[test]
fn kept_for_ever_is_only_what_stands_under_its_digest() {
    let digest = digest_of("base/linux:latest");
    for (target, policy) in [
        ("/".to_owned(), "private, no-cache"),
        (format!("/base/linux@{digest}"), "private, no-cache"),
        ("/-/api/registries".to_owned(), "private, no-cache"),
        ("/-/api/tags/base/linux".to_owned(), "private, no-cache"),
        ("/-/api/raw/base/linux:latest".to_owned(), "private, no-cache"),
        (format!("/-/api/raw/base/linux@{digest}"), "public, max-age=31536000, immutable"),
        ("/nothing/here".to_owned(), "private, no-cache"),
        ("/-/api/nothing".to_owned(), "private, no-cache"),
        (format!("/-/api/raw/base/linux@sha256:{}", "0".repeat(64)), "private, no-cache"),
    ] {
        assert_eq!(get(&target).header("cache-control"), policy, "{target}");
    }
}

#[test]
fn bytes_read_with_credentials_are_kept_by_the_reader_alone() {
    let digest = digest_of("base/linux:latest");
    let answer = send(&SITES.small, request("GET", &format!("/-/api/raw/base/linux@{digest}")));
    assert_eq!(answer.header("cache-control"), "private, max-age=31536000, immutable");
}

#[test]
fn reader_who_has_it_is_told_so() {
    let digest = digest_of("base/linux:latest");
    let target = format!("/-/api/raw/base/linux@{digest}");
    for known in [format!("\"{digest}\""), format!("\"other\", W/\"{digest}\"")] {
        let mut asked = request("GET", &target);
        asked.headers_mut().insert(header::IF_NONE_MATCH, HeaderValue::from_str(&known).unwrap());
        let answer = send(&SITES.one, asked);
        assert_eq!(answer.status.as_u16(), 304, "{known}");
        assert!(answer.body.is_empty());
        assert_eq!(answer.header("etag"), format!("\"{digest}\""));
    }
}

#[test]
fn document_under_a_digest_has_an_entity_tag() {
    let digest = digest_of("base/linux:latest");
    let target = format!("/-/api/image/base/linux@{digest}");
    let first = get(&target);
    assert_eq!(first.header("cache-control"), "private, no-cache");
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\"development-") || !cfg!(debug_assertions), "{tag}");
    let mut asked = request("GET", &target);
    asked.headers_mut().insert(header::IF_NONE_MATCH, HeaderValue::from_str(&tag).unwrap());
    let second = send(&SITES.one, asked);
    assert_eq!(second.status.as_u16(), 304);
    assert_eq!(second.header("etag"), tag);
    assert_ne!(get(&format!("{target}?view=config")).header("etag"), tag);
    assert_eq!(get("/-/api/image/base/linux:latest").header("etag"), "", "a tag moves");
}
