//! What a layer has done to the names below it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::overlay::{Loss, Overlay};
use super::{FileId, FileKind, FileRef};

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
        // The last one that lost the name stood there until then.
        let replaced = overlay.losses().iter().filter_map(|loss| {
            let new = loss.replaced_by.or_else(|| anew(overlay, loss).filter(|_| loss.file.layer < loss.by))?;
            Some((new, loss.file))
        });
        Changes { replaced: replaced.collect() }
    }

    /// The entry of a lower layer whose place an entry has taken.
    pub fn replaced(&self, file: FileId) -> Option<FileId> {
        let mut old = self.replaced.get(&file);
        // A layer can have a path several times.
        while let Some(same) = old.filter(|old| old.layer == file.layer) {
            old = self.replaced.get(same);
        }
        old.copied()
    }

    /// What an entry has done. `entry` finds the entries of the layers that were laid over each other.
    pub fn change<'a>(&self, entry: impl Fn(FileId) -> Option<FileRef<'a>>, file: FileId) -> Change {
        match (self.replaced(file).and_then(&entry), entry(file)) {
            (Some(old), Some(new)) => compare(old, new),
            _ => Change::Added,
        }
    }

    /// Bytes of memory that they take, about.
    pub fn weight(&self) -> usize {
        self.replaced.capacity() * (size_of::<(FileId, FileId)>() + 1)
    }
}

/// What a layer has under the path of an entry that it has deleted. Only looked for under names that are not gone: nothing else is
/// shown.
fn anew(overlay: &Overlay, loss: &Loss) -> Option<FileId> {
    let mut names = Vec::new();
    let mut at = loss.node;
    // Up to the first directory that is still there.
    while overlay.gone_by(at).is_some() {
        names.push(overlay.name(at));
        at = overlay.parent(at);
    }
    let node = names.iter().rev().try_fold(at, |directory, name| overlay.child(directory, name))?;
    overlay.file(node).filter(|file| file.layer == loss.by)
}

/// What it means that one entry stands where another one stood.
pub fn compare(old: FileRef<'_>, new: FileRef<'_>) -> Change {
    let has_contents = |kind| matches!(kind, FileKind::Regular | FileKind::Sparse | FileKind::Other(_));
    let same_contents = old.kind() == new.kind()
        && old.link_target() == new.link_target()
        && old.device() == new.device()
        && (!has_contents(new.kind())
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
