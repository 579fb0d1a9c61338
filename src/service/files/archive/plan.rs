//! What goes into an archive, in which order, and which stretches of layers it takes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use tar::EntryType;

use super::header::header;
use crate::anatomy::files::{FileId, FileKind, FileRef, NodeId, readable};
use crate::anatomy::text::visible_line;
use crate::layers::LayerIndex;
use crate::service::files::merged::Merged;
use crate::service::files::opened::has_contents;

/// Stored bytes between two files that are fetched in vain rather than with one more request.
const GAP: u64 = 256 << 10;

/// The list of what is left out, as a file of the archive.
const LEFT_OUT: &[u8] = b"STRATA-LEFT-OUT.txt";
/// Most names of it.
const LISTED: usize = 1_000;

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
    /// Names that have no contents which could be sent as they are, and why.
    left_out: Vec<(NodeId, &'static str)>,
    stored: u64,
}

/// A file with contents.
pub(super) struct Planned<'a> {
    pub(super) node: NodeId,
    pub(super) entry: Option<FileRef<'a>>,
}

impl Plan {
    /// Plans an archive of everything in a directory.
    pub(in crate::service::files) fn of(merged: Arc<Merged>, directory: NodeId) -> Plan {
        let mut plan = Plan {
            merged,
            directory,
            places: HashMap::new(),
            directories: Vec::new(),
            empty: Vec::new(),
            contents: Vec::new(),
            runs: Vec::new(),
            links: Vec::new(),
            left_out: Vec::new(),
            stored: 0,
        };
        let mut left = vec![directory];
        while let Some(node) = left.pop() {
            plan.add(node);
            left.extend(plan.merged.overlay.children(node));
        }
        plan.contents.sort_unstable_by_key(|(id, _)| {
            let data_at = plan.merged.entry(*id).map_or(0, FileRef::data_at);
            (id.layer, data_at)
        });
        plan.run_up();
        plan
    }

    fn add(&mut self, node: NodeId) {
        let merged = &self.merged;
        if merged.overlay.is_directory(node) {
            self.directories.push(node);
            return;
        }
        let entry = merged.overlay.contents(node).and_then(|id| Some((id, merged.entry(id)?)));
        let Some((id, entry)) = entry else {
            self.left_out.push((node, "it is a hard link to a file that is not there"));
            return;
        };
        match entry.kind() {
            FileKind::Regular if !has_contents(entry) || merged.index(id).is_none() => {
                self.left_out.push((node, "the layer ends, or was read no further, before its contents do"));
            }
            FileKind::Regular if self.places.contains_key(&id) => self.links.push(node),
            FileKind::Regular => {
                self.places.insert(id, node);
                if entry.size() == 0 { self.empty.push(node) } else { self.contents.push((id, node)) }
            }
            FileKind::Symlink | FileKind::CharacterDevice | FileKind::BlockDevice | FileKind::Fifo => {
                self.links.push(node);
            }
            FileKind::Sparse => {
                self.left_out.push((node, "it has holes, so that what is stored is not what a program reads"));
            }
            FileKind::HardLink | FileKind::Directory | FileKind::Other(_) => {
                self.left_out.push((node, "it is of a type that layers do not use"));
            }
        }
    }

    /// Whether there is something in the directory, and nothing of it can be sent.
    pub(in crate::service::files) fn is_vain(&self) -> bool {
        let is_empty = self.contents.is_empty() && self.empty.is_empty() && self.links.is_empty();
        is_empty && !self.left_out.is_empty()
    }

    /// The list of what is left out: its header and its text. Nothing where nothing is.
    pub(super) fn report(&self) -> Option<(Vec<u8>, String)> {
        if self.left_out.is_empty() {
            return None;
        }
        let mut text =
            "These are left out of this archive, since they have no contents that could be sent as they are.\n\n"
                .to_owned();
        for (node, why) in self.left_out.iter().take(LISTED) {
            let path = readable(&self.path(*node));
            // Writing to a text does not fail.
            let _ = writeln!(text, "{}: {why}", visible_line(&path));
        }
        if let Some(more @ 1..) = self.left_out.len().checked_sub(LISTED) {
            let _ = writeln!(text, "and {more} more");
        }
        // Whoever made the image may have given this very name to something.
        let mut name = LEFT_OUT.to_vec();
        while self.merged.overlay.child(self.above(), &name).is_some() {
            name.insert(0, b'_');
        }
        Some((header(&name, EntryType::Regular, None, text.len() as u64, b""), text))
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

    /// The directory that the archive's paths begin in.
    fn above(&self) -> NodeId {
        let root = self.merged.root();
        if self.directory == root { root } else { self.merged.overlay.parent(self.directory) }
    }

    /// A name's path from the directory's own name on.
    fn path(&self, node: NodeId) -> Vec<u8> {
        let overlay = &self.merged.overlay;
        let above = self.above();
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
