//! Paths inside a layer: bytes, cleaned, never used as a path of this machine.

use std::fmt::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest path that Linux takes, in bytes (`PATH_MAX`, with its final NUL). No runtime can unpack a longer one.
pub const LONGEST_PATH: usize = 4_095;

/// A path from an image's root: components that are neither empty nor `.` nor `..`, joined by single slashes. The root itself is
/// empty. Every other byte can occur, line ends and what is no UTF-8 included.
///
/// In JSON it is a member `path` where it is UTF-8, else `path_base64` with its bytes (RFC 4648 §4).
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct FilePath(Vec<u8>);

/// A path as JSON has it.
#[derive(Serialize, Deserialize)]
enum Written {
    #[serde(rename = "path")]
    Text(String),
    #[serde(rename = "path_base64")]
    Bytes(String),
}

/// A text that should be a path's bytes in base 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this is not base 64")]
pub struct NotBase64;

impl FilePath {
    /// The root.
    pub fn root() -> FilePath {
        FilePath::default()
    }

    /// Cleans a path as an archive has it: `./x`, `/x`, `x/` and `a//../x` are all `x`. Says besides whether `..` would have led
    /// above the root, where it stays as runtimes do (image-analysis: path cleaning of Go's `filepath.Clean("/" + name)`).
    pub fn clean(raw: &[u8]) -> (FilePath, bool) {
        let mut path: Vec<u8> = Vec::with_capacity(raw.len());
        let mut leaves_root = false;
        for component in raw.split(|byte| *byte == b'/') {
            match component {
                b"" | b"." => {}
                b".." => {
                    leaves_root |= path.is_empty();
                    path.truncate(path.iter().rposition(|byte| *byte == b'/').unwrap_or(0));
                }
                name => {
                    if !path.is_empty() {
                        path.push(b'/');
                    }
                    path.extend_from_slice(name);
                }
            }
        }
        (FilePath(path), leaves_root)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last component; of the root nothing.
    pub fn name(&self) -> &[u8] {
        split(&self.0).1
    }

    /// The directory that it stands in. None for the root.
    pub fn parent(&self) -> Option<FilePath> {
        (!self.is_root()).then(|| FilePath(split(&self.0).0.to_vec()))
    }

    /// A path below it. `name` is one component.
    #[must_use]
    pub fn join(&self, name: &[u8]) -> FilePath {
        FilePath(if self.is_root() { name.to_vec() } else { [&self.0, &b"/"[..], name].concat() })
    }

    /// As a text, or else in base 64.
    ///
    /// # Errors
    ///
    /// The base 64 of what is no UTF-8.
    pub fn written(&self) -> Result<&str, String> {
        std::str::from_utf8(&self.0).map_err(|_| STANDARD.encode(&self.0))
    }

    /// From its bytes in base 64.
    ///
    /// # Errors
    ///
    /// Where the text is something else.
    pub fn from_base64(text: &str) -> Result<FilePath, NotBase64> {
        STANDARD.decode(text).map(|bytes| FilePath::from_bytes(&bytes)).map_err(|_| NotBase64)
    }

    /// With its leading slash, for people to read: see [`readable`].
    pub fn readable(&self) -> String {
        format!("/{}", readable(&self.0))
    }

    /// The directories that lead to it, the root first, itself not.
    pub fn ancestors(&self) -> impl Iterator<Item = FilePath> {
        let ends = self.0.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(end, _)| end);
        let has_parent = !self.is_root();
        std::iter::once(0).filter(move |_| has_parent).chain(ends).map(|end| FilePath(self.0[..end].to_vec()))
    }

    /// From bytes that [`FilePath::as_bytes`] has given; anything else is cleaned.
    pub fn from_bytes(bytes: &[u8]) -> FilePath {
        FilePath::clean(bytes).0
    }
}

impl From<FilePath> for Written {
    fn from(path: FilePath) -> Written {
        match String::from_utf8(path.0) {
            Ok(text) => Written::Text(text),
            Err(error) => Written::Bytes(STANDARD.encode(error.as_bytes())),
        }
    }
}

impl TryFrom<Written> for FilePath {
    type Error = NotBase64;

    fn try_from(written: Written) -> Result<FilePath, NotBase64> {
        match written {
            Written::Text(text) => Ok(FilePath::from_bytes(text.as_bytes())),
            Written::Bytes(text) => FilePath::from_base64(&text),
        }
    }
}

/// Bytes for people to read: what is no UTF-8 is written as `\xE9`. Two different names can read alike.
pub fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for part in bytes.utf8_chunks() {
        text.push_str(part.valid());
        for byte in part.invalid() {
            // Writing to a text does not fail.
            let _ = write!(text, "\\x{byte:02X}");
        }
    }
    text
}

/// Directory and name of a cleaned path.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (&[], path),
    }
}

/// With escapes for what is no printable ASCII; for logs and tests, not for pages.
impl fmt::Debug for FilePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "/{}", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(raw: &str) -> (String, bool) {
        let (path, leaves_root) = FilePath::clean(raw.as_bytes());
        (String::from_utf8(path.0).unwrap(), leaves_root)
    }

    #[test]
    fn every_way_to_write_a_path_is_the_same_path() {
        for raw in ["a/b", "./a/b", "/a/b", "a//b/", "a/./b", "a/c/../b", "//a/b//."] {
            assert_eq!(clean(raw), ("a/b".to_owned(), false), "{raw}");
        }
        for raw in ["", ".", "./", "/", "a/.."] {
            assert_eq!(clean(raw), (String::new(), false), "{raw}");
        }
    }

    #[test]
    fn nothing_leads_above_the_root() {
        for raw in ["../etc/passwd", "/../../etc/passwd", "a/../../etc/passwd"] {
            assert_eq!(clean(raw), ("etc/passwd".to_owned(), true), "{raw}");
        }
        assert_eq!(clean("a/...../b"), ("a/...../b".to_owned(), false));
    }

    #[test]
    fn paths_are_text_for_people_and_programs() {
        let odd = FilePath::from_bytes(b"usr/caf\xe9");
        assert_eq!(odd.readable(), "/usr/caf\\xE9");
        assert_eq!(FilePath::root().readable(), "/");
        for (path, written) in
            [(FilePath::from_bytes(b"usr/lib"), r#"{"path":"usr/lib"}"#), (odd, r#"{"path_base64":"dXNyL2NhZuk="}"#)]
        {
            assert_eq!(serde_json::to_string(&path).unwrap(), written);
            assert_eq!(serde_json::from_str::<FilePath>(written).unwrap(), path);
        }
        assert!(serde_json::from_str::<FilePath>(r#"{"path_base64":"?"}"#).is_err());
    }

    #[test]
    fn the_way_to_a_path() {
        let way = |path: &str| {
            FilePath::from_bytes(path.as_bytes()).ancestors().map(|path| path.readable()).collect::<Vec<_>>()
        };
        assert_eq!(way("usr/lib/x"), ["/", "/usr", "/usr/lib"]);
        assert_eq!(way("usr"), ["/"]);
        assert!(way("").is_empty());
    }

    #[test]
    fn parents_and_names() {
        let path = FilePath::from_bytes(b"usr/lib/caf\xe9");
        assert_eq!(path.name(), b"caf\xe9");
        let parent = path.parent().unwrap();
        assert_eq!(parent.as_bytes(), b"usr/lib");
        assert_eq!(parent.join(b"caf\xe9"), path);
        assert_eq!(parent.parent().unwrap().parent(), Some(FilePath::root()));
        assert_eq!(FilePath::root().parent(), None);
        assert_eq!(FilePath::root().join(b"usr"), FilePath::from_bytes(b"usr"));
        assert_eq!(format!("{path:?}"), "/usr/lib/caf\\xe9");
    }
}
