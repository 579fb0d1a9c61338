//! The third thread of a pass: hashes the stored bytes and the archive.
//!
//! The first thread has enough to do with unpacking gzip, and the second one with each file's hash: it would hash each byte of the
//! archive twice, which takes longer than zstd takes to unpack it.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::cpu_time::CpuTime;
use super::{Progress, Used};
use crate::layers::chunk::Chunk;
use crate::layers::hash::Hasher;
use crate::oci::Digest;

/// What is hashed.
pub(super) enum Hashed {
    /// As stored.
    Stored(Bytes),
    /// Unpacked.
    Archive(Arc<Chunk>),
}

/// What comes out.
pub(super) struct Digests {
    /// Of the stored bytes.
    pub(super) stored: Digest,
    /// Of the archive.
    pub(super) diff_id: Digest,
}

/// Hashes pieces until no more come, and gives those of the archive back.
pub(super) fn read(pieces: &Receiver<Hashed>, mut stored: Hasher, used: &Used, progress: &Progress) -> Digests {
    let (mut archive, mut time) = (Sha256::new(), CpuTime::start());
    while let Ok(piece) = pieces.recv() {
        match piece {
            Hashed::Stored(bytes) => stored.update(&bytes),
            Hashed::Archive(chunk) => {
                archive.update(chunk.bytes());
                used.give_back(chunk);
            }
        }
        progress.worked(time.lap());
    }
    Digests { stored: stored.finish(), diff_id: Digest::from_sha256(&archive.finalize()) }
}
