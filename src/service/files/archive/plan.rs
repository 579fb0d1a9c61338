//! What goes into an archive, in which order, and which stretches of layers it takes.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use tar::EntryType;

use super::header::header;
use crate::anatomy::files::{FileId, FileKind, FileRef, NodeId};
use crate::layers::LayerIndex;
use crate::service::files::merged::Merged;
use crate::service::files::opened::has_contents;

/// Stored bytes between two files that are fetched in vain rather than with one more request.
const GAP: u64 = 256 << 10;

/// Everything in a directory, to be packed.
pub(in crate::service::files) struct Plan {
    merged: Arc<Merged>,
    directory: NodeId,
    /// Where each file's contents stand in the archive, for other names of it.
    places: HashMap<FileId, NodeId>,
    pub(super) directories: Vec<NodeId>,
    /// Files without a byte.
    pub(super) empty: Vec<NodeId>,
    /// Files with contents, in the layers' order.
    contents: Vec<(FileId, NodeId)>,
    /// Stretches of layers with files of `contents`, each of one layer.
    pub(super) runs: Vec<Range<usize>>,
    /// Everything else: links, devices, pipes.
    pub(super) links: Vec<NodeId>,
    stored: u64,
}

/// A name in the directory that cannot be packed: it has no contents that could be sent as they are.
#[derive(Debug)]
pub(in crate::service::files) struct Unpackable(pub(in crate::service::files) NodeId);

/// A file with contents.
pub(super) struct Planned<'a> {
    pub(super) node: NodeId,
    pub(super) entry: Option<FileRef<'a>>,
}

impl Plan {
    /// Plans an archive of everything in a directory.
    pub(in crate::service::files) fn of(merged: Arc<Merged>, directory: NodeId) -> Result<Plan, Unpackable> {
        let mut plan = Plan {
            merged,
            directory,
            places: HashMap::new(),
            directories: Vec::new(),
            empty: Vec::new(),
            contents: Vec::new(),
            runs: Vec::new(),
            links: Vec::new(),
            stored: 0,
        };
        let mut left = vec![directory];
        while let Some(node) = left.pop() {
            plan.add(node)?;
            left.extend(plan.merged.overlay.children(node));
        }
        plan.contents.sort_unstable_by_key(|(id, _)| {
            let data_at = plan.merged.entry(*id).map_or(0, FileRef::data_at);
            (id.layer, data_at)
        });
        plan.run_up();
        Ok(plan)
    }

    fn add(&mut self, node: NodeId) -> Result<(), Unpackable> {
        let merged = &self.merged;
        if merged.overlay.is_directory(node) {
            self.directories.push(node);
            return Ok(());
        }
        let id = merged.overlay.contents(node).ok_or(Unpackable(node))?;
        let entry = merged.entry(id).ok_or(Unpackable(node))?;
        match entry.kind() {
            FileKind::Regular if !has_contents(entry) || merged.index(id).is_none() => return Err(Unpackable(node)),
            FileKind::Regular if self.places.contains_key(&id) => self.links.push(node),
            FileKind::Regular => {
                self.places.insert(id, node);
                if entry.size() == 0 { self.empty.push(node) } else { self.contents.push((id, node)) }
            }
            FileKind::Symlink | FileKind::CharacterDevice | FileKind::BlockDevice | FileKind::Fifo => {
                self.links.push(node);
            }
            FileKind::HardLink | FileKind::Directory | FileKind::Sparse | FileKind::Other(_) => {
                return Err(Unpackable(node));
            }
        }
        Ok(())
    }

    /// Divides the files into stretches.
    fn run_up(&mut self) {
        let mut begin = 0;
        let mut end: Option<(u16, u64, u64)> = None;
        for (place, (id, _)) in self.contents.iter().enumerate() {
            let Some((index, entry)) = self.merged.index(*id).zip(self.merged.entry(*id)) else { continue };
            let (from, to) = (index.stored_begin(entry), entry.stored_end());
            end = match end {
                Some((layer, first, last)) if layer == id.layer && from <= last.saturating_add(GAP) => {
                    Some((layer, first, to.max(last)))
                }
                before => {
                    if let Some((_, first, last)) = before {
                        self.runs.push(begin..place);
                        self.stored = self.stored.saturating_add(last.saturating_sub(first));
                    }
                    begin = place;
                    Some((id.layer, from, to))
                }
            };
        }
        if let Some((_, first, last)) = end {
            self.runs.push(begin..self.contents.len());
            self.stored = self.stored.saturating_add(last.saturating_sub(first));
        }
    }

    /// Bytes of stored layers that it takes.
    pub(in crate::service::files) fn stored(&self) -> u64 {
        self.stored
    }

    /// The layer that a stretch is of, and its place in the image.
    pub(super) fn layer(&self, run: &Range<usize>) -> Option<(&Arc<LayerIndex>, usize)> {
        let (id, _) = self.contents.get(run.start)?;
        Some((self.merged.index(*id)?, self.merged.position(*id)))
    }

    /// The files of a stretch.
    pub(super) fn files(&self, run: &Range<usize>) -> Vec<Planned<'_>> {
        let of = |(id, node): &(FileId, NodeId)| Planned { node: *node, entry: self.merged.entry(*id) };
        self.contents.get(run.clone()).unwrap_or_default().iter().map(of).collect()
    }

    /// The header of a name.
    pub(super) fn header(&self, node: NodeId) -> Vec<u8> {
        let overlay = &self.merged.overlay;
        let mut path = self.path(node);
        if overlay.is_directory(node) {
            path.push(b'/');
            let entry = overlay.file(node).and_then(|id| self.merged.entry(id));
            return header(&path, EntryType::Directory, entry, 0, b"");
        }
        let id = overlay.contents(node);
        let entry = id.and_then(|id| self.merged.entry(id));
        let first = id.and_then(|id| self.places.get(&id)).copied();
        match (first, entry.map(FileRef::kind)) {
            (Some(first), _) if first != node => header(&path, EntryType::Link, entry, 0, &self.path(first)),
            (Some(_), _) => header(&path, EntryType::Regular, entry, entry.map_or(0, FileRef::size), b""),
            (None, Some(FileKind::CharacterDevice)) => header(&path, EntryType::Char, entry, 0, b""),
            (None, Some(FileKind::BlockDevice)) => header(&path, EntryType::Block, entry, 0, b""),
            (None, Some(FileKind::Fifo)) => header(&path, EntryType::Fifo, entry, 0, b""),
            (None, _) => {
                header(&path, EntryType::Symlink, entry, 0, entry.map(FileRef::link_target).unwrap_or_default())
            }
        }
    }

    /// A name's path from the directory's own name on.
    fn path(&self, node: NodeId) -> Vec<u8> {
        let overlay = &self.merged.overlay;
        let root = self.merged.root();
        let above = if self.directory == root { root } else { overlay.parent(self.directory) };
        let mut names = Vec::new();
        let mut at = node;
        while at != above && at != NodeId::ROOT {
            names.push(overlay.name(at));
            at = overlay.parent(at);
        }
        names.reverse();
        if names.is_empty() { b".".to_vec() } else { names.join(&b'/') }
    }
}
