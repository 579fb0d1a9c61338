//! The path below which this site stands where it shares its host with others: `/strata`.
//!
//! Only the two ends know of it. The server takes it off each request before anything else reads the path, and
//! [`link`](super::link) writes it before each path that leaves. Everything between speaks of paths that begin at the site's
//! own root. It is set once, before the first link is made: on the server from the settings, in the browser from the page.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use thiserror::Error;

static IN_FORCE: OnceLock<&'static str> = OnceLock::new();

/// Longest base path, in bytes.
const MAX_LENGTH: usize = 200;

/// A base path that can be used: nothing, or parts of letters, digits, `.`, `_`, `~` and `-`, each with a slash before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasePath(String);

/// What is no base path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a path such as /strata")]
pub struct BasePathError;

impl BasePath {
    /// The path, without a slash at its end; nothing for a site with a host for itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BasePath {
    type Err = BasePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = text.strip_suffix('/').unwrap_or(text);
        if path.is_empty() {
            return Ok(Self::default());
        }
        let parts = path.strip_prefix('/').ok_or(BasePathError)?;
        // What a URL parser, a proxy or a cookie's path could read otherwise has no place here.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'-');
        let is_part = |part: &str| !matches!(part, "" | "." | "..") && part.bytes().all(plain);
        if path.len() > MAX_LENGTH || !parts.split('/').all(is_part) {
            return Err(BasePathError);
        }
        Ok(Self(path.to_owned()))
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Puts a base path in force, for as long as the program runs. Later calls change nothing: links that were given out stay.
pub fn set(path: String) {
    IN_FORCE.get_or_init(|| path.leak());
}

/// The base path in force: nothing, or `/strata`.
pub fn in_force() -> &'static str {
    IN_FORCE.get().copied().unwrap_or_default()
}

/// What a path of the host is within this site; nothing where it lies outside of it.
pub fn within(path: &str) -> Option<&str> {
    below(in_force(), path)
}

fn below<'a>(base: &str, path: &'a str) -> Option<&'a str> {
    match path.strip_prefix(base)? {
        "" => Some("/"),
        rest => rest.starts_with('/').then_some(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_paths_are_plain_parts() {
        for (text, path) in [
            ("", Some("")),
            ("/", Some("")),
            ("/strata", Some("/strata")),
            ("/strata/", Some("/strata")),
            ("/tools/strata-2.x_y~", Some("/tools/strata-2.x_y~")),
            ("strata", None),
            ("//strata", None),
            ("/strata//", None),
            ("/a/../b", None),
            ("/a/./b", None),
            ("/a%2fb", None),
            ("/a b", None),
            ("/a?b", None),
            ("/ä", None),
        ] {
            assert_eq!(text.parse::<BasePath>().ok().as_ref().map(BasePath::as_str), path, "{text}");
        }
        assert!(format!("/{}", "a".repeat(MAX_LENGTH)).parse::<BasePath>().is_err());
    }

    #[test]
    fn a_path_is_within_by_whole_parts() {
        for (base, path, inner) in [
            ("/strata", "/strata", Some("/")),
            ("/strata", "/strata/", Some("/")),
            ("/strata", "/strata/a/b:1", Some("/a/b:1")),
            ("/strata", "/strata//a", Some("//a")),
            ("/strata", "/strata2/a", None),
            ("/strata", "/a", None),
            ("/strata", "/", None),
            ("", "/", Some("/")),
            ("", "/a", Some("/a")),
        ] {
            assert_eq!(below(base, path), inner, "{base} {path}");
        }
    }
}
