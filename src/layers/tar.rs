//! The headers of a tar archive, read as they come, and nothing else: contents are handed on, nothing is unpacked.
//!
//! An archive is read as Go's `archive/tar` reads it, since every container runtime unpacks layers with that: what it refuses
//! ends the list here, and what it takes is listed as it takes it. Where other readers would understand an entry otherwise, the
//! entry is marked ([decision 8](../../docs/decisions/0008-tar-as-runtimes-read-it.md)).

use std::borrow::Cow;

mod block;
mod entry;
mod pax;
mod sparse;
mod walker;

#[cfg(test)]
mod tests;

pub(in crate::layers) use block::BLOCK;
pub use entry::Entry;
pub use walker::{Ending, Visitor, Walker};

/// Whether an archive can begin like this: with a header whose checksum is right, or with a block of zeros.
pub(super) fn begins(bytes: &[u8]) -> bool {
    bytes.first_chunk().is_some_and(|block| block.iter().all(|byte| *byte == 0) || block::Header::read(block).is_ok())
}

/// Why nothing is listed from some place of an archive on. Runtimes refuse to unpack such a layer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, thiserror::Error)]
pub enum Damage {
    /// What stands where a header should be is none.
    #[error("a header's checksum is wrong")]
    Checksum,
    /// A field that is neither octal nor base 256, or does not fit into 64 bits.
    #[error("the header field {0} is not a number")]
    Number(Cow<'static, str>),
    /// An extended header whose records cannot be told apart.
    #[error("an extended header has a malformed record")]
    Record,
    /// An extended header or long name of more bytes than readers take.
    #[error("an extended header or long name has {size} bytes, more than {limit}")]
    LongMetadata {
        /// What its header states.
        size: u64,
        /// Most that are read.
        limit: u64,
    },
    /// Less than nothing.
    #[error("an entry's size is negative")]
    NegativeSize,
    /// One block of zeros where two would end the archive.
    #[error("a single block of zeros, where two would end the archive")]
    LoneZeroBlock,
    /// The map of a file with holes is none, or is not that of the file.
    #[error("the map of a file with holes does not fit the file")]
    SparseMap,
}
