//! The tree that layers become together, made once and kept as long as there is room.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use moka::future::Cache;

use super::stack::{Inside, Stack};
use crate::anatomy::files::{
    Change, Changes, FileId, FileList, FilePath, FileRef, NodeId, Overlay, Sum, Totals, Whiteout,
};
use crate::layers::{ContentsTable, LayerIndex};
use crate::oci::Digest;
use crate::registry::{CacheState, Reader};
use crate::service::blocking;

/// Trees of images and of single layers, by the digests of the layers that they were made of.
pub(crate) struct Trees {
    kept: Cache<Key, Arc<Merged>>,
}

/// Layers from the bottom; nothing for one that cannot be read, which changes nothing. The first one's place in its image, so that
/// entries know which layer they are of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    first: usize,
    layers: Vec<Option<Digest>>,
    is_windows: bool,
    /// Whether it is one layer by itself, as it is stored.
    is_layer: bool,
}

/// Layers laid over each other.
pub(crate) struct Merged {
    /// Place of the lowest layer in its image.
    first: usize,
    sources: Vec<Source>,
    pub(crate) overlay: Overlay,
    /// What its paths begin at.
    root: NodeId,
    totals: Totals,
    changes: Changes,
    /// Names of a single layer that delete others, by the directory they stand in.
    whiteouts: HashMap<Vec<u8>, Vec<usize>>,
}

/// Where a layer's entries are.
#[derive(Clone)]
pub(crate) enum Source {
    /// A layer that was read.
    Index(Arc<LayerIndex>),
    /// What has come so far of one that is being read.
    Early(Arc<FileList>),
    /// What a layer says of itself, while it is being read.
    Table(Arc<ContentsTable>),
    /// One that cannot be read.
    Missing(Arc<FileList>),
}

impl Source {
    pub(crate) fn list(&self) -> &FileList {
        match self {
            Self::Index(index) => &index.files,
            Self::Table(table) => &table.files,
            Self::Early(files) | Self::Missing(files) => files,
        }
    }

    fn weight(&self) -> usize {
        match self {
            Self::Index(index) => index.weight(),
            Self::Table(table) => table.weight(),
            Self::Early(files) | Self::Missing(files) => files.weight(),
        }
    }
}

impl Trees {
    /// Of about so many bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        let weigh = |key: &Key, merged: &Arc<Merged>| {
            let weight = key.layers.len() * 100 + merged.weight();
            u32::try_from(weight).unwrap_or(u32::MAX)
        };
        Self { kept: Cache::builder().max_capacity(bytes).weigher(weigh).build() }
    }

    /// The tree of the first layers of an image. All of them are settled.
    pub(crate) async fn of_image(&self, stack: &Stack, layers: usize, reader: Reader) -> Option<Arc<Merged>> {
        let sources = stack.layers.iter().take(layers).map(|layer| match &layer.inside {
            Inside::Known(index) => (layer.descriptor.digest.clone(), Source::Index(Arc::clone(index))),
            _ => (None, Source::Missing(Arc::default())),
        });
        let (layers, sources) = sources.unzip();
        self.get(Key { first: 0, layers, is_windows: stack.is_windows, is_layer: false }, sources, reader).await
    }

    /// The tree of one layer by itself.
    pub(crate) async fn of_layer(
        &self,
        index: &Arc<LayerIndex>,
        digest: &Digest,
        position: usize,
        is_windows: bool,
        reader: Reader,
    ) -> Option<Arc<Merged>> {
        let key = Key { first: position, layers: vec![Some(digest.clone())], is_windows, is_layer: true };
        self.get(key, vec![Source::Index(Arc::clone(index))], reader).await
    }

    async fn get(&self, key: Key, sources: Vec<Source>, reader: Reader) -> Option<Arc<Merged>> {
        // A layer that was looked at in part can have been read again since.
        if self.kept.get(&key).await.is_some_and(|kept| !kept.is_of(&sources)) {
            self.kept.invalidate(&key).await;
        }
        let (first, is_windows, is_layer) = (key.first, key.is_windows, key.is_layer);
        let make = |sources| Merged::made(first, sources, is_windows, is_layer, reader);
        let merged = self.kept.optionally_get_with(key.clone(), make(sources.clone())).await?;
        if merged.is_of(&sources) {
            return Some(merged);
        }
        // Whoever was making it knew less of that layer.
        self.kept.invalidate(&key).await;
        self.kept.optionally_get_with(key, make(sources)).await
    }

    /// How full it is.
    pub(crate) fn state(&self) -> CacheState {
        CacheState::of(&self.kept)
    }
}

impl Merged {
    /// The same as [`Merged::of`] away from the threads that answer, or one layer as it is stored. Nothing where that was stopped.
    pub(super) async fn made(
        first: usize,
        sources: Vec<Source>,
        is_windows: bool,
        is_layer: bool,
        reader: Reader,
    ) -> Option<Arc<Self>> {
        let entries: usize = sources.iter().map(|source| source.list().len()).sum();
        // An entry takes about a quarter of a microsecond.
        let weight = entries.saturating_mul(64);
        let make = move || {
            let merged = Self::of(first, sources, is_windows);
            Arc::new(if is_layer { merged.into_layer() } else { merged })
        };
        blocking::work(reader, weight, make).await
    }

    /// Lays layers over each other; `first` is the lowest one's place in its image.
    pub(crate) fn of(first: usize, sources: Vec<Source>, is_windows: bool) -> Self {
        let lists: Vec<&FileList> = sources.iter().map(Source::list).collect();
        let overlay = if is_windows { Overlay::of_windows(&lists) } else { Overlay::of(&lists) };
        let (totals, changes) = (Totals::of(&overlay, &lists), Changes::of(&overlay));
        let root = overlay.root();
        Self { first, sources, overlay, root, totals, changes, whiteouts: HashMap::new() }
    }

    /// The same as a layer by itself: as it is stored, with the names that delete others.
    pub(crate) fn into_layer(mut self) -> Self {
        self.root = NodeId::ROOT;
        if let Some(source) = self.sources.first() {
            self.whiteouts = whiteouts(source.list());
        }
        self
    }

    /// What its paths begin at: of an image for Windows the directory that its files are in.
    pub(crate) fn root(&self) -> NodeId {
        self.root
    }

    /// The path of a name, from the root on; of what is not below it, its path in the layers.
    pub(crate) fn path(&self, node: NodeId) -> FilePath {
        let (path, root) = (self.overlay.path(node), self.overlay.path(self.root));
        let below = path.strip_prefix(root.as_slice()).filter(|_| self.root != NodeId::ROOT);
        match below.map(|rest| rest.strip_prefix(b"/").unwrap_or(rest)) {
            Some(rest) => FilePath::from_bytes(rest),
            None => FilePath::from_bytes(&path),
        }
    }

    /// What an image's paths begin at in its layers.
    pub(crate) fn root_path(&self) -> FilePath {
        FilePath::from_bytes(&self.overlay.path(self.root))
    }

    /// Whether a name is at or below the root, so that it is shown.
    pub(crate) fn is_shown(&self, node: NodeId) -> bool {
        if self.root == NodeId::ROOT {
            return true;
        }
        let mut at = node;
        while at != self.root && at != NodeId::ROOT {
            at = self.overlay.parent(at);
        }
        at == self.root
    }

    /// The path under which a name of a layer is shown; nothing for one beside the root.
    pub(crate) fn shown(&self, stored: &[u8]) -> Option<FilePath> {
        if self.root == NodeId::ROOT {
            return Some(FilePath::from_bytes(stored));
        }
        self.overlay.find(stored).filter(|node| self.is_shown(*node)).map(|node| self.path(node))
    }

    /// What stands under a path, no link followed.
    pub(crate) fn find(&self, path: &FilePath) -> Option<NodeId> {
        let mut names = path.as_bytes().split(|byte| *byte == b'/').filter(|name| !name.is_empty());
        names.try_fold(self.root, |parent, name| self.overlay.child(parent, name))
    }

    pub(crate) fn lists(&self) -> Vec<&FileList> {
        self.sources.iter().map(Source::list).collect()
    }

    /// Whether it was made of the same layers, read as far.
    fn is_of(&self, sources: &[Source]) -> bool {
        let read = |source: &Source| match source {
            Source::Index(index) => Some(index.summary.archive_size),
            Source::Early(_) | Source::Table(_) | Source::Missing(_) => None,
        };
        self.sources.iter().map(read).eq(sources.iter().map(read))
    }

    /// Whether it is made of more than one layer.
    pub(crate) fn is_of_several(&self) -> bool {
        self.sources.len() > 1
    }

    /// An entry.
    pub(crate) fn entry(&self, file: FileId) -> Option<FileRef<'_>> {
        self.sources.get(usize::from(file.layer))?.list().get(file.number as usize)
    }

    /// The index of the layer that an entry is of, where it was read.
    pub(crate) fn index(&self, file: FileId) -> Option<&Arc<LayerIndex>> {
        match self.sources.get(usize::from(file.layer))? {
            Source::Index(index) => Some(index),
            Source::Early(_) | Source::Table(_) | Source::Missing(_) => None,
        }
    }

    /// The place in the image of the layer that an entry is of.
    pub(crate) fn position(&self, file: FileId) -> usize {
        self.first + usize::from(file.layer)
    }

    /// What is below a directory, or a file by itself.
    pub(crate) fn sum(&self, node: NodeId) -> Sum {
        self.totals.get(node)
    }

    /// What an entry has done to what stood there. Nothing for the image's first layer, which finds nothing there.
    pub(crate) fn change(&self, file: FileId) -> Option<Change> {
        (self.position(file) > 0).then(|| self.changes.change(&self.overlay, |id| self.entry(id), file))
    }

    /// Entries of a single layer that delete names in a directory.
    pub(crate) fn whiteouts(&self, directory: &[u8]) -> impl Iterator<Item = FileRef<'_>> {
        let numbers = self.whiteouts.get(directory).map(Vec::as_slice).unwrap_or_default();
        numbers.iter().filter_map(|number| self.sources.first()?.list().get(*number))
    }

    /// All entries of a single layer that delete names, in no order.
    pub(crate) fn all_whiteouts(&self) -> impl Iterator<Item = FileRef<'_>> {
        self.whiteouts.values().flatten().filter_map(|number| self.sources.first()?.list().get(*number))
    }

    /// About how many bytes are worked on where every name is looked at. Directories count as files do: a tree can be made
    /// of them alone.
    pub(crate) fn work(&self) -> usize {
        self.overlay.weight() / 4
    }

    fn weight(&self) -> usize {
        // A slice's place and a number for each.
        let whiteouts = self.whiteouts.keys().map(|path| path.len() + 64).sum::<usize>();
        // It keeps its indexes, too, when nobody else does.
        let sources: usize = self.sources.iter().map(Source::weight).sum();
        self.overlay.weight() + self.totals.weight() + self.changes.weight() + whiteouts + sources
    }
}

fn whiteouts(list: &FileList) -> HashMap<Vec<u8>, Vec<usize>> {
    let mut found: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
    for file in list.iter() {
        let path = file.path();
        let slash = path.iter().rposition(|byte| *byte == b'/');
        let (directory, name) = slash.map_or((&path[..0], path), |slash| (&path[..slash], &path[slash + 1..]));
        if Whiteout::of(name).is_some() {
            found.entry(directory.to_vec()).or_default().push(file.number());
        }
    }
    found
}

impl fmt::Debug for Trees {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Trees({} kept)", self.kept.entry_count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::files::{FileEntry, FileKind};

    /// Counted by its files, a tree without one costs nothing, however large it is.
    #[test]
    fn a_tree_of_directories_is_work_too() {
        let mut list = FileList::default();
        for number in 0..50_000 {
            list.push(FileEntry::new(FilePath::from_bytes(format!("{number}").as_bytes()), FileKind::Directory));
        }
        let merged = Merged::of(0, vec![Source::Early(Arc::new(list))], false);
        assert_eq!(merged.sum(merged.root()).files, 0);
        assert!(merged.work() > 128 * 1024, "{}", merged.work());
    }
}
