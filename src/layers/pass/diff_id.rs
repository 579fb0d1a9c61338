//! The third thread of a pass: hashes the archive.
//!
//! It could be done beside the hashes of the files. But then each byte is hashed twice by the same thread, which takes longer than zstd
//! takes to unpack it.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use sha2::{Digest as _, Sha256};

use super::{Progress, Used};
use crate::layers::chunk::Chunk;
use crate::oci::Digest;

/// Hashes pieces until no more come, and gives each back.
pub(super) fn read(pieces: &Receiver<Arc<Chunk>>, used: &Used, progress: &Progress) -> Digest {
    let mut archive = Sha256::new();
    while let Ok(chunk) = pieces.recv() {
        let begin = Instant::now();
        archive.update(chunk.bytes());
        used.give_back(chunk);
        progress.worked(begin);
    }
    Digest::from_sha256(&archive.finalize())
}
