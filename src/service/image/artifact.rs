//! What an artifact that is no container image consists of.

use super::config::named;
use super::found::{Chosen, Found};
use crate::anatomy::artifact::described::Described;
use crate::anatomy::kind::Kind;
use crate::oci::media_type::OCI_EMPTY;
use crate::oci::{Descriptor, Digest, ImageManifest, Manifest};
use crate::service::visit::Visit;
use crate::view::artifact::{ArtifactView, Reading};
use crate::view::image::TABLE_LENGTH;
use crate::view::link;

/// What is read of an artifact beside its manifest.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// The blobs that were read, or that were to be.
    pub(super) read: Vec<Reading>,
    /// The blobs that are read where a reader asks for it.
    pub(super) readable: Vec<Digest>,
}

/// What an artifact consists of; nothing of an index, whose entries stand on its page anyhow.
pub(super) fn view(visit: &Visit<'_>, found: &Found, manifest: &Manifest, readings: Readings) -> Option<ArtifactView> {
    let refused = |refusal: &str| ArtifactView { refusal: Some(refusal.to_owned()), ..ArtifactView::default() };
    Some(match manifest {
        Manifest::Image(manifest) => of_manifest(visit, found, manifest, readings),
        Manifest::Schema1 { .. } => refused(
            "Docker's schema 1 has been deprecated since 2017, and programs no longer pull it. It is named, not interpreted.",
        ),
        Manifest::Other { .. } => refused("The document has nothing that says what it is, so it is not interpreted."),
        Manifest::Index(_) => return None,
    })
}

fn of_manifest(visit: &Visit<'_>, found: &Found, manifest: &ImageManifest, readings: Readings) -> ArtifactView {
    let (layers, more_layers) = first(&manifest.layers);
    let (annotations, more_annotations) = named(&manifest.annotations);
    // A tag speaks of what stands under it, not of an entry of an index there.
    let tag = found.reference.tag.as_ref().filter(|_| matches!(found.chosen, Chosen::Top));
    ArtifactView {
        kind: Some(Kind::of_manifest(manifest)),
        described: Described::of(manifest, found.entry(), tag),
        downloads: downloads(visit, found, manifest.config.iter().chain(&layers)),
        config: manifest.config.clone(),
        layers,
        subject: manifest.subject.clone(),
        annotations,
        rows_left_out: u32::try_from(manifest.layers_left_out)
            .unwrap_or(u32::MAX)
            .saturating_add(more_layers)
            .saturating_add(more_annotations),
        refusal: None,
        readings: readings.read,
        readable: readings.readable,
    }
}

/// Where the bytes of blobs are, those that can be downloaded: short enough, with a digest that proves them, and kept here.
fn downloads<'a>(
    visit: &Visit<'_>,
    found: &Found,
    descriptors: impl Iterator<Item = &'a Descriptor>,
) -> Vec<(Digest, String)> {
    let limit = visit.registry.client().settings().limits.artifact_bytes;
    let Some(manifest) = found.manifest_digest() else { return Vec::new() };
    let mut downloads: Vec<(Digest, String)> = Vec::new();
    for descriptor in descriptors {
        let Some(digest) = descriptor.digest.as_ref().filter(|digest| digest.is_verifiable()) else { continue };
        if descriptor.media_type.is(OCI_EMPTY) {
            continue;
        }
        let is_short = descriptor.size.is_none_or(|size| size <= limit);
        if is_short && descriptor.urls.is_empty() && !downloads.iter().any(|(known, _)| known == digest) {
            let path = link::blob_bytes(visit.registry.prefix(), &found.reference.repository, manifest, digest);
            downloads.push((digest.clone(), path));
        }
    }
    downloads
}

fn first(descriptors: &[Descriptor]) -> (Vec<Descriptor>, u32) {
    let shown: Vec<_> = descriptors.iter().take(TABLE_LENGTH).cloned().collect();
    let left_out = descriptors.len() - shown.len();
    (shown, u32::try_from(left_out).unwrap_or(u32::MAX))
}
