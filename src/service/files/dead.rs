//! What of an image nobody can see, and what has hidden it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::listing::number;
use super::merged::Merged;
use crate::anatomy::files::{Amount, DeadBytes, DeadFile, FilePath, FileRef, LayerBytes, Reason};
use crate::view::files::{Cause, LayerCause, USAGE_LENGTH, UsageFile, UsageLayer};

/// Most causes that are told of one layer: there can be some for each layer above it.
const CAUSES: usize = 20;

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

fn cause(reason: Reason, amount: Amount) -> Cause {
    let Amount { files, bytes, stored_bytes } = amount;
    Cause { words: words(reason).to_owned(), files, bytes, stored_bytes }
}

/// Why files are dead, all layers taken together.
pub(super) fn causes(dead: &DeadBytes) -> Vec<Cause> {
    let mut sums: BTreeMap<Reason, Amount> = BTreeMap::new();
    for ((reason, _), amount) in dead.layers.iter().flat_map(|layer| &layer.dead) {
        sums.entry(*reason).or_default().add(*amount);
    }
    let mut causes: Vec<_> = sums.into_iter().map(|(reason, amount)| cause(reason, amount)).collect();
    causes.sort_by_key(|cause| Reverse(cause.bytes));
    causes
}

/// What each layer holds, and which layers have hidden how much of it.
pub(super) fn layers(dead: &DeadBytes) -> Vec<UsageLayer> {
    dead.layers.iter().enumerate().map(|(position, held)| layer(position, held)).collect()
}

fn layer(position: usize, held: &LayerBytes) -> UsageLayer {
    let mut dead = Amount::default();
    let mut causes = Vec::with_capacity(held.dead.len());
    for ((reason, by), amount) in &held.dead {
        dead.add(*amount);
        causes.push(LayerCause { by: number(usize::from(*by)), cause: cause(*reason, *amount) });
    }
    causes.sort_by_key(|cause| Reverse(cause.cause.bytes));
    let causes_left_out = causes.len().saturating_sub(CAUSES) as u64;
    causes.truncate(CAUSES);
    UsageLayer {
        number: number(position),
        bytes: held.total.bytes,
        stored_bytes: held.total.stored_bytes,
        dead_bytes: dead.bytes,
        dead_stored_bytes: dead.stored_bytes,
        causes,
        causes_left_out,
    }
}

/// Dead files from one on, those of most bytes first.
pub(super) fn files(merged: &Merged, dead: &DeadBytes, from: u32) -> Vec<UsageFile> {
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    dead.files.iter().skip(from).take(USAGE_LENGTH).map(|file| row(merged, file)).collect()
}

fn row(merged: &Merged, dead: &DeadFile) -> UsageFile {
    let path = merged.entry(dead.file).map(FileRef::path).unwrap_or_default();
    UsageFile {
        path: FilePath::from_bytes(path),
        is_shown: false,
        layer: number(merged.position(dead.file)),
        by: Some(number(usize::from(dead.by))),
        bytes: dead.amount.bytes,
        stored_bytes: Some(dead.amount.stored_bytes),
        words: words(dead.reason).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_tells_its_largest_causes_and_how_many_there_are_more() {
        let amount = |by: u16| Amount { files: 1, bytes: by.into(), stored_bytes: 1 };
        let hidden = (1..=25).map(|by| ((Reason::Deleted, by), amount(by))).collect();
        let held = LayerBytes { total: Amount { files: 30, bytes: 1_000, stored_bytes: 500 }, dead: hidden };
        let told = layers(&DeadBytes { layers: vec![held], ..DeadBytes::default() });
        assert_eq!((told[0].dead_bytes, told[0].dead_stored_bytes), (25 * 26 / 2, 25));
        assert_eq!((told[0].causes.len(), told[0].causes_left_out), (20, 5));
        // The layer's number is one more than its place.
        let first = &told[0].causes[0];
        assert_eq!((first.by, first.cause.bytes, first.cause.stored_bytes), (26, 25, 1));
    }
}
