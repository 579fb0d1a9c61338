//! An image's layers as cards: what is known of each, in words.

use super::stack::{Again, Inside, Layer, Stack};
use crate::anatomy::layers::{Compression, LayerFormat};
use crate::anatomy::size;
use crate::anatomy::text::capitalized;
use crate::layers::tar;
use crate::layers::{Ending, Format, NotALayer, OpenError, PassError, ReadError, Stage, Summary};
use crate::oci::{Descriptor, Digest, MediaType, RepositoryName};
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
    if let Some(reading) = layer.reading() {
        return if matches!(reading.stage(), Stage::Waiting) {
            LayerState::Waiting
        } else {
            LayerState::Reading(ReadingProgress {
                stored: reading.progress.stored(),
                size: reading.size,
                entries: reading.progress.entries(),
            })
        };
    }
    let digest = layer.descriptor.digest.as_ref();
    match &layer.inside {
        // What is being read is said above.
        Inside::Unread(_) | Inside::Reading(_) => LayerState::Unread,
        Inside::Never(reason) => LayerState::Unreadable { reason: reason.clone(), again: false },
        Inside::Known(index) => LayerState::Known {
            entries: index.files.len() as u64,
            is_whole: index.summary.is_whole(),
            unpacked: index.summary.archive_size,
            remarks: stated(&layer.descriptor.media_type, index.summary.format)
                .into_iter()
                .chain(remarks(&index.summary, diff_id))
                .chain(in_vain(layer).map(|error| {
                    format!("It could not be read again. {}", reason(error, digest, repository, registry))
                }))
                .collect(),
            again: layer.again.is_some(),
        },
        Inside::Failed(error) => {
            LayerState::Unreadable { reason: reason(error, digest, repository, registry), again: true }
        }
    }
}

/// Why a layer that is known in part could not be read again.
fn in_vain(layer: &Layer) -> Option<&ReadError> {
    match &layer.again {
        Some(Again::Failed(error)) => Some(error),
        Some(Again::Possible | Again::Reading(_)) | None => None,
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

/// Docker's type of a layer in zstd: buildkit writes it, the format (distribution, "Image Manifest Version 2, Schema 2") has it not.
const DOCKER_ZSTD: &str = "application/vnd.docker.image.rootfs.diff.tar.zstd";

/// What is odd about the type that the manifest gives a layer with such bytes, as sentences.
fn stated(media_type: &MediaType, format: Format) -> Vec<String> {
    let mut remarks = Vec::new();
    let real = match format {
        Format::Gzip => Some(Compression::Gzip),
        Format::Zstd => Some(Compression::Zstd),
        Format::Tar => Some(Compression::Uncompressed),
        Format::Empty | Format::Other => None,
    };
    let stated = LayerFormat::of_media_type(media_type).compression;
    if let Some(real) = real
        && stated != Compression::Unknown
        && stated != real
    {
        remarks.push(format!(
            "The manifest says {stated}; the bytes are {real}. Runtimes that believe the manifest may refuse it."
        ));
    }
    if media_type.is(DOCKER_ZSTD) {
        // containers/image, pull request 2906.
        remarks.push(
            "Docker's manifest format knows no zstd, so that some runtimes refuse the image, Podman 5.4 among them."
                .to_owned(),
        );
    }
    remarks
}

/// What is odd about a layer that was read, as sentences.
pub(super) fn remarks(summary: &Summary, diff_id: Option<&Digest>) -> Vec<String> {
    let mut remarks = Vec::new();
    let not_a_layer = summary.not_a_layer();
    match not_a_layer {
        Some(NotALayer::UnknownBytes) => {
            remarks.push("It is neither gzip nor zstd nor tar, so nothing in it can be listed.".to_owned());
        }
        Some(NotALayer::OtherContent) => {
            remarks.push("What it unpacks to is no tar archive, so nothing in it can be listed.".to_owned());
        }
        None if summary.format == Format::Empty => {
            remarks.push("It has no byte at all. Runtimes take it for a layer without entries.".to_owned());
        }
        None => {}
    }
    match &summary.ending {
        Ending::Archive { archive, trailing_bytes } => {
            if not_a_layer.is_none() && summary.format != Format::Empty {
                remarks.extend(ended(archive));
            }
            if *trailing_bytes > 0 {
                let bytes = size::counted(*trailing_bytes, "byte");
                remarks.push(format!(
                    "After its end come {bytes} that unpack to nothing. Some runtimes refuse such a layer."
                ));
            }
        }
        Ending::Broken(_) if not_a_layer.is_some() => {}
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::UnpackError;

    fn stated(media_type: &str, format: Format) -> Vec<String> {
        super::stated(&MediaType::new(media_type), format)
    }

    #[test]
    fn a_type_that_differs_from_the_bytes_is_said() {
        let gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
        assert_eq!(
            stated(gzip, Format::Zstd),
            ["The manifest says gzip; the bytes are zstd. Runtimes that believe the manifest may refuse it."]
        );
        assert!(stated("application/vnd.docker.image.rootfs.diff.tar", Format::Gzip)[0].contains("says uncompressed"));
        assert!(stated(gzip, Format::Tar)[0].contains("bytes are uncompressed"));
        for (media_type, format) in [
            (gzip, Format::Gzip),
            ("application/vnd.oci.image.layer.v1.tar+zstd", Format::Zstd),
            ("application/vnd.oci.image.layer.v1.tar", Format::Tar),
            // Of these there is nothing to compare.
            (gzip, Format::Empty),
            (gzip, Format::Other),
            ("", Format::Gzip),
            ("application/octet-stream", Format::Tar),
        ] {
            assert!(stated(media_type, format).is_empty(), "{media_type}, {format:?}");
        }
    }

    /// A chart or a model among the layers is no damaged archive, and nothing comes before its end.
    #[test]
    fn what_is_no_layer_is_not_called_a_damaged_one() {
        let remarks = |format: Format, archive_size: u64, ending: Ending| {
            remarks(&Summary { format, stored_size: 2_000, archive_size, diff_id: None, ending }, None)
        };
        let archive = |archive: tar::Ending| Ending::Archive { archive, trailing_bytes: 0 };
        let damaged = |at: u64| archive(tar::Ending::Damaged { at, damage: tar::Damage::Checksum });
        assert_eq!(
            remarks(Format::Other, 0, Ending::Broken(UnpackError::Unknown)),
            ["It is neither gzip nor zstd nor tar, so nothing in it can be listed."]
        );
        let other = ["What it unpacks to is no tar archive, so nothing in it can be listed."];
        assert_eq!(remarks(Format::Gzip, 2_000, damaged(0)), other);
        assert_eq!(remarks(Format::Zstd, 100, archive(tar::Ending::Truncated)), other);
        assert!(
            remarks(Format::Gzip, 2_000, damaged(512))[0].starts_with("The archive cannot be read from byte 512 on")
        );
        assert!(remarks(Format::Gzip, 2_000, archive(tar::Ending::Truncated))[0].contains("ends within an entry"));
    }

    #[test]
    fn docker_has_no_type_for_zstd() {
        assert_eq!(stated(DOCKER_ZSTD, Format::Zstd).len(), 1);
        let both = stated(DOCKER_ZSTD, Format::Gzip);
        assert!(both[0].contains("says zstd") && both[1].contains("Podman"), "{both:?}");
    }
}
