//! The referrer that is opened in place: its manifest, read and held against what the list says of it (threat V-11), and what
//! its blobs say.

use super::lookup::Answer;
use crate::anatomy::kind::Kind;
use crate::oci::index::IndexEntry;
use crate::oci::{Descriptor, Digest, Manifest, Reference};
use crate::registry::{Document, Error, ManifestReference};
use crate::service::Service;
use crate::service::failure::{self, Subject};
use crate::service::image::artifact::{self, Readings};
use crate::service::image::found::{Chosen, Found, Loaded};
use crate::service::image::readings;
use crate::service::visit::Visit;
use crate::view::Failure;
use crate::view::artifact::ArtifactQuery;
use crate::view::image::referrers::{OpenedContent, OpenedReferrer, ReadReferrer, SubjectCheck};

/// What came of opening one.
#[derive(Debug)]
pub(super) struct Opened {
    digest: Digest,
    outcome: Outcome,
}

#[derive(Debug)]
enum Outcome {
    /// No list has it.
    NotListed,
    Failed(Error),
    Read {
        /// What stands there, as its own page would find it.
        found: Box<Found>,
        readings: Readings,
        /// What it was listed for, where that is said.
        listed_for: Option<Digest>,
    },
}

/// Where a digest is listed.
struct Listed {
    /// For which subject.
    subject: Option<Digest>,
    place: Place,
}

/// How it is listed there: this decides which size it must have, and what else says what it is about.
enum Place {
    /// As this entry of the index.
    Entry(usize, Descriptor),
    /// By a list of referrers.
    List(Descriptor),
    /// Under one of cosign's tags.
    Tag(crate::oci::Tag),
}

/// Reads it, if any list has it: an address does not make Strata read whatever it names.
///
/// # Errors
///
/// Where the address asks to read a blob that the manifest does not list.
pub(super) async fn open(
    service: &Service,
    visit: &Visit<'_>,
    found: &Found,
    answers: &[Answer],
    digest: Digest,
    query: &ArtifactQuery,
) -> Result<Opened, Failure> {
    let Some(listed) = listed(found, answers, &digest) else {
        return Ok(Opened { digest, outcome: Outcome::NotListed });
    };
    let document = match read(visit, found, &listed, &digest).await {
        Ok(document) => document,
        Err(error) => return Ok(Opened { digest, outcome: Outcome::Failed(error) }),
    };
    let parsed = service.parsed_manifest(&document).await;
    let loaded = Loaded { document, parsed };
    let repository = found.reference.repository.clone();
    let by_digest = Reference::digest(repository, digest.clone());
    let opened = match listed.place {
        Place::Entry(position, _) => Found {
            reference: found.reference.clone(),
            top: found.top.clone(),
            chosen: Chosen::Entry { position, child: Box::new(Ok(loaded)) },
            config: None,
        },
        Place::List(_) => Found { reference: by_digest, top: loaded, chosen: Chosen::Top, config: None },
        Place::Tag(tag) => Found {
            reference: Reference { tag: Some(tag), ..by_digest },
            top: loaded,
            chosen: Chosen::Top,
            config: None,
        },
    };
    let readings = readings::read(visit, &opened, query).await?;
    let outcome = Outcome::Read { found: Box::new(opened), readings, listed_for: listed.subject };
    Ok(Opened { digest, outcome })
}

async fn read(visit: &Visit<'_>, found: &Found, listed: &Listed, digest: &Digest) -> Result<Document, Error> {
    let (client, repository) = (visit.registry.client(), &found.reference.repository);
    match &listed.place {
        Place::Entry(_, descriptor) | Place::List(descriptor) => {
            client.described_manifest(&visit.request, repository, descriptor).await
        }
        // A size that only a `HEAD` has stated binds nobody.
        Place::Tag(_) => client.manifest(&visit.request, repository, &ManifestReference::Digest(digest.clone())).await,
    }
}

/// Where a digest is listed, if anywhere.
fn listed(found: &Found, answers: &[Answer], digest: &Digest) -> Option<Listed> {
    let is_it = |descriptor: &Descriptor| descriptor.digest.as_ref() == Some(digest);
    let entries = found.index().into_iter().flat_map(|index| &index.manifests).enumerate();
    let attestation = entries.filter(|(_, entry)| is_it(entry)).find_map(|(position, entry)| {
        let IndexEntry::Attestation { subject } = entry.index_entry() else { return None };
        Some(Listed { subject, place: Place::Entry(position, entry.clone()) })
    });
    let in_lists = || {
        answers.iter().find_map(|answer| {
            let entry = answer.list.as_ref().ok()?.descriptors.iter().find(|entry| is_it(entry))?;
            Some(Listed { subject: Some(answer.digest.clone()), place: Place::List(entry.clone()) })
        })
    };
    let by_tags = || {
        answers.iter().find_map(|answer| {
            let found = &answer.companions.as_ref().ok()?.found;
            let companion = found.iter().find(|companion| companion.digest.as_ref() == Some(digest))?;
            Some(Listed { subject: Some(answer.digest.clone()), place: Place::Tag(companion.tag.clone()) })
        })
    };
    attestation.or_else(in_lists).or_else(by_tags)
}

impl Opened {
    /// How many bytes there are to work on.
    pub(super) fn bytes(&self) -> usize {
        match &self.outcome {
            Outcome::Read { found, .. } => found.bytes(),
            Outcome::NotListed | Outcome::Failed(_) => 0,
        }
    }

    /// What pages say of it.
    pub(super) fn view(self, visit: &Visit<'_>, page: &Found) -> OpenedReferrer {
        let Self { digest, outcome } = self;
        let repository = page.reference.repository.clone();
        let content = match outcome {
            Outcome::NotListed => OpenedContent::NotListed,
            Outcome::Failed(error) => {
                let subject = Subject::Referrer(repository, digest.clone());
                OpenedContent::Unreadable(Box::new(visit.fail(&error, &subject)))
            }
            Outcome::Read { found, readings, listed_for } => match found.shown().map(|shown| (&*shown.parsed, shown)) {
                Some((Ok(manifest), _)) => {
                    let read = read_view(visit, &found, manifest, readings, listed_for.as_ref());
                    OpenedContent::Read(Box::new(read))
                }
                Some((Err(error), shown)) => {
                    let reference = Reference::digest(repository, digest.clone());
                    let media_type = &shown.document.media_type;
                    let failure = failure::document(error, &reference, &digest, media_type, visit.registry);
                    OpenedContent::Unreadable(Box::new(visit.finish(failure)))
                }
                None => OpenedContent::NotListed,
            },
        };
        OpenedReferrer { digest, content }
    }
}

/// What a manifest says itself.
fn read_view(
    visit: &Visit<'_>,
    found: &Found,
    manifest: &Manifest,
    readings: Readings,
    listed_for: Option<&Digest>,
) -> ReadReferrer {
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
        artifact: artifact::view(visit, found, manifest, readings),
        notices,
    }
}
