//! Two images side by side: which layers they share, what a pull costs, and where the build cache ended.
//!
//! - [`align`]: layers put beside each other
//! - [`transfer`]: bytes to pull having the other
//! - [`cache`]: the first step that could not be reused, and why; `words` says it
//!
//! Everything here refers to layers and steps by their positions in the two [`Steps`].

pub mod align;
pub mod cache;
pub mod transfer;
mod words;

use serde::{Deserialize, Serialize};

use super::steps::Steps;
pub use align::{Alignment, Row, RowKind};
pub use cache::{CacheBreak, CacheCause, CacheReport};
pub use transfer::{Transfer, TransferSide};

/// What follows from two images' manifests and configs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The layers side by side.
    pub alignment: Alignment,
    /// Bytes that are shared and bytes to pull.
    pub transfer: Transfer,
    /// Where the build cache ended.
    pub cache: CacheReport,
}

/// Compares two images.
#[must_use]
pub fn compare(from: &Steps, to: &Steps) -> Comparison {
    let alignment = align::align(from, to);
    let cache = cache::explain(from, to, &alignment);
    Comparison { transfer: transfer::transfer(&from.layers(), &to.layers()), cache, alignment }
}

#[cfg(test)]
mod tests;
