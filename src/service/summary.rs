//! What a row shows: a tag's image in a few figures, for at most three requests, and a repository's first tag.

use std::sync::Arc;
use std::time::Instant;

use super::Service;
use super::failure::{self, Subject};
use super::memory::Outcome;
use super::registries::Registry;
use super::rows::{self, RepositoryOutcome};
use crate::anatomy::kind::Kind;
use crate::anatomy::platform_choice::{self, Asked};
use crate::oci::config::MAX_CREATED;
use crate::oci::index::IndexEntry;
use crate::oci::{Descriptor, ImageIndex, ImageManifest, Manifest, Reference, RepositoryName, Tag};
use crate::registry::{Document, Error, ManifestReference, Request};
use crate::view::ImageSummary;
use crate::view::listing::Details;
use crate::view::repositories::RepositoryDetails;
use crate::view::summary::Band;

/// Annotation that says when something was built, for artifacts without a config (image-spec, annotations.md).
const CREATED: &str = "org.opencontainers.image.created";

/// Why a size is missing.
pub(crate) const TOO_MANY_LAYERS: &str = "It has more layers than are read, so that their size is not known";

/// Most layers of a core sample. Images have at most 127; what has more is no image that runs.
const MOST_BANDS: usize = 256;

/// One row being read.
struct Reading<'a> {
    service: &'a Service,
    registry: &'a Registry,
    request: &'a Request,
    repository: &'a RepositoryName,
}

/// What a tag points at.
pub(crate) async fn of_tag(
    service: &Service,
    registry: &Registry,
    request: &Request,
    repository: &RepositoryName,
    tag: &Tag,
) -> Outcome {
    let reading = Reading { service, registry, request, repository };
    let reference = ManifestReference::Tag(tag.clone());
    match registry.client().manifest(request, repository, &reference).await {
        Ok(document) => {
            service.sightings().note(registry, repository, &document.digest).await;
            Ok(Arc::new(reading.document(&document).await))
        }
        Err(error) => {
            let subject = Subject::Manifest(Reference::tag(repository.clone(), tag.clone()));
            Err(failure::sentence(&error, &subject, registry))
        }
    }
}

/// How many tags a repository has, and what its first one in version order points at.
pub(crate) async fn of_repository(
    service: &Service,
    registry: &Registry,
    request: &Request,
    repository: &RepositoryName,
) -> RepositoryOutcome {
    // A list without end must not hold a row for as long as a walk may take.
    let listing_request =
        Request { deadline: Some(Instant::now() + service.settings().page_deadline), ..request.clone() };
    let listing = registry.client().tags(&listing_request, repository).await;
    let listing = listing.map_err(|error| failure::sentence(&error, &Subject::Tags(repository.clone()), registry))?;
    let names = service.orders().tags(registry, repository, &listing).await;
    let first_tag = names.first().cloned();
    let image = match &first_tag {
        Some(tag) => {
            let outcome = of_tag(service, registry, request, repository, tag).await;
            service.rows().memory().remember(registry, repository, tag, outcome.clone()).await;
            rows::details(&outcome)
        }
        None => Details::Unasked,
    };
    Ok(Arc::new(RepositoryDetails { tag_count: names.len() as u64, tags_complete: listing.complete, first_tag, image }))
}

impl Reading<'_> {
    async fn document(&self, document: &Document) -> ImageSummary {
        let mut summary = ImageSummary {
            digest: document.digest.clone(),
            media_type: document.media_type.clone(),
            kind: String::new(),
            platform_count: None,
            platform: None,
            size: None,
            layers: Vec::new(),
            created: None,
            problem: None,
        };
        match &*self.service.parsed_manifest(document).await {
            Err(error) => {
                summary.kind = Kind::of_media_type(&document.media_type).label;
                summary.problem = Some(error.to_string());
            }
            Ok(manifest) => {
                summary.kind = Kind::of(manifest).label;
                match manifest {
                    Manifest::Index(index) => self.index(&mut summary, index).await,
                    Manifest::Image(image) => self.image(&mut summary, image).await,
                    Manifest::Schema1 { .. } => {
                        summary.problem = Some("Schema 1 manifests are named, not read".to_owned());
                    }
                    Manifest::Other { .. } => {}
                }
            }
        }
        summary
    }

    async fn index(&self, summary: &mut ImageSummary, index: &ImageIndex) {
        summary.media_type = index.media_type.clone();
        let images = index.manifests.iter().filter(|entry| entry.index_entry() == IndexEntry::Image).count();
        summary.platform_count = u32::try_from(images).ok();
        let chosen = platform_choice::choose(&index.manifests, &Asked::default()).position();
        let Some(entry) = chosen.and_then(|position| index.manifests.get(position)) else {
            summary.created = annotated_created(&index.annotations);
            return;
        };
        let child = self.registry.client().described_manifest(self.request, self.repository, entry).await;
        let child = match child {
            Ok(child) => child,
            Err(error) => {
                summary.platform.clone_from(&entry.platform);
                summary.problem = Some(self.child_problem(&error, entry));
                return;
            }
        };
        match &*self.service.parsed_manifest(&child).await {
            Ok(Manifest::Image(image)) => self.image(summary, image).await,
            Ok(_) => {}
            Err(error) => summary.problem = Some(error.to_string()),
        }
        // What the index says stands in the address, so it is what the row says, too.
        if entry.platform.is_some() {
            summary.platform.clone_from(&entry.platform);
        }
    }

    async fn image(&self, summary: &mut ImageSummary, image: &ImageManifest) {
        if summary.platform_count.is_none() {
            summary.media_type = image.media_type.clone();
        }
        summary.size = image.whole_size();
        summary.problem = summary.size.is_none().then(|| TOO_MANY_LAYERS.to_owned());
        summary.layers = bands(&image.layers);
        summary.created = annotated_created(&image.annotations);
        let Some(config) = image.config.as_ref().filter(|_| image.is_container_image()) else {
            return;
        };
        match self.registry.client().config(self.request, self.repository, config).await {
            Ok(document) => match &*self.service.parsed_config(&document).await {
                Ok(config) => {
                    summary.created.clone_from(&config.created);
                    if !config.platform.os.is_empty() || !config.platform.architecture.is_empty() {
                        summary.platform = Some(config.platform.clone());
                    }
                }
                Err(error) => summary.problem = Some(error.to_string()),
            },
            Err(error) => {
                let subject = match &config.digest {
                    Some(digest) => Subject::Config(self.repository.clone(), digest.clone()),
                    None => Subject::Tags(self.repository.clone()),
                };
                summary.problem = Some(failure::sentence(&error, &subject, self.registry));
            }
        }
    }

    fn child_problem(&self, error: &Error, entry: &Descriptor) -> String {
        match &entry.digest {
            Some(digest) => {
                let subject = Subject::Child(self.repository.clone(), digest.clone());
                failure::sentence(error, &subject, self.registry)
            }
            None => "The index's entry has no valid digest".to_owned(),
        }
    }
}

/// The core sample of these layers, lowest first.
pub(crate) fn bands(layers: &[Descriptor]) -> Vec<Band> {
    let band = |layer: &Descriptor| Band { digest: layer.digest.clone(), size: layer.size.unwrap_or(0) };
    layers.iter().take(MOST_BANDS).map(band).collect()
}

/// When something was built, as its annotations say, at most [`MAX_CREATED`] bytes of it: the annotation itself is shown as it
/// is.
pub(crate) fn annotated_created(annotations: &[(String, String)]) -> Option<String> {
    let (_, value) = annotations.iter().find(|(name, _)| name == CREATED)?;
    if value.len() <= MAX_CREATED {
        return Some(value.clone());
    }
    Some(format!("{}…", &value[..value.floor_char_boundary(MAX_CREATED)]))
}
