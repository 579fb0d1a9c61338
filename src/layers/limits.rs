//! How much of a layer is looked at.

use std::time::Duration;

/// Limits on what one layer may unpack to (threats T-18 and T-19). Where one is reached, the entries before it stay listed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LayerLimits {
    /// Most bytes of the archive.
    pub archive_bytes: u64,
    /// Most entries.
    pub entries: u64,
    /// Most bytes of names, link targets and extended attributes together.
    pub name_bytes: u64,
    /// Most bytes of the archive for each stored one, after the first 64 MiB of the archive.
    pub ratio: u64,
    /// Most time of the processor that reading it may take, in all of its threads together. Waiting takes none.
    pub time: Duration,
}

/// Bytes of an archive that may come of however few: an empty file system packs well.
pub(super) const FREE_OF_RATIO: u64 = 64 << 20;

impl Default for LayerLimits {
    fn default() -> LayerLimits {
        LayerLimits {
            archive_bytes: 64 << 30,
            entries: 5_000_000,
            name_bytes: 256 << 20,
            ratio: 1_000,
            time: Duration::from_mins(10),
        }
    }
}
