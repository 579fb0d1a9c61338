//! One entry of a layer, as its archive and its bytes say.

use serde::{Deserialize, Serialize};

use super::FilePath;

/// What kind of file an entry is (image-spec, layer.md, "File Types"; POSIX.1-2017 pax, `typeflag`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileKind {
    /// With contents.
    Regular,
    /// Another name of a file that has a name in the same layer already.
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
    /// A file with holes. Stored is the data between the holes, which are never filled here.
    Sparse,
    /// A type flag without meaning for layers. It has contents as a regular file has.
    Other(u8),
}

impl FileKind {
    /// Whether a file of this kind has contents of its own in the layer. A hard link has those of another one.
    pub fn has_contents(self) -> bool {
        matches!(self, FileKind::Regular | FileKind::Sparse | FileKind::Other(_))
    }
}

/// A moment, as precise as an archive can state it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp {
    /// Since 1970-01-01T00:00:00Z, without leap seconds.
    pub seconds: i64,
    /// Since then, below 1,000,000,000.
    pub nanoseconds: u32,
}

/// What is odd about an entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a remark by itself, and none excludes another")]
pub struct FileMarks {
    /// Its name would have led above the root by `..`.
    pub leaves_root: bool,
    /// It has a name by extended header and by GNU's long name, and they differ: readers disagree about which one counts.
    pub has_two_names: bool,
    /// Its name is longer than [`LONGEST_PATH`](super::LONGEST_PATH) and was cut. No container can have it.
    pub is_cut: bool,
    /// Its extended attributes were too large to be kept.
    pub lost_attributes: bool,
}

/// One entry of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Where it is.
    pub path: FilePath,
    /// What it is.
    pub kind: FileKind,
    /// Where a link points to, as it is written; for a hard link a path from the root, not cleaned. Empty for everything else.
    pub link_target: Vec<u8>,
    /// Permission bits with setuid, setgid and sticky bit.
    pub mode: u16,
    /// The owner's number.
    pub user: i64,
    /// The group's number.
    pub group: i64,
    /// When the contents were last changed.
    pub modified: Timestamp,
    /// Bytes of the file; of a sparse one with its holes.
    pub size: u64,
    /// Bytes in the archive. Less than [`FileEntry::size`] for a sparse file only.
    pub stored_size: u64,
    /// Major and minor number of a device.
    pub device: Option<(i64, i64)>,
    /// Extended attributes: names and values, any bytes.
    pub attributes: Vec<(Vec<u8>, Vec<u8>)>,
    /// SHA-256 of a regular file's contents. None for other kinds, and where the layer ended before the contents did.
    pub digest: Option<[u8; 32]>,
    /// Where its contents begin in the archive, in bytes.
    pub data_at: u64,
    /// How many bytes of the stored layer are needed for its contents, counted from the layer's begin.
    pub stored_end: u64,
    /// What is odd about it.
    pub marks: FileMarks,
}

impl FileEntry {
    /// An empty entry of the root user, readable by all, to which what it has besides is added.
    pub fn new(path: FilePath, kind: FileKind) -> FileEntry {
        FileEntry {
            path,
            kind,
            link_target: Vec::new(),
            mode: if kind == FileKind::Directory { 0o755 } else { 0o644 },
            user: 0,
            group: 0,
            modified: Timestamp::default(),
            size: 0,
            stored_size: 0,
            device: None,
            attributes: Vec::new(),
            digest: None,
            data_at: 0,
            stored_end: 0,
            marks: FileMarks::default(),
        }
    }
}
