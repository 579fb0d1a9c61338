//! One layer laid over what the ones below it have become.

mod directories;
mod notices;
mod whiteouts;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Cause, Difference, Loss, Overlay};
use crate::anatomy::files::path::split;
use crate::anatomy::files::tree::{FileId, NodeId};
use crate::anatomy::files::whiteout::{Whiteout, is_in_leftover};
use crate::anatomy::files::{FileKind, FileList, FilePath, FileRef, LONGEST_PATH};
use directories::Directory;

/// One layer on its way over those below it.
pub(super) struct Application<'a> {
    overlay: &'a mut Overlay,
    layers: &'a [&'a FileList],
    own: &'a FileList,
    /// The directory of the entry before, by its path: the next entry mostly stands in the same one.
    last: Option<(&'a [u8], Directory)>,
    /// Directories that this layer's whiteouts have named.
    deleted: HashSet<(NodeId, Vec<u8>)>,
    /// Directories that this layer has an opaque marker in.
    opaque: HashSet<NodeId>,
    /// Directories of lower layers that something of this layer stands in.
    implied: BTreeSet<NodeId>,
    /// Directories that entries of this layer stand in by its own links.
    linked: HashSet<NodeId>,
    /// Paths of directories that are nowhere and that whiteouts stand in.
    missing: BTreeSet<&'a [u8]>,
    /// Files in what a storage driver has left behind, which have no name in the image: only hard links lead to them.
    leftovers: HashMap<&'a [u8], FileId>,
}

impl<'a> Application<'a> {
    /// Lays one of the layers over what the ones below it have become.
    pub(super) fn new(overlay: &'a mut Overlay, layers: &'a [&'a FileList], own: &'a FileList) -> Application<'a> {
        Application {
            overlay,
            layers,
            own,
            last: None,
            deleted: HashSet::new(),
            opaque: HashSet::new(),
            implied: BTreeSet::new(),
            linked: HashSet::new(),
            missing: BTreeSet::new(),
            leftovers: HashMap::new(),
        }
    }

    pub(super) fn run(&mut self) {
        self.delete();
        for file in self.own.iter() {
            if is_in_leftover(file.path()) {
                if file.kind() == FileKind::Regular && !file.marks().is_cut {
                    let id = self.id(file);
                    self.leftovers.insert(file.path(), id);
                }
                continue;
            }
            let (directory, name) = split(file.path());
            match Whiteout::of(name) {
                None if whiteouts::is_device(file) => {}
                None => self.place(file, directory, name),
                Some(Whiteout::Name(target)) => self.late_whiteout(directory, target),
                Some(_) => {}
            }
        }
        self.tell_implied();
        self.tell_missing();
    }

    fn layer(&self) -> u16 {
        self.overlay.layers
    }

    fn id(&self, file: FileRef<'_>) -> FileId {
        FileId { layer: self.layer(), number: u32::try_from(file.number()).unwrap_or(u32::MAX) }
    }

    fn place(&mut self, file: FileRef<'a>, directory: &'a [u8], name: &[u8]) {
        // No container can have a name that is cut.
        if file.marks().is_cut || self.overlay.is_full() {
            return;
        }
        let id = self.id(file);
        let is_directory = file.kind() == FileKind::Directory;
        if name.is_empty() {
            // Whatever an archive says, the root is a directory.
            if is_directory {
                self.tell_twice(NodeId::ROOT, NodeId::ROOT);
                self.overlay.tree.node_mut(NodeId::ROOT).file = Some(id);
            }
            return;
        }
        // Bound to what bears the name now, and never to what comes to bear it later.
        let bound = (file.kind() == FileKind::HardLink).then(|| self.link_target(file));
        let parent = match self.directory(directory) {
            Ok(parent) if parent.length + name.len() <= LONGEST_PATH => parent.node,
            Ok(Directory { node, .. }) | Err(node) => {
                self.overlay.differ(node, Difference::TooLong);
                return;
            }
        };
        let node = match self.overlay.tree.find_or_add(parent, name, is_directory) {
            Ok(made) => made,
            Err(node) if is_directory && self.overlay.is_directory(node) => {
                self.tell_twice(node, node);
                self.replace_attributes(node, id);
                node
            }
            Err(node) => {
                self.overlay.take(node, self.layer(), Cause::Replaced, Some(id));
                let made = self.overlay.tree.add(parent, name, is_directory);
                self.tell_twice(node, made);
                made
            }
        };
        self.overlay.tree.node_mut(node).file = Some(id);
        if let Some(Bound { contents, difference }) = bound {
            self.overlay.bound.insert(id, contents);
            if let Some(difference) = difference {
                self.overlay.differ(node, difference);
            }
        }
        self.tell_attribute(file, node);
        self.tell_recreated(node, parent, name);
    }

    /// Whether the entry of a name is one of this layer's.
    fn is_own(&self, node: NodeId) -> bool {
        self.overlay.file(node).is_some_and(|file| file.layer == self.layer())
    }

    /// A directory's new entry takes the place of the one before.
    fn replace_attributes(&mut self, node: NodeId, id: FileId) {
        if let Some(file) = self.overlay.file(node) {
            let (by, cause, replaced_by) = (id.layer, Cause::Replaced, Some(id));
            self.overlay.losses.push(Loss { node, file, by, cause, replaced_by });
        }
    }

    /// What a hard link is another name of.
    fn link_target(&mut self, file: FileRef<'_>) -> Bound {
        let (path, _) = FilePath::clean(file.link_target());
        let nothing = Bound { contents: None, difference: Some(Difference::LinkToNothing) };
        if is_in_leftover(path.as_bytes()) {
            let contents = self.leftovers.get(path.as_bytes()).copied();
            return contents.map_or(nothing, |file| Bound { contents: Some(file), difference: None });
        }
        let (directory, name) = split(path.as_bytes());
        let directory = self.follow(directory).ok();
        let target = directory.and_then(|directory| self.overlay.tree.child(directory, name));
        let named = target.filter(|node| !self.overlay.is_directory(*node)).and_then(|node| self.overlay.file(node));
        let Some((named, contents)) = named.and_then(|named| Some((named, self.overlay.contents_of(named)?))) else {
            return nothing;
        };
        let difference = (named.layer != self.layer()).then_some(Difference::LinkBelow);
        Bound { contents: Some(contents), difference }
    }
}

/// What a hard link was bound to.
struct Bound {
    /// The entry with its contents.
    contents: Option<FileId>,
    /// Whether runtimes differ about it.
    difference: Option<Difference>,
}
