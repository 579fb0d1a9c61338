//! Everything that a reference leads to, as far as it can be read: the document that stands there, the chosen entry of an
//! index, its config. At most three requests.

use std::sync::Arc;

use crate::anatomy::kind::{Family, Kind};
use crate::anatomy::platform_choice::{self, Asked, Choice};
use crate::oci::{Descriptor, Digest, ImageConfig, ImageIndex, ImageManifest, Manifest, Platform, Reference};
use crate::registry::{Document, Error, ManifestReference};
use crate::service::Service;
use crate::service::documents::{ParsedConfig, ParsedManifest};
use crate::service::failure::{self, Subject};
use crate::service::visit::Visit;
use crate::view::Failure;
use crate::view::image::{Check, CheckedDigest, Identity};
use crate::view::link::PlatformLink;

/// A document and what it says.
#[derive(Debug, Clone)]
pub(crate) struct Loaded<T> {
    pub(crate) document: Document,
    pub(crate) parsed: Arc<T>,
}

/// What a reference leads to.
#[derive(Debug)]
pub(crate) struct Found {
    /// The reference within its registry.
    pub(crate) reference: Reference,
    /// The document that stands there.
    pub(crate) top: Loaded<ParsedManifest>,
    /// What is shown of it.
    pub(crate) chosen: Chosen,
    /// The config of what is shown, where it has been asked for.
    pub(crate) config: Option<Result<Loaded<ParsedConfig>, Error>>,
}

/// Which manifest is shown.
#[derive(Debug)]
pub(crate) enum Chosen {
    /// The document itself: it is no index.
    Top,
    /// An entry of the index.
    Entry {
        /// Its place in the index.
        position: usize,
        /// What stands there.
        child: Box<Result<Loaded<ParsedManifest>, Error>>,
    },
    /// The index has no image.
    NoImage,
}

/// Which configs are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Configs {
    /// None, and no entry of an index: only the document that stands there.
    None,
    /// None; but of an index its chosen entry.
    OfEntry,
    /// Those of container images.
    OfImages,
    /// Every one that is short enough to be shown.
    All,
}

/// Longest config of an artifact that is shown, in bytes.
const ARTIFACT_CONFIG: u64 = 1 << 20;

/// Reads what a reference leads to.
///
/// # Errors
///
/// Where the document that stands there cannot be had, or an entry was asked for that it does not have. What cannot be read
/// below it is part of the result.
pub(crate) async fn find(
    service: &Service,
    visit: &Visit<'_>,
    reference: &Reference,
    asked: &Asked,
    configs: Configs,
) -> Result<Found, Failure> {
    let top = read_top(service, visit, reference).await?;
    find_below(service, visit, reference, top, asked, configs).await
}

/// The same, where the document that stands there has been read.
pub(crate) async fn find_below(
    service: &Service,
    visit: &Visit<'_>,
    reference: &Reference,
    top: Loaded<ParsedManifest>,
    asked: &Asked,
    configs: Configs,
) -> Result<Found, Failure> {
    let chosen = match &*top.parsed {
        Ok(Manifest::Index(index)) if configs != Configs::None => {
            choose(service, visit, reference, index, asked).await?
        }
        _ => Chosen::Top,
    };
    let sightings = service.sightings();
    sightings.note(visit.registry, &reference.repository, &top.document.digest).await;
    if let Chosen::Entry { child, .. } = &chosen
        && let Ok(child) = child.as_ref()
    {
        sightings.note(visit.registry, &reference.repository, &child.document.digest).await;
    }
    let mut found = Found { reference: reference.clone(), top, chosen, config: None };
    found.config = read_config(service, visit, &found, configs).await;
    Ok(found)
}

/// Reads the document that stands at a reference.
pub(crate) async fn read_top(
    service: &Service,
    visit: &Visit<'_>,
    reference: &Reference,
) -> Result<Loaded<ParsedManifest>, Failure> {
    let name = match (&reference.digest, &reference.tag) {
        (Some(digest), _) if !digest.is_verifiable() => return Err(visit.finish(failure::not_verifiable(digest))),
        (Some(digest), _) => ManifestReference::Digest(digest.clone()),
        (None, Some(tag)) => ManifestReference::Tag(tag.clone()),
        (None, None) => {
            let heading = "This names a repository, not an image";
            return Err(visit.finish(failure::invalid(heading, "Add a tag after a colon, or a digest after an @.")));
        }
    };
    let document = visit.registry.client().manifest(&visit.request, &reference.repository, &name).await;
    let document = document.map_err(|error| visit.fail(&error, &Subject::Manifest(reference.clone())))?;
    let parsed = service.parsed_manifest(&document).await;
    Ok(Loaded { document, parsed })
}

async fn choose(
    service: &Service,
    visit: &Visit<'_>,
    reference: &Reference,
    index: &ImageIndex,
    asked: &Asked,
) -> Result<Chosen, Failure> {
    let position = match platform_choice::choose(&index.manifests, asked) {
        Choice::Asked(position) | Choice::Default(position) => position,
        Choice::NoImage => return Ok(Chosen::NoImage),
        Choice::NotFound => {
            return Err(visit.finish(failure::no_such_entry(reference, index, asked, visit.registry)));
        }
    };
    let Some(entry) = index.manifests.get(position) else {
        return Ok(Chosen::NoImage);
    };
    let client = visit.registry.client();
    let child = match client.described_manifest(&visit.request, &reference.repository, entry).await {
        Ok(document) => {
            let parsed = service.parsed_manifest(&document).await;
            Ok(Loaded { document, parsed })
        }
        Err(error) => Err(error),
    };
    Ok(Chosen::Entry { position, child: Box::new(child) })
}

async fn read_config(
    service: &Service,
    visit: &Visit<'_>,
    found: &Found,
    configs: Configs,
) -> Option<Result<Loaded<ParsedConfig>, Error>> {
    if matches!(configs, Configs::None | Configs::OfEntry) {
        return None;
    }
    let manifest = found.manifest()?;
    let descriptor = manifest.config.as_ref()?;
    let short = descriptor.size.is_some_and(|size| size <= ARTIFACT_CONFIG);
    if found.image().is_none() && (configs == Configs::OfImages || !short) {
        return None;
    }
    let client = visit.registry.client();
    Some(match client.config(&visit.request, &found.reference.repository, descriptor).await {
        Ok(document) => {
            let parsed = service.parsed_config(&document).await;
            Ok(Loaded { document, parsed })
        }
        Err(error) => Err(error),
    })
}

impl Loaded<ParsedManifest> {
    /// The index, if it is one.
    pub(crate) fn index(&self) -> Option<&ImageIndex> {
        match &*self.parsed {
            Ok(Manifest::Index(index)) => Some(index),
            _ => None,
        }
    }
}

impl Found {
    /// The index, if one stands there.
    pub(crate) fn index(&self) -> Option<&ImageIndex> {
        self.top.index()
    }

    /// The document that is shown, where it could be had.
    pub(crate) fn shown(&self) -> Option<&Loaded<ParsedManifest>> {
        match &self.chosen {
            Chosen::Top => Some(&self.top),
            Chosen::Entry { child, .. } => child.as_ref().as_ref().ok(),
            Chosen::NoImage => None,
        }
    }

    /// The manifest that is shown, where it is one with layers.
    pub(crate) fn manifest(&self) -> Option<&ImageManifest> {
        match self.shown()?.parsed.as_ref() {
            Ok(Manifest::Image(manifest)) => Some(manifest),
            _ => None,
        }
    }

    /// The same, where it is a container image. A signature or a model may have the config of one, and is none.
    pub(crate) fn image(&self) -> Option<&ImageManifest> {
        let is_image = |manifest: &&ImageManifest| {
            manifest.is_container_image() && Kind::of_manifest(manifest).family == Family::Image
        };
        self.manifest().filter(is_image)
    }

    /// The config of the image that is shown, where it could be read.
    pub(crate) fn image_config(&self) -> Option<&ImageConfig> {
        self.image()?;
        self.config.as_ref()?.as_ref().ok()?.parsed.as_ref().as_ref().ok()
    }

    /// The entry of the index that is shown.
    pub(crate) fn entry(&self) -> Option<&Descriptor> {
        match self.chosen {
            Chosen::Entry { position, .. } => self.index()?.manifests.get(position),
            Chosen::Top | Chosen::NoImage => None,
        }
    }

    /// Whether it is for Windows, whose layers are made otherwise.
    pub(crate) fn is_windows(&self) -> bool {
        self.platform().is_some_and(|platform| platform.os == "windows")
    }

    /// Where it runs: as the index says it, else as the config does.
    pub(crate) fn platform(&self) -> Option<Platform> {
        let stated = self.entry().and_then(|entry| entry.platform.clone());
        stated.or_else(|| self.image_config().map(|config| config.platform.clone()).filter(is_stated))
    }

    /// The config's platform, where it contradicts the index.
    pub(crate) fn contradicting_platform(&self) -> Option<Platform> {
        let stated = self.entry()?.platform.as_ref()?;
        let own = &self.image_config()?.platform;
        (is_stated(own) && !own.matches(stated)).then(|| own.clone())
    }

    /// What a link needs to show the same entry.
    pub(crate) fn choice(&self) -> PlatformLink {
        let (Some(index), Chosen::Entry { position, .. }) = (self.index(), &self.chosen) else {
            return PlatformLink::none();
        };
        let Some(entry) = index.manifests.get(*position) else { return PlatformLink::none() };
        let shared = entry.platform.is_none() || platform_choice::shared(&index.manifests).contains(position);
        let platform = entry
            .platform
            .as_ref()
            .map(|platform| Platform::new(&platform.os, &platform.architecture, platform.variant.as_deref()));
        PlatformLink {
            // What cannot be read back from an address is named by its digest alone.
            platform: platform.filter(|platform| platform.to_string().parse::<Platform>().is_ok()),
            manifest: entry.digest.clone().filter(|_| shared),
        }
    }

    /// How many bytes all its documents have: a measure for the work on them.
    pub(crate) fn bytes(&self) -> usize {
        let shown = match &self.chosen {
            Chosen::Entry { child, .. } => child.as_ref().as_ref().map_or(0, |child| child.document.bytes.len()),
            Chosen::Top | Chosen::NoImage => 0,
        };
        let config = self.config.as_ref().and_then(|config| config.as_ref().ok());
        self.top.document.bytes.len() + shown + config.map_or(0, |config| config.document.bytes.len())
    }

    /// The digest of the manifest that is shown.
    pub(crate) fn manifest_digest(&self) -> Option<&Digest> {
        match self.chosen {
            Chosen::Top => Some(&self.top.document.digest),
            Chosen::Entry { .. } => self.entry()?.digest.as_ref(),
            Chosen::NoImage => None,
        }
    }

    /// The names of what is shown, and how far each has been checked.
    pub(crate) fn identity(&self) -> Identity {
        let verified = |digest: &Digest| CheckedDigest { digest: digest.clone(), check: Check::Verified };
        // Bytes that cannot be read as one thing stand under the name that the registry gives them.
        let is_index = self.index().is_some() || (self.top.parsed.is_err() && self.top.document.media_type.is_index());
        let top = verified(&self.top.document.digest);
        let (index, manifest) = match &self.chosen {
            Chosen::Top if is_index => (Some(top), None),
            Chosen::Top => (None, Some(top)),
            Chosen::NoImage => (Some(top), None),
            Chosen::Entry { child, .. } => {
                let digest = self.entry().and_then(|entry| entry.digest.clone());
                let check = checked(child.as_ref().as_ref().err());
                (Some(top), digest.map(|digest| CheckedDigest { digest, check }))
            }
        };
        let image_id = self.image().and_then(|image| image.config.as_ref()).and_then(|config| {
            let check = match &self.config {
                Some(config) => checked(config.as_ref().err()),
                None => Check::Reported,
            };
            config.digest.clone().map(|digest| CheckedDigest { digest, check })
        });
        Identity { tag: self.reference.tag.clone(), index, manifest, image_id }
    }
}

fn checked(error: Option<&Error>) -> Check {
    match error {
        None => Check::Verified,
        Some(Error::DigestMismatch { .. } | Error::SizeMismatch { .. }) => Check::Mismatch,
        Some(_) => Check::Reported,
    }
}

fn is_stated(platform: &Platform) -> bool {
    !platform.os.is_empty() || !platform.architecture.is_empty()
}
