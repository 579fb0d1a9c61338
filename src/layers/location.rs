//! One file of a layer found again: which stored bytes are needed, and how its contents come out of them.

use std::ops::Range;

use super::checkpoint::Checkpoint;
use super::chunk::Chunk;
use super::format::Format;
use super::index::LayerIndex;
use super::large_windows::LargeWindows;
use super::unpack::{UnpackError, Unpacker};
use crate::anatomy::files::{FileKind, FileRef};

/// Where a file's contents are in a stored layer.
#[derive(Debug, Clone)]
pub struct Location {
    format: Format,
    checkpoint: Checkpoint,
    stored_end: u64,
    /// Bytes of the archive between the checkpoint and the contents.
    skip: u64,
    length: u64,
}

impl LayerIndex {
    /// Where a file's contents are. None for what has none: links, directories, devices, and sparse files, whose stored bytes
    /// are not their contents.
    pub fn locate(&self, file: FileRef<'_>) -> Option<Location> {
        self.locate_begin(file, u64::MAX)
    }

    /// Where the first bytes of a file's contents are, at most `most` of them. Of a long file, far fewer stored bytes are needed for
    /// them than for all of it.
    pub fn locate_begin(&self, file: FileRef<'_>, most: u64) -> Option<Location> {
        if !file.kind().has_contents() || file.kind() == FileKind::Sparse {
            return None;
        }
        let length = file.stored_size().min(most);
        Some(self.locate_stretch(file.data_at(), length, file.stored_end()))
    }

    /// Where the archive is from one file's contents to those of a later one, what stands between them included. None where the
    /// second one does not end after the first one begins.
    pub fn locate_run(&self, first: FileRef<'_>, last: FileRef<'_>) -> Option<Location> {
        let end = last.data_at().checked_add(last.stored_size())?;
        let length = end.checked_sub(first.data_at())?;
        Some(self.locate_stretch(first.data_at(), length, last.stored_end()))
    }

    /// The first stored byte that is needed for a file's contents.
    pub fn stored_begin(&self, file: FileRef<'_>) -> u64 {
        match self.summary.format {
            Format::Tar => file.data_at(),
            _ => self.checkpoint_before(file.data_at()).map_or(0, |checkpoint| checkpoint.stored_at),
        }
    }

    fn checkpoint_before(&self, archive_at: u64) -> Option<&Checkpoint> {
        let after = self.checkpoints.partition_point(|checkpoint| checkpoint.archive_at <= archive_at);
        self.checkpoints.get(after.checked_sub(1)?)
    }

    fn locate_stretch(&self, data_at: u64, length: u64, stored_end: u64) -> Location {
        let begin = Checkpoint { archive_at: 0, stored_at: 0, within: None };
        let format = self.summary.format;
        let checkpoint = match format {
            // Every byte stands where it is in the archive.
            Format::Tar => Checkpoint { archive_at: data_at, stored_at: data_at, within: None },
            _ => self.checkpoint_before(data_at).cloned().unwrap_or(begin),
        };
        let skip = data_at - checkpoint.archive_at;
        // What stands before a checkpoint is needed for nothing after it, and the other way round.
        let data_end = data_at.saturating_add(length);
        let next_begins = if format == Format::Tar {
            data_end
        } else {
            let next = self.checkpoints.partition_point(|checkpoint| checkpoint.archive_at < data_end);
            self.checkpoints.get(next).map_or(u64::MAX, |checkpoint| checkpoint.stored_at)
        };
        Location { format, checkpoint, stored_end: next_begins.min(stored_end), skip, length }
    }
}

impl Location {
    /// Of contents that begin so many unpacked bytes after the first of these stored ones, where a gzip member or a zstd frame begins.
    pub(super) fn within(format: Format, stored: Range<u64>, skip: u64, length: u64) -> Location {
        let checkpoint = Checkpoint { archive_at: 0, stored_at: stored.start, within: None };
        Location { format, checkpoint, stored_end: stored.end, skip, length }
    }

    /// The place in the archive of the first byte that comes out.
    pub fn archive_begin(&self) -> u64 {
        self.checkpoint.archive_at + self.skip
    }

    /// The stored bytes that are needed. Empty for an empty file.
    pub fn stored(&self) -> Range<u64> {
        let begin = self.checkpoint.stored_at;
        if self.length == 0 { begin..begin } else { begin..self.stored_end.max(begin) }
    }

    /// Unpacks them. Those that are unpacked at the same time share `turns`.
    ///
    /// # Errors
    ///
    /// [`UnpackError`], where the index is not that of this layer.
    pub fn contents(&self, turns: impl Into<LargeWindows>) -> Result<Contents, UnpackError> {
        let unpacker = Unpacker::at(self.format, &self.checkpoint, turns.into())?;
        let chunk = Chunk::new(self.checkpoint.archive_at);
        Ok(Contents { unpacker, chunk, skip: self.skip, left: self.length })
    }
}

/// A file's contents on their way out of stored bytes.
pub struct Contents {
    unpacker: Unpacker,
    chunk: Chunk,
    skip: u64,
    left: u64,
}

impl Contents {
    /// Takes some stored bytes, those of [`Location::stored`] from its begin on, and gives what they hold of the file.
    ///
    /// # Errors
    ///
    /// [`UnpackError`], where the index is not that of this layer, or a turn for a large window did not come or was over.
    pub fn feed(&mut self, mut stored: &[u8], give: &mut impl FnMut(&[u8])) -> Result<(), UnpackError> {
        let mut has_more = false;
        while (has_more || !stored.is_empty()) && self.left > 0 {
            let step = self.unpacker.step(stored, &mut self.chunk)?;
            stored = &stored[step.taken..];
            has_more = step.has_more;
            let fresh = self.chunk.bytes();
            let skipped = usize::try_from(self.skip).map_or(fresh.len(), |skip| skip.min(fresh.len()));
            self.skip -= skipped as u64;
            let fresh = &fresh[skipped..];
            let given = usize::try_from(self.left).map_or(fresh.len(), |left| left.min(fresh.len()));
            give(&fresh[..given]);
            self.left -= given as u64;
            self.chunk.clear();
        }
        Ok(())
    }

    /// Bytes of the file that were not given yet.
    pub fn left(&self) -> u64 {
        self.left
    }
}
