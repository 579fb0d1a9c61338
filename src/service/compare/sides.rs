//! What is compared: two references, and where they are indexes one platform of both.

use crate::anatomy::platform_choice::{self, Asked, Choice};
use crate::anatomy::reference_text::{self, Pasted};
use crate::oci::index::IndexEntry;
use crate::oci::{Platform, Reference};
use crate::service::Service;
use crate::service::documents::ParsedManifest;
use crate::service::failure::{self, Subject};
use crate::service::image::found::{Chosen, Configs, Found, Loaded, find_below, read_top};
use crate::service::image::page::asked;
use crate::service::visit::Visit;
use crate::view::Failure;
use crate::view::compare::CompareQuery;

/// One of the two.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) visit: Visit<'a>,
    pub(super) found: Found,
}

/// Reads both.
///
/// # Errors
///
/// Where one of them cannot be had, or has no layers to compare.
pub(super) async fn read<'a>(service: &'a Service, query: &CompareQuery) -> Result<(Part<'a>, Part<'a>), Failure> {
    let own = |own: &str| if own.is_empty() { query.platform.clone() } else { own.to_owned() };
    let from_asked = asked(&own(&query.from_platform), "")?;
    let to_asked = asked(&own(&query.to_platform), "")?;
    let (from, to) = (named(service, &query.from, "from")?, named(service, &query.to, "to")?);
    let (from_visit, from) = service.locate(&from, query.refresh).await?;
    let (to_visit, to) = service.locate_beside(&to, &from_visit).await?;
    let (from_top, to_top) = tokio::join!(read_top(service, &from_visit, &from), read_top(service, &to_visit, &to));
    let (from_top, to_top) = (from_top?, to_top?);
    let (from_asked, to_asked) = one_platform(&from_top, from_asked, &to_top, to_asked);
    let images = Configs::OfImages;
    let (from, to) = tokio::join!(
        find_below(service, &from_visit, &from, from_top, &from_asked, images),
        find_below(service, &to_visit, &to, to_top, &to_asked, images),
    );
    let (from, to) = (Part { visit: from_visit, found: from? }, Part { visit: to_visit, found: to? });
    from.check()?;
    to.check()?;
    Ok((from, to))
}

/// The reference that a text names: as in paths, or as it was pasted, with a host before it.
fn named(service: &Service, text: &str, side: &str) -> Result<Reference, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Err(failure::invalid(
            "Two images are compared",
            format!("The address does not say which is `{side}`: `/-/compare?from=app:1&to=app:2`."),
        ));
    }
    let reference = match reference_text::parse(text) {
        Pasted::Reference { host: Some(host), reference } => service.reference_at(&host, &reference),
        _ => None,
    };
    let reference = match reference {
        Some(reference) => reference,
        None => text.parse::<Reference>().map_err(|error| {
            failure::invalid("This is no image reference", format!("`{side}` cannot be understood: {error}."))
        })?,
    };
    if reference.names_manifest() {
        return Ok(reference);
    }
    Err(failure::invalid(
        "This names a repository, not an image",
        format!("`{side}` needs a tag after a colon, or a digest after an @."),
    ))
}

/// Where nothing was asked for and both are indexes whose usual choices differ, the first platform that both have.
fn one_platform(
    from: &Loaded<ParsedManifest>,
    from_asked: Asked,
    to: &Loaded<ParsedManifest>,
    to_asked: Asked,
) -> (Asked, Asked) {
    let (Some(from_index), Some(to_index)) = (from.index(), to.index()) else {
        return (from_asked, to_asked);
    };
    // One that was asked for leads the other.
    let wanted = match (&from_asked.platform, &to_asked.platform) {
        (Some(_), Some(_)) => return (from_asked, to_asked),
        (Some(platform), None) | (None, Some(platform)) => Some(platform.clone()),
        (None, None) => {
            let usual = Platform::new("linux", "amd64", None);
            let images = from_index.manifests.iter().filter(|entry| entry.index_entry() == IndexEntry::Image);
            let platforms: Vec<&Platform> = images.filter_map(|entry| entry.platform.as_ref()).collect();
            let has = |platform: &Platform| {
                let asked = Asked { platform: Some(platform.clone()), manifest: None };
                platform_choice::choose(&to_index.manifests, &asked) != Choice::NotFound
            };
            // The first hundred are more than any image has.
            let mut candidates =
                platforms.iter().filter(|platform| platform.matches(&usual)).chain(platforms.iter().take(100));
            candidates.find(|platform| has(platform)).map(|platform| Platform::clone(platform))
        }
    };
    let Some(wanted) = wanted else { return (from_asked, to_asked) };
    let or_usual = |asked: Asked, index: &crate::oci::ImageIndex| {
        let wanted = Asked { platform: Some(wanted.clone()), manifest: None };
        let there = platform_choice::choose(&index.manifests, &wanted) != Choice::NotFound;
        if asked.platform.is_none() && there { wanted } else { asked }
    };
    (or_usual(from_asked, from_index), or_usual(to_asked, to_index))
}

impl Part<'_> {
    /// Whether it has layers to compare.
    fn check(&self) -> Result<(), Failure> {
        if self.found.manifest().is_some() {
            return Ok(());
        }
        let Found { reference, top, chosen, .. } = &self.found;
        let registry = self.visit.registry;
        if let Chosen::Entry { child, .. } = chosen
            && let Err(error) = child.as_ref()
        {
            let digest = self.found.entry().and_then(|entry| entry.digest.clone());
            let subject = digest.map_or_else(
                || Subject::Manifest(reference.clone()),
                |digest| Subject::Child(reference.repository.clone(), digest),
            );
            return Err(self.visit.fail(error, &subject));
        }
        let shown = self.found.shown().unwrap_or(top);
        if let Err(error) = &*shown.parsed {
            let document = &shown.document;
            let failure = failure::document(error, reference, &document.digest, &document.media_type, registry);
            return Err(self.visit.finish(failure));
        }
        Err(self.visit.finish(failure::not_comparable(reference, registry)))
    }

    /// The platforms that it has.
    pub(super) fn platforms(&self) -> Vec<Platform> {
        let Some(index) = self.found.index() else {
            return self.found.platform().into_iter().collect();
        };
        let images = index.manifests.iter().filter(|entry| entry.index_entry() == IndexEntry::Image);
        let mut platforms: Vec<(String, Platform)> = images
            .filter_map(|entry| entry.platform.as_ref())
            .map(|platform| (platform.normalized().to_string(), platform.clone()))
            .collect();
        let mut seen = std::collections::HashSet::new();
        platforms.retain(|(normal, _)| seen.insert(normal.clone()));
        platforms.into_iter().map(|(_, platform)| platform).collect()
    }
}
