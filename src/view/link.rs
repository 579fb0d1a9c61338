//! Paths of this site, the other way round than [`address`](super::address): from what is meant to the text of a link.
//! Each begins with the base path, so that it can leave as it is.

use std::fmt::Write as _;

use super::address::ImageView;
use super::base_path;
use super::compare::{CompareQuery, CompareView};
use crate::anatomy::files::FilePath;
use crate::oci::{Digest, Platform, Reference, RepositoryName};

/// The comparison of two images, and the form that asks for them.
pub const COMPARE: &str = "/-/compare";

/// The link to a path that begins at this site's own root, such as `/-/search`.
pub fn site(path: &str) -> String {
    format!("{}{path}", base_path::in_force())
}

/// The list of a registry's repositories. `prefix` is [`RegistryFacts::prefix`](super::RegistryFacts::prefix).
pub fn repositories(prefix: &str) -> String {
    format!("{}/{prefix}", base_path::in_force())
}

/// The repositories whose names begin with a namespace.
pub fn namespace(prefix: &str, namespace: &str) -> String {
    format!("{}?{}", repositories(prefix), query(&[("filter", &format!("{namespace}/"))]))
}

/// A repository's tags.
pub fn tags(prefix: &str, repository: &RepositoryName) -> String {
    format!("{}/{prefix}{repository}", base_path::in_force())
}

/// A view of what stands at a reference.
pub fn image(prefix: &str, reference: &Reference, view: ImageView, choice: &PlatformLink) -> String {
    if view == ImageView::Files {
        return files(prefix, reference, choice, &FilePath::root(), true);
    }
    let view = if view == ImageView::default() { String::new() } else { format!("/-/{view}") };
    with_choice(format!("{}/{prefix}{reference}{view}", base_path::in_force()), choice)
}

/// A file of the image that stands at a reference, or a directory.
pub fn files(
    prefix: &str,
    reference: &Reference,
    choice: &PlatformLink,
    path: &FilePath,
    is_directory: bool,
) -> String {
    let path = file_path(path, is_directory);
    with_choice(format!("{}/{prefix}{reference}/-/files{path}", base_path::in_force()), choice)
}

/// A file or directory of one of an image's layers.
pub fn layer(
    prefix: &str,
    reference: &Reference,
    choice: &PlatformLink,
    layer: &Digest,
    path: &FilePath,
    is_directory: bool,
) -> String {
    let path = file_path(path, is_directory);
    with_choice(format!("{}/{prefix}{reference}/-/layer/{layer}{path}", base_path::in_force()), choice)
}

/// The exact bytes of a file: of the image as it was after so many layers, 0 for all of them, or of one layer.
pub fn content(
    prefix: &str,
    reference: &Reference,
    choice: &PlatformLink,
    layer: Option<&Digest>,
    as_of: u32,
    path: &FilePath,
) -> String {
    let mut link = with_choice(format!("{}/-/api/content/{prefix}{reference}", base_path::in_force()), choice);
    link.push(if link.contains('?') { '&' } else { '?' });
    link.push_str(&match path.written() {
        Ok(text) => query(&[("path", text)]),
        Err(base64) => query(&[("path_base64", &base64)]),
    });
    if let Some(layer) = layer {
        let _ = write!(link, "&layer={layer}");
    }
    if as_of > 0 {
        let _ = write!(link, "&as_of={as_of}");
    }
    link
}

fn with_choice(mut path: String, choice: &PlatformLink) -> String {
    let pairs = choice.pairs();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    if !pairs.is_empty() {
        path.push('?');
        path.push_str(&query(&pairs));
    }
    path
}

/// A file's path as it stands in an address, with its leading slash; a directory's ends in another one.
fn file_path(path: &FilePath, is_directory: bool) -> String {
    let mut text = String::new();
    if !path.is_root() {
        for component in path.as_bytes().split(|byte| *byte == b'/') {
            text.push('/');
            encode_bytes(&mut text, component);
        }
    }
    if is_directory {
        text.push('/');
    }
    text
}

/// Which entry of an index a link chooses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlatformLink {
    /// The platform.
    pub platform: Option<Platform>,
    /// The entry's digest, where the platform alone is not unique.
    pub manifest: Option<Digest>,
}

impl PlatformLink {
    /// No choice: the default platform.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The query's names and values.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let platform = self.platform.iter().map(|platform| ("platform", platform.to_string()));
        let manifest = self.manifest.iter().map(|digest| ("manifest", digest.to_string()));
        platform.chain(manifest).collect()
    }
}

/// What is known about a registry, by its name; empty for the first one.
pub fn registry(name: &str) -> String {
    let path = site("/-/registry");
    if name.is_empty() { path } else { format!("{path}?{}", query(&[("registry", name)])) }
}

/// A comparison of two references, each with the registry's name before it where there are several.
pub fn compare(from: &str, to: &str) -> String {
    format!("{}?{}", site(COMPARE), query(&[("from", from), ("to", to)]))
}

/// A comparison with everything that is chosen in it.
pub fn comparison(asked: &CompareQuery) -> String {
    let rows = if asked.rows == 0 { String::new() } else { asked.rows.to_string() };
    let view = match asked.view {
        CompareView::Layers => "",
        CompareView::Config => "config",
    };
    let pairs = [
        ("from", asked.from.as_str()),
        ("to", &asked.to),
        ("platform", &asked.platform),
        ("from_platform", &asked.from_platform),
        ("to_platform", &asked.to_platform),
        ("view", view),
        ("rows", &rows),
    ];
    let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    format!("{}?{}", site(COMPARE), query(&pairs))
}

/// Where a document of that name stands on a raw view, as the fragment of its address.
pub fn document_anchor(name: &str) -> String {
    format!("text-of-{}", name.to_lowercase())
}

/// The exact bytes of a manifest or index.
pub fn raw_bytes(prefix: &str, repository: &RepositoryName, digest: &Digest) -> String {
    format!("{}/-/api/raw/{prefix}{repository}@{digest}", base_path::in_force())
}

/// The exact bytes of a blob that a manifest lists.
pub fn blob_bytes(prefix: &str, repository: &RepositoryName, manifest: &Digest, blob: &Digest) -> String {
    format!("{}?blob={blob}", raw_bytes(prefix, repository, manifest))
}

/// A path of this site that asks the registry again, whatever is kept.
pub fn refreshed(path: &str) -> String {
    let separator = if path.contains('?') { '&' } else { '?' };
    format!("{path}{separator}refresh=1")
}

/// A query string of these pairs, without its question mark.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        encode(&mut text, value);
    }
    text
}

/// Percent-encodes what could end a query's value; `/`, `:` and `@` are left readable (RFC 3986 §3.4 allows them).
fn encode(text: &mut String, value: &str) {
    for part in value.split_inclusive('/') {
        encode_bytes(text, part.trim_end_matches('/').as_bytes());
        if part.ends_with('/') {
            text.push('/');
        }
    }
}

/// Percent-encodes what could end a component of a path or a query's value (RFC 3986 §2.3, §3.3).
fn encode_bytes(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' | b'@' | b',' => {
                text.push(char::from(*byte));
            }
            other => {
                let _ = write!(text, "%{other:02X}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_read_like_references() {
        let reference: Reference = "library/nginx:1.25".parse().unwrap();
        let choice = PlatformLink { platform: "linux/arm64/v8".parse().ok(), manifest: None };
        assert_eq!(
            image("", &reference, ImageView::Config, &choice),
            "/library/nginx:1.25/-/config?platform=linux/arm64/v8"
        );
        assert_eq!(image("hub/", &reference, ImageView::Layers, &PlatformLink::none()), "/hub/library/nginx:1.25");
        assert_eq!(compare("a:1", "a b&c"), "/-/compare?from=a:1&to=a%20b%26c");
        let asked = CompareQuery {
            from: "a:1".to_owned(),
            to: "a:2".to_owned(),
            to_platform: "linux/arm64".to_owned(),
            view: CompareView::Config,
            rows: 100,
            ..CompareQuery::default()
        };
        assert_eq!(comparison(&asked), "/-/compare?from=a:1&to=a:2&to_platform=linux/arm64&view=config&rows=100");
        assert_eq!(namespace("", "library"), "/?filter=library/");
        let path = FilePath::from_bytes(b"etc/caf\xe9 #1?/a%b");
        assert_eq!(
            files("hub/", &reference, &choice, &path, false),
            "/hub/library/nginx:1.25/-/files/etc/caf%E9%20%231%3F/a%25b?platform=linux/arm64/v8"
        );
        assert_eq!(image("", &reference, ImageView::Files, &PlatformLink::none()), "/library/nginx:1.25/-/files/");
        let digest: Digest = format!("sha256:{}", "a".repeat(64)).parse().unwrap();
        assert_eq!(
            layer("", &reference, &PlatformLink::none(), &digest, &FilePath::from_bytes(b"etc"), true),
            format!("/library/nginx:1.25/-/layer/{digest}/etc/")
        );
    }
}
