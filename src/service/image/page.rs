//! The page of a reference.

use std::time::Instant;

use super::artifact::{self, Readings};
use super::cards::Entries;
use super::found::{Chosen, Configs, Found, find};
use super::referrers::{self, Looked};
use super::{config, layers, raw, readings};
use crate::anatomy::kind::{Family, Kind};
use crate::anatomy::platform_choice::Asked;
use crate::anatomy::pull::{
    PullCommand, PullHost, PullSource, PullTarget, chart_command, image_commands, inspect_command,
};
use crate::oci::{Digest, Manifest, Notice, Platform, Reference};
use crate::registry::{Error, ManifestReference};
use crate::service::Service;
use crate::service::blocking;
use crate::service::failure::{self, Subject};
use crate::service::files;
use crate::service::summary::annotated_created;
use crate::service::visit::Visit;
use crate::view::address::ImageView;
use crate::view::image::{DocumentNotices, ImageContent, ImagePage, ImageQuery, LayersView};
use crate::view::link::PlatformLink;
use crate::view::{Failure, Page, link};

impl Service {
    /// What stands at a reference: an image, an index of images, or another artifact.
    pub async fn image(&self, query: &ImageQuery) -> Result<Page<ImagePage>, Failure> {
        let asked = asked(&query.platform, &query.manifest)?;
        let (visit, reference) = self.locate(&query.reference, query.refresh).await?;
        let tag = tag_now(&visit, &reference).await;
        let configs = if query.view == ImageView::Raw { Configs::All } else { Configs::OfImages };
        let found = find(self, &visit, &reference, &asked, configs).await?;
        if let (Err(error), true) = (&*found.top.parsed, query.view != ImageView::Raw) {
            let document = &found.top.document;
            let failure = failure::document(error, &reference, &document.digest, &document.media_type, visit.registry);
            return Err(visit.finish(failure));
        }
        let mut entries = Entries::of(&found);
        if query.details {
            entries.read_sizes(self, &visit, &reference.repository).await;
        }
        let looked = match query.view {
            ImageView::Referrers => Some(Box::pin(referrers::look_up(self, &visit, &found, query)).await?),
            _ => None,
        };
        let readings = match query.view {
            ImageView::Raw | ImageView::Referrers => Readings::default(),
            _ => readings::read(&visit, &found, &query.artifact).await?,
        };
        let inside = match query.view {
            ImageView::Files => Box::pin(files::view(self, &visit, &found, query)).await?,
            _ => None,
        };
        let counted = match (query.view, found.image()) {
            (ImageView::Layers, Some(manifest)) => self.counted(manifest, found.is_windows()).await,
            _ => None,
        };
        let bytes = found.bytes() + looked.as_ref().map_or(0, Looked::bytes);
        let work = {
            let (parts, query, raw_text_bytes) = (visit.owned(), query.clone(), self.settings().raw_text_bytes);
            move || {
                let visit = parts.visit();
                let content = match inside {
                    Some(inside) => ImageContent::Files(Box::new(inside)),
                    None => content(&visit, &found, &query, looked, readings, raw_text_bytes),
                };
                let content = match content {
                    ImageContent::Layers(layers) => ImageContent::Layers(LayersView { counted, ..layers }),
                    other => other,
                };
                assemble(&visit, &found, &query, entries, tag, content)
            }
        };
        let page = blocking::work(visit.request.asker.reader, bytes, work).await;
        let page = page.ok_or_else(|| visit.fail(&Error::Stopped, &Subject::Manifest(reference)))?;
        Ok(visit.page(page))
    }
}

/// The entry that the address asks for.
pub(crate) fn asked(platform: &str, manifest: &str) -> Result<Asked, Failure> {
    let platform = match platform {
        "" => None,
        text => Some(text.parse::<Platform>().map_err(|error| {
            failure::invalid("This is no platform", format!("The address asks for one as it cannot be: {error}."))
        })?),
    };
    let manifest = match manifest {
        "" => None,
        text => Some(text.parse::<Digest>().map_err(|error| {
            failure::invalid("This is no digest", format!("The address asks for a manifest as it cannot be: {error}."))
        })?),
    };
    Ok(Asked { platform, manifest })
}

/// What became of a tag that stands beside a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
enum TagNow {
    /// Nothing, as far as can be told.
    Same,
    /// It leads to another digest.
    MovedTo(Digest),
    /// The repository has it no more.
    Gone,
}

/// What became of the tag, if the reference has a digest too. A remark only: where it cannot be told, nothing is said, and
/// the page does not wait for it longer than half of its time.
async fn tag_now(visit: &Visit<'_>, reference: &Reference) -> TagNow {
    let (Some(tag), Some(digest)) = (&reference.tag, &reference.digest) else {
        return TagNow::Same;
    };
    let now = Instant::now();
    let half = now + visit.deadline.saturating_duration_since(now) / 2;
    let request = crate::registry::Request { deadline: Some(half), ..visit.request.clone() };
    let tag = ManifestReference::Tag(tag.clone());
    match visit.registry.client().manifest(&request, &reference.repository, &tag).await {
        Ok(document) if document.digest != *digest => TagNow::MovedTo(document.digest),
        Err(Error::NotFound { .. }) => TagNow::Gone,
        Ok(_) | Err(_) => TagNow::Same,
    }
}

fn content(
    visit: &Visit<'_>,
    found: &Found,
    query: &ImageQuery,
    looked: Option<Looked>,
    readings: Readings,
    raw_text_bytes: usize,
) -> ImageContent {
    if let Some(looked) = looked {
        return ImageContent::Referrers(Box::new(referrers::view(visit, found, query, looked)));
    }
    if query.view == ImageView::Raw {
        return ImageContent::Raw(raw::documents(found, visit.registry, raw_text_bytes));
    }
    let shown = match &found.chosen {
        Chosen::NoImage => return ImageContent::NoImage,
        Chosen::Top => &found.top,
        Chosen::Entry { child, .. } => match child.as_ref() {
            Ok(loaded) => loaded,
            Err(error) => return ImageContent::Unreadable(Box::new(child_failure(visit, found, error))),
        },
    };
    match &*shown.parsed {
        Ok(Manifest::Image(manifest)) if found.image().is_some() => match query.view {
            ImageView::Config => match found.image_config() {
                Some(config) => ImageContent::Config(Box::new(config::view(config, manifest))),
                None => ImageContent::Unreadable(Box::new(config_failure(visit, found))),
            },
            _ => ImageContent::Layers(layers::view(visit, found, manifest, query)),
        },
        Ok(manifest) => match artifact::view(visit, found, manifest, readings) {
            Some(artifact) => ImageContent::Artifact(Box::new(artifact)),
            None => ImageContent::NoImage,
        },
        Err(error) => {
            let document = &shown.document;
            let reference = Reference::digest(found.reference.repository.clone(), document.digest.clone());
            let failure = failure::document(error, &reference, &document.digest, &document.media_type, visit.registry);
            ImageContent::Unreadable(Box::new(visit.finish(failure)))
        }
    }
}

fn child_failure(visit: &Visit<'_>, found: &Found, error: &Error) -> Failure {
    let repository = found.reference.repository.clone();
    let subject = match found.entry().and_then(|entry| entry.digest.clone()) {
        Some(digest) => Subject::Child(repository, digest),
        None => Subject::Manifest(found.reference.clone()),
    };
    visit.fail(error, &subject)
}

/// Why the config cannot be read.
pub(super) fn config_failure(visit: &Visit<'_>, found: &Found) -> Failure {
    let repository = found.reference.repository.clone();
    let digest = found.image().and_then(|image| image.config.as_ref()).and_then(|config| config.digest.clone());
    match (&found.config, digest) {
        (Some(Err(error)), Some(digest)) => visit.fail(error, &Subject::Config(repository, digest)),
        (Some(Err(error)), None) => visit.fail(error, &Subject::Manifest(found.reference.clone())),
        (Some(Ok(loaded)), _) => {
            let reference = Reference { digest: found.manifest_digest().cloned(), ..found.reference.clone() };
            let problem = match &*loaded.parsed {
                Err(error) => error.to_string(),
                Ok(_) => String::new(),
            };
            visit.finish(failure::config_document(&problem, &reference, &loaded.document.digest, visit.registry))
        }
        (None, _) => visit.finish(failure::invalid("This image has no config", "Its manifest names none.")),
    }
}

fn assemble(
    visit: &Visit<'_>,
    found: &Found,
    query: &ImageQuery,
    entries: Entries,
    tag: TagNow,
    content: ImageContent,
) -> ImagePage {
    let tag_gone = tag == TagNow::Gone;
    let tag_moved_to = if let TagNow::MovedTo(digest) = tag { Some(digest) } else { None };
    let document = &found.top.document;
    let (kind, media_type) = match &*found.top.parsed {
        Ok(manifest) => (Kind::of(manifest), stated_type(manifest, &document.media_type)),
        Err(_) => (Kind::of_media_type(&document.media_type), document.media_type.clone()),
    };
    let manifest = found.manifest();
    // Only an address that names a platform means that one.
    let wanted = found.platform().filter(|_| found.index().is_some() && !query.platform.is_empty());
    let by_digest = Reference::digest(found.reference.repository.clone(), document.digest.clone());
    let annotated = || manifest.and_then(|manifest| annotated_created(&manifest.annotations));
    ImagePage {
        view: query.view,
        identity: found.identity(),
        tag_moved_to,
        tag_gone,
        platform: found.platform(),
        contradicting_platform: found.contradicting_platform(),
        size: manifest.and_then(crate::oci::ImageManifest::whole_size),
        layer_count: manifest.and_then(|manifest| u32::try_from(manifest.layer_count()).ok()),
        created: found.image_config().and_then(|config| config.created.clone()).or_else(annotated),
        notices: notices(found),
        pull_by_tag: match &found.reference.tag {
            Some(tag) if !tag_gone => pull(visit, found, &kind, PullTarget::Tag(tag), wanted.as_ref()),
            _ => Vec::new(),
        },
        pull_by_digest: pull(visit, found, &kind, PullTarget::Digest(&document.digest), wanted.as_ref()),
        permalink: permalink(visit, &by_digest, query, &found.choice()),
        reference: found.reference.clone(),
        kind,
        media_type,
        platforms: entries.cards,
        more_platforms: entries.more_cards,
        other_entries: entries.others,
        more_entries: entries.more_others,
        content,
    }
}

/// The same page by digest.
fn permalink(visit: &Visit<'_>, reference: &Reference, query: &ImageQuery, choice: &PlatformLink) -> String {
    let (prefix, path) = (visit.registry.prefix(), &query.files.path);
    match (&query.files.layer, query.view) {
        (Some(layer), ImageView::Files) => link::layer(prefix, reference, choice, layer, path, path.is_root()),
        (None, ImageView::Files) => link::files(prefix, reference, choice, path, path.is_root()),
        (_, view) => link::image(prefix, reference, view, choice),
    }
}

/// The document's own type; the registry's where it has none.
fn stated_type(manifest: &Manifest, content_type: &crate::oci::MediaType) -> crate::oci::MediaType {
    match manifest {
        Manifest::Image(image) => image.media_type.clone(),
        Manifest::Index(index) => index.media_type.clone(),
        Manifest::Schema1 { media_type } | Manifest::Other { media_type, .. } if !media_type.is_empty() => {
            media_type.clone()
        }
        _ => content_type.clone(),
    }
}

/// What is odd about each document, in the order in which they were read.
fn notices(found: &Found) -> Vec<DocumentNotices> {
    let of = |manifest: &Manifest| match manifest {
        Manifest::Image(image) => image.notices.clone(),
        Manifest::Index(index) => index.notices.clone(),
        Manifest::Other { notices, .. } => notices.clone(),
        Manifest::Schema1 { .. } => Vec::new(),
    };
    let read = |loaded: &super::found::Loaded<_>| {
        let parsed: &crate::service::documents::ParsedManifest = &loaded.parsed;
        parsed.as_ref().map(of).unwrap_or_default()
    };
    let name = if found.index().is_some() { "Index" } else { "Manifest" };
    let mut all = vec![(name, read(&found.top))];
    if let Chosen::Entry { child, .. } = &found.chosen
        && let Ok(loaded) = child.as_ref()
    {
        all.push(("Manifest", read(loaded)));
    }
    if let Some(config) = found.image_config() {
        all.push(("Config", config.notices.clone()));
    }
    let warning = |text: &String| Notice { member: String::new(), problem: text.clone() };
    all.push(("Registry", found.top.document.warnings.iter().map(warning).collect()));
    all.into_iter()
        .filter(|(_, notices)| !notices.is_empty())
        .map(|(document, notices)| DocumentNotices { document: document.to_owned(), notices })
        .collect()
}

/// Commands that fetch it; none where the host that people pull from cannot stand in one.
fn pull(
    visit: &Visit<'_>,
    found: &Found,
    kind: &Kind,
    target: PullTarget<'_>,
    platform: Option<&Platform>,
) -> Vec<PullCommand> {
    let facts = visit.registry.facts();
    // An index with nothing in it gives nothing to whoever pulls it.
    if found.index().is_some_and(|index| index.manifests.is_empty()) {
        return Vec::new();
    }
    let Ok(host) = facts.pull_host.parse::<PullHost>() else {
        return Vec::new();
    };
    let source = PullSource {
        host: &host,
        plain_http: facts.plain_http,
        repository: &found.reference.repository,
        target,
        platform,
    };
    match kind.family {
        Family::Image | Family::Index => image_commands(&source),
        Family::Chart => vec![chart_command(&source), inspect_command(&source)],
        _ => vec![inspect_command(&source)],
    }
}
