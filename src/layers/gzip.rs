//! Layers packed with gzip (RFC 1952): unpacked once from their begin, and ever after from a checkpoint near the wanted bytes.
//!
//! Deflate (RFC 1951) refers back to as many as 32 KiB of what it has unpacked. A checkpoint is a place between two of its blocks
//! together with the bytes before it that later data refers to, mostly a tenth of those 32 KiB: see [`Window`].

mod decoder;
mod inflate;

mod window;

pub(in crate::layers) use decoder::{Decoder, Draft};

pub use window::Window;

/// Why bytes cannot be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, thiserror::Error)]
pub enum GzipError {
    /// They are no gzip, or their check sums do not match what they unpack to.
    #[error("the gzip data is damaged")]
    Damaged,
    /// They end before their member does.
    #[error("the gzip data ends too early")]
    Truncated,
}
