//! What a path of this site means.
//!
//! ```text
//! path      = "/" | "/" registry "/" | "/" reference [ "/-/" view ] | "/-/" page
//! reference = repository [ ":" tag ] [ "@" digest ]
//! ```
//!
//! The raw, undecoded path is split at its first `/-/`. No component of a repository can begin with `-`, so the two halves
//! never mix, and repositories called `tags/list` or `foo/manifests/bar` open like any other.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::oci::Reference;
use crate::oci::reference::ReferenceError;

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
    pub const ALL: [Self; 4] = [Self::Layers, Self::Config, Self::Referrers, Self::Raw];

    /// The view's name in a path.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Layers => "layers",
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
            (Some(view), true) => {
                ImageView::parse(view).map(|view| Self::Image(reference, view)).ok_or(AddressError::Unknown)
            }
            (Some(_), false) => Err(AddressError::Unknown),
        }
    }
}

/// Decodes a reference's percent-encoding. Nothing that the grammar could mean otherwise may hide in it.
fn decode_reference(raw: &str) -> Result<String, AddressError> {
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
        let decoded = u8::try_from(high * 16 + low).map_err(|_| AddressError::Encoding)?;
        if matches!(decoded, b'/' | b'\\' | b'%') || decoded.is_ascii_control() {
            return Err(AddressError::Forbidden(format!("an encoded `%{decoded:02X}`")));
        }
        bytes.push(decoded);
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

    proptest! {
        /// What a path is taken for is written as a path that is taken for the same.
        #[test]
        fn any_path_is_refused_or_read_back(
            parts in prop::collection::vec(
                prop_oneof![
                    "[a-z0-9._-]{1,6}",
                    prop::sample::select(vec!["/", ":", "@", "/-/", "raw", "%2F", "%3A", "%ff", "..", "\\", "\u{e9}"]).prop_map(str::to_owned),
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
        ] {
            let error = Address::parse(path).unwrap_err();
            assert_eq!(error.status(), status, "{path}: {error}");
        }
    }
}
