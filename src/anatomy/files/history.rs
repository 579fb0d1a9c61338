//! What each layer has done to one path.

use super::changes::{Change, compare};
use super::whiteout::Whiteout;
use super::{FileId, FileKind, FileList, FilePath, FileRef};

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
pub fn history(layers: &[&FileList], path: &FilePath) -> Vec<Version> {
    let mut versions = Vec::new();
    let mut before: Option<FileRef<'_>> = None;
    for (layer, list) in (0_u16..).zip(layers) {
        // Of entries with one name the last one counts.
        let own = list.iter().rfind(|file| file.path() == path.as_bytes() && !is_device_whiteout(*file));
        if before.is_some() && own.is_none() && list.iter().any(|file| takes(file, path)) {
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

/// Whether an entry takes a path away: by its name, or a directory that it stands in, or by something else in such a directory's
/// place.
fn takes(file: FileRef<'_>, path: &FilePath) -> bool {
    let (directory, name) = super::path::split(file.path());
    let below = |above: &[u8]| {
        above.is_empty() || path.as_bytes().strip_prefix(above).is_some_and(|rest| rest.first() == Some(&b'/'))
    };
    if is_device_whiteout(file) {
        return file.path() == path.as_bytes() || below(file.path());
    }
    match Whiteout::of(name) {
        Some(Whiteout::Name(target)) => {
            let taken = FilePath::from_bytes(directory).join(target);
            taken == *path || below(taken.as_bytes())
        }
        Some(Whiteout::Opaque) => below(directory),
        Some(Whiteout::Leftover | Whiteout::Malformed) => false,
        None => file.kind() != FileKind::Directory && !file.path().is_empty() && below(file.path()),
    }
}
