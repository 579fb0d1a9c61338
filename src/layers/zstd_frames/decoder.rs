//! Unpacks zstd frames one after another, and notes where they begin.

use zstd::stream::raw::{DParameter, InBuffer, Operation as _, OutBuffer};

use super::ZstdError;
use super::head::{Head, head};
use crate::layers::checkpoint::Checkpoint;
use crate::layers::chunk::{Chunk, Passed};
use crate::layers::large_windows::{LargeWindow, LargeWindows};
use crate::layers::unpack::Step;

/// Largest window that any number of layers may have at a time: what zstd's usual levels need, two to this power.
const WINDOW_LOG: u32 = 23;
/// Largest window at all, two to this power. One layer at a time may have it.
const LARGE_WINDOW_LOG: u32 = 27;
/// Stored bytes between two checkpoints, at least: a table of frames of a few bytes each would be larger than the layer.
const SPAN: u64 = 4 << 10;

/// Unpacks a layer from its begin or from that of a frame.
pub(in crate::layers) struct Decoder {
    library: zstd::stream::raw::Decoder<'static>,
    place: Place,
    stored_at: u64,
    last_checkpoint: u64,
    turns: LargeWindows,
    /// Held while a frame with a large window is unpacked.
    turn: Option<LargeWindow>,
}

enum Place {
    /// Before a frame, of which these bytes were taken.
    Between(Vec<u8>),
    /// In a frame.
    Frame,
    /// What comes is no frame.
    After(u64),
}

impl Decoder {
    /// At a place of the stored layer where a frame begins. `turns` are those of all layers that are read.
    pub(in crate::layers) fn at(stored_at: u64, turns: LargeWindows) -> Result<Decoder, ZstdError> {
        Ok(Decoder {
            library: library()?,
            place: Place::Between(Vec::new()),
            stored_at,
            last_checkpoint: stored_at,
            turns,
            turn: None,
        })
    }

    /// See [`Unpacker::step`](crate::layers::unpack::Unpacker::step). Waits for its turn where a frame's window is large.
    pub(in crate::layers) fn step(&mut self, stored: &[u8], chunk: &mut Chunk) -> Result<Step, ZstdError> {
        match &mut self.place {
            Place::Between(begin) => {
                let Some(byte) = stored.first() else { return Ok(Step { taken: 0, has_more: false }) };
                begin.push(*byte);
                self.stored_at += 1;
                if let Some(head) = head(begin) {
                    let begin = std::mem::take(begin);
                    self.begin(head, &begin, chunk)?;
                }
                Ok(Step { taken: 1, has_more: false })
            }
            Place::After(bytes) => {
                *bytes += stored.len() as u64;
                Ok(Step { taken: stored.len(), has_more: false })
            }
            Place::Frame => {
                let step = self.unpack(stored, chunk)?;
                self.stored_at += step.taken as u64;
                Ok(step)
            }
        }
    }

    /// Nothing more comes. Says how many bytes came after the last frame.
    pub(in crate::layers) fn finish(&self) -> Result<u64, ZstdError> {
        match &self.place {
            Place::Between(begin) if begin.is_empty() => Ok(0),
            Place::After(bytes) => Ok(*bytes),
            Place::Between(_) | Place::Frame => Err(ZstdError::Truncated),
        }
    }

    fn begin(&mut self, head: Head, begin: &[u8], chunk: &mut Chunk) -> Result<(), ZstdError> {
        let frame_at = self.stored_at - begin.len() as u64;
        match head {
            Head::Other => {
                self.place = Place::After(begin.len() as u64);
                return Ok(());
            }
            Head::Frame { window } => {
                self.make_room(window)?;
                if frame_at >= self.last_checkpoint + SPAN {
                    self.last_checkpoint = frame_at;
                    let archive_at = chunk.archive_end();
                    chunk.checkpoints.push(Passed::Whole(Checkpoint { archive_at, stored_at: frame_at, within: None }));
                }
            }
            Head::Skippable => {}
        }
        self.place = Place::Frame;
        let mut taken = 0;
        while taken < begin.len() {
            taken += self.unpack(&begin[taken..], chunk)?.taken;
        }
        Ok(())
    }

    /// Lets the library take a window of this size.
    fn make_room(&mut self, window: u64) -> Result<(), ZstdError> {
        let limit = 1_u64 << LARGE_WINDOW_LOG;
        if window > limit {
            return Err(ZstdError::LargeWindow { window, limit });
        }
        let is_large = window > 1 << WINDOW_LOG;
        // This thread does nothing else; a turn is only held by others like it.
        self.turn = if is_large { Some(self.turns.take().ok_or(ZstdError::NoTurn)?) } else { None };
        let log = if is_large { LARGE_WINDOW_LOG } else { WINDOW_LOG };
        self.library.set_parameter(DParameter::WindowLogMax(log)).map_err(|_| ZstdError::Damaged)
    }

    fn unpack(&mut self, stored: &[u8], chunk: &mut Chunk) -> Result<Step, ZstdError> {
        if self.turn.as_ref().is_some_and(LargeWindow::is_over) {
            return Err(ZstdError::TurnOver);
        }
        let mut input = InBuffer::around(stored);
        let room = chunk.room();
        let length = room.len();
        let mut output = OutBuffer::around(room);
        let hint = self.library.run(&mut input, &mut output).map_err(|_| ZstdError::Damaged)?;
        let (taken, given) = (input.pos, output.pos());
        if !stored.is_empty() && taken == 0 && given == 0 && hint != 0 {
            return Err(ZstdError::Damaged);
        }
        // The library gives a frame's last byte back until everything was given, although it has used it.
        let has_more = given == length && hint != 0;
        chunk.advance(given, self.stored_at + taken as u64 + u64::from(has_more));
        if hint == 0 {
            // The frame is whole, and all of it was given.
            self.place = Place::Between(Vec::new());
            if self.turn.is_some() {
                // The library keeps a large window for many frames with small ones (`ZSTD_DCtx_isOversizedTooLong`).
                self.library = library()?;
                self.turn = None;
            }
        }
        Ok(Step { taken, has_more })
    }
}

fn library() -> Result<zstd::stream::raw::Decoder<'static>, ZstdError> {
    zstd::stream::raw::Decoder::new().map_err(|_| ZstdError::Damaged)
}
