//! Names by which a layer deletes what is below it (image-spec, layer.md, "Whiteouts").

/// What a name in a layer means besides an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whiteout<'a> {
    /// `.wh.name`: what lower layers have under that name is gone.
    Name(&'a [u8]),
    /// `.wh..wh..opq`: what lower layers have in the directory is gone.
    Opaque,
    /// `.wh..wh.aufs` and its like: left behind by an old storage driver, without meaning.
    Leftover,
    /// `.wh.`, `.wh..`, `.wh...`: would delete no name, the directory itself or the one above it. Runtimes refuse them.
    Malformed,
}

const PREFIX: &[u8] = b".wh.";

impl<'a> Whiteout<'a> {
    /// Reads a path's last component. Which kind of entry it is does not matter. None for all other names.
    pub fn of(name: &'a [u8]) -> Option<Whiteout<'a>> {
        let target = name.strip_prefix(PREFIX)?;
        Some(match target {
            b"" | b"." | b".." => Whiteout::Malformed,
            b".wh..opq" => Whiteout::Opaque,
            _ if target.starts_with(PREFIX) => Whiteout::Leftover,
            name => Whiteout::Name(name),
        })
    }
}

/// Whether a cleaned path leads into what an old storage driver has left behind at the top: no part of the image, but hard links may
/// have their contents there (aufs keeps files of several names in `.wh..wh.plnk`).
pub(super) fn is_in_leftover(path: &[u8]) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.starts_with(PREFIX)) && path.contains(&b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_delete() {
        assert_eq!(Whiteout::of(b"file"), None);
        assert_eq!(Whiteout::of(b"a.wh.b"), None);
        assert_eq!(Whiteout::of(b".wh.file"), Some(Whiteout::Name(b"file")));
        assert_eq!(Whiteout::of(b".wh..opq"), Some(Whiteout::Name(b".opq")));
        assert_eq!(Whiteout::of(b".wh..wh..opq"), Some(Whiteout::Opaque));
        assert_eq!(Whiteout::of(b".wh..wh.plnk"), Some(Whiteout::Leftover));
        for name in [&b".wh."[..], b".wh..", b".wh..."] {
            assert_eq!(Whiteout::of(name), Some(Whiteout::Malformed));
        }
    }

    #[test]
    fn leftovers_are_directories_at_the_top() {
        for path in [&b".wh..wh.plnk/1.2"[..], b".wh..wh.orph/a/b"] {
            assert!(is_in_leftover(path));
        }
        for path in [&b".wh..wh.plnk"[..], b"a/.wh..wh.plnk/1.2", b".wh.a/b", b"wh/x"] {
            assert!(!is_in_leftover(path));
        }
    }
}
