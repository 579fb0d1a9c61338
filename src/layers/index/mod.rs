//! What is known of a layer after one pass over it, and its form on disk.

mod block;
mod encoding;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub(super) use block::{BLOCK_ENTRIES, Block};
pub(super) use encoding::Packed;
#[cfg(any(test, fuzzing))]
pub(super) use encoding::checked;
pub use encoding::{IndexError, decode};

use super::checkpoint::Checkpoint;
use super::format::Format;
use super::tar;
use super::unpack::UnpackError;
use crate::anatomy::files::FileList;
use crate::oci::Digest;

/// A layer's entries, and how to come to each of them.
#[derive(Debug, Clone)]
pub struct LayerIndex {
    /// What the pass has found of the layer as a whole.
    pub summary: Summary,
    /// Its entries in the archive's order.
    pub files: FileList,
    /// From where it can be unpacked, ascending.
    pub checkpoints: Vec<Checkpoint>,
}

impl LayerIndex {
    /// Bytes of memory that it takes, about.
    pub fn weight(&self) -> usize {
        let window =
            |checkpoint: &Checkpoint| checkpoint.within.as_ref().map_or(0, |within| within.window.packed_size());
        let checkpoints: usize = self.checkpoints.iter().map(|it| size_of::<Checkpoint>() + window(it)).sum();
        self.files.weight() + checkpoints
    }
}

/// What a pass has found of a layer as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How it is packed.
    pub format: Format,
    /// Bytes as stored. They had the layer's digest.
    pub stored_size: u64,
    /// Bytes of the archive, as far as it was read.
    pub archive_size: u64,
    /// The archive's digest: what the image's config names as this layer's `diff_id` (image-spec, config.md, "Layer `DiffID`").
    /// None where the archive was not read to its end.
    pub diff_id: Option<Digest>,
    /// How its list of entries has ended.
    pub ending: Ending,
}

/// What is listed among an image's layers and is none that could be unpacked: images have encrypted layers and other file systems,
/// artifacts have charts, models and documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotALayer {
    /// Neither gzip nor zstd nor tar.
    UnknownBytes,
    /// It was unpacked, and what came out begins as no tar does.
    OtherContent,
}

impl Summary {
    /// Whether reading the layer again within the same limits would find the same. How far it is read in some time depends on the
    /// machine, and on what else that had to do.
    pub fn is_for_good(&self) -> bool {
        !matches!(self.ending, Ending::Limit(Reached::Seconds(_)))
    }

    /// Whether all entries that runtimes would find in it are listed: it was unpacked to its end, and nothing in the
    /// archive stops a reader.
    pub fn is_whole(&self) -> bool {
        let Ending::Archive { archive, .. } = &self.ending else { return false };
        matches!(archive, tar::Ending::Marker { .. } | tar::Ending::NoMarker)
    }

    /// Whether these bytes are no layer at all, rather than one that is damaged somewhere. Nothing is listed of them.
    pub fn not_a_layer(&self) -> Option<NotALayer> {
        match &self.ending {
            Ending::Broken(UnpackError::Unknown) => Some(NotALayer::UnknownBytes),
            // An archive's first block tells: a header's checksum is right, or it is zero.
            Ending::Archive { archive: tar::Ending::Damaged { at: 0, damage: tar::Damage::Checksum }, .. } => {
                Some(NotALayer::OtherContent)
            }
            Ending::Archive { archive: tar::Ending::Truncated, .. } if self.archive_size < tar::BLOCK as u64 => {
                Some(NotALayer::OtherContent)
            }
            _ => None,
        }
    }
}

/// How a layer's list of entries has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// Everything was unpacked. `trailing_bytes` of the stored ones belong to no gzip member and no zstd frame.
    Archive {
        /// How the archive itself has ended.
        archive: tar::Ending,
        /// Such bytes after the last member or frame. Some runtimes refuse a layer that has them.
        trailing_bytes: u64,
    },
    /// The layer cannot be unpacked from some place on.
    Broken(UnpackError),
    /// A limit was reached; what comes after was not looked at.
    Limit(Reached),
}

/// A limit on what a layer may unpack to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Reached {
    /// Bytes of the archive.
    #[error("the layer unpacks to more than {0} bytes")]
    ArchiveBytes(u64),
    /// Entries.
    #[error("the layer has more than {0} entries")]
    Entries(u64),
    /// Bytes of names, link targets and extended attributes.
    #[error("the names in the layer take more than {0} bytes")]
    NameBytes(u64),
    /// Bytes of the archive for each stored one.
    #[error("the layer unpacks to more than {0} times its size")]
    Ratio(u64),
    /// Time of the processor.
    #[error("reading the layer took more than {0} seconds of the processor")]
    Seconds(u64),
}
