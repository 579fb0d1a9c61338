//! What is told of a layer: where runtimes come to different results.

use super::Application;
use crate::anatomy::files::overlay::Difference;
use crate::anatomy::files::tree::{FileId, NodeId};
use crate::anatomy::files::{FileKind, FileRef};

impl Application<'_> {
    /// An entry comes for a name that may have one of this layer already.
    pub(super) fn tell_twice(&mut self, before: NodeId, now: NodeId) {
        if self.is_own(before) {
            self.overlay.differ(now, Difference::TwiceInLayer);
        }
    }

    /// Tells of an attribute that makes a directory opaque elsewhere.
    pub(super) fn tell_attribute(&mut self, file: FileRef<'_>, node: NodeId) {
        if file.attributes().iter().any(|(name, _)| name == b"trusted.overlay.opaque") {
            self.overlay.differ(node, Difference::OpaqueAttribute);
        }
    }

    /// Tells of a directory that this layer deletes, too: overlay mounts lay it over the lower one all the same.
    pub(super) fn tell_recreated(&mut self, node: NodeId, parent: NodeId, name: &[u8]) {
        if !self.deleted.is_empty()
            && self.overlay.is_directory(node)
            && self.deleted.contains(&(parent, self.overlay.names.key(name).into_owned()))
        {
            self.overlay.differ(node, Difference::RecreatedDirectory);
        }
    }

    /// Tells of a directory that entries stand in by links of this layer, where it does not have it itself.
    pub(super) fn tell_linked(&mut self, directory: NodeId) {
        if self.linked.insert(directory) && !self.has_own(directory) {
            self.overlay.differ(directory, Difference::LinkOutOfLayer);
        }
    }

    /// Whether this layer has a directory itself, or something in it.
    fn has_own(&mut self, directory: NodeId) -> bool {
        if directory == NodeId::ROOT || self.is_own(directory) {
            return true;
        }
        let mut looked_at = 0;
        let has_own = self.overlay.tree.all_children(directory).any(|child| {
            looked_at += 1;
            self.overlay.tree.node(child).gone_by.is_none() && self.is_own(child)
        });
        self.overlay.limits.spend(looked_at);
        has_own
    }

    /// Tells of directories that this layer has no entry of, and whose attributes not every runtime takes from below.
    pub(super) fn tell_implied(&mut self) {
        for node in std::mem::take(&mut self.implied) {
            let Some(file) = self.overlay.file(node).filter(|file| file.layer != self.layer()) else { continue };
            let has_usual = self.lower(file).is_none_or(|file| {
                (file.mode(), file.user(), file.group()) == (0o755, 0, 0) && file.attributes().is_empty()
            });
            if !has_usual && self.overlay.tree.node(node).gone_by.is_none() {
                self.overlay.differ(node, Difference::ImpliedDirectory);
            }
        }
    }

    /// Tells of whiteouts whose directory has not come either.
    pub(super) fn tell_missing(&mut self) {
        for directory in std::mem::take(&mut self.missing) {
            if self.overlay.is_full() {
                return;
            }
            if let Err(above) = self.follow(directory) {
                self.overlay.differ(above, Difference::WhiteoutInNothing);
            }
        }
    }

    fn lower(&self, file: FileId) -> Option<FileRef<'_>> {
        self.layers.get(usize::from(file.layer))?.get(file.number as usize)
    }

    pub(super) fn kind(&self, node: NodeId) -> Option<FileKind> {
        Some(self.lower(self.overlay.file(node)?)?.kind())
    }
}
