//! What is below each directory: how many files, and their bytes.

use super::overlay::Overlay;
use super::tree::NodeId;
use super::{FileId, FileList, FileRef};

/// Sums of every directory of a tree.
#[derive(Debug)]
pub struct Totals {
    sums: Vec<Sum>,
}

/// What is below a directory, or a file by itself. Each name counts, also where several are of one file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Bytes of the files.
    pub bytes: u64,
    /// Names that are no directories.
    pub files: u32,
    /// Those among them whose contents cannot be sent as they are: files with holes, those that the layer ends before, hard links to
    /// nothing, and types that layers do not use.
    pub odd: u32,
}

impl Totals {
    /// Adds up what the names that are not gone have. `layers` are those that were laid over each other.
    pub fn of(overlay: &Overlay, layers: &[&FileList]) -> Totals {
        let mut sums = vec![Sum::default(); overlay.tree.len()];
        // What is in a directory stands after it.
        for node in overlay.tree.ids().rev() {
            if overlay.tree.node(node).gone_by.is_some() {
                continue;
            }
            if !overlay.is_directory(node) {
                let entry = overlay.contents(node).and_then(|file| entry(layers, file));
                let odd = u32::from(!entry.is_some_and(FileRef::is_packable));
                sums[node.at()] = Sum { bytes: entry.map_or(0, bytes), files: 1, odd };
            }
            if node != NodeId::ROOT {
                let own = sums[node.at()];
                let parent = &mut sums[overlay.parent(node).at()];
                parent.bytes = parent.bytes.saturating_add(own.bytes);
                parent.files = parent.files.saturating_add(own.files);
                parent.odd = parent.odd.saturating_add(own.odd);
            }
        }
        Totals { sums }
    }

    /// The sum of a name.
    pub fn get(&self, node: NodeId) -> Sum {
        self.sums.get(node.at()).copied().unwrap_or_default()
    }

    /// Bytes of memory that they take, about.
    pub fn weight(&self) -> usize {
        self.sums.capacity() * size_of::<Sum>()
    }
}

fn entry<'a>(layers: &[&'a FileList], file: FileId) -> Option<FileRef<'a>> {
    layers.get(usize::from(file.layer))?.get(file.number as usize)
}

fn bytes(entry: FileRef<'_>) -> u64 {
    if entry.kind().has_contents() { entry.size() } else { 0 }
}
