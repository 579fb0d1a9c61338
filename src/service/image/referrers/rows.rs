//! All that speaks about an image as rows, each digest once, in the order of the page.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::lookup::{Answer, Looked};
use crate::anatomy::kind::{Family, Kind};
use crate::anatomy::referrers::{ReferrerGroup, kind_of_referrer};
use crate::oci::index::IndexEntry;
use crate::oci::{Descriptor, Digest};
use crate::registry::{Companion, CompanionRole, ReferrersWay};
use crate::service::image::found::Found;
use crate::service::summary::annotated_created;
use crate::view::image::referrers::{FoundBy, NO_TYPE, Referrer, Subject, SubjectRole};

/// Everything: what the index has, what lists name, what stands under cosign's tags. Groups, in them what speaks of the whole
/// index, then of the manifest that is shown, then of the other images in the index's order.
pub(super) fn all(found: &Found, looked: &Looked) -> Vec<Referrer> {
    let mut rows = Rows::default();
    let images = images(found);
    for entry in found.index().into_iter().flat_map(|index| &index.manifests) {
        if let IndexEntry::Attestation { subject } = entry.index_entry() {
            rows.add(of_descriptor(entry, subject_in_index(&images, subject), FoundBy::Index));
        }
    }
    for Answer { subject, list, companions, .. } in &looked.subjects {
        if let Ok(list) = list {
            let found_by = if list.way == ReferrersWay::Api { FoundBy::Api } else { FoundBy::Tag };
            for descriptor in list.descriptors.iter() {
                rows.add(of_descriptor(descriptor, subject.clone(), found_by));
            }
        }
        for companion in companions.iter().flat_map(|companions| companions.found.iter()) {
            rows.add(of_companion(companion, subject.clone()));
        }
    }
    let place = |row: &Referrer| {
        let image = row.subject.digest.as_ref().and_then(|digest| images.get(digest));
        (row.group, row.subject.role, image.map_or(usize::MAX, |image| image.position))
    };
    rows.rows.sort_by_key(place);
    rows.rows
}

/// Rows, and where each digest's stands.
#[derive(Default)]
struct Rows {
    rows: Vec<Referrer>,
    known: HashMap<Digest, usize>,
}

impl Rows {
    /// Adds a row, or says of the one that has its digest where it was found, too. What tells more of what it is wins: `BuildKit`
    /// writes attestations into the index and makes them referrers.
    fn add(&mut self, row: Referrer) {
        let Some(digest) = row.digest.clone() else {
            self.rows.push(row);
            return;
        };
        match self.known.entry(digest) {
            Entry::Vacant(place) => {
                place.insert(self.rows.len());
                self.rows.push(row);
            }
            Entry::Occupied(place) => {
                let Some(known) = self.rows.get_mut(*place.get()) else { return };
                known
                    .found_by
                    .extend(row.found_by.iter().filter(|by| !known.found_by.contains(by)).copied().collect::<Vec<_>>());
                known.artifact_type = known.artifact_type.take().or(row.artifact_type);
                known.created = known.created.take().or(row.created);
                known.tag = known.tag.take().or(row.tag);
                if known.kind.family == Family::Unknown && row.kind.family != Family::Unknown {
                    (known.kind, known.group) = (row.kind, row.group);
                }
            }
        }
    }
}

/// An image of the index.
struct Image<'a> {
    position: usize,
    entry: &'a Descriptor,
    is_shown: bool,
}

fn images(found: &Found) -> HashMap<&Digest, Image<'_>> {
    let shown = found.manifest_digest();
    let entries = found.index().into_iter().flat_map(|index| &index.manifests).enumerate();
    let images = entries.filter(|(_, entry)| entry.index_entry() == IndexEntry::Image);
    images
        .filter_map(|(position, entry)| {
            let digest = entry.digest.as_ref()?;
            Some((digest, Image { position, entry, is_shown: shown == Some(digest) }))
        })
        .collect()
}

fn subject_in_index(images: &HashMap<&Digest, Image<'_>>, digest: Option<Digest>) -> Subject {
    let image = digest.as_ref().and_then(|digest| images.get(digest));
    let role = match image {
        Some(image) if image.is_shown => SubjectRole::Manifest,
        Some(_) => SubjectRole::OtherImage,
        None => SubjectRole::Elsewhere,
    };
    Subject { role, platform: image.and_then(|image| image.entry.platform.clone()), digest }
}

fn of_descriptor(descriptor: &Descriptor, subject: Subject, found_by: FoundBy) -> Referrer {
    let kind = kind_of_referrer(descriptor);
    Referrer {
        digest: descriptor.digest.clone(),
        tag: None,
        group: ReferrerGroup::of(kind.family),
        kind,
        media_type: descriptor.media_type.clone(),
        artifact_type: descriptor.artifact_type.clone(),
        size: descriptor.size,
        created: annotated_created(&descriptor.annotations),
        subject,
        found_by: vec![found_by],
        annotations: descriptor.annotations.clone(),
    }
}

/// What a tag's name says that it is.
fn of_companion(companion: &Companion, subject: Subject) -> Referrer {
    let (family, label) = match companion.role {
        CompanionRole::Signature => (Family::Signature, "Cosign signature"),
        CompanionRole::Attestation => (Family::Attestation, "Cosign attestation"),
        CompanionRole::Sbom => (Family::Sbom, "Cosign SBOM"),
    };
    Referrer {
        digest: companion.digest.clone(),
        tag: Some(companion.tag.clone()),
        group: ReferrerGroup::of(family),
        kind: Kind { family, label: label.to_owned() },
        media_type: companion.media_type.clone(),
        artifact_type: None,
        size: companion.size,
        created: None,
        subject,
        found_by: vec![FoundBy::CosignTag],
        annotations: Vec::new(),
    }
}

impl Referrer {
    /// What chooses it in the filter of artifact types.
    pub(super) fn type_name(&self) -> &str {
        self.artifact_type.as_ref().map_or(NO_TYPE, crate::oci::MediaType::as_str)
    }
}
