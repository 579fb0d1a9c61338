//! What a layer's own table says otherwise than its archive does.

use std::collections::HashMap;

use super::unpacked::ESTARGZ_NAME;
use super::{ContentsTable, TableForm};
use crate::anatomy::files::{FileKind, FileList, FilePath, FileRef};

/// Most disagreements that are listed; all of them are counted.
const MOST: usize = 1_000;

/// How a table and an archive disagree about a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disagreement {
    /// The archive has no such entry: what the table shows does not exist for runtimes that read the archive.
    OnlyInTable,
    /// The table hides an entry of the archive.
    OnlyInArchive,
    /// Another kind of file.
    Kind,
    /// Another size.
    Size,
    /// Other contents.
    Digest,
    /// A link points elsewhere.
    LinkTarget,
    /// Other permissions.
    Mode,
    /// Another owner or group.
    Owner,
    /// Changed at another time.
    Modified,
    /// Other extended attributes.
    Attributes,
    /// Another device.
    Device,
}

/// All disagreements of a table and an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disagreements {
    /// The first thousand, by path. One path can have several.
    pub listed: Vec<(FilePath, Disagreement)>,
    /// How many there are.
    pub count: u64,
}

impl ContentsTable {
    /// Compares the table with the entries of the archive, as a pass over the whole layer has found them.
    ///
    /// A path counts once, with its last entry: both forms list it so. Not counted are an archive's entry that is an eStargz table
    /// itself, and what no table can say: parts of a second where the table has none, and an archive's path that is no UTF-8 (its
    /// damaged form is counted as an entry of the table).
    pub fn compare(&self, archive: &FileList) -> Disagreements {
        let (ours, theirs) = (last_entries(&self.files), last_entries(archive));
        let mut found = Vec::new();
        for (path, file) in &ours {
            match theirs.get(path) {
                None => found.push((*path, Disagreement::OnlyInTable)),
                Some(other) => found.extend(between(*file, *other).map(|it| (*path, it))),
            }
        }
        let is_own = |path: &[u8]| self.form == TableForm::Estargz && path == ESTARGZ_NAME;
        let hidden = theirs.keys().filter(|path| !ours.contains_key(*path) && !is_own(path));
        found.extend(hidden.map(|path| (*path, Disagreement::OnlyInArchive)));
        found.sort_unstable_by_key(|(path, it)| (*path, *it as u8));
        let count = found.len() as u64;
        let listed = found.into_iter().take(MOST).map(|(path, it)| (FilePath::from_bytes(path), it)).collect();
        Disagreements { listed, count }
    }
}

/// The last entry of each path.
fn last_entries(files: &FileList) -> HashMap<&[u8], FileRef<'_>> {
    files.iter().map(|file| (file.path(), file)).collect()
}

fn between<'a>(table: FileRef<'a>, archive: FileRef<'a>) -> impl Iterator<Item = Disagreement> {
    let is_same_kind = table.kind() == archive.kind();
    let (ours, theirs) = (table.modified(), archive.modified());
    let is_same_time =
        ours.seconds == theirs.seconds && (ours.nanoseconds == theirs.nanoseconds || ours.nanoseconds == 0);
    let checks = [
        (is_same_kind, Disagreement::Kind),
        (table.size() == archive.size() || !is_same_kind, Disagreement::Size),
        (table.digest() == archive.digest() || !is_same_kind, Disagreement::Digest),
        (target(table) == target(archive) || !is_same_kind, Disagreement::LinkTarget),
        (table.mode() == archive.mode(), Disagreement::Mode),
        ((table.user(), table.group()) == (archive.user(), archive.group()), Disagreement::Owner),
        (is_same_time, Disagreement::Modified),
        (attributes(table) == attributes(archive), Disagreement::Attributes),
        (table.device() == archive.device() || !is_same_kind, Disagreement::Device),
    ];
    checks.into_iter().filter(|(is_same, _)| !is_same).map(|(_, it)| it)
}

/// Hard links point to a path of the archive, which can be written in several ways.
fn target(file: FileRef<'_>) -> Vec<u8> {
    let target = file.link_target();
    if file.kind() == FileKind::HardLink { FilePath::clean(target).0.as_bytes().to_vec() } else { target.to_vec() }
}

fn attributes(file: FileRef<'_>) -> Vec<&(Vec<u8>, Vec<u8>)> {
    let mut attributes: Vec<_> = file.attributes().iter().collect();
    attributes.sort_unstable();
    attributes
}
