//! What is compared: two references, and where they are indexes one platform of both.

use std::collections::HashSet;

use super::blame::{Side, both};
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
use crate::view::compare::CompareQuery;
use crate::view::{Failure, link};

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
    let of_from = |failure: Failure| Side::From.blame(failure, query);
    let of_to = |failure: Failure| Side::To.blame(failure, query);
    let own = |own: &str| if own.is_empty() { query.platform.clone() } else { own.to_owned() };
    let from_asked = asked(&own(&query.from_platform), "").map_err(of_from)?;
    let to_asked = asked(&own(&query.to_platform), "").map_err(of_to)?;
    let from = named(service, &query.from, Side::From).map_err(of_from)?;
    let to = named(service, &query.to, Side::To).map_err(of_to)?;
    let (from_visit, from) = service.locate(&from, query.refresh).await.map_err(of_from)?;
    let (to_visit, to) = service.locate_beside(&to, &from_visit).await.map_err(of_to)?;
    let (from_top, to_top) = tokio::join!(read_top(service, &from_visit, &from), read_top(service, &to_visit, &to));
    let (from_top, to_top) = both(from_top, to_top, query)?;
    let (from_asked, to_asked) = one_platform(&from_top, from_asked, &to_top, to_asked);
    let images = Configs::OfImages;
    let (from, to) = tokio::join!(
        find_below(service, &from_visit, &from, from_top, &from_asked, images),
        find_below(service, &to_visit, &to, to_top, &to_asked, images),
    );
    let (from, to) = both(from, to, query)?;
    let from = Part { visit: from_visit, found: from };
    let to = Part { visit: to_visit, found: to };
    both(from.check(), to.check(), query)?;
    Ok((from, to))
}

/// The reference that a text names: as in paths, or as it was pasted, with a host before it.
fn named(service: &Service, text: &str, side: Side) -> Result<Reference, Failure> {
    let side = side.name();
    let text = text.trim();
    if text.is_empty() {
        return Err(failure::invalid(
            "Two images are compared",
            format!("The address does not say which is `{side}`: `{}?from=app:1&to=app:2`.", link::site(link::COMPARE)),
        ));
    }
    let (pasted, bare) = match reference_text::parse(text) {
        Pasted::Reference { host: Some(host), reference } => (service.reference_at(&host, &reference), None),
        Pasted::Reference { host: None, reference } => (None, Some(reference)),
        _ => (None, None),
    };
    let reference = match pasted {
        Some(reference) => reference,
        // What is no path's reference may be a pull command without a host.
        None => text.parse::<Reference>().or_else(|error| bare.ok_or(error)).map_err(|error| {
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
            let first_usual = platforms.iter().find(|platform| platform.matches(&usual));
            let has = |platform: &Platform| {
                let asked = Asked { platform: Some(platform.clone()), manifest: None };
                platform_choice::choose(&to_index.manifests, &asked) != Choice::NotFound
            };
            // Each is looked for among all of the other's: so few are tried, and they are more than any image has.
            let mut candidates = first_usual.into_iter().chain(platforms.iter().take(100));
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

    /// The platforms that it has, each once.
    pub(super) fn platforms(&self) -> Platforms {
        let Some(index) = self.found.index() else {
            return Platforms::of(self.found.platform());
        };
        let images = index.manifests.iter().filter(|entry| entry.index_entry() == IndexEntry::Image);
        Platforms::of(images.filter_map(|entry| entry.platform.clone()))
    }
}

/// Different platforms, in their order.
#[derive(Debug)]
pub(super) struct Platforms {
    list: Vec<Platform>,
    /// Their normal forms: an index may have 15,000 of them, so each is looked up, not searched for.
    normal: HashSet<String>,
}

impl Platforms {
    fn of(platforms: impl IntoIterator<Item = Platform>) -> Self {
        let mut normal = HashSet::new();
        let list = platforms.into_iter().filter(|platform| normal.insert(normal_form(platform))).collect();
        Self { list, normal }
    }

    /// Those that the other has, too, or those that it has not; at most so many.
    pub(super) fn shared(&self, other: &Self, shared: bool, most: usize) -> Vec<Platform> {
        let wanted = self.list.iter().filter(|platform| other.normal.contains(&normal_form(platform)) == shared);
        wanted.take(most).cloned().collect()
    }
}

fn normal_form(platform: &Platform) -> String {
    platform.normalized().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(platforms: &[Platform]) -> Vec<String> {
        platforms.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn platforms_are_the_same_however_written() {
        let platforms = |texts: &[&str]| Platforms::of(texts.iter().map(|text| text.parse().unwrap()));
        let from = platforms(&["linux/amd64", "linux/arm64/v8", "linux/aarch64", "linux/arm/v7"]);
        let to = platforms(&["linux/x86_64", "linux/arm64", "windows/amd64"]);
        assert_eq!(words(&from.shared(&to, true, 100)), ["linux/amd64", "linux/arm64/v8"]);
        assert_eq!(words(&from.shared(&to, false, 100)), ["linux/arm/v7"]);
        assert_eq!(words(&to.shared(&from, false, 100)), ["windows/amd64"]);
        assert_eq!(words(&from.shared(&to, true, 1)), ["linux/amd64"]);
    }
}
