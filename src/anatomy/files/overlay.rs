//! Layers laid over each other: what a container sees (image-spec, layer.md, "Applying Changesets").
//!
//! A layer stands alone first, its own symbolic links followed, as runtimes unpack it; then it is laid over those below by literal
//! path, as the kernel does. Where runtimes come to other results than the specification, or than each other, the entry is told
//! of as a [`Difference`].

mod application;
mod limits;
mod own_links;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::FileList;
use super::names::Names;
use super::tree::{FileId, NodeId, Tree};
use application::Application;
pub(super) use limits::Limits;

/// Most places that are told of for each kind of difference.
const TOLD: usize = 1_000;

/// What a stack of layers becomes.
#[derive(Debug)]
pub struct Overlay {
    pub(super) tree: Tree,
    /// Entries that have lost their name, in the order in which they have lost it.
    losses: Vec<Loss>,
    /// The entries that hard links are bound to, by the links' own entries.
    bound: HashMap<FileId, Option<FileId>>,
    differences: Vec<(NodeId, Difference)>,
    /// How many there are of each kind, told or not.
    counts: BTreeMap<Difference, usize>,
    /// What is left of them.
    limits: Limits,
    is_cut: bool,
    layers: u16,
    names: Names,
}

/// An entry that has lost its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// Where it was.
    pub node: NodeId,
    /// The entry.
    pub file: FileId,
    /// The layer that took it.
    pub by: u16,
    /// How.
    pub cause: Cause,
    /// What stands under its own name instead. None where the name of a directory above it was taken, or nothing has come.
    pub replaced_by: Option<FileId>,
}

/// How an entry has lost its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Another entry stands under its name, or under that of a directory above it.
    Replaced,
    /// A whiteout named it, or a directory above it.
    Deleted,
}

/// Where runtimes come to different results, measured with overlay mounts and sequential unpackers. What is shown is said with each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Difference {
    /// A directory is deleted and made anew in one layer. Shown: without what lower layers have in it. Overlay mounts show it again.
    RecreatedDirectory,
    /// A whiteout follows a new entry of the same name. Shown: the new entry. Some runtimes refuse the image.
    LateWhiteout,
    /// A hard link's target is in a lower layer only. Shown: linked to it. Some runtimes refuse the image.
    LinkBelow,
    /// A hard link's target is nowhere. Shown: without contents. Runtimes refuse the image.
    LinkToNothing,
    /// A directory has no entry of its own in a layer, and a lower one has it with other attributes than the usual ones. Shown:
    /// the lower ones. Some overlay mounts show the usual ones.
    ImpliedDirectory,
    /// A character device with the numbers 0 and 0. Shown: as the whiteout that overlay mounts take it for.
    DeviceWhiteout,
    /// An attribute that overlay mounts take for an opaque directory. Shown: not obeyed.
    OpaqueAttribute,
    /// A directory of the path is a symbolic link in a lower layer. Shown: by literal path, the link replaced. Sequential
    /// unpackers follow it.
    LowerSymlink,
    /// A whiteout without a name. Shown: not at all. Runtimes refuse the image.
    MalformedWhiteout,
    /// A whiteout in a directory that is nowhere. Shown: nothing. Overlay mounts show that directory, empty.
    WhiteoutInNothing,
    /// A layer has a path twice. Shown: the last one. Some runtimes refuse the image.
    TwiceInLayer,
    /// A layer has an entry behind a symbolic link of its own to a directory that it does not have itself. Shown: where the link
    /// leads to. Some runtimes refuse the image.
    LinkOutOfLayer,
    /// A layer has an entry behind symbolic links of its own that lead to a path longer than
    /// [`LONGEST_PATH`](super::LONGEST_PATH). Shown: not at all. Some runtimes refuse the image.
    TooLong,
}

impl Overlay {
    /// Lays layers over each other, the first one at the bottom.
    pub fn of(layers: &[&FileList]) -> Overlay {
        Overlay::with(layers, Names::Exact)
    }

    /// The same of an image for Windows.
    pub fn of_windows(layers: &[&FileList]) -> Overlay {
        Overlay::with(layers, Names::WithoutCase)
    }

    fn with(layers: &[&FileList], names: Names) -> Overlay {
        Overlay::within(layers, names, Limits::default())
    }

    /// The same, of about as much as limits allow.
    pub(super) fn within(layers: &[&FileList], names: Names, limits: Limits) -> Overlay {
        // Whiteouts and entries that replace others need none, directories without an entry of their own some: with too little room
        // all names would be copied once more.
        let entries: usize = layers.iter().map(|layer| layer.len()).sum();
        let room = entries + entries / 32;
        let mut overlay = Overlay {
            tree: Tree::new(room.min(limits.names), names),
            losses: Vec::new(),
            bound: HashMap::new(),
            differences: Vec::new(),
            counts: BTreeMap::new(),
            limits,
            is_cut: false,
            layers: 0,
            names,
        };
        for own in layers {
            Application::new(&mut overlay, layers, own).run();
            overlay.layers += 1;
        }
        overlay
    }

    /// The directory of a layer for Windows that a container takes for its root; beside it is what belongs to the system.
    pub const WINDOWS_ROOT: &[u8] = b"Files";

    /// What a container takes for its root: in an image for Windows [`Overlay::WINDOWS_ROOT`].
    pub fn root(&self) -> NodeId {
        match self.names {
            Names::Exact => NodeId::ROOT,
            Names::WithoutCase => self.tree.child(NodeId::ROOT, Overlay::WINDOWS_ROOT).unwrap_or(NodeId::ROOT),
        }
    }

    /// What stands under a path that is not gone, no link followed.
    pub fn find(&self, path: &[u8]) -> Option<NodeId> {
        let mut components = path.split(|byte| *byte == b'/').filter(|name| !name.is_empty());
        components.try_fold(NodeId::ROOT, |parent, name| self.tree.child(parent, name))
    }

    /// What stands under a name in a directory and is not gone.
    pub fn child(&self, directory: NodeId, name: &[u8]) -> Option<NodeId> {
        self.tree.child(directory, name)
    }

    /// The entry that a name stands for. None for a directory without an entry of its own.
    pub fn file(&self, node: NodeId) -> Option<FileId> {
        self.tree.node(node).file
    }

    /// The entry that has a name's contents: another one for a hard link, none for a hard link to nothing.
    pub fn contents(&self, node: NodeId) -> Option<FileId> {
        self.contents_of(self.file(node)?)
    }

    /// The same of an entry.
    pub fn contents_of(&self, file: FileId) -> Option<FileId> {
        self.bound.get(&file).map_or(Some(file), |bound| *bound)
    }

    /// Whether it is a directory.
    pub fn is_directory(&self, node: NodeId) -> bool {
        self.tree.node(node).is_directory
    }

    /// A name by itself.
    pub fn name(&self, node: NodeId) -> &[u8] {
        self.tree.name(node)
    }

    /// The whole path.
    pub fn path(&self, node: NodeId) -> Vec<u8> {
        let (_, nodes) = self.way(NodeId::ROOT, node);
        let names: Vec<&[u8]> = nodes.into_iter().map(|node| self.tree.name(node)).collect();
        names.join(&b'/')
    }

    /// The names that lead to a name, itself included, and what they begin at: a directory above it, or else the root.
    pub(super) fn way(&self, directory: NodeId, node: NodeId) -> (NodeId, Vec<NodeId>) {
        let mut nodes = Vec::new();
        let mut at = node;
        while at != directory && at != NodeId::ROOT {
            nodes.push(at);
            at = self.tree.node(at).parent;
        }
        nodes.reverse();
        (at, nodes)
    }

    /// All that ever stood under a path, no link followed: a directory can have been made and taken away several times,
    /// each time with other names in it.
    pub fn ever_under(&self, path: &[u8]) -> HashSet<NodeId> {
        let mut nodes = HashSet::from([NodeId::ROOT]);
        for name in path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
            let key = self.names.key(name);
            let below = nodes.iter().flat_map(|directory| self.tree.all_children(*directory));
            nodes = below.filter(|child| self.names.key(self.tree.name(*child)) == key).collect();
        }
        nodes
    }

    /// The names in a directory, in no order.
    pub fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        self.tree.children(node)
    }

    /// The names in a directory that some layer has taken and nothing stands under any more, each once.
    pub fn gone(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        // The newest one stands first.
        let mut told: HashSet<&[u8]> = HashSet::new();
        self.tree.all_children(node).filter(move |child| {
            let name = self.tree.name(*child);
            self.tree.node(*child).gone_by.is_some() && self.tree.child(node, name).is_none() && told.insert(name)
        })
    }

    /// The names that were ever in a directory, in no order.
    pub fn all_children(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        self.tree.all_children(node)
    }

    /// The layer that has taken a name.
    pub fn gone_by(&self, node: NodeId) -> Option<u16> {
        self.tree.node(node).gone_by
    }

    /// The directory that a name stands in; of the root itself.
    pub fn parent(&self, node: NodeId) -> NodeId {
        self.tree.node(node).parent
    }

    /// Every name that is not gone, the root first.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.tree.ids().filter(|id| self.tree.node(*id).gone_by.is_none())
    }

    /// Entries that have lost their name, in the order in which they have lost it.
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// Where runtimes come to different results, at most 1,000 of each kind.
    pub fn differences(&self) -> &[(NodeId, Difference)] {
        &self.differences
    }

    /// How many places there are of each kind, told of or not.
    pub fn difference_counts(&self) -> &BTreeMap<Difference, usize> {
        &self.counts
    }

    /// Whether so many names, or so long ways to them, were come upon that what comes after them was left out.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Bytes of memory that it takes, about.
    pub fn weight(&self) -> usize {
        let bound = self.bound.capacity() * (size_of::<(FileId, Option<FileId>)>() + 1);
        self.tree.weight() + self.losses.capacity() * size_of::<Loss>() + bound
    }

    /// Whether what comes now must be left out. It is told from then on.
    fn is_full(&mut self) -> bool {
        self.is_cut |= self.limits.steps == 0 || self.tree.is_full(self.limits.names);
        self.is_cut
    }

    fn differ(&mut self, node: NodeId, difference: Difference) {
        let count = self.counts.entry(difference).or_default();
        *count += 1;
        if *count <= TOLD {
            self.differences.push((node, difference));
        }
    }

    /// Takes a name away with everything below it.
    fn take(&mut self, node: NodeId, by: u16, cause: Cause, replaced_by: Option<FileId>) {
        let losses = &mut self.losses;
        self.tree.remove(node, by, |gone, node_of| {
            let replaced_by = replaced_by.filter(|_| gone == node);
            losses.extend(node_of.file.map(|file| Loss { node: gone, file, by, cause, replaced_by }));
        });
    }
}
