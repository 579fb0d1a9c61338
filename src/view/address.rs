//! What a path of this site means.
//!
//! ```text
//! path      = "/" | "/" registry "/" | "/" reference [ "/-/" view ] | "/-/" page
//! reference = repository [ ":" tag ] [ "@" digest ]
//! view      = "layers" | "config" | … | "files" [ "/" file ] | "layer/" digest [ "/" file ]
//! ```
//!
//! The raw, undecoded path is split at its first `/-/`. No component of a repository can begin with `-`, so the two halves
//! never mix, and repositories called `tags/list` or `foo/manifests/bar` open like any other.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::anatomy::files::FilePath;
use crate::oci::reference::ReferenceError;
use crate::oci::{Digest, Reference};

/// A page of this site, known from its path alone. Whether a first component names a registry is decided by the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// `/`: the repositories of the only registry, or the list of registries.
    Home,
    /// `/{registry}/`: the repositories of one of several registries.
    Registry(String),
    /// `/{repository}`: its tags.
    Tags(Reference),
    /// `/{repository}:{tag}` or `@{digest}`: what stands there.
    Image(Reference, ImageView),
    /// `…/-/files/{path}`: a file of the image that stands there, as its layers together make it.
    Files(Reference, FilePath),
    /// `…/-/layer/{digest}/{path}`: a file of one of its layers.
    Layer(Reference, Digest, FilePath),
    /// `/-/compare`
    Compare,
    /// `/-/search`
    Search,
    /// `/-/registry`
    RegistryFacts,
    /// `/-/api`: how the JSON API is used.
    ApiGuide,
}

/// One of the views of what stands at a reference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageView {
    /// The history joined with the layers, or an artifact's contents.
    #[default]
    Layers,
    /// The files of the image, or of one of its layers.
    Files,
    /// The config as a table.
    Config,
    /// What speaks about it: signatures, attestations and the like.
    Referrers,
    /// The documents as they were received.
    Raw,
}

/// Why a path means nothing here.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    /// A percent sign without two hexadecimal digits, or bytes that are not UTF-8.
    #[error("the address is not valid: its percent-encoding does not spell text")]
    Encoding,
    /// An encoded `/`, `\`, `%` or control character, which no reference can have.
    #[error("the address is not valid: {0} cannot be part of a reference")]
    Forbidden(String),
    /// An encoded `/` or a plain `\` in the path of a file, or a component that is `.` or `..`.
    #[error("the address is not valid: {0} cannot be part of a file's path")]
    FilePath(&'static str),
    /// The reference breaks the grammar.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// There is no such page or view.
    #[error("there is no such page")]
    Unknown,
}

impl AddressError {
    /// The HTTP status of the page that says so.
    pub fn status(&self) -> u16 {
        if matches!(self, Self::Unknown) { 404 } else { 400 }
    }
}

impl ImageView {
    /// Every view, in the order of the tabs.
    pub const ALL: [Self; 5] = [Self::Layers, Self::Files, Self::Config, Self::Referrers, Self::Raw];

    /// The view's name in a path.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Layers => "layers",
            Self::Files => "files",
            Self::Config => "config",
            Self::Referrers => "referrers",
            Self::Raw => "raw",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.as_str() == text)
    }
}

impl fmt::Display for ImageView {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Address {
    /// Reads a raw path, as it stands in the request line: with its leading slash, undecoded, without query.
    ///
    /// # Errors
    ///
    /// [`AddressError`], with the status that its page has.
    pub fn parse(raw_path: &str) -> Result<Self, AddressError> {
        let path = raw_path.strip_prefix('/').unwrap_or(raw_path);
        if path.is_empty() {
            return Ok(Self::Home);
        }
        if let Some(page) = path.strip_prefix("-/") {
            return match page {
                "compare" => Ok(Self::Compare),
                "search" => Ok(Self::Search),
                "registry" => Ok(Self::RegistryFacts),
                "api" => Ok(Self::ApiGuide),
                _ => Err(AddressError::Unknown),
            };
        }
        let (reference, view) = match path.split_once("/-/") {
            Some((reference, view)) => (reference, Some(view)),
            None => (path, None),
        };
        let reference = decode_reference(reference)?;
        if view.is_none()
            && let Some(registry) = reference.strip_suffix('/')
            && !registry.contains('/')
        {
            // Checked as a name of one component.
            let name: crate::oci::RepositoryName = registry.parse().map_err(ReferenceError::from)?;
            return Ok(Self::Registry(name.into()));
        }
        let reference: Reference = reference.parse()?;
        match (view, reference.names_manifest()) {
            (None, false) => Ok(Self::Tags(reference)),
            (None, true) => Ok(Self::Image(reference, ImageView::default())),
            (Some(view), true) => Self::parse_view(reference, view),
            (Some(_), false) => Err(AddressError::Unknown),
        }
    }
}

impl Address {
    fn parse_view(reference: Reference, view: &str) -> Result<Self, AddressError> {
        let (name, below) = view.split_once('/').unwrap_or((view, ""));
        match name {
            "files" => Ok(Self::Files(reference, decode_file_path(below)?)),
            "layer" => {
                let (digest, path) = below.split_once('/').unwrap_or((below, ""));
                let digest = decode_reference(digest)?.parse().map_err(ReferenceError::from)?;
                Ok(Self::Layer(reference, digest, decode_file_path(path)?))
            }
            _ => ImageView::parse(view).map(|view| Self::Image(reference, view)).ok_or(AddressError::Unknown),
        }
    }
}

/// Decodes the path of a file: any bytes, each component by itself. What a URL parser would resolve or read as a separator is
/// refused, so that it means the same to everybody (threat T-11).
fn decode_file_path(raw: &str) -> Result<FilePath, AddressError> {
    let mut path = Vec::with_capacity(raw.len());
    for component in raw.split('/') {
        if component.contains('\\') {
            return Err(AddressError::FilePath("a plain `\\`"));
        }
        let component = percent_decoded(component)?;
        if matches!(component.as_slice(), b"." | b"..") {
            return Err(AddressError::FilePath("`.` or `..`"));
        }
        if component.contains(&b'/') {
            return Err(AddressError::FilePath("an encoded `%2F`"));
        }
        path.push(b'/');
        path.extend_from_slice(&component);
    }
    Ok(FilePath::from_bytes(&path))
}

/// The bytes that a percent-encoded text stands for (RFC 3986 §2.1).
fn percent_decoded(raw: &str) -> Result<Vec<u8>, AddressError> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return Err(AddressError::Encoding);
        };
        // Two hexadecimal digits fit a byte.
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| AddressError::Encoding)?);
    }
    Ok(bytes)
}

/// Decodes a reference's percent-encoding. Nothing that the grammar could mean otherwise may hide in it.
fn decode_reference(raw: &str) -> Result<String, AddressError> {
    let bytes = percent_decoded(raw)?;
    // A plain one of these breaks the grammar, whatever it is; only `/` may stand there as it is.
    let mut encoded = raw.split('%').skip(1).filter_map(|rest| u8::from_str_radix(rest.get(..2)?, 16).ok());
    if let Some(byte) = encoded.find(|byte| matches!(byte, b'/' | b'\\' | b'%') || byte.is_ascii_control()) {
        return Err(AddressError::Forbidden(format!("an encoded `%{byte:02X}`")));
    }
    String::from_utf8(bytes).map_err(|_| AddressError::Encoding)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::view::link::{self, PlatformLink};

    fn tags(text: &str) -> Address {
        Address::Tags(text.parse().unwrap())
    }

    #[test]
    fn paths_are_image_references() {
        let digest = format!("sha256:{}", "a".repeat(64));
        assert_eq!(Address::parse("/"), Ok(Address::Home));
        assert_eq!(Address::parse("/library/nginx"), Ok(tags("library/nginx")));
        assert_eq!(Address::parse("/tags/list"), Ok(tags("tags/list")));
        for (path, reference, view) in [
            ("/library/nginx:1.25".to_owned(), "library/nginx:1.25".to_owned(), ImageView::Layers),
            ("/a%3A1".to_owned(), "a:1".to_owned(), ImageView::Layers),
            ("/tags/list:1/-/referrers".to_owned(), "tags/list:1".to_owned(), ImageView::Referrers),
            (format!("/a%40{digest}/-/raw"), format!("a@{digest}"), ImageView::Raw),
            (format!("/a:1@{digest}/-/config"), format!("a:1@{digest}"), ImageView::Config),
        ] {
            assert_eq!(Address::parse(&path), Ok(Address::Image(reference.parse().unwrap(), view)), "{path}");
        }
        assert_eq!(Address::parse("/docker.io/"), Ok(Address::Registry("docker.io".to_owned())));
    }

    #[test]
    fn files_have_any_bytes_in_their_names() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let reference: Reference = "a:1".parse().unwrap();
        let files = |path: &[u8]| Ok(Address::Files(reference.clone(), FilePath::from_bytes(path)));
        for (path, bytes) in [
            ("/a:1/-/files", &b""[..]),
            ("/a:1/-/files/", b""),
            ("/a:1/-/files/etc/nginx/", b"etc/nginx"),
            ("/a:1/-/files/etc//passwd", b"etc/passwd"),
            ("/a:1/-/files/x/-/files/y", b"x/-/files/y"),
            ("/a:1/-/files/caf%E9/%5C%25%00%0A", b"caf\xe9/\\%\0\n"),
            ("/a:1/-/files/...", b"..."),
        ] {
            assert_eq!(Address::parse(path), files(bytes), "{path}");
        }
        assert_eq!(
            Address::parse(&format!("/a:1/-/layer/{}/etc", digest.replace(':', "%3A"))),
            Ok(Address::Layer(reference.clone(), digest.parse().unwrap(), FilePath::from_bytes(b"etc")))
        );
    }

    proptest! {
        /// Whatever a file is called, its link leads back to it, also through a URL parser.
        #[test]
        fn any_file_has_an_address(path in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'.'), Just(b'/')], 0..40)) {
            let path = FilePath::from_bytes(&path);
            let reference: Reference = "a:1".parse().unwrap();
            let written = link::files("", &reference, &PlatformLink::none(), &path, false);
            prop_assert_eq!(Address::parse(&written), Ok(Address::Files(reference, path)));
        }

        /// What a path is taken for is written as a path that is taken for the same.
        #[test]
        fn any_path_is_refused_or_read_back(
            parts in prop::collection::vec(
                prop_oneof![
                    "[a-z0-9._-]{1,6}",
                    prop::sample::select(vec!["/", ":", "@", "/-/", "raw", "a:1/-/files/", "layer/", "%2F", "%3A", "%ff", "..", "\\", "\u{e9}"]).prop_map(str::to_owned),
                    Just(format!("sha256:{}", "a".repeat(64))),
                    any::<char>().prop_map(|letter| letter.to_string()),
                ],
                0..12,
            )
        ) {
            match Address::parse(&format!("/{}", parts.concat())) {
                Ok(Address::Tags(reference)) => {
                    prop_assert_eq!(Address::parse(&link::tags("", &reference.repository)), Ok(Address::Tags(reference)));
                }
                Ok(Address::Image(reference, view)) => {
                    let written = link::image("", &reference, view, &PlatformLink::none());
                    prop_assert_eq!(Address::parse(&written), Ok(Address::Image(reference, view)));
                }
                Ok(Address::Files(reference, path)) => {
                    let written = link::files("", &reference, &PlatformLink::none(), &path, false);
                    prop_assert_eq!(Address::parse(&written), Ok(Address::Files(reference, path)));
                }
                Ok(Address::Layer(reference, layer, path)) => {
                    let written = link::layer("", &reference, &PlatformLink::none(), &layer, &path, false);
                    prop_assert_eq!(Address::parse(&written), Ok(Address::Layer(reference, layer, path)));
                }
                Ok(Address::Registry(name)) => prop_assert!(!name.contains(['/', '%', '\\'])),
                Ok(_) => {}
                Err(error) => prop_assert!(matches!(error.status(), 400 | 404)),
            }
        }
    }

    #[test]
    fn bad_paths_are_refused_with_their_status() {
        for (path, status) in [
            ("/-/nothing", 404),
            ("/a:1/-/nothing", 404),
            ("/a/-/layers", 404),
            ("/a%2Fb", 400),
            ("/a%5Cb", 400),
            ("/a%25", 400),
            ("/a%00", 400),
            ("/a%0", 400),
            ("/a%ff", 400),
            ("/A", 400),
            ("/a//b", 400),
            ("/a/b/", 400),
            ("/a/../b", 400),
            ("/a:.x", 400),
            ("/a@sha256:abc", 400),
            ("/a/-/files/b", 404),
            ("/a:1/-/files/%2F", 400),
            ("/a:1/-/files/b/../c", 400),
            ("/a:1/-/files/%2e%2E/c", 400),
            ("/a:1/-/files/b\\c", 400),
            ("/a:1/-/files/%4", 400),
            ("/a:1/-/layer", 400),
            ("/a:1/-/layer/sha256:abc/etc", 400),
        ] {
            let error = Address::parse(path).unwrap_err();
            assert_eq!(error.status(), status, "{path}: {error}");
        }
    }
}
