//! A layer's own symbolic links, as far as it has been read: whiteouts stand in the directories that they lead to.

use std::collections::HashMap;

use super::limits::Limits;
use crate::anatomy::files::names::Names;
use crate::anatomy::files::path::split;
use crate::anatomy::files::tree::{NodeId, Tree};
use crate::anatomy::files::way::Way;
use crate::anatomy::files::{FileKind, FileRef};

/// Links and where they lead to.
#[derive(Debug)]
pub(super) struct OwnLinks<'a> {
    /// The links, and the directories that they stand in.
    tree: Tree,
    targets: HashMap<NodeId, &'a [u8]>,
}

impl<'a> OwnLinks<'a> {
    /// None yet.
    pub(super) fn new(names: Names) -> OwnLinks<'a> {
        OwnLinks { tree: Tree::new(0, names), targets: HashMap::new() }
    }

    /// Whether there are so many that no more are to be looked at.
    pub(super) fn is_full(&self, limits: &Limits) -> bool {
        self.tree.is_full(limits.names)
    }

    /// An entry comes that is no whiteout.
    pub(super) fn place(&mut self, file: FileRef<'a>, limits: &mut Limits) {
        let is_link = file.kind() == FileKind::Symlink;
        let (directory, name) = split(file.path());
        if name.is_empty() || file.marks().is_cut || (self.targets.is_empty() && !is_link) {
            return;
        }
        let Some(directory) = self.resolve(directory, limits) else { return };
        let parent = directory.iter().try_fold(NodeId::ROOT, |at, name| self.tree.child(at, name));
        let before = parent.and_then(|parent| self.tree.child(parent, name));
        // A directory is no other one for having an entry.
        let replaced = before.filter(|before| file.kind() != FileKind::Directory || self.targets.contains_key(before));
        if let Some(replaced) = replaced {
            let targets = &mut self.targets;
            self.tree.remove(replaced, 0, |node, _| {
                targets.remove(&node);
            });
        }
        if is_link {
            let parent = directory.iter().fold(NodeId::ROOT, |at, name| self.tree.add(at, name, true));
            let link = self.tree.add(parent, name, false);
            self.targets.insert(link, file.link_target());
        }
    }

    /// The names of a directory's path with every link followed. None where they lead in a circle, or too far.
    pub(super) fn resolve(&self, directory: &'a [u8], limits: &mut Limits) -> Option<Vec<&'a [u8]>> {
        let mut way = Way::new(Some(NodeId::ROOT), directory);
        while let Some(name) = way.next() {
            limits.spend(1);
            let child = way.at().and_then(|at| self.tree.child(at, name));
            match child.and_then(|child| self.targets.get(&child).copied()) {
                Some(target) => way.follow(target).ok()?,
                None => way.go_to(name, child),
            }
        }
        Some(way.names().collect())
    }
}
