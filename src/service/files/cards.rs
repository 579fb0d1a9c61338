//! An image's layers as cards: what is known of each, in words.

use super::stack::{Inside, Layer, Stack};
use crate::anatomy::size;
use crate::anatomy::text::capitalized;
use crate::layers::tar;
use crate::layers::{Ending, Format, OpenError, PassError, ReadError, Stage, Summary};
use crate::oci::{Descriptor, Digest, RepositoryName};
use crate::service::failure::{self, Subject};
use crate::service::registries::Registry;
use crate::view::files::{LayerCard, LayerState, ReadingProgress};

/// All layers, from the bottom.
pub(super) fn cards(
    stack: &Stack,
    diff_ids: &[Option<Digest>],
    repository: &RepositoryName,
    registry: &Registry,
) -> Vec<LayerCard> {
    let card = |(position, layer): (usize, &Layer)| {
        let diff_id = diff_ids.get(position).and_then(Option::as_ref);
        LayerCard {
            number: u32::try_from(position + 1).unwrap_or(u32::MAX),
            digest: layer.descriptor.digest.clone(),
            size: layer.descriptor.size,
            instruction: layer.instruction.clone(),
            state: state(layer, diff_id, repository, registry),
        }
    };
    stack.layers.iter().enumerate().map(card).collect()
}

fn state(layer: &Layer, diff_id: Option<&Digest>, repository: &RepositoryName, registry: &Registry) -> LayerState {
    match &layer.inside {
        Inside::Unread(_) => LayerState::Unread,
        Inside::Never(reason) => LayerState::Unreadable { reason: reason.clone(), again: false },
        Inside::Known(index) => LayerState::Known {
            entries: index.files.len() as u64,
            unpacked: index.summary.archive_size,
            remarks: remarks(&index.summary, diff_id),
        },
        Inside::Reading(reading) if matches!(reading.stage(), Stage::Waiting) => LayerState::Waiting,
        Inside::Reading(reading) => LayerState::Reading(ReadingProgress {
            stored: reading.progress.stored(),
            size: reading.size,
            entries: reading.progress.entries(),
        }),
        Inside::Failed(error) => {
            let digest = layer.descriptor.digest.as_ref();
            LayerState::Unreadable { reason: reason(error, digest, repository, registry), again: true }
        }
    }
}

/// Why a layer could not be read, as a sentence.
fn reason(error: &ReadError, digest: Option<&Digest>, repository: &RepositoryName, registry: &Registry) -> String {
    match (error, digest) {
        (ReadError::Registry(error), Some(digest)) => {
            let subject = Subject::Blob(repository.clone(), digest.clone());
            format!("{}.", failure::sentence(error, &subject, registry))
        }
        (ReadError::Pass(PassError::DigestMismatch { actual, .. }), _) => {
            format!(
                "The registry sent other bytes than the digest names: they have the digest {actual}. Nothing of them is shown."
            )
        }
        (error, _) => format!("{}.", capitalized(&error.to_string())),
    }
}

/// What is odd about a layer that was read, as sentences.
pub(super) fn remarks(summary: &Summary, diff_id: Option<&Digest>) -> Vec<String> {
    let mut remarks = Vec::new();
    match summary.format {
        Format::Empty => {
            remarks.push("It has no byte at all. Runtimes take it for a layer without entries.".to_owned());
        }
        Format::Other => remarks.push("It is no tar archive, so nothing in it can be listed.".to_owned()),
        Format::Gzip | Format::Zstd | Format::Tar => {}
    }
    match &summary.ending {
        Ending::Archive { archive, trailing_bytes } => {
            if !matches!(summary.format, Format::Empty | Format::Other) {
                remarks.extend(ended(archive));
            }
            if *trailing_bytes > 0 {
                let bytes = size::counted(*trailing_bytes, "byte");
                remarks.push(format!(
                    "After its end come {bytes} that unpack to nothing. Some runtimes refuse such a layer."
                ));
            }
        }
        Ending::Broken(error) => {
            remarks.push(format!("It cannot be unpacked to its end: {error}. What comes before is shown."));
        }
        Ending::Limit(reached) => {
            remarks.push(format!("Only a part was looked at: {reached}. What comes after is not shown."));
        }
    }
    if let (Some(own), Some(stated)) = (&summary.diff_id, diff_id)
        && own != stated
    {
        remarks.push(format!(
            "The config says that it unpacks to {}…, it unpacks to {}…. Runtimes refuse the image.",
            short(stated),
            short(own)
        ));
    }
    remarks
}

/// What is odd about how an archive ends.
fn ended(ending: &tar::Ending) -> Option<String> {
    match ending {
        tar::Ending::Marker { is_zero: true, .. } => None,
        tar::Ending::Marker { trailing_bytes, .. } => {
            let bytes = size::counted(*trailing_bytes, "byte");
            Some(format!("After the archive's end mark come {bytes} that belong to no file."))
        }
        tar::Ending::NoMarker => Some("The archive has no end mark. All of its entries are shown.".to_owned()),
        tar::Ending::Truncated => Some("The archive ends within an entry. What comes before is shown.".to_owned()),
        tar::Ending::Damaged { at, damage } => Some(format!(
            "The archive cannot be read from byte {} on: {damage}. Runtimes refuse such a layer.",
            size::count(*at)
        )),
    }
}

fn short(digest: &Digest) -> String {
    format!("{}:{}", digest.algorithm_name(), digest.short())
}

/// Bytes of the first layers that can be read and were not; of one of them where only that is shown. One that does not say how long it
/// is counts as `unknown`.
pub(super) fn unread_bytes(stack: &Stack, layers: usize, position: Option<usize>, unknown: u64) -> u64 {
    let wanted =
        stack.layers.iter().enumerate().filter(|(at, _)| position.map_or(*at < layers, |position| position == *at));
    let unread = wanted.filter(|(_, layer)| matches!(layer.inside, Inside::Unread(_)));
    unread.fold(0, |sum, (_, layer)| sum.saturating_add(layer.descriptor.size.unwrap_or(unknown)))
}

/// Why a file cannot be opened, as a sentence.
pub(super) fn open_problem(
    error: &OpenError,
    layer: &Descriptor,
    repository: &RepositoryName,
    registry: &Registry,
) -> String {
    match (error, &layer.digest) {
        (OpenError::Registry(error), Some(digest)) => {
            format!("{}.", failure::sentence(error, &Subject::Blob(repository.clone(), digest.clone()), registry))
        }
        (error, _) => format!("{}.", capitalized(&error.to_string())),
    }
}
