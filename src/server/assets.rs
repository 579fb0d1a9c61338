//! Script, wasm, style, fonts and fixed files: embedded into a release build, read from disk by a
//! debug build (`build.rs` decides).
//!
//! They are served under `/-/assets/{build}/`, where `build` is a hash of all of them, so that a
//! browser may keep them for ever and never mixes two builds.

use std::{borrow::Cow, collections::BTreeMap, path::Path, sync::Arc};

use axum::{
    extract::{Path as UrlPath, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest as _, Sha256};

use crate::view::{base_path, link};

include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// The build's name while files are read from disk and may change at any time.
const DEVELOPMENT: &str = "development";

/// Files under the build's own address.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Files whose address is fixed by convention.
const ONE_DAY: &str = "public, max-age=86400";
/// Files that may change while they are looked at.
const NEVER: &str = "no-store";

/// The files of the front end.
#[derive(Debug)]
pub struct Assets {
    build: String,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// By path below the site's folder; a compressed variant stands beside its file, as `.br` or `.gz`.
    Embedded(BTreeMap<&'static str, &'static [u8]>),
    /// Below the first of these folders that has it.
    Disk(&'static [&'static str]),
}

/// How a file's bytes are encoded on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }
}

impl Assets {
    /// The files that this binary was built with.
    pub fn of_this_build() -> Self {
        if ON_DISK.is_empty() {
            return Self::embedded(EMBEDDED);
        }
        Self { build: DEVELOPMENT.to_owned(), source: Source::Disk(ON_DISK) }
    }

    fn embedded(files: &'static [(&'static str, &'static [u8])]) -> Self {
        let files: BTreeMap<_, _> = files.iter().copied().collect();
        let mut hash = Sha256::new();
        for (name, bytes) in &files {
            // Lengths keep two different lists from running together into the same bytes.
            hash.update(name.len().to_be_bytes());
            hash.update(name);
            hash.update(bytes.len().to_be_bytes());
            hash.update(bytes);
        }
        let hash: [u8; 32] = hash.finalize().into();
        let start = hash.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte));
        Self { build: format!("{start:016x}"), source: Source::Embedded(files) }
    }

    /// The hash of all files, 16 hexadecimal digits.
    pub fn build(&self) -> &str {
        &self.build
    }

    /// Where the files are served, without the leading `/`.
    pub fn package_path(&self) -> String {
        format!("-/assets/{}", self.build)
    }

    /// Whether the files are read from disk, as while Strata itself is developed.
    pub fn are_on_disk(&self) -> bool {
        matches!(self.source, Source::Disk(_))
    }

    /// One file as a response; `name` is relative to the site's folder.
    fn respond(&self, name: &str, request: &HeaderMap, cache: &'static str) -> Response {
        let cache = if self.are_on_disk() { NEVER } else { cache };
        for encoding in accepted(request) {
            let Some(bytes) = self.read(&format!("{name}{}", encoding.suffix())) else {
                continue;
            };
            let mut response = bytes.into_response();
            let headers = response.headers_mut();
            let set = |headers: &mut HeaderMap, name, value: &'static str| {
                headers.insert(name, header::HeaderValue::from_static(value));
            };
            set(headers, header::CONTENT_TYPE, content_type(name));
            set(headers, header::CACHE_CONTROL, cache);
            set(headers, header::VARY, "accept-encoding");
            set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
            match encoding {
                Encoding::Brotli => set(headers, header::CONTENT_ENCODING, "br"),
                Encoding::Gzip => set(headers, header::CONTENT_ENCODING, "gzip"),
                Encoding::Identity => {}
            }
            return response;
        }
        (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, NEVER)], "There is no such file in this build.\n")
            .into_response()
    }

    fn read(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        match &self.source {
            Source::Embedded(files) => files.get(name).map(|bytes| Cow::Borrowed(*bytes)),
            Source::Disk(folders) => {
                // Plain names only: nothing of a path may lead out of the folder.
                let plain =
                    name.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains('\\'));
                if !plain {
                    return None;
                }
                folders.iter().find_map(|folder| std::fs::read(Path::new(folder).join(name)).ok()).map(Cow::Owned)
            }
        }
    }
}

/// A file under the build's own address. What cargo-leptos writes to `pkg/` stands there without
/// that folder, beside the fixed files.
pub(super) async fn versioned(
    State(assets): State<Arc<Assets>>,
    UrlPath((build, file)): UrlPath<(String, String)>,
    headers: HeaderMap,
) -> Response {
    // A page of another build must not get this build's files under its own, kept-for-ever address.
    if build != assets.build || has_encoding_suffix(&file) {
        return assets.respond("", &headers, NEVER);
    }
    let packaged = format!("pkg/{file}");
    if assets.read(&packaged).is_some() {
        return assets.respond(&packaged, &headers, IMMUTABLE);
    }
    assets.respond(&file, &headers, IMMUTABLE)
}

/// `/favicon.ico`, which browsers ask for by themselves.
pub(super) async fn favicon(State(assets): State<Arc<Assets>>, headers: HeaderMap) -> Response {
    assets.respond("favicon.ico", &headers, ONE_DAY)
}

/// `/robots.txt`. Robots ask for it at the root of a host (RFC 9309 §2.3), where it speaks of whole paths: below a base path
/// it is there for whoever passes it on.
pub(super) async fn robots(State(assets): State<Arc<Assets>>, headers: HeaderMap) -> Response {
    if base_path::in_force().is_empty() {
        return assets.respond("robots.txt", &headers, ONE_DAY);
    }
    let (views, compare) = (link::site("/-/"), link::site(link::COMPARE));
    let (files, layers) = (link::site("/*/-/files"), link::site("/*/-/layer"));
    let text = format!("User-agent: *\nDisallow: {views}\nDisallow: {files}\nDisallow: {layers}\nAllow: {compare}\n");
    ([(header::CONTENT_TYPE, content_type("robots.txt")), (header::CACHE_CONTROL, ONE_DAY)], text).into_response()
}

/// A compressed variant is not a file of its own.
fn has_encoding_suffix(name: &str) -> bool {
    name.ends_with(Encoding::Brotli.suffix()) || name.ends_with(Encoding::Gzip.suffix())
}

/// The encodings that the request accepts, smallest first; plain bytes are always the last resort.
///
/// A weight of 0 refuses an encoding (RFC 9110 §12.5.3); other weights do not change our order.
fn accepted(request: &HeaderMap) -> Vec<Encoding> {
    let mut offered = Vec::with_capacity(3);
    let codings: Vec<String> = request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter(|coding| !is_refused(coding))
        .map(|coding| {
            let name = coding.split(';').next().unwrap_or_default();
            name.trim().to_ascii_lowercase()
        })
        .collect();
    for (name, encoding) in [("br", Encoding::Brotli), ("gzip", Encoding::Gzip)] {
        if codings.iter().any(|coding| coding == name) {
            offered.push(encoding);
        }
    }
    offered.push(Encoding::Identity);
    offered
}

/// Whether one member of an `Accept-Encoding` list has the weight 0.
fn is_refused(coding: &str) -> bool {
    coding.split(';').skip(1).any(|parameter| {
        parameter
            .split_once('=')
            .filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
            .and_then(|(_, weight)| weight.trim().parse::<f32>().ok())
            .is_some_and(|weight| weight <= 0.0)
    })
}

/// The media type by the file's extension.
fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
