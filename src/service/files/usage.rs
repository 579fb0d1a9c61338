//! Where an image's bytes went.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::base::{self, Bases};
use super::listing::number;
use super::merged::Merged;
use super::{dead, shares};
use crate::anatomy::files::{DeadBytes, DeadFile, DiveScore, FileId, FilePath, FileRef, Leftover, NodeId, Secret};
use crate::oci::Digest;
use crate::view::files::{Duplicate, FilesQuery, Leftovers, USAGE_LENGTH, Usage, UsageFile};

/// Most entries of an image whose score by dive's rules is reckoned: it keeps every path by itself.
const DIVE_ENTRIES: usize = 1_000_000;

/// Counts everything but the base that is left out. The score of dive is reckoned as that tool does, of all layers.
pub(super) fn usage(merged: &Merged, asked: &FilesQuery, bases: Bases) -> Usage {
    let lists = merged.lists();
    let mut found = DeadBytes::of(&lists, &merged.overlay);
    let first = base::left_out(merged, &bases);
    found.leave_out(first);
    let entries: usize = lists.iter().map(|list| list.len()).sum();
    let live = found.total.bytes.saturating_sub(found.dead.bytes);
    let (secrets, secrets_left_out) = secrets(merged, &found, first);
    let (duplicates, duplicates_left_out) = duplicates(merged, first);
    Usage {
        total_bytes: found.total.bytes,
        dead_bytes: found.dead.bytes,
        dead_stored_bytes: found.dead.stored_bytes,
        efficiency: percent(live, found.total.bytes),
        causes: dead::causes(&found),
        layers: dead::layers(&found),
        dead: dead::files(merged, &found, asked.dead_from),
        dead_files: found.files.len() as u64,
        secrets,
        secrets_left_out,
        leftovers: leftovers(merged, first),
        duplicates,
        duplicates_left_out,
        largest: largest(merged, first),
        shares: shares::shares(merged, first),
        endings: shares::endings(merged, first),
        bases: bases.offered,
        left_out: bases.left_out,
        dive: (asked.dive && entries <= DIVE_ENTRIES).then(|| {
            let score = DiveScore::of(&lists);
            (score.score * 100.0, score.wasted_bytes)
        }),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a part of a hundred, to be read")]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 100.0 } else { part as f64 / whole as f64 * 100.0 }
}

/// Files that look like secrets in any layer, and how many are not listed: those that a later layer has deleted are still there to
/// be downloaded.
fn secrets(merged: &Merged, dead: &DeadBytes, first: usize) -> (Vec<UsageFile>, u64) {
    let taken: HashMap<FileId, &DeadFile> = dead.files.iter().map(|file| (file.file, file)).collect();
    let mut secrets = Vec::new();
    for (id, file) in entries(merged, first) {
        let Some(secret) = Secret::of(file.path()).filter(|_| file.size() > 0) else { continue };
        secrets.push((id, file, secret, taken.get(&id).copied()));
    }
    secrets.sort_by_key(|(_, _, _, dead)| dead.is_none());
    let (secrets, left_out) = cut(secrets);
    let row = |(id, file, secret, dead): (FileId, FileRef<'_>, Secret, Option<&DeadFile>)| {
        let by = dead.map(|dead| number(usize::from(dead.by)));
        // What is gone stands in its layer only.
        let shown = merged.shown(file.path()).filter(|_| by.is_none());
        UsageFile {
            is_shown: shown.is_some(),
            path: shown.unwrap_or_else(|| FilePath::from_bytes(file.path())),
            layer: number(merged.position(id)),
            by,
            bytes: file.size(),
            stored_bytes: dead.map(|dead| dead.amount.stored_bytes),
            words: match secret {
                Secret::PrivateKey => "a private key, by its name",
                Secret::KeyStore => "a store of keys, by its name",
                Secret::Credentials => "passwords or tokens of a tool, by its name",
                Secret::Environment => "variables of a program, by its name",
                Secret::Repository => "a repository with its history",
                Secret::History => "what a person has typed",
            }
            .to_owned(),
        }
    };
    (secrets.into_iter().map(row).collect(), left_out)
}

/// The files of the layers from one on.
fn entries(merged: &Merged, first: usize) -> Vec<(FileId, FileRef<'_>)> {
    let mut all = Vec::new();
    for (layer, list) in (0_u16..).zip(merged.lists()).skip(first) {
        for file in list.iter().filter(|file| file.digest().is_some()) {
            all.push((FileId { layer, number: u32::try_from(file.number()).unwrap_or(u32::MAX) }, file));
        }
    }
    all
}

fn leftovers(merged: &Merged, first: usize) -> Vec<Leftovers> {
    let mut sums: BTreeMap<Leftover, (u64, u64)> = BTreeMap::new();
    for (_, file) in entries(merged, first) {
        if let Some(leftover) = Leftover::of(file.path()).filter(|_| file.size() > 0) {
            let sum = sums.entry(leftover).or_default();
            *sum = (sum.0 + 1, sum.1.saturating_add(file.size()));
        }
    }
    let row = |(leftover, (files, bytes)): (Leftover, (u64, u64))| Leftovers {
        words: leftover.words().to_owned(),
        files,
        bytes,
        advice: leftover.advice().to_owned(),
    };
    let mut rows: Vec<_> = sums.into_iter().map(row).collect();
    rows.sort_by_key(|row| Reverse(row.bytes));
    rows
}

/// Files that are shown with the same contents and are no links of each other, and how many such contents are not listed.
fn duplicates<'a>(merged: &'a Merged, first: usize) -> (Vec<Duplicate>, u64) {
    let overlay = &merged.overlay;
    let contents = |node: NodeId| {
        let id = overlay.contents(node).filter(|id| usize::from(id.layer) >= first)?;
        let digest = merged.entry(id).filter(|file| file.size() > 0)?.digest()?;
        Some((digest, id, node))
    };
    let files = overlay.nodes().filter_map(contents);
    let mut all: Vec<Named<'a>> = files.filter(|(_, _, node)| merged.is_shown(*node)).collect();
    all.sort_unstable();
    // Several names of one file take its bytes once.
    all.dedup_by_key(|(_, id, _)| *id);
    let same = |same: &[Named<'a>]| {
        let (digest, id, node) = *same.first()?;
        let (files, bytes) = (same.len() as u64, merged.entry(id)?.size());
        (files > 1).then(|| Same { digest, node, files, bytes, wasted_bytes: bytes.saturating_mul(files - 1) })
    };
    let mut found: Vec<Same<'_>> = all.chunk_by(|one, other| one.0 == other.0).filter_map(same).collect();
    // Paths are made of those alone that are listed: they can be long, and very many.
    found.sort_unstable_by_key(|same| (Reverse(same.wasted_bytes), same.node));
    let (found, left_out) = cut(found);
    let row = |same: Same<'_>| Duplicate {
        path: merged.path(same.node),
        digest: Digest::from_sha256(same.digest),
        files: same.files,
        bytes: same.bytes,
        wasted_bytes: same.wasted_bytes,
    };
    let mut rows: Vec<Duplicate> = found.into_iter().map(row).collect();
    rows.sort_by(|one, other| (Reverse(one.wasted_bytes), &one.path).cmp(&(Reverse(other.wasted_bytes), &other.path)));
    (rows, left_out)
}

/// A name with the digest of its contents and the entry that has them.
type Named<'a> = (&'a [u8; 32], FileId, NodeId);

/// Files with the same contents.
struct Same<'a> {
    digest: &'a [u8; 32],
    /// A name of the first of them.
    node: NodeId,
    files: u64,
    bytes: u64,
    wasted_bytes: u64,
}

/// The first ones, and how many there are more.
fn cut<T>(mut all: Vec<T>) -> (Vec<T>, u64) {
    let left_out = all.len().saturating_sub(USAGE_LENGTH) as u64;
    all.truncate(USAGE_LENGTH);
    (all, left_out)
}

fn largest(merged: &Merged, first: usize) -> Vec<UsageFile> {
    let overlay = &merged.overlay;
    let mut files: Vec<_> = overlay
        .nodes()
        .filter(|node| !overlay.is_directory(*node))
        .filter_map(|node| Some((node, overlay.contents(node)?, merged.sum(node).bytes)))
        .filter(|(_, id, bytes)| *bytes > 0 && usize::from(id.layer) >= first)
        .collect();
    if files.len() > USAGE_LENGTH {
        files.select_nth_unstable_by_key(USAGE_LENGTH, |(_, _, bytes)| Reverse(*bytes));
        files.truncate(USAGE_LENGTH);
    }
    files.sort_by_key(|(node, _, bytes)| (Reverse(*bytes), overlay.path(*node)));
    let row = |(node, id, bytes): (_, FileId, u64)| UsageFile {
        path: merged.path(node),
        is_shown: merged.is_shown(node),
        layer: number(merged.position(id)),
        by: None,
        bytes,
        stored_bytes: None,
        words: String::new(),
    };
    files.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::merged::Source;
    use super::*;
    use crate::anatomy::files::{FileEntry, FileKind, FileList};

    fn file(path: String, digest: u8) -> FileEntry {
        let file = FileEntry::new(FilePath::from_bytes(path.as_bytes()), FileKind::Regular);
        FileEntry { mode: 0o600, size: 10, stored_size: 10, digest: Some([digest; 32]), ..file }
    }

    fn link(path: &str, target: &str) -> FileEntry {
        let (kind, link_target) = (FileKind::HardLink, target.into());
        FileEntry { kind, link_target, size: 0, stored_size: 0, digest: None, ..file(path.to_owned(), 0) }
    }

    fn counted(layers: Vec<Vec<FileEntry>>, asked: &FilesQuery) -> Usage {
        let list = |entries: Vec<FileEntry>| {
            let mut list = FileList::default();
            for entry in entries {
                list.push(entry);
            }
            Source::Early(Arc::new(list))
        };
        let merged = Merged::of(0, layers.into_iter().map(list).collect(), false);
        usage(&merged, asked, Bases { offered: Vec::new(), left_out: None, problem: None })
    }

    #[test]
    fn what_is_not_listed_is_counted() {
        let keys = || (0..120).map(|number| file(format!("{number:03}/id_rsa"), number)).collect::<Vec<_>>();
        let others = || (0..120).map(|number| file(format!("{number:03}/copy"), number)).collect::<Vec<_>>();
        let usage = counted(vec![keys(), others()], &FilesQuery::default());
        assert_eq!((usage.secrets.len(), usage.secrets_left_out), (100, 20));
        assert_eq!((usage.duplicates.len(), usage.duplicates_left_out), (100, 20));

        let twice = counted(vec![keys(), keys()], &FilesQuery { dead_from: 100, ..FilesQuery::default() });
        assert_eq!((twice.dead.len(), twice.dead_files), (20, 120));
        assert_eq!(
            (twice.layers[0].dead_bytes, twice.layers[0].causes.len(), twice.layers[0].causes[0].by),
            (1200, 1, 2)
        );
    }

    #[test]
    fn the_contents_that_waste_most_are_listed_in_the_order_of_their_paths() {
        let copies = |digest: u8| {
            let copies = if digest == 0 { 3 } else { 2 };
            (0..copies).map(move |copy| file(format!("{:03}/{copy}", 200 - u16::from(digest)), digest))
        };
        let usage = counted(vec![(0..120).flat_map(copies).collect()], &FilesQuery::default());
        let paths: Vec<String> = usage.duplicates.iter().map(|duplicate| duplicate.path.readable()).collect();
        assert_eq!((paths.len(), usage.duplicates_left_out), (100, 20));
        assert_eq!((paths[0].as_str(), usage.duplicates[0].wasted_bytes), ("/200/0", 20));
        assert!(paths[1..].is_sorted(), "{paths:?}");
    }

    /// An image without files wastes nothing.
    #[test]
    fn efficiency_is_what_can_be_seen_of_a_hundred_bytes() {
        let names = || (0..3).map(|number| file(format!("{number}"), number)).collect::<Vec<_>>();
        let of = |layers| counted(layers, &FilesQuery::default()).efficiency;
        let whole = [of(Vec::new()), of(vec![names()]), of(vec![names(), names()])];
        assert!(whole.iter().zip([100.0, 100.0, 50.0]).all(|(one, other)| (one - other).abs() < 0.001), "{whole:?}");
    }

    /// Links take no bytes; of what is gone nothing can be saved.
    #[test]
    fn the_same_contents_are_counted_once_for_each_file() {
        let names = |names: [&str; 3]| names.map(|name| file(name.to_owned(), 7)).to_vec();
        let lower = [names(["a", "b", "gone"]), vec![link("c", "a"), file("other".to_owned(), 8)]].concat();
        let upper = vec![file(".wh.gone".to_owned(), 9), file("d".to_owned(), 7)];
        let duplicates = counted(vec![lower, upper], &FilesQuery::default()).duplicates;
        assert_eq!(duplicates.len(), 1, "{duplicates:?}");
        let Duplicate { path, digest, files, bytes, wasted_bytes } = &duplicates[0];
        assert_eq!((path.as_bytes(), *files, *bytes, *wasted_bytes), (&b"a"[..], 3, 10, 20));
        assert_eq!(*digest, Digest::from_sha256(&[7_u8; 32]));
    }
}
