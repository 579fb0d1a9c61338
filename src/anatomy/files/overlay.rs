//! Layers laid over each other: what a container sees (image-spec, layer.md, "Applying Changesets").
//!
//! A layer stands alone first, its own symbolic links followed, as runtimes unpack it; then it is laid over those below by literal
//! path, as the kernel does. Where runtimes come to other results than the specification, or than each other, the entry is told
//! of as a [`Difference`].

use std::collections::{BTreeMap, HashSet};

use super::tree::{FileId, NodeId, Tree};
use super::whiteout::Whiteout;
use super::{FileKind, FileList, FileRef};

/// Most symbolic links that are followed one after another.
const LINKS: usize = 64;
/// Most places that are told of for each kind of difference.
const TOLD: usize = 1_000;

/// What a stack of layers becomes.
#[derive(Debug)]
pub struct Overlay {
    pub(super) tree: Tree,
    /// Entries that have lost their name, in the order in which they have lost it.
    losses: Vec<Loss>,
    differences: Vec<(NodeId, Difference)>,
    /// How many there are of each kind, told or not.
    counts: BTreeMap<Difference, usize>,
    layers: u16,
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
    /// A directory is deleted and made anew in one layer. Shown: without what lower layers have in it. Overlay mounts show that.
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
}

impl Overlay {
    /// Lays layers over each other, the first one at the bottom.
    pub fn of(layers: &[&FileList]) -> Overlay {
        // Whiteouts and entries that replace others need none, directories without an entry of their own some.
        let room = layers.iter().map(|layer| layer.len()).sum();
        let (losses, differences, counts) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut overlay = Overlay { tree: Tree::new(room), losses, differences, counts, layers: 0 };
        for own in layers {
            let (last, deleted, implied) = (Last::default(), HashSet::new(), Vec::new());
            Application { overlay: &mut overlay, layers, own, last, deleted, implied }.run();
            overlay.layers += 1;
        }
        overlay
    }

    /// What stands under a path that is not gone, no link followed.
    pub fn find(&self, path: &[u8]) -> Option<NodeId> {
        let mut components = path.split(|byte| *byte == b'/').filter(|name| !name.is_empty());
        components.try_fold(NodeId::ROOT, |parent, name| self.tree.child(parent, name))
    }

    /// The entry that a name stands for. None for a directory without an entry of its own.
    pub fn file(&self, node: NodeId) -> Option<FileId> {
        self.tree.node(node).file
    }

    /// The entry that has a name's contents: another one for a hard link.
    pub fn contents(&self, node: NodeId) -> Option<FileId> {
        self.tree.node(node).contents
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
        let mut names = Vec::new();
        let mut at = node;
        while at != NodeId::ROOT {
            names.push(self.tree.name(at));
            at = self.tree.node(at).parent;
        }
        names.reverse();
        names.join(&b'/')
    }

    /// The names in a directory, in no order.
    pub fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        self.tree.children(node)
    }

    /// The names in a directory that a layer has taken and nothing stands under any more.
    pub fn deleted(&self, node: NodeId, by: u16) -> impl Iterator<Item = NodeId> {
        self.tree.all_children(node).filter(move |child| {
            self.tree.node(*child).gone_by == Some(by) && self.tree.child(node, self.tree.name(*child)).is_none()
        })
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

    /// Bytes of memory that it takes, about.
    pub fn weight(&self) -> usize {
        self.tree.weight() + self.losses.capacity() * size_of::<Loss>()
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

/// One layer on its way over those below it.
struct Application<'a> {
    overlay: &'a mut Overlay,
    layers: &'a [&'a FileList],
    own: &'a FileList,
    last: Last,
    /// Directories that this layer's whiteouts have named.
    deleted: HashSet<(NodeId, Vec<u8>)>,
    /// Directories of lower layers that something of this layer stands in.
    implied: Vec<NodeId>,
}

/// The directory of the entry before: the next entry mostly stands in the same one.
#[derive(Default)]
struct Last {
    path: Vec<u8>,
    node: Option<NodeId>,
}

impl Application<'_> {
    fn run(&mut self) {
        self.delete();
        for file in self.own.iter() {
            let (directory, name) = split(file.path());
            match Whiteout::of(name) {
                None if is_device_whiteout(file) => {}
                None => self.place(file, directory, name),
                Some(Whiteout::Name(target)) => self.late_whiteout(directory, target),
                Some(_) => {}
            }
        }
        self.tell_implied();
    }

    fn layer(&self) -> u16 {
        self.overlay.layers
    }

    /// Whiteouts act on lower layers only, wherever they stand in their own: they are obeyed first.
    fn delete(&mut self) {
        for file in self.own.iter() {
            let (directory, name) = split(file.path());
            let is_device = is_device_whiteout(file);
            let whiteout = Whiteout::of(name);
            if whiteout.is_none() && !is_device {
                continue;
            }
            let Some(parent) = self.overlay.find(directory) else { continue };
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

    fn delete_name(&mut self, parent: NodeId, name: &[u8]) {
        if let Some(node) = self.overlay.tree.child(parent, name) {
            if self.overlay.is_directory(node) {
                self.deleted.insert((parent, name.to_vec()));
            }
            self.overlay.take(node, self.layer(), Cause::Deleted, None);
        }
    }

    /// A whiteout was obeyed already. Runtimes differ where its name is a new entry's, too.
    fn late_whiteout(&mut self, directory: &[u8], target: &[u8]) {
        let node = self.overlay.find(directory).and_then(|parent| self.overlay.tree.child(parent, target));
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
        let id = FileId { layer: self.layer(), number: u32::try_from(file.number()).unwrap_or(u32::MAX) };
        let is_directory = file.kind() == FileKind::Directory;
        if name.is_empty() {
            self.overlay.tree.node_mut(NodeId::ROOT).file = Some(id);
            return;
        }
        // Bound to what bears the name now, and never to what comes to bear it later.
        let contents = if file.kind() == FileKind::HardLink { self.link_target(file) } else { Ok(Some(id)) };
        let parent = self.directory(directory);
        let node = match self.overlay.tree.child(parent, name) {
            Some(node) if is_directory && self.overlay.is_directory(node) => {
                self.replace_attributes(node, id);
                node
            }
            Some(node) => {
                self.overlay.take(node, self.layer(), Cause::Replaced, Some(id));
                self.overlay.tree.add(parent, name, is_directory)
            }
            None => self.overlay.tree.add(parent, name, is_directory),
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
        if is_directory && self.deleted.contains(&(parent, name.to_vec())) {
            self.overlay.differ(node, Difference::RecreatedDirectory);
        }
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
        let (path, _) = super::FilePath::clean(file.link_target());
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
        let mut left: Vec<Vec<u8>> = components(path).rev().map(<[u8]>::to_vec).collect();
        let mut at = NodeId::ROOT;
        let mut links = 0;
        while let Some(name) = left.pop() {
            if name == b".." {
                at = self.overlay.tree.node(at).parent;
                continue;
            }
            at = match self.overlay.tree.child(at, &name) {
                None => self.overlay.tree.add(at, &name, true),
                Some(node) if self.overlay.is_directory(node) => {
                    if self.overlay.file(node).is_some_and(|file| file.layer != self.layer()) {
                        self.implied.push(node);
                    }
                    node
                }
                Some(node) => match self.own_symlink(node) {
                    Some(target) if links < LINKS => {
                        links += 1;
                        if target.starts_with(b"/") {
                            at = NodeId::ROOT;
                        }
                        left.extend(components(target).rev().map(<[u8]>::to_vec));
                        continue;
                    }
                    _ => self.replace_by_directory(at, node, &name),
                },
            };
        }
        at
    }

    /// What stands under a path, links of this very layer followed but for the last component.
    fn follow(&self, path: &[u8]) -> Option<NodeId> {
        let mut left: Vec<&[u8]> = components(path).rev().collect();
        let mut at = NodeId::ROOT;
        let mut links = 0;
        while let Some(name) = left.pop() {
            if name == b".." {
                at = self.overlay.tree.node(at).parent;
                continue;
            }
            let child = self.overlay.tree.child(at, name)?;
            match self.own_symlink(child) {
                Some(target) if !left.is_empty() => {
                    links += 1;
                    if links > LINKS {
                        return None;
                    }
                    if target.starts_with(b"/") {
                        at = NodeId::ROOT;
                    }
                    left.extend(components(target).rev());
                }
                _ => at = child,
            }
        }
        Some(at)
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
            let has_usual =
                self.lower(file).is_none_or(|file| (file.mode(), file.user(), file.group()) == (0o755, 0, 0));
            if !has_usual && self.overlay.tree.node(node).gone_by.is_none() {
                self.overlay.differ(node, Difference::ImpliedDirectory);
            }
        }
    }

    fn lower(&self, file: FileId) -> Option<FileRef<'_>> {
        self.layers.get(usize::from(file.layer))?.get(file.number as usize)
    }

    fn kind(&self, node: NodeId) -> Option<FileKind> {
        Some(self.lower(self.overlay.file(node)?)?.kind())
    }
}

fn is_device_whiteout(file: FileRef<'_>) -> bool {
    file.kind() == FileKind::CharacterDevice && file.device() == Some((0, 0))
}

/// Components that mean something, `..` included.
fn components(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|name| !matches!(*name, b"" | b"."))
}

/// Directory and name of a cleaned path.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (&[], path),
    }
}
