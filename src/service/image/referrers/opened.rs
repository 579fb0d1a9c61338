//! The referrer that is opened in place: its manifest, read and held against what the list says of it (threat T-13).

use std::sync::Arc;

use super::lookup::Answer;
use crate::anatomy::kind::Kind;
use crate::oci::index::IndexEntry;
use crate::oci::{Descriptor, Digest, Manifest, Reference};
use crate::registry::{Document, Error, ManifestReference};
use crate::service::Service;
use crate::service::documents::ParsedManifest;
use crate::service::failure::{self, Subject};
use crate::service::image::found::Found;
use crate::service::image::layers;
use crate::service::visit::Visit;
use crate::view::image::referrers::{OpenedContent, OpenedReferrer, ReadReferrer, SubjectCheck};

/// What came of opening one.
#[derive(Debug)]
pub(super) struct Opened {
    digest: Digest,
    /// What it was listed for; nothing where no list has it.
    listed_for: Option<ListedFor>,
    read: Option<Result<(Document, Arc<ParsedManifest>), Error>>,
}

/// What a referrer was listed for.
#[derive(Debug)]
struct ListedFor(Option<Digest>);

/// Reads it, if any list has it: an address does not make Strata read whatever it names.
pub(super) async fn open(
    service: &Service,
    visit: &Visit<'_>,
    found: &Found,
    answers: &[Answer],
    digest: Digest,
) -> Opened {
    let Some((listed_for, size)) = listed(found, answers, &digest) else {
        return Opened { digest, listed_for: None, read: None };
    };
    let client = visit.registry.client();
    let repository = &found.reference.repository;
    let reference = ManifestReference::Digest(digest.clone());
    let document = match size {
        // A list's size is held to; what a `HEAD` says of one is not.
        Some(descriptor) => client.described_manifest(&visit.request, repository, &descriptor).await,
        None => client.manifest(&visit.request, repository, &reference).await,
    };
    let read = match document {
        Ok(document) => {
            let parsed = service.documents().manifest(&document).await;
            Ok((document, parsed))
        }
        Err(error) => Err(error),
    };
    Opened { digest, listed_for: Some(ListedFor(listed_for)), read: Some(read) }
}

/// Where a digest is listed: for which subject, and by which descriptor.
fn listed(found: &Found, answers: &[Answer], digest: &Digest) -> Option<(Option<Digest>, Option<Descriptor>)> {
    let is_it = |descriptor: &&Descriptor| descriptor.digest.as_ref() == Some(digest);
    let attestation = found.index().and_then(|index| {
        index.manifests.iter().filter(is_it).find_map(|entry| match entry.index_entry() {
            IndexEntry::Attestation { subject } => Some((subject, Some(entry.clone()))),
            _ => None,
        })
    });
    let in_lists = || {
        answers.iter().find_map(|answer| {
            let entry = answer.list.as_ref().ok()?.descriptors.iter().find(is_it)?;
            Some((Some(answer.digest.clone()), Some(entry.clone())))
        })
    };
    let by_tags = || {
        answers.iter().find_map(|answer| {
            let found = &answer.companions.as_ref().ok()?.found;
            let is_here = found.iter().any(|companion| companion.digest.as_ref() == Some(digest));
            is_here.then(|| (Some(answer.digest.clone()), None))
        })
    };
    attestation.or_else(in_lists).or_else(by_tags)
}

impl Opened {
    /// What pages say of it.
    pub(super) fn view(self, visit: &Visit<'_>, found: &Found) -> OpenedReferrer {
        let repository = &found.reference.repository;
        let content = match (&self.listed_for, &self.read) {
            (Some(ListedFor(subject)), Some(Ok((document, parsed)))) => match &**parsed {
                Ok(manifest) => OpenedContent::Read(Box::new(read(manifest, subject.as_ref()))),
                Err(error) => {
                    let reference = Reference::digest(repository.clone(), self.digest.clone());
                    let failure =
                        failure::document(error, &reference, &self.digest, &document.media_type, visit.registry);
                    OpenedContent::Unreadable(Box::new(visit.finish(failure)))
                }
            },
            (Some(_), Some(Err(error))) => {
                let subject = Subject::Referrer(repository.clone(), self.digest.clone());
                OpenedContent::Unreadable(Box::new(visit.fail(error, &subject)))
            }
            _ => OpenedContent::NotListed,
        };
        OpenedReferrer { digest: self.digest, content }
    }
}

/// What a manifest says itself.
fn read(manifest: &Manifest, listed_for: Option<&Digest>) -> ReadReferrer {
    let (media_type, artifact_type, subject, notices) = match manifest {
        Manifest::Image(image) => (&image.media_type, image.kind(), image.subject.as_ref(), image.notices.clone()),
        Manifest::Index(index) => {
            (&index.media_type, index.artifact_type.as_ref(), index.subject.as_ref(), index.notices.clone())
        }
        Manifest::Schema1 { media_type } => (media_type, None, None, Vec::new()),
        Manifest::Other { media_type, notices } => (media_type, None, None, notices.clone()),
    };
    let subject = match subject.and_then(|subject| subject.digest.clone()) {
        Some(own) if Some(&own) == listed_for => SubjectCheck::Same,
        Some(own) => SubjectCheck::Other(own),
        None => SubjectCheck::Missing,
    };
    ReadReferrer {
        kind: Kind::of(manifest),
        media_type: media_type.clone(),
        artifact_type: artifact_type.cloned(),
        subject,
        artifact: layers::artifact(manifest),
        notices,
    }
}
