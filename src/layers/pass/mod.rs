//! One pass over a layer: its stored bytes hashed and unpacked, the archive hashed, its headers read, each file hashed.
//!
//! Three threads share the work: this one unpacks, another one reads the headers and hashes the files, a third one hashes the stored bytes
//! and the archive ([decision 11](../../../docs/decisions/0011-how-layers-are-read.md)).
//! Nothing is kept but one piece of the archive for each, the pieces between them, and the packed index.

mod checkpoints;
mod cpu_time;
mod digests;
mod first_rows;
mod indexer;
mod progress;

#[cfg(test)]
mod tests;

use std::mem;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::Semaphore;

use cpu_time::CpuTime;
use digests::Hashed;
pub use first_rows::FIRST_ROWS;
use indexer::Indexed;
pub use progress::Progress;

use super::chunk::{Chunk, Mark, Passed};
use super::format::{ENOUGH, Format};
use super::hash::Hasher;
use super::index::{Ending, IndexError, Packed, Reached, Summary};
use super::large_windows::LargeWindows;
use super::limits::{FREE_OF_RATIO, LayerLimits};
use super::unpack::{UnpackError, Unpacker};
use crate::oci::Digest;

/// Pieces of the archive that wait to be read. Two would do, more even out the differences between the threads.
const WAITING: usize = 4;
/// Pieces of the archive and stored ones that wait to be hashed.
const WAITING_FOR_HASH: usize = 8;
/// How long a piece that is not full is held back.
pub(super) const HOLD: Duration = Duration::from_millis(250);

/// What to read, and how.
pub(super) struct Order<'a> {
    /// The layer's digest, as a verified manifest has it.
    pub(super) digest: &'a Digest,
    /// Its size, as the same manifest has it.
    pub(super) size: Option<u64>,
    pub(super) limits: &'a LayerLimits,
    /// Has one permit for all layers that are read: see [`LargeWindows`].
    pub(super) large_windows: Arc<Semaphore>,
    pub(super) progress: &'a Progress,
}

/// Why a pass has no result.
#[derive(Debug, thiserror::Error)]
pub enum PassError<E> {
    /// The bytes ended with an error of their source.
    #[error(transparent)]
    Source(E),
    /// Nobody waits for it any more.
    #[error("the layer is not wanted any more")]
    Cancelled,
    /// These bytes are not the layer.
    #[error("the bytes have the digest {actual}, not {expected}")]
    DigestMismatch {
        /// The layer's.
        expected: Digest,
        /// That of the bytes.
        actual: Digest,
    },
    /// There are more or fewer bytes than the manifest says.
    #[error("the layer has {received} bytes, the manifest says {expected}")]
    SizeMismatch {
        /// The manifest's.
        expected: u64,
        /// How many came; where there were too many, the rest was not read.
        received: u64,
    },
    /// There is no end to it, and the manifest does not say where it should be.
    #[error("the layer has more than {limit} bytes")]
    TooLarge {
        /// Most that are read.
        limit: u64,
    },
    /// The layer's digest is of an algorithm that cannot be checked, so that nothing of the layer can be believed.
    #[error("the digest {0} cannot be checked")]
    Unverifiable(Digest),
    /// See [`IndexError`].
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A thread that reads the archive has failed: a mistake in Strata.
    #[error("reading the archive has failed")]
    Failed,
}

/// Reads a layer. Blocks while the source does: one that gives empty pieces while it waits lets what has come be shown.
pub(super) fn read<E>(
    source: impl IntoIterator<Item = Result<Bytes, E>>,
    order: &Order<'_>,
) -> Result<Packed, PassError<E>> {
    let Order { digest, limits, progress, .. } = order;
    let stored = Hasher::like(digest).ok_or_else(|| PassError::Unverifiable((*digest).clone()))?;
    thread::scope(|scope| {
        let (pieces, waiting) = mpsc::sync_channel(WAITING);
        let (to_hash, waiting_for_hash) = mpsc::sync_channel(WAITING_FOR_HASH);
        let (used, returned) = mpsc::channel();
        let (used, used_hashed) = (Used(used.clone()), Used(used));
        let reader = scope.spawn(move || indexer::read(&waiting, &used, limits, progress));
        let hasher = scope.spawn(move || digests::read(&waiting_for_hash, stored, &used_hashed, progress));
        let mut pass = Pass {
            order,
            state: State::Begin(Vec::new()),
            chunk: Chunk::new(0),
            sent: Instant::now(),
            time: CpuTime::start(),
            pieces,
            to_hash,
            returned,
            stored: 0,
        };
        let read = pass.run(source);
        let Pass { state, stored, pieces, to_hash, .. } = pass;
        drop((pieces, to_hash));
        let (indexed, digests) = (reader.join(), hasher.join());
        let (indexed, digests) = indexed.ok().zip(digests.ok()).ok_or(PassError::Failed)?;
        read?;
        if digests.stored != **digest {
            return Err(PassError::DigestMismatch { expected: (*digest).clone(), actual: digests.stored });
        }
        Ok(packed(state, stored, indexed?, digests.diff_id))
    })
}

fn packed(state: State, stored_size: u64, indexed: Indexed, diff_id: Digest) -> Packed {
    let (format, unpacked) = match state {
        State::Done(format, unpacked) => (format, unpacked),
        State::Begin(_) | State::Unpacking(..) => (Format::Empty, Ok(0)),
    };
    let is_whole = unpacked.is_ok() && indexed.reached.is_none();
    let ending = match (unpacked, indexed.reached) {
        (Err(Stop::Limit(reached)), _) | (_, Some(reached)) => Ending::Limit(reached),
        (Err(Stop::Broken(error)), _) => Ending::Broken(error),
        (Ok(trailing_bytes), None) => Ending::Archive { archive: indexed.ending, trailing_bytes },
    };
    let diff_id = is_whole.then_some(diff_id);
    let summary = Summary { format, stored_size, archive_size: indexed.archive_size, diff_id, ending };
    Packed { summary, blocks: indexed.blocks, checkpoints: indexed.checkpoints }
}

struct Pass<'a> {
    order: &'a Order<'a>,
    state: State,
    chunk: Chunk,
    /// When a piece was last handed on.
    sent: Instant,
    time: CpuTime,
    pieces: SyncSender<Piece>,
    to_hash: SyncSender<Hashed>,
    returned: Receiver<Chunk>,
    stored: u64,
}

enum State {
    /// Too little has come to tell how it is packed.
    Begin(Vec<u8>),
    Unpacking(Format, Box<Unpacker>),
    /// Nothing more is unpacked: the rest is only hashed. With the bytes that belong to nothing, or why it has stopped.
    Done(Format, Result<u64, Stop>),
}

/// Why nothing more is unpacked.
enum Stop {
    Broken(UnpackError),
    Limit(Reached),
}

impl From<UnpackError> for Stop {
    fn from(error: UnpackError) -> Stop {
        Stop::Broken(error)
    }
}

impl Pass<'_> {
    fn run<E>(&mut self, source: impl IntoIterator<Item = Result<Bytes, E>>) -> Result<(), PassError<E>> {
        let Order { size, progress, .. } = self.order;
        for bytes in source {
            let bytes = bytes.map_err(PassError::Source)?;
            if progress.is_cancelled() {
                return Err(PassError::Cancelled);
            }
            self.stored += bytes.len() as u64;
            if let Some(expected) = size.filter(|size| self.stored > *size) {
                return Err(PassError::SizeMismatch { expected, received: self.stored });
            }
            if self.stored > self.order.limits.archive_bytes {
                return Err(PassError::TooLarge { limit: self.order.limits.archive_bytes });
            }
            // The other threads end before this one only if they fail, which is found out when they are joined.
            if !bytes.is_empty() {
                let _ = self.to_hash.send(Hashed::Stored(bytes.clone()));
            }
            self.take(&bytes);
            progress.worked(self.time.lap());
            progress.set_stored(self.stored);
        }
        self.end();
        if progress.is_cancelled() {
            // What has stopped it, then, is no word on the layer.
            return Err(PassError::Cancelled);
        }
        if let Some(expected) = size.filter(|size| self.stored != *size) {
            return Err(PassError::SizeMismatch { expected, received: self.stored });
        }
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Begin(begin) => {
                begin.extend_from_slice(bytes);
                if begin.len() >= ENOUGH {
                    self.begin();
                }
            }
            State::Unpacking(format, _) => {
                let format = *format;
                if let Err(stop) = self.unpack(bytes) {
                    self.hand_on();
                    self.state = State::Done(format, Err(stop));
                }
            }
            State::Done(..) => {}
        }
    }

    fn begin(&mut self) {
        let State::Begin(begin) = &mut self.state else { return };
        let begin = mem::take(begin);
        let format = Format::of(&begin);
        let Order { large_windows, progress, .. } = self.order;
        let turns = LargeWindows::until(Arc::clone(large_windows), progress.cancelled());
        self.state = match Unpacker::new(format, turns) {
            Ok(unpacker) => State::Unpacking(format, Box::new(unpacker)),
            Err(error) => State::Done(format, Err(error.into())),
        };
        self.take(&begin);
    }

    fn unpack(&mut self, mut bytes: &[u8]) -> Result<(), Stop> {
        let mut has_more = false;
        while has_more || !bytes.is_empty() {
            let State::Unpacking(_, unpacker) = &mut self.state else { return Ok(()) };
            let step = unpacker.step(bytes, &mut self.chunk)?;
            bytes = &bytes[step.taken..];
            has_more = step.has_more;
            if self.chunk.is_full() {
                self.hand_on();
            }
            self.within_limits(bytes.len() as u64).map_err(Stop::Limit)?;
        }
        if self.sent.elapsed() > HOLD && !self.chunk.bytes().is_empty() {
            self.hand_on();
        }
        Ok(())
    }

    /// `untaken`: bytes that have come and were not unpacked yet.
    fn within_limits(&self, untaken: u64) -> Result<(), Reached> {
        let Order { limits, progress, .. } = self.order;
        let archive = self.chunk.archive_end();
        if archive > limits.archive_bytes {
            return Err(Reached::ArchiveBytes(limits.archive_bytes));
        }
        let allowed = (self.stored - untaken).saturating_mul(limits.ratio);
        if archive > FREE_OF_RATIO.max(allowed) {
            return Err(Reached::Ratio(limits.ratio));
        }
        if progress.work() > limits.time {
            return Err(Reached::Seconds(limits.time.as_secs()));
        }
        progress.reached().map_or(Ok(()), Err)
    }

    fn end(&mut self) {
        if matches!(self.state, State::Begin(_)) {
            self.begin();
        }
        if let State::Unpacking(format, unpacker) = &mut self.state {
            let (format, finished) = (*format, unpacker.finish(&mut self.chunk));
            self.hand_on();
            self.state = State::Done(format, finished.map_err(Stop::Broken));
        }
    }

    /// Gives what was unpacked to the other threads.
    fn hand_on(&mut self) {
        let next = self.chunk.next(self.returned.try_recv().ok());
        let mut chunk = mem::replace(&mut self.chunk, next);
        let (marks, checkpoints) = (mem::take(&mut chunk.marks), mem::take(&mut chunk.checkpoints));
        let chunk = Arc::new(chunk);
        let _ = self.to_hash.send(Hashed::Archive(Arc::clone(&chunk)));
        let _ = self.pieces.send(Piece { chunk, marks, checkpoints });
        self.sent = Instant::now();
    }
}

/// A piece of the archive, and what was noted while it was unpacked.
struct Piece {
    chunk: Arc<Chunk>,
    marks: Vec<Mark>,
    checkpoints: Vec<Passed>,
}

/// Where used pieces come back, so that their memory is used again.
struct Used(Sender<Chunk>);

impl Used {
    /// Gives a piece back, if no other thread needs it any more.
    fn give_back(&self, chunk: Arc<Chunk>) {
        if let Some(chunk) = Arc::into_inner(chunk) {
            // The first thread has ended, then.
            let _ = self.0.send(chunk);
        }
    }
}
