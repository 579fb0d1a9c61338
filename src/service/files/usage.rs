//! Where an image's bytes went.

use std::collections::{BTreeMap, HashMap};

use super::base::{self, Bases};
use super::listing::number;
use super::merged::Merged;
use super::shares;
use crate::anatomy::files::{Amount, DeadBytes, DiveScore, FileId, FilePath, FileRef, Leftover, Reason, Secret};
use crate::view::files::{Cause, Duplicate, Leftovers, Usage, UsageFile, UsageLayer};

/// Most files of each list.
const LISTED: usize = 100;

/// Most entries of an image whose score by dive's rules is reckoned: it keeps every path by itself.
const DIVE_ENTRIES: usize = 1_000_000;

/// Counts everything but the base that is left out. `dive` counts as that tool does, too, and leaves out nothing.
pub(super) fn usage(merged: &Merged, dive: bool, bases: Bases) -> Usage {
    let lists = merged.lists();
    let mut dead = DeadBytes::of(&lists, &merged.overlay);
    merged.count(dead.total.bytes, dead.dead.bytes);
    let first = base::left_out(merged, &bases);
    dead.leave_out(first);
    let entries: usize = lists.iter().map(|list| list.len()).sum();
    let live = dead.total.bytes.saturating_sub(dead.dead.bytes);
    Usage {
        total_bytes: dead.total.bytes,
        dead_bytes: dead.dead.bytes,
        dead_stored_bytes: dead.dead.stored_bytes,
        efficiency: percent(live, dead.total.bytes),
        causes: causes(&dead),
        layers: layers(&dead),
        dead: dead.files.iter().take(LISTED).map(|file| dead_file(merged, file)).collect(),
        dead_left_out: dead.files.len().saturating_sub(LISTED) as u64,
        secrets: secrets(merged, &dead, first),
        leftovers: leftovers(merged, first),
        duplicates: duplicates(merged, first),
        largest: largest(merged, first),
        shares: shares::shares(merged, first),
        endings: shares::endings(merged, first),
        bases: bases.offered,
        left_out: bases.left_out,
        dive: (dive && entries <= DIVE_ENTRIES).then(|| {
            let score = DiveScore::of(&lists);
            (score.score * 100.0, score.wasted_bytes)
        }),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a part of a hundred, to be read")]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 100.0 } else { part as f64 / whole as f64 * 100.0 }
}

/// Why files are dead, in words.
fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::Overwritten => "overwritten by a later layer",
        Reason::AttributesOnly => "written again with the same contents, such as by chmod or chown",
        Reason::Deleted => "deleted by a later layer",
        Reason::DuplicateInLayer => "written twice in one layer",
        Reason::NeverVisible => "never visible",
    }
}

fn causes(dead: &DeadBytes) -> Vec<Cause> {
    let mut sums: BTreeMap<Reason, (u64, u64)> = BTreeMap::new();
    for (reason, Amount { files, bytes, .. }) in dead.layers.iter().flat_map(|layer| &layer.dead) {
        let sum = sums.entry(*reason).or_default();
        *sum = (sum.0 + files, sum.1 + bytes);
    }
    let cause = |(reason, (files, bytes))| Cause { words: words(reason).to_owned(), files, bytes };
    let mut causes: Vec<_> = sums.into_iter().map(cause).collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.bytes));
    causes
}

fn layers(dead: &DeadBytes) -> Vec<UsageLayer> {
    let layer = |(position, layer): (usize, &crate::anatomy::files::LayerBytes)| UsageLayer {
        number: number(position),
        bytes: layer.total.bytes,
        dead_bytes: layer.dead.values().map(|amount| amount.bytes).sum(),
    };
    dead.layers.iter().enumerate().map(layer).collect()
}

fn dead_file(merged: &Merged, dead: &crate::anatomy::files::DeadFile) -> UsageFile {
    let path = merged.entry(dead.file).map(FileRef::path).unwrap_or_default();
    UsageFile {
        path: FilePath::from_bytes(path),
        layer: number(merged.position(dead.file)),
        by: Some(number(usize::from(dead.by))),
        bytes: dead.amount.bytes,
        words: words(dead.reason).to_owned(),
    }
}

/// Files that look like secrets in any layer: those that a later layer has deleted are still there to be downloaded.
fn secrets(merged: &Merged, dead: &DeadBytes, first: usize) -> Vec<UsageFile> {
    let taken: HashMap<FileId, u16> = dead.files.iter().map(|file| (file.file, file.by)).collect();
    let mut secrets = Vec::new();
    for (id, file) in entries(merged, first) {
        let Some(secret) = Secret::of(file.path()).filter(|_| file.size() > 0) else { continue };
        let by = taken.get(&id).map(|by| number(usize::from(*by)));
        secrets.push(UsageFile {
            // What is gone stands in its layer only.
            path: if by.is_some() { FilePath::from_bytes(file.path()) } else { merged.shown(file.path()) },
            layer: number(merged.position(id)),
            by,
            bytes: file.size(),
            words: match secret {
                Secret::PrivateKey => "a private key, by its name",
                Secret::Credentials => "passwords or tokens of a tool, by its name",
                Secret::Environment => "variables of a program, by its name",
                Secret::Repository => "a repository with its history",
                Secret::History => "what a person has typed",
            }
            .to_owned(),
        });
    }
    secrets.sort_by_key(|file| file.by.is_none());
    secrets.truncate(LISTED);
    secrets
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
            *sum = (sum.0 + 1, sum.1 + file.size());
        }
    }
    let row = |(leftover, (files, bytes)): (Leftover, (u64, u64))| Leftovers {
        words: leftover.words().to_owned(),
        files,
        bytes,
        advice: leftover.advice().to_owned(),
    };
    let mut rows: Vec<_> = sums.into_iter().map(row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.bytes));
    rows
}

/// Live files with the same contents that are no links of each other.
fn duplicates(merged: &Merged, first: usize) -> Vec<Duplicate> {
    let mut seen: HashMap<[u8; 32], Vec<FileId>> = HashMap::new();
    for node in merged.overlay.nodes() {
        let Some(id) = merged.overlay.contents(node).filter(|id| usize::from(id.layer) >= first) else { continue };
        let Some(digest) = merged.entry(id).filter(|file| file.size() > 0).and_then(FileRef::digest) else { continue };
        let ids = seen.entry(*digest).or_default();
        if !ids.contains(&id) && ids.len() < 1_000 {
            ids.push(id);
        }
    }
    let duplicate = |ids: Vec<FileId>| {
        let file = merged.entry(*ids.first()?)?;
        let path = merged.shown(file.path());
        (ids.len() > 1).then(|| Duplicate { path, files: ids.len() as u64, bytes: file.size() })
    };
    let mut found: Vec<_> = seen.into_values().filter_map(duplicate).collect();
    found.sort_by_key(|one| (std::cmp::Reverse(one.bytes.saturating_mul(one.files - 1)), one.path.clone()));
    found.truncate(LISTED);
    found
}

fn largest(merged: &Merged, first: usize) -> Vec<UsageFile> {
    let overlay = &merged.overlay;
    let mut files: Vec<_> = overlay
        .nodes()
        .filter(|node| !overlay.is_directory(*node))
        .filter_map(|node| Some((node, overlay.contents(node)?, merged.sum(node).bytes)))
        .filter(|(_, id, bytes)| *bytes > 0 && usize::from(id.layer) >= first)
        .collect();
    if files.len() > LISTED {
        files.select_nth_unstable_by_key(LISTED, |(_, _, bytes)| std::cmp::Reverse(*bytes));
        files.truncate(LISTED);
    }
    files.sort_by_key(|(node, _, bytes)| (std::cmp::Reverse(*bytes), overlay.path(*node)));
    let row = |(node, id, bytes): (_, FileId, u64)| UsageFile {
        path: merged.path(node),
        layer: number(merged.position(id)),
        by: None,
        bytes,
        words: String::new(),
    };
    files.into_iter().map(row).collect()
}
