//! What each layer has done to one path.

use super::changes::{Change, compare};
use super::{FileId, FileList, Overlay};

/// What one layer has done to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// The layer, counted from zero at the bottom.
    pub layer: u16,
    /// What it has done.
    pub change: Change,
    /// Its entry for the path; none where it has only taken away what stood there.
    pub file: Option<FileId>,
}

/// What the layers have done to a path, from the bottom. `layers` are those that were laid over each other; the path is
/// one of the tree that they have become, and what stands under it by a link of the tree is not looked at. Where a layer
/// has named it by links of its own, that counts like any other name.
pub fn history(overlay: &Overlay, layers: &[&FileList], path: &[u8]) -> Vec<Version> {
    let entry = |id: FileId| layers.get(usize::from(id.layer))?.get(id.number as usize);
    let nodes = overlay.ever_under(path);
    let lost = overlay.losses().iter().filter(|loss| nodes.contains(&loss.node));
    let there = nodes.iter().filter(|node| overlay.gone_by(**node).is_none());
    // Each entry that stood there, and the layer that has taken it.
    let mut stood: Vec<(FileId, Option<u16>)> = lost.map(|loss| (loss.file, Some(loss.by))).collect();
    stood.extend(there.filter_map(|node| Some((overlay.file(*node)?, None))));
    // What a layer takes of its own was never seen. Of the others each layer has one at most.
    stood.retain(|(file, taken_by)| *taken_by != Some(file.layer));
    stood.sort_unstable();

    let mut versions = Vec::new();
    let mut before: Option<FileId> = None;
    for (at, (file, taken_by)) in stood.iter().enumerate() {
        let change = before.map_or(Change::Added, |before| compare(overlay, entry, before, *file));
        versions.push(Version { layer: file.layer, change, file: Some(*file) });
        let next = stood.get(at + 1).map(|(next, _)| next.layer);
        let is_replaced = next.is_some() && next == *taken_by;
        before = is_replaced.then_some(*file);
        if let Some(layer) = taken_by.filter(|_| !is_replaced) {
            versions.push(Version { layer, change: Change::Deleted, file: None });
        }
    }
    versions
}
