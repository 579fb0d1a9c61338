//! One layer laid over what the ones below it have become.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::own_links::{LINKS, OwnLinks};
use super::{Cause, Difference, Loss, Overlay};
use crate::anatomy::files::tree::{FileId, NodeId, Tree};
use crate::anatomy::files::whiteout::{Whiteout, is_in_leftover};
use crate::anatomy::files::{FileKind, FileList, FilePath, FileRef};

/// One layer on its way over those below it.
pub(super) struct Application<'a> {
    overlay: &'a mut Overlay,
    layers: &'a [&'a FileList],
    own: &'a FileList,
    last: Last,
    links: OwnLinks,
    /// Directories that this layer's whiteouts have named.
    deleted: HashSet<(NodeId, Vec<u8>)>,
    /// Directories of lower layers that something of this layer stands in.
    implied: BTreeSet<NodeId>,
    /// Directories that are nowhere and that whiteouts stand in.
    missing: BTreeSet<Vec<u8>>,
    /// Files in what a storage driver has left behind, which have no name in the image: only hard links lead to them.
    leftovers: HashMap<&'a [u8], FileId>,
}

/// The directory of the entry before: the next entry mostly stands in the same one.
#[derive(Default)]
struct Last {
    path: Vec<u8>,
    node: Option<NodeId>,
}

impl<'a> Application<'a> {
    /// Lays one of the layers over what the ones below it have become.
    pub(super) fn new(overlay: &'a mut Overlay, layers: &'a [&'a FileList], own: &'a FileList) -> Application<'a> {
        let (last, links) = (Last::default(), OwnLinks::default());
        let (deleted, implied, missing) = (HashSet::new(), BTreeSet::new(), BTreeSet::new());
        let leftovers = HashMap::new();
        Application { overlay, layers, own, last, links, deleted, implied, missing, leftovers }
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
                None if is_device_whiteout(file) => {}
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

    /// Whiteouts act on lower layers only, wherever they stand in their own: they are obeyed first.
    fn delete(&mut self) {
        for file in self.own.iter().filter(|file| !is_in_leftover(file.path())) {
            let (directory, name) = split(file.path());
            let is_device = is_device_whiteout(file);
            let whiteout = Whiteout::of(name);
            if whiteout.is_none() && !is_device {
                match file.kind() {
                    FileKind::Symlink => self.links.add(file.path(), file.link_target()),
                    _ => self.links.replace(file.path()),
                }
                continue;
            }
            let directory = self.links.resolve(directory);
            let Some(directory) = directory else { continue };
            let Some(parent) = self.overlay.find(&directory) else {
                self.missing.insert(directory);
                continue;
            };
            self.imply(parent);
            match whiteout {
                Some(Whiteout::Opaque) => {
                    let children: Vec<_> = self.overlay.tree.children(parent).collect();
                    for child in children {
                        self.overlay.take(child, self.layer(), Cause::Deleted, None);
                    }
                }
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

    /// A whiteout was obeyed already. Runtimes differ where its name is a new entry's, too.
    fn late_whiteout(&mut self, directory: &[u8], target: &[u8]) {
        let directory = self.links.resolve(directory);
        let parent = directory.and_then(|directory| self.overlay.find(&directory));
        let node = parent.and_then(|parent| self.overlay.tree.child(parent, target));
        if let Some(node) = node
            && self.overlay.file(node).is_some_and(|file| file.layer == self.layer())
        {
            self.overlay.differ(node, Difference::LateWhiteout);
        }
    }

    fn place(&mut self, file: FileRef<'_>, directory: &[u8], name: &[u8]) {
        if file.marks().is_cut {
            // No container can have such a name.
            return;
        }
        if self.overlay.tree.len() >= self.overlay.most_names {
            self.overlay.is_cut = true;
            return;
        }
        let id = self.id(file);
        let is_directory = file.kind() == FileKind::Directory;
        if name.is_empty() {
            self.tell_twice(NodeId::ROOT, NodeId::ROOT);
            self.overlay.tree.node_mut(NodeId::ROOT).file = Some(id);
            return;
        }
        // Bound to what bears the name now, and never to what comes to bear it later.
        let contents = if file.kind() == FileKind::HardLink { self.link_target(file) } else { Ok(Some(id)) };
        let parent = self.directory(directory);
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
        let contents = contents.unwrap_or_else(|difference| {
            self.overlay.differ(node, difference.0);
            difference.1
        });
        let made = self.overlay.tree.node_mut(node);
        (made.file, made.contents) = (Some(id), contents);
        if file.attributes().iter().any(|(name, _)| name == b"trusted.overlay.opaque") {
            self.overlay.differ(node, Difference::OpaqueAttribute);
        }
        // Overlay mounts lay it over the lower one all the same.
        if is_directory && self.deleted.contains(&(parent, self.overlay.names.key(name).into_owned())) {
            self.overlay.differ(node, Difference::RecreatedDirectory);
        }
    }

    /// An entry comes for a name that may have one of this layer already.
    fn tell_twice(&mut self, before: NodeId, now: NodeId) {
        if self.is_own(before) {
            self.overlay.differ(now, Difference::TwiceInLayer);
        }
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
    fn link_target(&self, file: FileRef<'_>) -> Result<Option<FileId>, (Difference, Option<FileId>)> {
        let (path, _) = FilePath::clean(file.link_target());
        if is_in_leftover(path.as_bytes()) {
            let contents = self.leftovers.get(path.as_bytes()).copied();
            return contents.map(Some).ok_or((Difference::LinkToNothing, None));
        }
        let target = self.follow(path.as_bytes()).filter(|node| !self.overlay.is_directory(*node));
        let contents = target.and_then(|node| self.overlay.contents(node));
        match (target.and_then(|node| self.overlay.file(node)), contents) {
            (Some(named), Some(contents)) if named.layer == self.layer() => Ok(Some(contents)),
            (_, Some(contents)) => Err((Difference::LinkBelow, Some(contents))),
            (_, None) => Err((Difference::LinkToNothing, None)),
        }
    }

    /// The directory in which an entry of this layer stands, made where it is missing.
    fn directory(&mut self, path: &[u8]) -> NodeId {
        if let Some(node) = self.last.node.filter(|node| {
            // It may have been replaced meanwhile.
            self.last.path == path && self.overlay.tree.node(*node).gone_by.is_none()
        }) {
            return node;
        }
        let node = self.walk(path);
        self.last.path.clear();
        self.last.path.extend_from_slice(path);
        self.last.node = Some(node);
        node
    }

    fn walk(&mut self, path: &[u8]) -> NodeId {
        let mut way = Way::new(path);
        while let Some(name) = way.next(&self.overlay.tree) {
            way.at = match self.overlay.tree.child(way.at, &name) {
                None => self.overlay.tree.add(way.at, &name, true),
                Some(node) if self.overlay.is_directory(node) => {
                    if self.overlay.file(node).is_some_and(|file| file.layer != self.layer()) {
                        self.implied.insert(node);
                    }
                    node
                }
                Some(node) if self.own_symlink(node).is_some_and(|target| way.follow(target)) => continue,
                Some(node) => self.replace_by_directory(way.at, node, &name),
            };
        }
        if way.links > 0 && !self.has_own(way.at) {
            self.overlay.differ(way.at, Difference::LinkOutOfLayer);
        }
        way.at
    }

    /// Whether this layer has a directory itself, or something in it.
    fn has_own(&self, directory: NodeId) -> bool {
        directory == NodeId::ROOT
            || self.is_own(directory)
            || self.overlay.tree.children(directory).any(|child| self.is_own(child))
    }

    /// What stands under a path, links of this very layer followed but for the last component.
    fn follow(&self, path: &[u8]) -> Option<NodeId> {
        let mut way = Way::new(path);
        while let Some(name) = way.next(&self.overlay.tree) {
            let child = self.overlay.tree.child(way.at, &name)?;
            match self.own_symlink(child) {
                Some(target) if !way.left.is_empty() => {
                    if !way.follow(target) {
                        return None;
                    }
                }
                _ => way.at = child,
            }
        }
        Some(way.at)
    }

    /// Where a symbolic link of this very layer points to.
    fn own_symlink(&self, node: NodeId) -> Option<&[u8]> {
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

    /// Tells of directories that this layer has no entry of, and whose attributes not every runtime takes from below.
    fn tell_implied(&mut self) {
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
    fn tell_missing(&mut self) {
        for directory in std::mem::take(&mut self.missing) {
            let mut path = directory.as_slice();
            if self.overlay.find(path).is_some() {
                continue;
            }
            let above = loop {
                path = split(path).0;
                if let Some(node) = self.overlay.find(path) {
                    break node;
                }
            };
            self.overlay.differ(above, Difference::WhiteoutInNothing);
        }
    }

    fn lower(&self, file: FileId) -> Option<FileRef<'_>> {
        self.layers.get(usize::from(file.layer))?.get(file.number as usize)
    }

    fn kind(&self, node: NodeId) -> Option<FileKind> {
        Some(self.lower(self.overlay.file(node)?)?.kind())
    }
}

/// A path that is walked, with the links on it.
struct Way {
    at: NodeId,
    /// Components that are still to come, the next one last.
    left: Vec<Vec<u8>>,
    links: usize,
}

impl Way {
    fn new(path: &[u8]) -> Way {
        let mut way = Way { at: NodeId::ROOT, left: Vec::new(), links: 0 };
        way.go_on(path);
        way
    }

    /// The next name; what leads upwards is walked.
    fn next(&mut self, tree: &Tree) -> Option<Vec<u8>> {
        loop {
            let name = self.left.pop()?;
            if name != b".." {
                return Some(name);
            }
            self.at = tree.node(self.at).parent;
        }
    }

    /// Goes on where a link leads to. False where there were too many.
    fn follow(&mut self, target: &[u8]) -> bool {
        self.links += 1;
        if self.links > LINKS {
            return false;
        }
        if target.starts_with(b"/") {
            self.at = NodeId::ROOT;
        }
        self.go_on(target);
        true
    }

    fn go_on(&mut self, path: &[u8]) {
        let names = path.split(|byte| *byte == b'/').filter(|name| !matches!(*name, b"" | b"."));
        self.left.extend(names.rev().map(<[u8]>::to_vec));
    }
}

fn is_device_whiteout(file: FileRef<'_>) -> bool {
    file.kind() == FileKind::CharacterDevice && file.device() == Some((0, 0))
}

/// Directory and name of a cleaned path.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (&[], path),
    }
}
