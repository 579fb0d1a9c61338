//! What a layer has done to the names below it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::overlay::Overlay;
use super::{FileId, FileKind, FileRef, NodeId};

/// What a layer's entry has done to what stood under its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Nothing stood there.
    Added,
    /// Other contents, or another kind of file.
    Changed,
    /// The same contents with another mode, owner, time or other extended attributes.
    Attributes,
    /// The same in everything: written once more.
    Unchanged,
    /// The name was taken away.
    Deleted,
}

/// Which entry has taken the place of which.
#[derive(Debug)]
pub struct Changes {
    replaced: HashMap<FileId, FileId>,
}

impl Changes {
    /// Collects them. What a layer deletes and has anew under the same path is replaced, too.
    pub fn of(overlay: &Overlay) -> Changes {
        let anew = anew(overlay);
        let mut replaced: HashMap<FileId, FileId> = HashMap::new();
        for loss in overlay.losses() {
            let under_its_path = || overlay.file(*anew.get(&loss.node)?).filter(|file| file.layer == loss.by);
            let new = loss.replaced_by.or_else(under_its_path);
            // A layer can have a path several times: what the first entry has replaced, the last one has.
            let old = if loss.file.layer < loss.by { Some(loss.file) } else { replaced.remove(&loss.file) };
            replaced.extend(new.zip(old));
        }
        Changes { replaced }
    }

    /// The entry of a lower layer whose place an entry has taken.
    pub fn replaced(&self, file: FileId) -> Option<FileId> {
        self.replaced.get(&file).copied()
    }

    /// What an entry has done. `overlay` is that of [`Changes::of`]; `entry` finds the entries of the layers that were
    /// laid over each other.
    pub fn change<'a>(&self, overlay: &Overlay, entry: impl Fn(FileId) -> Option<FileRef<'a>>, file: FileId) -> Change {
        self.replaced(file).map_or(Change::Added, |old| compare(overlay, entry, old, file))
    }

    /// Bytes of memory that they take, about.
    pub fn weight(&self) -> usize {
        self.replaced.capacity() * (size_of::<(FileId, FileId)>() + 1)
    }
}

/// What stands now under the paths of names that are gone.
fn anew(overlay: &Overlay) -> HashMap<NodeId, NodeId> {
    let mut anew: HashMap<NodeId, NodeId> = HashMap::new();
    // Whatever is in a directory stands after it.
    for gone in overlay.tree.ids().filter(|node| overlay.gone_by(*node).is_some()) {
        let parent = overlay.parent(gone);
        let parent = if overlay.gone_by(parent).is_some() { anew.get(&parent).copied() } else { Some(parent) };
        if let Some(now) = parent.and_then(|parent| overlay.child(parent, overlay.name(gone))) {
            anew.insert(gone, now);
        }
    }
    anew
}

/// What it means that one entry stands where another one stood. Of a hard link the file counts that it was bound to,
/// wherever that is.
pub(super) fn compare<'a>(
    overlay: &Overlay,
    entry: impl Fn(FileId) -> Option<FileRef<'a>>,
    old: FileId,
    new: FileId,
) -> Change {
    // A hard link to nothing stands for itself.
    let [old, new] = [old, new].map(|id| overlay.contents_of(id).unwrap_or(id));
    if old == new {
        return Change::Unchanged;
    }
    entry(old).zip(entry(new)).map_or(Change::Added, |(old, new)| compare_files(old, new))
}

fn compare_files(old: FileRef<'_>, new: FileRef<'_>) -> Change {
    let same_contents = old.kind() == new.kind()
        && old.link_target() == new.link_target()
        && old.device() == new.device()
        && (!new.kind().has_contents()
            || (old.size() == new.size() && old.digest().is_some() && old.digest() == new.digest()));
    if !same_contents {
        return Change::Changed;
    }
    // A directory's time follows what is in it, and packers write directories anew for that alone.
    let time = |file: FileRef<'_>| Some(file.modified()).filter(|_| file.kind() != FileKind::Directory);
    let attributes = |file: FileRef<'_>| (file.mode(), file.user(), file.group(), time(file));
    let same = attributes(old) == attributes(new) && old.attributes() == new.attributes();
    if same { Change::Unchanged } else { Change::Attributes }
}
