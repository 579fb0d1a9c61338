//! From stored bytes to the archive, whatever they are packed with.

use serde::{Deserialize, Serialize};

use super::checkpoint::Checkpoint;
use super::chunk::Chunk;
use super::format::Format;
use super::gzip::{self, GzipError};
use super::large_windows::LargeWindows;
use super::zstd_frames::{self, ZstdError};

/// Why a layer cannot be unpacked from some place on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum UnpackError {
    /// See [`GzipError`].
    #[error(transparent)]
    Gzip(#[from] GzipError),
    /// See [`ZstdError`].
    #[error(transparent)]
    Zstd(#[from] ZstdError),
    /// It is packed in no way that is known.
    #[error("the bytes are neither gzip nor zstd nor tar")]
    Unknown,
}

/// What a step has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    /// Stored bytes that were taken.
    pub(super) taken: usize,
    /// There may be more to give without taking more.
    pub(super) has_more: bool,
}

/// Unpacks a layer's stored bytes.
pub(super) enum Unpacker {
    Gzip(gzip::Decoder),
    Zstd(Box<zstd_frames::Decoder>),
    Tar { stored_at: u64 },
}

impl Unpacker {
    /// From the layer's begin. `turns`: see [`zstd_frames::Decoder::at`].
    pub(super) fn new(format: Format, turns: impl Into<LargeWindows>) -> Result<Unpacker, UnpackError> {
        Ok(match format {
            Format::Gzip => Unpacker::Gzip(gzip::Decoder::new()),
            Format::Zstd => Unpacker::Zstd(Box::new(zstd_frames::Decoder::at(0, turns.into())?)),
            Format::Tar | Format::Empty => Unpacker::Tar { stored_at: 0 },
            Format::Other => return Err(UnpackError::Unknown),
        })
    }

    /// From a checkpoint of a layer in that format.
    pub(super) fn at(format: Format, checkpoint: &Checkpoint, turns: LargeWindows) -> Result<Unpacker, UnpackError> {
        let stored_at = checkpoint.stored_at;
        Ok(match format {
            Format::Gzip => Unpacker::Gzip(gzip::Decoder::at(checkpoint)?),
            Format::Zstd => Unpacker::Zstd(Box::new(zstd_frames::Decoder::at(stored_at, turns)?)),
            Format::Tar | Format::Empty => Unpacker::Tar { stored_at },
            Format::Other => return Err(UnpackError::Unknown),
        })
    }

    /// Unpacks some of the stored bytes, at least one if there is one, into the piece, which must not be full.
    pub(super) fn step(&mut self, stored: &[u8], chunk: &mut Chunk) -> Result<Step, UnpackError> {
        Ok(match self {
            Unpacker::Gzip(decoder) => decoder.step(stored, chunk)?,
            Unpacker::Zstd(decoder) => decoder.step(stored, chunk)?,
            Unpacker::Tar { stored_at } => {
                let room = chunk.room();
                let taken = stored.len().min(room.len());
                room[..taken].copy_from_slice(&stored[..taken]);
                *stored_at += taken as u64;
                chunk.advance(taken, *stored_at);
                Step { taken, has_more: false }
            }
        })
    }

    /// Nothing more comes. Says how many stored bytes belong to nothing.
    pub(super) fn finish(&mut self, chunk: &mut Chunk) -> Result<u64, UnpackError> {
        Ok(match self {
            Unpacker::Gzip(decoder) => decoder.finish(chunk)?,
            Unpacker::Zstd(decoder) => decoder.finish()?,
            Unpacker::Tar { .. } => 0,
        })
    }
}
