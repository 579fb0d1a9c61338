//! An archive that is at hand as a whole, read as a layer is.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::index::{LayerIndex, decode};
use super::limits::LayerLimits;
use super::pass::{self, Order, PassError, Progress};
use crate::oci::Digest;

/// Reads an archive, plain or packed. Blocks as long as that takes; has three threads meanwhile.
///
/// # Errors
///
/// [`PassError::TooLarge`], and where Strata has made a mistake. What cannot be unpacked is told by the index.
pub fn read_in_memory(bytes: &Bytes, limits: &LayerLimits) -> Result<LayerIndex, PassError<Infallible>> {
    let digest = Digest::from_sha256(&Sha256::digest(bytes));
    let progress = Progress::default();
    let order = Order {
        digest: &digest,
        size: Some(bytes.len() as u64),
        limits,
        large_windows: Arc::new(Semaphore::new(1)),
        progress: &progress,
    };
    let packed = pass::read([Ok(bytes.clone())], &order)?;
    Ok(decode(&packed.encode()?)?)
}
