//! The second thread of a pass: reads the archive's headers, and hashes each file.

use std::mem;
use std::sync::mpsc::{Receiver, RecvTimeoutError};

use sha2::{Digest as _, Sha256};

use super::checkpoints::Checkpoints;
use super::cpu_time::CpuTime;
use super::first_rows::FirstRows;
use super::{Piece, Progress, Used};
use crate::anatomy::files::{FileEntry, FileKind, FileList, FileMarks, FilePath, LONGEST_PATH};
use crate::layers::checkpoint::Checkpoint;
use crate::layers::chunk::Mark;
use crate::layers::index::{BLOCK_ENTRIES, Block, IndexError, Reached};
use crate::layers::limits::LayerLimits;
use crate::layers::tar;

/// Most bytes of names, link targets and attributes that are packed together.
const BLOCK_NAME_BYTES: u64 = 8 << 20;
/// Most bytes of one entry's extended attributes that are kept: what Linux takes of one file (`XATTR_LIST_MAX`).
const ATTRIBUTE_BYTES: usize = 64 << 10;

/// What the second thread has found.
pub(super) struct Indexed {
    pub(super) blocks: Vec<Block>,
    pub(super) checkpoints: Vec<Checkpoint>,
    pub(super) archive_size: u64,
    pub(super) ending: tar::Ending,
    pub(super) reached: Option<Reached>,
}

/// Reads pieces until no more come, and gives each back.
pub(super) fn read(
    pieces: &Receiver<Piece>,
    used: &Used,
    limits: &LayerLimits,
    progress: &Progress,
) -> Result<Indexed, IndexError> {
    let mut indexer = Indexer::new(limits, progress);
    let mut walker = tar::Walker::new();
    let (mut checkpoints, mut time) = (Checkpoints::default(), CpuTime::start());
    loop {
        // Entries are shown in time also where no more of them come.
        let received = match indexer.first_rows.wait(&indexer.files) {
            Some(wait) => pieces.recv_timeout(wait),
            None => pieces.recv().map_err(RecvTimeoutError::from),
        };
        let Piece { chunk, marks, checkpoints: passed } = match received {
            Ok(piece) => piece,
            Err(RecvTimeoutError::Timeout) => {
                indexer.first_rows.show_if_due(&indexer.files, progress);
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        indexer.marks = marks;
        walker.feed(chunk.bytes(), &mut indexer);
        for passed in passed {
            checkpoints.add(passed);
        }
        progress.set_archive(chunk.archive_end());
        progress.set_entries(indexer.listed);
        indexer.first_rows.show_if_due(&indexer.files, progress);
        used.give_back(chunk);
        progress.worked(time.lap());
    }
    let archive_size = walker.position();
    indexer.end(archive_size);
    indexer.flush()?;
    progress.set_entries(indexer.listed);
    if let Some(error) = indexer.error {
        return Err(error);
    }
    Ok(Indexed {
        blocks: indexer.blocks,
        checkpoints: checkpoints.into_kept(),
        archive_size,
        ending: walker.finish(),
        reached: progress.reached(),
    })
}

struct Indexer<'a> {
    limits: &'a LayerLimits,
    progress: &'a Progress,
    /// Entries that were not packed yet.
    files: FileList,
    /// Those that were.
    blocks: Vec<Block>,
    first_rows: FirstRows,
    /// Those of the piece that is being read.
    marks: Vec<Mark>,
    open: Option<(FileEntry, Option<Sha256>)>,
    /// Entries that were met, and those that are in the list.
    entries: u64,
    listed: u64,
    name_bytes: u64,
    /// Of them, those that were packed.
    packed_name_bytes: u64,
    error: Option<IndexError>,
}

impl<'a> Indexer<'a> {
    fn new(limits: &'a LayerLimits, progress: &'a Progress) -> Indexer<'a> {
        Indexer {
            limits,
            progress,
            files: FileList::default(),
            blocks: Vec::new(),
            first_rows: FirstRows::default(),
            marks: Vec::new(),
            open: None,
            entries: 0,
            listed: 0,
            name_bytes: 0,
            packed_name_bytes: 0,
            error: None,
        }
    }

    fn flush(&mut self) -> Result<(), IndexError> {
        self.packed_name_bytes = self.name_bytes;
        if !self.files.is_empty() {
            self.first_rows.finish(&self.files, self.progress);
            self.blocks.push(Block::pack(&mem::take(&mut self.files))?);
        }
        Ok(())
    }

    /// The archive has ended: an entry whose contents are not whole is listed without their digest.
    fn end(&mut self, archive_size: u64) {
        if let Some((mut entry, _)) = self.open.take() {
            entry.stored_end = self.stored_end(archive_size);
            self.add(entry);
        }
    }

    fn add(&mut self, entry: FileEntry) {
        self.files.push(entry);
        self.listed += 1;
        self.first_rows.added(&self.files, self.progress);
    }

    /// How many stored bytes are needed for the archive up to there.
    fn stored_end(&self, archive_end: u64) -> u64 {
        let mark = self.marks.partition_point(|mark| mark.archive_end < archive_end);
        self.marks.get(mark).or(self.marks.last()).map_or(0, |mark| mark.stored_end)
    }

    /// Whether one more entry is within the limits.
    fn counts(&mut self, entry: &FileEntry) -> bool {
        let attributes = entry.attributes.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        self.entries += 1;
        self.name_bytes += (entry.path.as_bytes().len() + entry.link_target.len() + attributes) as u64;
        let reached = if self.entries > self.limits.entries {
            Reached::Entries(self.limits.entries)
        } else if self.name_bytes > self.limits.name_bytes {
            Reached::NameBytes(self.limits.name_bytes)
        } else {
            return self.progress.reached().is_none();
        };
        self.progress.set_reached(reached);
        false
    }
}

impl tar::Visitor for Indexer<'_> {
    fn entry(&mut self, entry: tar::Entry) {
        let entry = file_entry(entry);
        if self.counts(&entry) {
            let hash = (entry.kind == FileKind::Regular).then(Sha256::new);
            self.open = Some((entry, hash));
        }
    }

    fn data(&mut self, bytes: &[u8]) {
        if let Some((_, Some(hash))) = &mut self.open {
            hash.update(bytes);
        }
    }

    fn end_of_entry(&mut self) {
        let Some((mut entry, hash)) = self.open.take() else { return };
        entry.digest = hash.map(|hash| hash.finalize().into());
        entry.stored_end = self.stored_end(entry.data_at + entry.stored_size);
        self.add(entry);
        let is_full = self.files.len() >= BLOCK_ENTRIES || self.name_bytes - self.packed_name_bytes >= BLOCK_NAME_BYTES;
        if is_full && let Err(error) = self.flush() {
            self.error = Some(error);
        }
    }
}

fn file_entry(entry: tar::Entry) -> FileEntry {
    let (mut path, leaves_root) = FilePath::clean(&entry.path);
    let is_cut = path.as_bytes().len() > LONGEST_PATH;
    if is_cut {
        path = FilePath::from_bytes(&path.as_bytes()[..LONGEST_PATH]);
    }
    let mut link_target = entry.link_target;
    let is_link_cut = link_target.len() > LONGEST_PATH;
    link_target.truncate(LONGEST_PATH);
    let attribute_bytes = entry.attributes.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    let lost_attributes = attribute_bytes > ATTRIBUTE_BYTES;
    FileEntry {
        path,
        kind: entry.kind,
        link_target,
        mode: entry.mode,
        user: entry.user,
        group: entry.group,
        modified: entry.modified,
        size: entry.size,
        stored_size: entry.stored_size,
        device: entry.device,
        attributes: if lost_attributes { Vec::new() } else { entry.attributes },
        digest: None,
        data_at: entry.data_at,
        stored_end: 0,
        marks: FileMarks {
            leaves_root,
            has_two_names: entry.has_two_names,
            is_cut: is_cut || is_link_cut,
            lost_attributes,
        },
    }
}
