//! What one header says.

use crate::anatomy::files::{FileKind, Timestamp};

/// One entry of an archive, without its contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As it is written: any bytes, not cleaned.
    pub path: Vec<u8>,
    /// What kind of file it is.
    pub kind: FileKind,
    /// Where a link points to, as it is written. Empty for everything else.
    pub link_target: Vec<u8>,
    /// Permission bits with setuid, setgid and sticky bit; bits beyond are cut.
    pub mode: u16,
    /// The owner's number.
    pub user: i64,
    /// The group's number.
    pub group: i64,
    /// When the contents were last changed.
    pub modified: Timestamp,
    /// Bytes of the file; of a sparse one with its holes.
    pub size: u64,
    /// Bytes in the archive, without padding and without the map of a sparse file. Less than [`Entry::size`] for such a file only.
    pub stored_size: u64,
    /// Major and minor number of a device.
    pub device: Option<(i64, i64)>,
    /// Extended attributes: names and values, any bytes.
    pub attributes: Vec<(Vec<u8>, Vec<u8>)>,
    /// Where the first of its headers begins, in bytes from the archive's begin.
    pub header_at: u64,
    /// Where its contents begin, in bytes from the archive's begin.
    pub data_at: u64,
    /// It has a name by extended header and by GNU's long name, and they differ: readers disagree about which one counts.
    pub has_two_names: bool,
}
