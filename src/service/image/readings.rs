//! What the blobs of an artifact say: a few short ones at once, others where a reader asks for them.

use futures::StreamExt as _;
use futures::stream;

use super::artifact::Readings;
use super::found::{Chosen, Found};
use super::{indent, readme};
use crate::anatomy::artifact::chart::version_of;
use crate::anatomy::artifact::content::{self, Content};
use crate::anatomy::artifact::described::Described;
use crate::anatomy::artifact::{MAX_DOCUMENT, Parsed};
use crate::anatomy::kind::{self, Kind, Presenter};
use crate::anatomy::text::capitalized;
use crate::oci::media_type::OCI_EMPTY;
use crate::oci::{Descriptor, Digest, ImageManifest, Notice, Tag};
use crate::registry::Error;
use crate::service::blocking;
use crate::service::failure::{self, Subject};
use crate::service::visit::Visit;
use crate::view::Failure;
use crate::view::artifact::{ArtifactQuery, Outcome, PACKAGES_LENGTH, Read, Reading};
use crate::view::image::TABLE_LENGTH;

/// Longest blob that is read without being asked for, in bytes.
const SHORT: u64 = 1 << 20;
/// Most blobs that are read without being asked for.
const FEW: usize = 4;

/// A config or layer, and how it is shown.
struct Part<'a> {
    descriptor: &'a Descriptor,
    digest: &'a Digest,
    presenter: Presenter,
}

/// What is the same for all parts of a page.
struct Context<'a> {
    visit: &'a Visit<'a>,
    found: &'a Found,
    query: &'a ArtifactQuery,
    described: Option<Described>,
    /// Longest blob that is read here, in bytes.
    most: u64,
}

/// Reads what a page of an artifact shows of its blobs.
///
/// # Errors
///
/// Where a blob was asked for that the manifest does not list.
pub(super) async fn read(visit: &Visit<'_>, found: &Found, query: &ArtifactQuery) -> Result<Readings, Failure> {
    let wanted = match query.read.as_str() {
        "" => None,
        text => Some(text.parse::<Digest>().map_err(|error| {
            failure::invalid("This is no digest", format!("The address asks for a blob as it cannot be: {error}."))
        })?),
    };
    let Some(manifest) = found.manifest() else { return Ok(Readings::default()) };
    let kind = Kind::of_manifest(manifest);
    if found.image().is_some() {
        return Ok(Readings::default());
    }
    let parts = parts(manifest, &kind);
    if let Some(wanted) = &wanted
        && !parts.iter().any(|part| part.digest == wanted && part.presenter.is_read())
    {
        return Err(visit.finish(failure::not_listed(&found.reference, wanted, visit.registry)));
    }
    let tag = found.reference.tag.as_ref().filter(|_| matches!(found.chosen, Chosen::Top));
    let limit = visit.registry.client().settings().limits.artifact_bytes;
    let context = Context {
        visit,
        found,
        query,
        described: Described::of(manifest, found.entry(), tag),
        most: limit.min(MAX_DOCUMENT),
    };
    let mut readable = Vec::new();
    let (mut chosen, mut at_once) = (Vec::new(), 0);
    for part in parts.into_iter().filter(|part| part.presenter.is_read()) {
        let fits = |most: u64| part.descriptor.size.is_none_or(|size| size <= most);
        let by_itself = part.presenter.is_read_at_once() && fits(SHORT) && at_once < FEW;
        at_once += usize::from(by_itself);
        let asked = by_itself || wanted.as_ref() == Some(part.digest);
        if !asked && fits(context.most) {
            readable.push(part.digest.clone());
        }
        if asked || part.presenter.is_read_at_once() {
            chosen.push((part, asked));
        }
    }
    // What is neither read nor counted needs no card: a row of the table says that it is there.
    let mut unasked = 0;
    chosen.retain(|(_, asked)| {
        unasked += usize::from(!asked);
        *asked || unasked <= FEW
    });
    let all = chosen.iter().map(|(part, asked)| reading(&context, part, *asked)).collect::<Vec<_>>();
    Ok(Readings { read: stream::iter(all).buffered(FEW).collect().await, readable })
}

/// Config and layers that have a digest and are not empty, each blob once.
fn parts<'a>(manifest: &'a ImageManifest, kind: &Kind) -> Vec<Part<'a>> {
    let config = manifest.config.iter().map(|config| (config, Presenter::of_config(config, kind)));
    let layers = manifest.layers.iter().take(TABLE_LENGTH);
    let layers = layers.map(|layer| (layer, Presenter::of_layer(layer, manifest)));
    let mut parts: Vec<Part<'a>> = Vec::new();
    for (descriptor, presenter) in config.chain(layers) {
        if let Some(digest) = descriptor.digest.as_ref().filter(|digest| digest.is_verifiable())
            && !descriptor.media_type.is(OCI_EMPTY)
            && descriptor.urls.is_empty()
            && !parts.iter().any(|part| part.digest == digest)
        {
            parts.push(Part { descriptor, digest, presenter });
        }
    }
    parts
}

async fn reading(context: &Context<'_>, part: &Part<'_>, asked: bool) -> Reading {
    let descriptor = part.descriptor;
    let outcome = match descriptor.size.filter(|size| *size > context.most) {
        Some(_) => Outcome::TooLarge(context.most),
        None if asked => outcome(context, part).await,
        None => Outcome::Unasked,
    };
    Reading {
        label: match part.presenter {
            // What describes the whole is called as the whole.
            Presenter::Chart | Presenter::Facts => Kind::of_descriptor(descriptor).label,
            _ => match kind::part_name(descriptor) {
                // A type that is not known is its own name, as it is written.
                name if name == descriptor.media_type.as_str() => name,
                name => capitalized(&name),
            },
        },
        title: kind::title(descriptor).map(str::to_owned),
        digest: part.digest.clone(),
        media_type: descriptor.media_type.clone(),
        size: descriptor.size,
        outcome,
    }
}

async fn outcome(context: &Context<'_>, part: &Part<'_>) -> Outcome {
    let (visit, repository) = (context.visit, &context.found.reference.repository);
    let blob = visit.registry.client().blob(&visit.request, repository, part.descriptor, context.most).await;
    let document = match blob {
        Ok(document) => document,
        Err(Error::Deadline { .. }) => return Outcome::Waiting,
        Err(Error::TooLarge { limit, .. }) => return Outcome::TooLarge(limit),
        Err(error) => {
            let subject = Subject::Blob(repository.clone(), part.digest.clone());
            return Outcome::Unreadable(failure::sentence(&error, &subject, visit.registry));
        }
    };
    let (presenter, query, bytes) = (part.presenter, context.query.clone(), document.bytes);
    // A few bytes of an archive may become many.
    let weight = if presenter == Presenter::ChartArchive { usize::MAX } else { bytes.len() };
    let parsed = blocking::work(visit.request.asker.reader, weight, move || parse(presenter, &bytes, &query)).await;
    match parsed {
        None => Outcome::Waiting,
        Some(Err(problem)) => Outcome::Unreadable(capitalized(&problem)),
        Some(Ok((read, mut notices))) => {
            notices.extend(of_tag(&read, context.found.reference.tag.as_ref()));
            let about = context.described.as_ref().and_then(|described| read.speaks_of(&described.digest));
            Outcome::Read(Box::new(Read { content: read, about, notices }))
        }
    }
}

/// Reads the bytes, and cuts out what the page shows of them.
fn parse(presenter: Presenter, bytes: &[u8], query: &ArtifactQuery) -> Result<(Content, Vec<Notice>), String> {
    if presenter == Presenter::ChartArchive {
        return readme::find(bytes).map(|file| (Content::File(file), Vec::new()));
    }
    let laid_out = match presenter {
        Presenter::Text | Presenter::TextIfAsked => std::str::from_utf8(bytes).ok().and_then(indent::indented),
        _ => None,
    };
    let bytes = laid_out.as_deref().map_or(bytes, str::as_bytes);
    let parsed: Parsed<Content> = content::read(presenter, bytes);
    let (mut content, notices) = parsed.map_err(|error| error.to_string())?;
    if let Some(sbom) = content.sbom_mut() {
        sbom.narrow(&query.packages, query.from, PACKAGES_LENGTH);
    }
    Ok((content, notices))
}

/// A chart's tag is its version; where it is another, one of the two is wrong.
fn of_tag(content: &Content, tag: Option<&Tag>) -> Option<Notice> {
    let Content::Chart(chart) = content else { return None };
    let stated = version_of(tag?);
    let version = chart.version.as_deref()?;
    let is_version = stated.starts_with(|letter: char| letter.is_ascii_digit());
    (is_version && stated != version).then(|| Notice {
        member: "/version".to_owned(),
        problem: format!("the tag stands for version {stated}, the chart says {version}"),
    })
}
