//! What each layer has done to one path.

use super::changes::{Change, compare};
use super::names::Names;
use super::whiteout::Whiteout;
use super::{FileId, FileKind, FileList, FileRef, Overlay};

/// What one layer has done to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// The layer, counted from zero at the bottom.
    pub layer: u16,
    /// What it has done.
    pub change: Change,
    /// Its entry for the path; none where it has only deleted it.
    pub file: Option<FileId>,
}

/// What the layers have done to a path by its own name, from the bottom. What stands under it by a link is not looked at.
/// `overlay` is what they become; the path is one of its own.
pub fn history(overlay: &Overlay, layers: &[&FileList], path: &[u8]) -> Vec<Version> {
    let path = Path { key: overlay.names().key(path).into_owned(), names: overlay.names() };
    let mut versions = Vec::new();
    let mut before: Option<FileRef<'_>> = None;
    for (layer, list) in (0_u16..).zip(layers) {
        // Of entries with one name the last one counts.
        let own = list.iter().rfind(|file| path.is(file.path()) && !is_device_whiteout(*file));
        if before.is_some() && own.is_none() && list.iter().any(|file| path.is_taken_by(file)) {
            versions.push(Version { layer, change: Change::Deleted, file: None });
            before = None;
        }
        if let Some(own) = own {
            let change = before.map_or(Change::Added, |before| compare(before, own));
            let number = u32::try_from(own.number()).unwrap_or(u32::MAX);
            versions.push(Version { layer, change, file: Some(FileId { layer, number }) });
            before = Some(own);
        }
    }
    versions
}

/// A character device 0:0, which overlay mounts take for a whiteout.
fn is_device_whiteout(file: FileRef<'_>) -> bool {
    file.kind() == FileKind::CharacterDevice && file.device() == Some((0, 0))
}

/// A path, to be compared with those of entries.
struct Path {
    key: Vec<u8>,
    names: Names,
}

impl Path {
    fn is(&self, other: &[u8]) -> bool {
        *self.names.key(other) == *self.key
    }

    /// Whether it is below a directory.
    fn is_below(&self, directory: &[u8]) -> bool {
        let rest = self.key.strip_prefix(&*self.names.key(directory));
        directory.is_empty() || rest.is_some_and(|rest| rest.first() == Some(&b'/'))
    }

    /// Whether an entry takes it away: by its name, or a directory that it stands in, or by something else in such a directory's
    /// place.
    fn is_taken_by(&self, file: FileRef<'_>) -> bool {
        let (directory, name) = super::path::split(file.path());
        if is_device_whiteout(file) {
            return self.is(file.path()) || self.is_below(file.path());
        }
        match Whiteout::of(name) {
            Some(Whiteout::Name(target)) => {
                let taken = super::FilePath::from_bytes(directory).join(target);
                self.is(taken.as_bytes()) || self.is_below(taken.as_bytes())
            }
            Some(Whiteout::Opaque) => self.is_below(directory),
            Some(Whiteout::Leftover | Whiteout::Malformed) => false,
            None => file.kind() != FileKind::Directory && !file.path().is_empty() && self.is_below(file.path()),
        }
    }
}
