//! What a path below `/v2/` asks for.
//!
//! A repository's name may contain the words `manifests`, `tags`, `list`, `blobs` and `referrers`, so a path is read from
//! its right-hand end: `/v2/tags/list/tags/list` are the tags of the repository `tags/list`.

use super::error::Refusal;
use crate::oci::{Digest, RepositoryName, Tag};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// Whether this is a registry: `/v2/`.
    Base,
    /// The names of the repositories.
    Catalog,
    /// The tags of a repository.
    Tags(RepositoryName),
    /// A manifest.
    Manifest(RepositoryName, ManifestReference),
    /// A blob.
    Blob(RepositoryName, Digest),
    /// The manifests that point at this one.
    Referrers(RepositoryName, Digest),
}

/// By what a manifest is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ManifestReference {
    /// By tag.
    Tag(Tag),
    /// By digest.
    Digest(Digest),
}

impl Address {
    /// Reads a raw, still encoded path that begins with `/v2`.
    pub(super) fn parse(path: &str) -> Result<Self, Refusal> {
        let decoded = percent_decode(path).ok_or_else(|| Refusal::name_invalid(path))?;
        let rest = decoded.strip_prefix("/v2").ok_or_else(Refusal::no_such_endpoint)?;
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        if rest.is_empty() {
            return Ok(Self::Base);
        }
        if rest == "_catalog" {
            return Ok(Self::Catalog);
        }
        if let Some(name) = rest.strip_suffix("/tags/list") {
            return Ok(Self::Tags(repository(name)?));
        }
        let mut parts = rest.rsplitn(3, '/');
        let (Some(last), Some(kind), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Refusal::no_such_endpoint());
        };
        match kind {
            "manifests" => Ok(Self::Manifest(repository(name)?, manifest_reference(last)?)),
            "blobs" => Ok(Self::Blob(repository(name)?, digest(last)?)),
            "referrers" => Ok(Self::Referrers(repository(name)?, digest(last)?)),
            _ => Err(Refusal::no_such_endpoint()),
        }
    }
}

fn repository(name: &str) -> Result<RepositoryName, Refusal> {
    name.parse().map_err(|_| Refusal::name_invalid(name))
}

fn digest(text: &str) -> Result<Digest, Refusal> {
    text.parse().map_err(|error| Refusal::digest_invalid(text, error))
}

fn manifest_reference(text: &str) -> Result<ManifestReference, Refusal> {
    if text.contains(':') {
        return digest(text).map(ManifestReference::Digest);
    }
    // The specification has no code for a bad tag; there is certainly no manifest under it.
    text.parse().map(ManifestReference::Tag).map_err(|_| Refusal::manifest_unknown(text))
}

/// Replaces every `%XX` by its byte; `None` where one is malformed or the result is not UTF-8.
pub(super) fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let (high, low) = (digit()?, digit()?);
            decoded.push(high << 4 | low);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> RepositoryName {
        text.parse().expect("a name")
    }

    const DIGEST: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    #[test]
    fn names_made_of_the_api_s_own_words_are_read_from_the_right() {
        let tag = |text: &str| ManifestReference::Tag(text.parse().expect("a tag"));
        let cases = [
            ("/v2/tags/list/tags/list", Address::Tags(name("tags/list"))),
            ("/v2/a/b/tags/list/tags/list", Address::Tags(name("a/b/tags/list"))),
            ("/v2/foo/manifests/bar/tags/list", Address::Tags(name("foo/manifests/bar"))),
            ("/v2/foo/manifests/bar/manifests/1.0", Address::Manifest(name("foo/manifests/bar"), tag("1.0"))),
            ("/v2/tags/list/manifests/list", Address::Manifest(name("tags/list"), tag("list"))),
            ("/v2/blobs/manifests/blobs", Address::Manifest(name("blobs"), tag("blobs"))),
        ];
        for (path, expected) in cases {
            assert_eq!(Address::parse(path).expect(path), expected, "{path}");
        }
    }

    #[test]
    fn encoded_separators_are_the_plain_ones() {
        let path = format!("/v2/a%2fb/%6danifests/{}", DIGEST.replace(':', "%3A"));
        let digest = ManifestReference::Digest(DIGEST.parse().expect("a digest"));
        assert_eq!(Address::parse(&path).expect("an address"), Address::Manifest(name("a/b"), digest));
    }

    #[test]
    fn paths_that_are_none_of_the_api_are_refused() {
        for path in ["/v2/x", "/v2/tags/list", "/v2/manifests/1", "/v2/a/b/c", "/v2/A/manifests/1", "/v2//manifests/1"]
        {
            assert!(Address::parse(path).is_err(), "{path}");
        }
        for path in ["/v2/a%/tags/list", "/v2/a%ff/tags/list", "/v2/a%00/tags/list", "/v2/a/blobs/sha256:../x"] {
            assert!(Address::parse(path).is_err(), "{path}");
        }
    }

    #[test]
    fn base_is_found_with_and_without_its_slash() {
        assert_eq!(Address::parse("/v2").expect("base"), Address::Base);
        assert_eq!(Address::parse("/v2/").expect("base"), Address::Base);
    }

    proptest::proptest! {
        #[test]
        fn any_path_is_read_or_refused(path in "/v2(/[a-z%./:_-]{0,12}){0,8}") {
            let _ = Address::parse(&path);
        }

        #[test]
        fn addresses_of_any_name_are_found_again(
            words in proptest::collection::vec("manifests|tags|list|blobs|referrers|v2|[a-z0-9]{1,8}", 1..6),
            tag in "[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}",
        ) {
            let name = words.join("/");
            let repository: RepositoryName = name.parse().expect("a name");
            let parsed = Address::parse(&format!("/v2/{name}/tags/list")).expect("an address");
            proptest::prop_assert_eq!(parsed, Address::Tags(repository.clone()));
            let parsed = Address::parse(&format!("/v2/{name}/blobs/{DIGEST}")).expect("an address");
            proptest::prop_assert_eq!(parsed, Address::Blob(repository.clone(), DIGEST.parse().expect("a digest")));
            let reference = ManifestReference::Tag(tag.parse().expect("a tag"));
            let parsed = Address::parse(&format!("/v2/{name}/manifests/{tag}")).expect("an address");
            proptest::prop_assert_eq!(parsed, Address::Manifest(repository, reference));
        }
    }
}
