//! The directories that a layer's entries stand in, its own symbolic links followed.

use super::Application;
use crate::anatomy::files::FileKind;
use crate::anatomy::files::overlay::{Cause, Difference};
use crate::anatomy::files::tree::NodeId;
use crate::anatomy::files::way::{DeadEnd, Way};

/// A directory that an entry stands in.
#[derive(Clone, Copy)]
pub(super) struct Directory {
    pub(super) node: NodeId,
    /// Bytes of its path's names, with a slash after each.
    pub(super) length: usize,
}

impl<'a> Application<'a> {
    /// The directory in which an entry of this layer stands, made where it is missing.
    ///
    /// # Errors
    ///
    /// Where the way to it ends, as the path that links make of it is too long.
    pub(super) fn directory(&mut self, path: &'a [u8]) -> Result<Directory, NodeId> {
        if let Some((last, directory)) = self.last
            && last == path
            // It may have been replaced meanwhile.
            && self.overlay.tree.node(directory.node).gone_by.is_none()
        {
            return Ok(directory);
        }
        let directory = self.walk(path)?;
        self.last = Some((path, directory));
        Ok(directory)
    }

    fn walk(&mut self, path: &[u8]) -> Result<Directory, NodeId> {
        let mut way = Way::new(NodeId::ROOT, path);
        while let Some(name) = way.next() {
            self.overlay.limits.spend(1);
            let at = way.at();
            let node = match self.overlay.tree.find_or_add(at, name, true) {
                Ok(made) => made,
                Err(node) if self.overlay.is_directory(node) => {
                    if self.overlay.file(node).is_some_and(|file| file.layer != self.layer()) {
                        self.implied.insert(node);
                    }
                    node
                }
                Err(node) => match self.own_symlink(node).map(|target| way.follow(target)) {
                    Some(Ok(())) => continue,
                    Some(Err(DeadEnd::TooLong)) => return Err(at),
                    Some(Err(DeadEnd::Circle)) | None => self.replace_by_directory(at, node, name),
                },
            };
            way.go_to(name, node);
        }
        let directory = Directory { node: way.at(), length: way.length() };
        if way.has_links() {
            self.tell_linked(directory.node);
        }
        Ok(directory)
    }

    /// The directory that a path leads to, links of this very layer followed.
    ///
    /// # Errors
    ///
    /// Where the way to it ends.
    pub(super) fn follow(&mut self, path: &[u8]) -> Result<NodeId, NodeId> {
        let mut way = Way::new(NodeId::ROOT, path);
        while let Some(name) = way.next() {
            self.overlay.limits.spend(1);
            let at = way.at();
            let child = self.overlay.tree.child(at, name).ok_or(at)?;
            match self.own_symlink(child) {
                Some(target) => way.follow(target).map_err(|_| at)?,
                None => way.go_to(name, child),
            }
        }
        Ok(way.at())
    }

    /// Where a symbolic link of this very layer points to.
    fn own_symlink(&self, node: NodeId) -> Option<&'a [u8]> {
        let file = self.overlay.file(node).filter(|file| file.layer == self.layer())?;
        let file = self.own.get(file.number as usize)?;
        (file.kind() == FileKind::Symlink).then(|| file.link_target())
    }

    /// Something that is no directory stands where one is needed.
    fn replace_by_directory(&mut self, parent: NodeId, node: NodeId, name: &[u8]) -> NodeId {
        let is_symlink = self.kind(node) == Some(FileKind::Symlink);
        self.overlay.take(node, self.layer(), Cause::Replaced, None);
        let directory = self.overlay.tree.add(parent, name, true);
        if is_symlink {
            self.overlay.differ(directory, Difference::LowerSymlink);
        }
        directory
    }
}
