//! Layers packed with zstd (RFC 8878): unpacked from the begin of any of their frames.

mod decoder;
mod head;

pub(in crate::layers) use decoder::Decoder;

/// Why bytes cannot be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, thiserror::Error)]
pub enum ZstdError {
    /// They are no zstd, or their check sums do not match what they unpack to.
    #[error("the zstd data is damaged")]
    Damaged,
    /// They end before their frame does.
    #[error("the zstd data ends too early")]
    Truncated,
    /// To unpack a frame, more memory would be needed than is allowed.
    #[error("a zstd frame needs a window of {window} bytes, more than {limit}")]
    LargeWindow {
        /// What the frame says.
        window: u64,
        /// Most that is taken, in bytes.
        limit: u64,
    },
    /// A frame's window is large, and others are unpacked that have such windows. A pass waits for its turn, so that no index has this.
    #[error("other files that take as much memory to unpack are read at the moment")]
    NoTurn,
    /// A frame's window is large, and what it unpacks to was taken too slowly. No index has this either.
    #[error("what was unpacked has not been taken in time, and others wait for the memory")]
    TurnOver,
}
