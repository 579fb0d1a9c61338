//! Where an image's bytes went: those that no name in its final tree refers to any more, and why.
//!
//! An entry with contents is live if at least one visible name refers to that very entry, directly or by hard link. All others are
//! dead: still downloaded and stored, never seen.

use std::collections::{BTreeMap, HashMap};

use super::overlay::{Cause, Loss, Overlay};
use super::tree::{FileId, NodeId};
use super::{FileList, FileRef};

/// Bytes of an image's files, and which of them are dead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeadBytes {
    /// All files of all layers.
    pub total: Amount,
    /// Those that nobody can see.
    pub dead: Amount,
    /// What each layer holds, from the bottom.
    pub layers: Vec<LayerBytes>,
    /// Every dead file, those of most bytes first.
    pub files: Vec<DeadFile>,
}

/// Files that have at least a byte, and their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// How many files.
    pub files: u64,
    /// Bytes of their contents.
    pub bytes: u64,
    /// Bytes of the stored layer that their contents take.
    pub stored_bytes: u64,
}

/// What one layer holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayerBytes {
    /// All of its files.
    pub total: Amount,
    /// Its dead ones, by the reason and the layer that took their last names.
    pub dead: BTreeMap<(Reason, u16), Amount>,
}

/// Why a file is dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A later layer has other contents under its name.
    Overwritten,
    /// A later layer has the same contents under its name: only attributes have changed.
    AttributesOnly,
    /// A later layer has deleted it, or a directory that it was in, or put something else in that directory's place.
    Deleted,
    /// Its own layer has its name once more.
    DuplicateInLayer,
    /// No name ever referred to it: its name is a whiteout's, or none that a container can have.
    NeverVisible,
}

/// A dead file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadFile {
    /// The entry.
    pub file: FileId,
    /// Where it was, if it ever was anywhere.
    pub node: Option<NodeId>,
    /// Why.
    pub reason: Reason,
    /// The layer that took its last name.
    pub by: u16,
    /// Its bytes.
    pub amount: Amount,
}

impl DeadBytes {
    /// Forgets what the lowest layers hold: those of a base image, which whoever builds on it cannot change.
    pub fn leave_out(&mut self, layers: usize) {
        for layer in self.layers.iter_mut().take(layers) {
            *layer = LayerBytes::default();
        }
        self.files.retain(|file| usize::from(file.file.layer) >= layers);
        (self.total, self.dead) = (Amount::default(), Amount::default());
        for layer in &self.layers {
            self.total.add(layer.total);
            for amount in layer.dead.values() {
                self.dead.add(*amount);
            }
        }
    }

    /// Finds the dead files of layers that were laid over each other.
    pub fn of(layers: &[&FileList], overlay: &Overlay) -> DeadBytes {
        let mut live: Vec<Vec<bool>> = layers.iter().map(|layer| vec![false; layer.len()]).collect();
        for file in overlay.nodes().filter_map(|node| overlay.contents(node)) {
            if let Some(is_live) =
                live.get_mut(usize::from(file.layer)).and_then(|live| live.get_mut(file.number as usize))
            {
                *is_live = true;
            }
        }
        // The last name that was lost counts.
        let last: HashMap<FileId, &Loss> =
            overlay.losses().iter().filter_map(|loss| Some((overlay.contents_of(loss.file)?, loss))).collect();
        let mut found = DeadBytes::default();
        for (number, (layer, live)) in (0_u16..).zip(layers.iter().zip(&live)) {
            let mut bytes = LayerBytes::default();
            for ((file, is_live), stored_bytes) in layer.iter().zip(live).zip(stored_shares(layer)) {
                if !has_contents(file) {
                    continue;
                }
                let amount = Amount { files: 1, bytes: file.stored_size(), stored_bytes };
                bytes.total.add(amount);
                if !is_live {
                    let id = FileId { layer: number, number: u32::try_from(file.number()).unwrap_or(u32::MAX) };
                    let loss = last.get(&id).copied();
                    let reason = reason(layers, overlay, file, number, loss);
                    let (node, by) = (loss.map(|loss| loss.node), loss.map_or(number, |loss| loss.by));
                    bytes.dead.entry((reason, by)).or_default().add(amount);
                    found.files.push(DeadFile { file: id, node, reason, by, amount });
                }
            }
            found.total.add(bytes.total);
            bytes.dead.values().for_each(|amount| found.dead.add(*amount));
            found.layers.push(bytes);
        }
        found.files.sort_by_key(|dead| std::cmp::Reverse(dead.amount.bytes));
        found
    }
}

impl Amount {
    /// Counts more files in.
    pub fn add(&mut self, other: Amount) {
        self.files = self.files.saturating_add(other.files);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.stored_bytes = self.stored_bytes.saturating_add(other.stored_bytes);
    }
}

/// Files without a byte are left out, and with them nearly all whiteouts.
fn has_contents(file: FileRef<'_>) -> bool {
    file.stored_size() > 0 && file.kind().has_contents()
}

fn reason(layers: &[&FileList], overlay: &Overlay, file: FileRef<'_>, layer: u16, loss: Option<&Loss>) -> Reason {
    let Some(loss) = loss else { return Reason::NeverVisible };
    if loss.by == layer {
        return Reason::DuplicateInLayer;
    }
    match (loss.cause, loss.replaced_by) {
        (Cause::Replaced, Some(new)) => {
            let new = overlay.contents_of(new);
            let new = new.and_then(|new| layers.get(usize::from(new.layer))?.get(new.number as usize));
            let is_same = new.is_some_and(|new| new.digest().is_some() && new.digest() == file.digest());
            if is_same { Reason::AttributesOnly } else { Reason::Overwritten }
        }
        _ => Reason::Deleted,
    }
}

/// Bytes of headers before contents.
const HEADER: u64 = 512;

/// How many bytes of the stored layer each entry takes. Together they are as many as the last entry ends at.
///
/// It is recorded where an entry ends in the stored layer, to within a few ten thousand bytes: entries that end at the same place
/// share what lies before it by their size in the archive.
pub(super) fn stored_shares(layer: &FileList) -> Vec<u64> {
    let archive = |file: FileRef<'_>| file.stored_size().saturating_add(HEADER);
    let mut shares = Vec::with_capacity(layer.len());
    let (mut begin, mut first) = (0, 0);
    while let Some(end) = layer.get(first).map(FileRef::stored_end) {
        let last =
            (first..layer.len()).take_while(|at| layer.get(*at).is_some_and(|file| file.stored_end() == end)).count();
        let files = || (first..first + last).filter_map(|at| layer.get(at));
        let stored = u128::from(end.saturating_sub(begin));
        let total: u128 = files().map(|file| u128::from(archive(file))).sum();
        let (mut passed, mut given) = (0_u128, 0_u128);
        for file in files() {
            passed += u128::from(archive(file));
            let until = stored * passed / total.max(1);
            shares.push(u64::try_from(until - given).unwrap_or(u64::MAX));
            given = until;
        }
        begin = begin.max(end);
        first += last;
    }
    shares
}
