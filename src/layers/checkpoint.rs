//! Places from which a layer can be unpacked.

use serde::{Deserialize, Serialize};

use super::gzip::Window;

/// A place in a stored layer from which its rest can be unpacked. Each layer has one at its begin, which is not listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Bytes of the archive before it.
    pub archive_at: u64,
    /// The first stored byte that is needed.
    pub stored_at: u64,
    /// What is needed besides. Nothing at the begin of a gzip member or a zstd frame.
    pub within: Option<Within>,
}

/// What is needed to begin within a gzip member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    /// How many bits of the stored byte before [`Checkpoint::stored_at`] belong to what follows, at most 7: its highest ones.
    pub bits: u8,
    /// These bits.
    pub value: u8,
    /// The bytes of the archive before it that what follows refers to.
    pub window: Window,
}
