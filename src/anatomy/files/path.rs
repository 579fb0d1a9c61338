//! Paths inside a layer: bytes, cleaned, never used as a path of this machine.

use std::fmt;

/// Longest path that Linux takes, in bytes (`PATH_MAX`, with its final NUL). No runtime can unpack a longer one.
pub const LONGEST_PATH: usize = 4_095;

/// A path from an image's root: components that are neither empty nor `.` nor `..`, joined by single slashes. The root itself is
/// empty. Every other byte can occur, line ends and what is no UTF-8 included.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilePath(Vec<u8>);

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

    /// From bytes that [`FilePath::as_bytes`] has given; anything else is cleaned.
    pub fn from_bytes(bytes: &[u8]) -> FilePath {
        FilePath::clean(bytes).0
    }
}

/// Directory and name of a cleaned path.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
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
