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
                let bytes = overlay.contents(node).map_or(0, |file| bytes(layers, file));
                sums[node.at()] = Sum { bytes, files: 1 };
            }
            if node != NodeId::ROOT {
                let own = sums[node.at()];
                let parent = &mut sums[overlay.parent(node).at()];
                parent.bytes = parent.bytes.saturating_add(own.bytes);
                parent.files = parent.files.saturating_add(own.files);
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

fn bytes(layers: &[&FileList], file: FileId) -> u64 {
    let entry = layers.get(usize::from(file.layer)).and_then(|layer| layer.get(file.number as usize));
    entry.filter(|entry| entry.kind().has_contents()).map_or(0, FileRef::size)
}
