//! One row of a listing: a name and what it stands for.

use serde::{Deserialize, Serialize};

use crate::anatomy::files::{Change, FileKind, FilePath};

/// What kind of file an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// With contents.
    File,
    /// Another name of a file.
    HardLink,
    /// Points to a path.
    Symlink,
    /// A device without buffer.
    CharacterDevice,
    /// A device with blocks.
    BlockDevice,
    /// Holds others.
    Directory,
    /// A named pipe.
    Fifo,
    /// A file with holes.
    Sparse,
    /// A type that layers do not use.
    Other,
    /// A name that says what a layer deletes.
    Whiteout,
}

impl From<FileKind> for EntryKind {
    fn from(kind: FileKind) -> Self {
        match kind {
            FileKind::Regular => Self::File,
            FileKind::HardLink => Self::HardLink,
            FileKind::Symlink => Self::Symlink,
            FileKind::CharacterDevice => Self::CharacterDevice,
            FileKind::BlockDevice => Self::BlockDevice,
            FileKind::Directory => Self::Directory,
            FileKind::Fifo => Self::Fifo,
            FileKind::Sparse => Self::Sparse,
            FileKind::Other(_) => Self::Other,
        }
    }
}

impl EntryKind {
    /// In words, as a sentence begins.
    pub fn words(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::HardLink => "Hard link",
            Self::Symlink => "Symbolic link",
            Self::CharacterDevice => "Character device",
            Self::BlockDevice => "Block device",
            Self::Directory => "Directory",
            Self::Fifo => "Named pipe",
            Self::Sparse => "File with holes",
            Self::Other => "Unusual entry",
            Self::Whiteout => "Whiteout",
        }
    }
}

/// One name of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRow {
    /// Where it is.
    #[serde(flatten)]
    pub path: FilePath,
    /// How deep it stands in the listing, from 0.
    pub depth: u32,
    /// Its name to be read, of what was found the whole path.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// Permission bits; nothing for a directory without an entry of its own.
    pub mode: Option<u16>,
    /// Numbers of its owner and group.
    pub owner: Option<(i64, i64)>,
    /// When its contents were last changed, in seconds since 1970.
    pub modified: Option<i64>,
    /// Bytes of a file; of a directory those of everything in it.
    pub size: u64,
    /// Names below a directory that are none themselves.
    pub files: Option<u32>,
    /// Number of the layer that gave it, from 1.
    pub layer: Option<u32>,
    /// What that layer has done; nothing for what stands in the first layer.
    pub change: Option<Change>,
    /// Where a link leads, to be read.
    pub target: Option<String>,
    /// The same in base 64 (RFC 4648 §4), only where it is no UTF-8, so that the text does not give its bytes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_base64: Option<String>,
    /// What else is to be known about it, in a few words each.
    pub marks: Vec<String>,
    /// Whether it is an earlier version, whose name another entry has taken.
    pub is_overwritten: bool,
    /// Whether it is open: the directory whose rows follow, or the file that is shown.
    pub is_open: bool,
}

/// What kind of file it is and who may do what with it, as `ls -l` writes it (POSIX.1-2017, `ls`, "STDOUT").
pub fn mode_text(kind: EntryKind, mode: u16) -> String {
    let first = match kind {
        EntryKind::Directory => 'd',
        EntryKind::Symlink => 'l',
        EntryKind::CharacterDevice => 'c',
        EntryKind::BlockDevice => 'b',
        EntryKind::Fifo => 'p',
        EntryKind::File | EntryKind::HardLink | EntryKind::Sparse | EntryKind::Other | EntryKind::Whiteout => '-',
    };
    let mut text = String::with_capacity(10);
    text.push(first);
    for (shift, special, letters) in [(6, 0o4000, ['s', 'S']), (3, 0o2000, ['s', 'S']), (0, 0o1000, ['t', 'T'])] {
        let bits = mode >> shift;
        text.push(if bits & 4 == 0 { '-' } else { 'r' });
        text.push(if bits & 2 == 0 { '-' } else { 'w' });
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => letters[0],
            (true, false) => letters[1],
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_read_as_ls_writes_them() {
        for (kind, mode, text) in [
            (EntryKind::File, 0o644, "-rw-r--r--"),
            (EntryKind::Directory, 0o1777, "drwxrwxrwt"),
            (EntryKind::File, 0o4755, "-rwsr-xr-x"),
            (EntryKind::File, 0o6644, "-rwSr-Sr--"),
            (EntryKind::Symlink, 0o777, "lrwxrwxrwx"),
            (EntryKind::CharacterDevice, 0o1000, "c--------T"),
        ] {
            assert_eq!(mode_text(kind, mode), text);
        }
    }
}
