//! Unpacks gzip members one after another, and notes where it could begin again.

use std::mem;

use super::GzipError;
use super::inflate::{Inflate, Stop, Wrapping};
use super::window::{WINDOW, Window};
use crate::layers::checkpoint::{Checkpoint, Within};
use crate::layers::chunk::{Chunk, Passed};
use crate::layers::unpack::Step;

/// Stored bytes between two checkpoints, about: the next place between two blocks is taken.
const SPAN: u64 = 512 << 10;
/// Bytes of the archive between two checkpoints, at most about: what packs extremely well is unpacked in small pieces, too.
const ARCHIVE_SPAN: u64 = 4 << 20;
/// Most stored bytes that are kept in order to find out what of a window is used. Enough for 32 KiB that do not pack at all.
const AFTER: usize = 128 << 10;
/// Check sum and length after a member's data (RFC 1952, section 2.3).
const TRAILER: usize = 8;
/// The first byte of a member.
const MAGIC: u8 = 0x1f;

/// Unpacks a layer from its begin or from a checkpoint.
pub(in crate::layers) struct Decoder {
    inflate: Inflate,
    place: Place,
    stored_at: u64,
    /// None where no checkpoints are wanted.
    checkpoints: Option<Checkpoints>,
}

enum Place {
    /// Before a member, or at the end.
    Between,
    Member,
    /// In a member that was not read from its begin: its check sums say nothing.
    Rest,
    Trailer(usize),
    /// What comes is no member.
    After(u64),
}

struct Checkpoints {
    last: (u64, u64),
    /// The last byte that was taken: some of its bits may belong to the next block.
    byte: u8,
    draft: Option<Box<Draft>>,
}

/// A checkpoint of whose window it is not known yet what is used.
pub(in crate::layers) struct Draft {
    archive_at: u64,
    stored_at: u64,
    bits: u8,
    value: u8,
    window: Vec<u8>,
    /// What is stored after it.
    after: Vec<u8>,
    /// Bytes that were unpacked since.
    given: usize,
}

impl Decoder {
    /// At a layer's begin; notes checkpoints.
    pub(in crate::layers) fn new() -> Decoder {
        Decoder {
            inflate: Inflate::new(Wrapping::Gzip),
            place: Place::Between,
            stored_at: 0,
            checkpoints: Some(Checkpoints { last: (0, 0), byte: 0, draft: None }),
        }
    }

    /// At a checkpoint: the stored bytes from its [`Checkpoint::stored_at`] on are to be given. Notes none.
    pub(in crate::layers) fn at(checkpoint: &Checkpoint) -> Result<Decoder, GzipError> {
        let (inflate, place) = match &checkpoint.within {
            None => (Inflate::new(Wrapping::Gzip), Place::Between),
            Some(Within { bits, value, window }) => {
                let window = window.bytes().ok_or(GzipError::Damaged)?;
                (Inflate::within(&window, *bits, *value), Place::Rest)
            }
        };
        Ok(Decoder { inflate, place, stored_at: checkpoint.stored_at, checkpoints: None })
    }

    /// See [`Unpacker::step`](crate::layers::unpack::Unpacker::step).
    pub(in crate::layers) fn step(&mut self, stored: &[u8], chunk: &mut Chunk) -> Result<Step, GzipError> {
        let taken = match &mut self.place {
            Place::Between if stored.is_empty() => 0,
            Place::Between if stored.first() == Some(&MAGIC) => {
                self.inflate = Inflate::new(Wrapping::Gzip);
                self.place = Place::Member;
                if let Some(checkpoints) = &mut self.checkpoints {
                    checkpoints.at_member(self.stored_at, chunk);
                }
                return self.step(stored, chunk);
            }
            Place::Between => {
                self.place = Place::After(0);
                return self.step(stored, chunk);
            }
            Place::After(bytes) => {
                *bytes += stored.len() as u64;
                stored.len()
            }
            Place::Trailer(left) => {
                let taken = stored.len().min(*left);
                *left -= taken;
                if *left == 0 {
                    self.place = Place::Between;
                }
                taken
            }
            Place::Member | Place::Rest => return self.unpack(stored, chunk),
        };
        self.stored_at += taken as u64;
        Ok(Step { taken, has_more: false })
    }

    fn unpack(&mut self, stored: &[u8], chunk: &mut Chunk) -> Result<Step, GzipError> {
        let is_due = self.checkpoints.as_ref().is_some_and(|it| it.is_due(self.stored_at, chunk.archive_end()));
        let room = chunk.room();
        let length = room.len();
        let step = self.inflate.step(stored, room, is_due)?;
        if !stored.is_empty() && step.taken == 0 && step.given == 0 && step.stop == Stop::Exhausted {
            return Err(GzipError::Damaged);
        }
        self.stored_at += step.taken as u64;
        chunk.advance(step.given, self.stored_at);
        if let Some(checkpoints) = &mut self.checkpoints {
            checkpoints.follow(&stored[..step.taken], step.given, chunk);
            match step.stop {
                Stop::BetweenBlocks { unused_bits } => checkpoints.begin(self.stored_at, unused_bits, chunk),
                Stop::End => checkpoints.end(chunk),
                Stop::Exhausted => {}
            }
        }
        if step.stop == Stop::End {
            self.place = match self.place {
                Place::Rest => Place::Trailer(TRAILER),
                _ => Place::Between,
            };
        }
        Ok(Step { taken: step.taken, has_more: step.given == length })
    }

    /// Nothing more comes. Says how many bytes came after the last member, which readers of gzip warn of or refuse.
    pub(in crate::layers) fn finish(&mut self, chunk: &mut Chunk) -> Result<u64, GzipError> {
        if let Some(checkpoints) = &mut self.checkpoints {
            checkpoints.end(chunk);
        }
        match self.place {
            Place::Between => Ok(0),
            Place::After(bytes) => Ok(bytes),
            Place::Member | Place::Rest | Place::Trailer(_) => Err(GzipError::Truncated),
        }
    }
}

impl Checkpoints {
    fn is_due(&self, stored_at: u64, archive_at: u64) -> bool {
        let (stored, archive) = self.last;
        self.draft.is_none() && (stored_at - stored >= SPAN || archive_at - archive >= ARCHIVE_SPAN)
    }

    fn at_member(&mut self, stored_at: u64, chunk: &mut Chunk) {
        let archive_at = chunk.archive_end();
        if self.is_due(stored_at, archive_at) {
            self.last = (stored_at, archive_at);
            chunk.checkpoints.push(Passed::Whole(Checkpoint { archive_at, stored_at, within: None }));
        }
    }

    fn begin(&mut self, stored_at: u64, bits: u8, chunk: &Chunk) {
        let archive_at = chunk.archive_end();
        self.last = (stored_at, archive_at);
        let value = if bits == 0 { 0 } else { self.byte >> (8 - bits) };
        let window = chunk.window().to_vec();
        self.draft = Some(Box::new(Draft { archive_at, stored_at, bits, value, window, after: Vec::new(), given: 0 }));
    }

    /// What was taken and given since the last step.
    fn follow(&mut self, taken: &[u8], given: usize, chunk: &mut Chunk) {
        self.byte = taken.last().copied().unwrap_or(self.byte);
        if let Some(draft) = &mut self.draft {
            draft.after.extend_from_slice(&taken[..taken.len().min(AFTER + 1 - draft.after.len())]);
            draft.given += given;
            if draft.given >= WINDOW || draft.after.len() > AFTER {
                self.end(chunk);
            }
        }
    }

    /// Nothing that follows refers to the draft's window any more.
    fn end(&mut self, chunk: &mut Chunk) {
        if let Some(draft) = mem::take(&mut self.draft) {
            chunk.checkpoints.push(Passed::Draft(draft));
        }
    }
}

impl Draft {
    /// Finds out what of the window is used.
    pub(in crate::layers) fn finish(self) -> Checkpoint {
        let window = if self.given < WINDOW && self.after.len() > AFTER {
            Window::of(&self.window)
        } else {
            Window::sparse(&self.window, self.bits, self.value, &self.after)
        };
        let within = Within { bits: self.bits, value: self.value, window };
        Checkpoint { archive_at: self.archive_at, stored_at: self.stored_at, within: Some(within) }
    }
}
