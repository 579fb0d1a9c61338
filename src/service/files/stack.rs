//! An image's layers, and what is known of the inside of each.

use std::sync::Arc;

use crate::anatomy::size::count;
use crate::anatomy::steps::Steps;
use crate::layers::{LayerIndex, ReadError, Reading};
use crate::oci::{Descriptor, Digest, ImageConfig, ImageManifest, RepositoryName};
use crate::service::Service;
use crate::service::image::found::Found;
use crate::service::visit::Visit;
use crate::view::files::LAYERS_LENGTH;

/// Bytes of memory that an entry may take on the average.
const ENTRY: u64 = 200;

/// The layers of an image that a verified manifest lists, from the bottom.
pub(crate) struct Stack {
    pub(crate) layers: Vec<Layer>,
    /// How many layers there are besides: see [`LAYERS_LENGTH`].
    pub(crate) left_out: usize,
    /// Whether it is for Windows, where names differ by more than their case.
    pub(crate) is_windows: bool,
}

/// One layer.
pub(crate) struct Layer {
    pub(crate) descriptor: Descriptor,
    /// What made it, where the config says it.
    pub(crate) instruction: Option<String>,
    pub(crate) inside: Inside,
    /// Of one that is known, whether reading it again could tell more.
    pub(crate) again: Option<Again>,
}

/// What is known of a layer's inside.
pub(crate) enum Inside {
    /// It was read.
    Known(Arc<LayerIndex>),
    /// It is being read.
    Reading(Arc<Reading>),
    /// It was asked for a short time ago, in vain.
    Failed(Arc<ReadError>),
    /// It can be read.
    Unread(Digest),
    /// It is not read at all: why, as a sentence.
    Never(String),
}

/// A second reading of a layer whose first one was ended by the clock. What that one has found counts until then.
pub(crate) enum Again {
    /// It can be begun.
    Possible,
    /// It is under way.
    Reading(Arc<Reading>),
    /// It was begun a short time ago, in vain.
    Failed(Arc<ReadError>),
}

impl Stack {
    /// The layers of the image that is shown; nothing where none is.
    pub(crate) async fn of(service: &Service, visit: &Visit<'_>, found: &Found) -> Option<Self> {
        let manifest = found.image()?;
        let none = ImageConfig::default();
        let mut instructions = instructions(manifest, found.image_config().unwrap_or(&none)).into_iter();
        let most = service.settings().layers.image_entries;
        let (mut layers, mut entries, mut bytes) = (Vec::new(), 0, 0);
        let repository = &found.reference.repository;
        for descriptor in manifest.layers.iter().take(LAYERS_LENGTH) {
            let (descriptor, instruction) = (descriptor.clone(), instructions.next().flatten());
            // What is known of all of them is in memory at once (threat T-18).
            let is_room = entries < most && bytes < most.saturating_mul(ENTRY);
            let inside = if is_room { inside(service, visit, repository, &descriptor).await } else { too_many(most) };
            if let Inside::Known(index) = &inside {
                entries = entries.saturating_add(index.files.len() as u64);
                bytes = bytes.saturating_add(index.weight() as u64);
            }
            let again = again(service, visit, repository, &descriptor, &inside);
            layers.push(Layer { descriptor, instruction, inside, again });
        }
        let left_out = manifest.layer_count() - layers.len();
        let is_windows = found.is_windows();
        Some(Self { layers, left_out, is_windows })
    }

    /// The place of the layer with this digest, the lowest where it stands several times.
    pub(crate) fn position(&self, digest: &Digest) -> Option<usize> {
        self.layers.iter().position(|layer| layer.descriptor.digest.as_ref() == Some(digest))
    }

    /// How many layers from the bottom nothing more is to be learnt about by reading.
    pub(crate) fn settled(&self) -> usize {
        self.layers.iter().take_while(|layer| layer.inside.is_settled()).count()
    }
}

impl Layer {
    /// The reading of it that is under way.
    pub(crate) fn reading(&self) -> Option<&Arc<Reading>> {
        match (&self.inside, &self.again) {
            (Inside::Reading(reading), _) | (_, Some(Again::Reading(reading))) => Some(reading),
            _ => None,
        }
    }
}

impl Inside {
    /// Whether reading it would change nothing.
    pub(crate) fn is_settled(&self) -> bool {
        !matches!(self, Self::Unread(_) | Self::Reading(_))
    }
}

fn too_many(most: u64) -> Inside {
    Inside::Never(format!(
        "The layers below it have more than {} entries together, which is as many as are shown of one image.",
        count(most)
    ))
}

async fn inside(service: &Service, visit: &Visit<'_>, repository: &RepositoryName, descriptor: &Descriptor) -> Inside {
    let digest = match readable(descriptor) {
        Ok(digest) => digest,
        Err(reason) => return Inside::Never(reason),
    };
    let reader = service.layers();
    if let Some(index) = reader.known(digest).await {
        // It was read for another manifest perhaps, and each says how long it is.
        let (stated, real) = (descriptor.size, index.summary.stored_size);
        return match stated.filter(|stated| *stated != real) {
            Some(stated) => Inside::Never(format!("The manifest says that it has {stated} bytes. It has {real}.")),
            None => Inside::Known(index),
        };
    }
    if let Some(reading) = reader.running(visit.registry.client(), repository, descriptor) {
        reading.look();
        return Inside::Reading(reading);
    }
    match reader.failed(visit.registry.client(), repository, descriptor) {
        Some(error) => Inside::Failed(error),
        None => Inside::Unread(digest.clone()),
    }
}

fn again(
    service: &Service,
    visit: &Visit<'_>,
    repository: &RepositoryName,
    descriptor: &Descriptor,
    inside: &Inside,
) -> Option<Again> {
    let Inside::Known(index) = inside else { return None };
    if index.summary.is_for_good() {
        return None;
    }
    let (reader, client) = (service.layers(), visit.registry.client());
    if let Some(reading) = reader.running(client, repository, descriptor) {
        reading.look();
        return Some(Again::Reading(reading));
    }
    Some(reader.failed(client, repository, descriptor).map_or(Again::Possible, Again::Failed))
}

/// The digest under which a layer can be read, or why it cannot (image-spec, layer.md, "Non-Distributable Layers"; threat T-2).
fn readable(descriptor: &Descriptor) -> Result<&Digest, String> {
    let media_type = descriptor.media_type.normal();
    if !descriptor.urls.is_empty() || media_type.contains(".foreign.") || media_type.contains(".nondistributable.") {
        return Err(
            "Its bytes are not the registry's to give. They stand elsewhere, where Strata does not ask.".to_owned()
        );
    }
    if media_type.ends_with("+encrypted") {
        return Err("It is encrypted. Only who has the key can look into it.".to_owned());
    }
    match &descriptor.digest {
        Some(digest) if digest.is_verifiable() => Ok(digest),
        Some(_) => Err("Its digest is of an algorithm that cannot be checked, so it is not asked for.".to_owned()),
        None => Err("The manifest has no valid digest for it.".to_owned()),
    }
}

fn instructions(manifest: &ImageManifest, config: &ImageConfig) -> Vec<Option<String>> {
    let words = |keyword: &Option<String>, arguments: &str| match keyword {
        Some(keyword) => format!("{keyword} {arguments}"),
        None => arguments.to_owned(),
    };
    match Steps::of(manifest, config) {
        Steps::Joined(steps) => steps
            .iter()
            .filter(|step| step.layer.is_some())
            .map(|step| Some(words(&step.instruction.keyword, &step.instruction.arguments)))
            .map(|text| {
                text.map(|text| crate::anatomy::text::clip(&text, 200).text).filter(|text| !text.trim().is_empty())
            })
            .collect(),
        Steps::Unjoined { .. } => Vec::new(),
    }
}
