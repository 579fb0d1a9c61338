//! `/-/api/content/{reference}?path=|path_base64=&layer=&as_of=&platform=&manifest=`: the exact bytes of one file, or
//! those of everything in a directory as a tar archive, which other sites' pages are refused (threat T-24).
//!
//! They are hashed on their way. Where they are not what was in the layer when it was read, the answer is broken off.

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::IntoResponse as _;
use futures::{StreamExt as _, stream};

use super::Asked;
use super::answer::{Answer, ETag};
use super::files::asked;
use super::raw::attachment;
use crate::oci::Digest;
use crate::server::cache::CachePolicy;
use crate::server::functions::is_from_another_site;
use crate::service::files::FileBytes;

/// The bytes of a file.
pub(super) async fn download(Asked { api, method, uri, headers }: Asked) -> Answer {
    let asked = asked(&uri, "content")?;
    // What is in an image under its digest never changes; which image of an index is meant is a rule of this build.
    let is_fixed = asked.reference.digest.is_some() && !asked.manifest.is_empty();
    let is_known = |digest: &Digest| ETag::of_bytes(digest).is_some_and(|tag| tag.is_known(&headers));
    // What is said of the bytes is known without asking the registry for them.
    let is_wanted = |digest: Option<&Digest>| method != Method::HEAD && !digest.is_some_and(is_known);
    // A file costs a part of a layer, a directory up to the whole image, and pages can ask for it with every picture on them.
    let file = if is_from_another_site(&headers) {
        api.service.single_file_bytes(&asked, is_wanted).await?
    } else {
        api.service.file_bytes(&asked, is_wanted).await?
    };
    let FileBytes { digest, size, name, body, is_public, is_final } = file.content;
    let mut response = if digest.as_ref().is_some_and(is_known) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = body.unwrap_or_else(|| stream::empty().boxed());
        attachment(Body::from_stream(body), size, &file_name(&name))
    };
    response.extensions_mut().insert(match (is_fixed && is_final && digest.is_some(), is_public) {
        (true, true) => CachePolicy::Immutable,
        (true, false) => CachePolicy::PrivateImmutable,
        (false, _) => CachePolicy::Revalidate,
    });
    if let Some(value) = digest.as_ref().and_then(|digest| HeaderValue::try_from(digest.as_str()).ok()) {
        response.headers_mut().insert("x-content-digest", value);
    }
    Ok(match digest.as_ref().and_then(ETag::of_bytes) {
        Some(tag) => tag.on(response),
        None => response,
    })
}

/// A file's own name in letters that every system takes (threat T-27).
fn file_name(name: &[u8]) -> String {
    const LONGEST: usize = 100;
    let plain = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(*byte),
        _ => '_',
    };
    let name: String = name.iter().take(LONGEST).map(plain).collect();
    let name = name.trim_matches('.');
    // Names of devices on Windows, whatever follows their first dot.
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let is_device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")));
    if name.is_empty() || is_device { format!("file-{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for (name, plain) in [
            (&b"nginx.conf"[..], "nginx.conf"),
            (b".env", "env"),
            (b"a\"b\r\n\xe9/..", "a_b____"),
            (b"con.txt", "file-con.txt"),
            (b"COM1", "file-COM1"),
            (b"...", "file-"),
        ] {
            assert_eq!(file_name(name), plain);
        }
        assert_eq!(file_name(&[b'a'; 5_000]).len(), 100);
    }
}
