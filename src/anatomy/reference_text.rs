//! What people paste into the search box: pull commands, lines of files, links, references, digests.
//!
//! - `command`: the reference in a command line
//! - [`endpoint`]: the reference in an address of a registry's own API
//! - `name`: a reference with a host before it

mod command;
pub mod endpoint;
mod name;

use serde::{Deserialize, Serialize};

use super::pull::is_authority;
use crate::oci::{Digest, Reference};

/// Longest text that is looked into, in bytes. A reference with everything in it has some 900.
pub const MAX_LENGTH: usize = 8_192;

/// Most characters that are kept of other words.
pub const MAX_WORDS: usize = 256;

/// What a text means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pasted {
    /// A reference.
    Reference {
        /// The host, with port, where one was written. Docker Hub's other names are written `docker.io`.
        host: Option<String>,
        /// What stands behind it. Without a tag and a digest it means the repository.
        reference: Reference,
    },
    /// A digest, alone.
    Digest(Digest),
    /// An address of a page: what stands behind the host of a link, or a path as it is.
    Path {
        /// The host, with port, where the text was a whole link. It may be any site's.
        host: Option<String>,
        /// The path with its query. It begins with one `/`.
        path: String,
    },
    /// Anything else: words to look for.
    Words(String),
}

/// Reads what was pasted. Nothing is refused: what means nothing else is words.
pub fn parse(text: &str) -> Pasted {
    let words = || Pasted::Words(text.trim().chars().take(MAX_WORDS).collect());
    let Some(line) = line(text) else {
        return words();
    };
    link(line)
        .or_else(|| command::fetched(line).and_then(link))
        .or_else(|| digest(line).map(Pasted::Digest))
        .or_else(|| yaml(line).and_then(name::parse))
        .or_else(|| command::parse(line))
        .or_else(|| with_scheme(line))
        .or_else(|| name::parse(line).filter(is_certain))
        .unwrap_or_else(words)
}

/// The first line that has something in it, without a prompt and quotes around it.
fn line(text: &str) -> Option<&str> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let line = ["$ ", "# ", "> "].iter().find_map(|prompt| line.strip_prefix(prompt)).unwrap_or(line).trim();
    Some(unquoted(line))
}

fn unquoted(text: &str) -> &str {
    let quoted = ['"', '\'', '`'].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    quoted.unwrap_or(text).trim()
}

/// What follows one of these beginnings, whatever their case.
fn after<'a>(text: &'a str, beginnings: &[&str]) -> Option<&'a str> {
    beginnings.iter().find_map(|beginning| {
        let (begin, rest) = text.split_at_checked(beginning.len())?;
        begin.eq_ignore_ascii_case(beginning).then_some(rest)
    })
}

/// `https://strata.example/library/nginx:1.25?platform=…#…`, or its path alone.
fn link(line: &str) -> Option<Pasted> {
    let (host, path) = if let Some(rest) = after(line, &["https://", "http://"]) {
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if !is_authority(authority) {
            return None;
        }
        (Some(authority.to_ascii_lowercase()), path)
    } else if line.starts_with('/') {
        (None, line)
    } else {
        return None;
    };
    let path = path.split('#').next().unwrap_or_default();
    if !path.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>')) {
        return None;
    }
    // One slash: browsers read `//host` as another site.
    Some(Pasted::Path { host, path: format!("/{}", path.trim_start_matches('/')) })
}

/// `sha256:…`, with or without `@` before it, or 64 hexadecimal digits.
fn digest(line: &str) -> Option<Digest> {
    let text = line.strip_prefix('@').unwrap_or(line);
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return format!("sha256:{}", text.to_ascii_lowercase()).parse().ok();
    }
    // `nginx:latest` keeps to the grammar too: only algorithms that are known make a digest.
    text.parse().ok().filter(Digest::is_verifiable)
}

/// `image: nginx:1.25`, as Kubernetes and Compose have it, or `"image": "nginx:1.25",` of the same as JSON.
fn yaml(line: &str) -> Option<&str> {
    let line = line.strip_prefix("- ").unwrap_or(line).trim_start();
    let value = ["image:", "\"image\":", "'image':", "image\":"].iter().find_map(|key| line.strip_prefix(key))?.trim();
    let value = value.split(" #").next().unwrap_or_default().trim();
    let value = unquoted(value.strip_suffix(',').unwrap_or(value));
    Some(after(value, SCHEMES).unwrap_or(value))
}

/// Ways to say that a reference follows: skopeo's, Helm's, and that of a pod's status.
const SCHEMES: &[&str] = &["docker://", "oci://", "docker-pullable://"];

fn with_scheme(line: &str) -> Option<Pasted> {
    name::parse(after(line, SCHEMES)?)
}

/// Whether a text alone is certainly a reference: a tag, a digest or a host says so. A name alone may be a word.
fn is_certain(pasted: &Pasted) -> bool {
    match pasted {
        Pasted::Reference { host, reference } => host.is_some() || reference.names_manifest(),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
