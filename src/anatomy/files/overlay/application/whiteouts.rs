//! What a layer's whiteouts take away.

use super::Application;
use crate::anatomy::files::overlay::own_links::OwnLinks;
use crate::anatomy::files::overlay::{Cause, Difference};
use crate::anatomy::files::path::split;
use crate::anatomy::files::tree::NodeId;
use crate::anatomy::files::whiteout::{Whiteout, is_in_leftover};
use crate::anatomy::files::{FileKind, FileRef};

impl Application<'_> {
    /// Whiteouts act on lower layers only, wherever they stand in their own: they are obeyed first.
    pub(super) fn delete(&mut self) {
        // Most layers have none. What comes after the last one does not matter to it.
        let Some(last) = self.own.iter().rposition(is_whiteout) else { return };
        let mut links = OwnLinks::new(self.overlay.names);
        for file in self.own.iter().take(last + 1).filter(|file| !is_in_leftover(file.path())) {
            self.overlay.is_cut |= links.is_full(&self.overlay.limits);
            if self.overlay.is_full() {
                return;
            }
            if !is_whiteout(file) {
                links.place(file, &mut self.overlay.limits);
                continue;
            }
            let (directory, name) = split(file.path());
            let Some(lower) = links.resolve(directory, &mut self.overlay.limits) else { continue };
            let lower = lower.into_iter().try_fold(NodeId::ROOT, |at, name| self.overlay.tree.child(at, name));
            let Some(parent) = lower else {
                self.missing.insert(directory);
                continue;
            };
            self.imply(parent);
            match Whiteout::of(name) {
                Some(Whiteout::Opaque) => self.delete_all(parent),
                Some(Whiteout::Malformed) => self.overlay.differ(parent, Difference::MalformedWhiteout),
                Some(Whiteout::Leftover) => {}
                Some(Whiteout::Name(target)) => self.delete_name(parent, target),
                None => {
                    self.overlay.differ(parent, Difference::DeviceWhiteout);
                    self.delete_name(parent, name);
                }
            }
        }
    }

    /// Something of this layer stands in a directory of lower ones, be it a whiteout.
    fn imply(&mut self, directory: NodeId) {
        let mut at = directory;
        // What is above one that is known is known, too.
        while at != NodeId::ROOT && self.implied.insert(at) {
            at = self.overlay.tree.node(at).parent;
        }
    }

    fn delete_name(&mut self, parent: NodeId, name: &[u8]) {
        if let Some(node) = self.overlay.tree.child(parent, name) {
            if self.overlay.is_directory(node) {
                self.deleted.insert((parent, self.overlay.names.key(name).into_owned()));
            }
            self.overlay.take(node, self.layer(), Cause::Deleted, None);
        }
    }

    fn delete_all(&mut self, directory: NodeId) {
        // However often a layer says it, the names that are gone already are looked through once.
        if !self.opaque.insert(directory) {
            return;
        }
        let all: Vec<NodeId> = self.overlay.tree.all_children(directory).collect();
        self.overlay.limits.spend(all.len());
        for child in all {
            if self.overlay.tree.node(child).gone_by.is_none() {
                self.overlay.take(child, self.layer(), Cause::Deleted, None);
            }
        }
    }

    /// A whiteout was obeyed already. Runtimes differ where its name is a new entry's, too.
    pub(super) fn late_whiteout(&mut self, directory: &[u8], target: &[u8]) {
        if self.overlay.is_full() {
            return;
        }
        let parent = self.follow(directory).ok();
        let node = parent.and_then(|parent| self.overlay.tree.child(parent, target));
        if let Some(node) = node.filter(|node| self.is_own(*node)) {
            self.overlay.differ(node, Difference::LateWhiteout);
        }
    }
}

/// A character device 0:0, which overlay mounts take for a whiteout.
pub(super) fn is_device(file: FileRef<'_>) -> bool {
    file.kind() == FileKind::CharacterDevice && file.device() == Some((0, 0))
}

fn is_whiteout(file: FileRef<'_>) -> bool {
    Whiteout::of(split(file.path()).1).is_some() || is_device(file)
}
