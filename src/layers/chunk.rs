//! A piece of an archive on its way from the unpacker to the reader of headers.

use super::checkpoint::Checkpoint;
use super::gzip::Draft;

/// Most bytes of the archive in one piece.
pub(super) const CHUNK: usize = 256 << 10;
/// Most bytes that are unpacked at once. After each of them it is marked how many stored bytes were needed.
const STRIDE: usize = 64 << 10;
/// Bytes before the piece that are kept with it, as many as deflate refers back to.
pub(super) const HISTORY: usize = 32 << 10;

/// How many stored bytes are needed for the archive up to some place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) archive_end: u64,
    pub(super) stored_end: u64,
}

/// A piece of an archive, with the bytes before it.
pub(super) struct Chunk {
    buffer: Box<[u8]>,
    /// Where the known bytes before the piece begin.
    history: usize,
    /// Where the piece ends; it begins at [`HISTORY`].
    end: usize,
    /// Where the piece begins in the archive.
    archive_at: u64,
    pub(super) marks: Vec<Mark>,
    /// Places that were passed, in their order; they follow those of the pieces before.
    pub(super) checkpoints: Vec<Passed>,
}

/// A place that can become a checkpoint.
pub(super) enum Passed {
    Whole(Checkpoint),
    /// What of its window is used must still be found out.
    Draft(Box<Draft>),
}

impl Chunk {
    /// At the archive's begin, or wherever unpacking begins, with the bytes before it.
    pub(super) fn new(archive_at: u64) -> Chunk {
        Chunk {
            buffer: vec![0; HISTORY + CHUNK].into_boxed_slice(),
            history: HISTORY,
            end: HISTORY,
            archive_at,
            marks: Vec::new(),
            checkpoints: Vec::new(),
        }
    }

    /// The piece after this one, in another piece's memory, if there is some.
    pub(super) fn next(&self, used: Option<Chunk>) -> Chunk {
        let mut next = used.unwrap_or_else(|| Chunk::new(0));
        let history = (self.end - self.history).min(HISTORY);
        next.history = HISTORY - history;
        next.end = HISTORY;
        next.buffer[next.history..HISTORY].copy_from_slice(&self.buffer[self.end - history..self.end]);
        next.archive_at = self.archive_end();
        next.marks.clear();
        next.checkpoints.clear();
        next
    }

    /// Forgets what was written: it is not needed any more, and nothing of it as history.
    pub(super) fn clear(&mut self) {
        self.archive_at = self.archive_end();
        (self.history, self.end) = (HISTORY, HISTORY);
        self.marks.clear();
        self.checkpoints.clear();
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[HISTORY..self.end]
    }

    pub(super) fn archive_end(&self) -> u64 {
        self.archive_at + (self.end - HISTORY) as u64
    }

    pub(super) fn is_full(&self) -> bool {
        self.end == self.buffer.len()
    }

    /// Up to 32 KiB before the piece's end.
    pub(super) fn window(&self) -> &[u8] {
        &self.buffer[self.history.max(self.end.saturating_sub(HISTORY))..self.end]
    }

    /// Where the next bytes are to be written.
    pub(super) fn room(&mut self) -> &mut [u8] {
        let end = self.buffer.len().min(self.end + STRIDE);
        &mut self.buffer[self.end..end]
    }

    /// So many bytes were written, for which the stored ones up to there were needed.
    pub(super) fn advance(&mut self, written: usize, stored_end: u64) {
        if written > 0 {
            self.end += written;
            self.marks.push(Mark { archive_end: self.archive_end(), stored_end });
        }
    }
}
