//! What a document or blob is, in words: `Image`, `OCI index`, `Helm chart`, `SPDX SBOM`.
//!
//! The names stand in one table ([`table`]), by media type, artifact type, predicate type or annotation. What is not in
//! it is named by its own type.

mod presenter;
pub mod table;

use serde::{Deserialize, Serialize};

use crate::oci::index::IndexEntry;
use crate::oci::media_type::OCI_EMPTY;
use crate::oci::{Descriptor, ImageIndex, ImageManifest, Manifest, MediaType};
pub use presenter::Presenter;
use table::{Row, Source};

/// A group of kinds that are shown alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// A container image.
    Image,
    /// A list of manifests.
    Index,
    /// A layer of a container image.
    Layer,
    /// The config of a container image.
    Config,
    /// A statement about an image: provenance, a test, a scan.
    Attestation,
    /// A signature: present, which says nothing about whether it is valid.
    Signature,
    /// A bill of materials.
    Sbom,
    /// A scanner's findings, or what is said about them.
    Report,
    /// A Helm chart.
    Chart,
    /// A WebAssembly module or component.
    Wasm,
    /// A machine learning model.
    Model,
    /// What is to run, and how: Flux, Compose and the like.
    Deployment,
    /// Policies and rules.
    Policy,
    /// A package of some package manager.
    Package,
    /// An extension of some program.
    Plugin,
    /// What makes another image quicker to start or to build.
    Acceleration,
    /// Something with a name that fits none of the others.
    Artifact,
    /// Docker's schema 1 manifest, deprecated.
    Schema1,
    /// Not known here.
    Unknown,
}

/// Annotations of a blob that hold its file's name, as ORAS and model tools write it.
pub const TITLES: [&str; 3] = ["org.opencontainers.image.title", "org.cncf.model.filepath", "org.cnai.model.filepath"];

/// A family and the name within it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// How it is shown.
    pub family: Family,
    /// What it is, for reading; the type itself where it is not known.
    pub label: String,
}

impl Kind {
    /// What a manifest address led to.
    #[must_use]
    pub fn of(manifest: &Manifest) -> Self {
        match manifest {
            Manifest::Image(manifest) => Self::of_manifest(manifest),
            Manifest::Index(index) => Self::of_index(index),
            Manifest::Schema1 { .. } => Self::new(Family::Schema1, "Docker schema 1 image"),
            Manifest::Other { media_type, .. } => Self::of_media_type(media_type),
        }
    }

    /// What a type says by itself.
    #[must_use]
    pub fn of_media_type(media_type: &MediaType) -> Self {
        known(Source::Type, media_type.normal()).unwrap_or_else(|| Self::unknown(media_type))
    }

    /// What a manifest with layers is: its `artifactType` decides, else its config's type; where that says image, layers
    /// or annotations may know better (cosign and Ollama write image configs).
    #[must_use]
    pub fn of_manifest(manifest: &ImageManifest) -> Self {
        if let Some(artifact_type) = &manifest.artifact_type
            && !artifact_type.is_image_config()
        {
            return Self::of_media_type(artifact_type);
        }
        let config = manifest.config.as_ref().map(|config| &config.media_type);
        let telling =
            config.filter(|config| !config.is_generic() && !config.is(OCI_EMPTY) && !config.is_image_config());
        if let Some(config) = telling
            && let Some(kind) = known(Source::Type, config.normal()).filter(|kind| kind.family != Family::Artifact)
        {
            return kind;
        }
        if let Some(kind) = manifest.layers.iter().find_map(of_layer) {
            return kind;
        }
        if let Some(kind) = of_annotations(&manifest.annotations) {
            return kind;
        }
        let has_image_layer = || manifest.layers.iter().any(is_image_layer);
        match (manifest.is_container_image(), telling) {
            // Tools of old wrote the type of an image's config for want of a better one, and `{}` as the config.
            (true, _)
                if is_empty_object(manifest.config.as_ref()) && !manifest.layers.is_empty() && !has_image_layer() =>
            {
                Self::of_media_type(&manifest.layers[0].media_type)
            }
            (true, _) => Self::new(Family::Image, "Image"),
            (false, Some(config)) => Self::of_media_type(config),
            (false, None) if has_image_layer() => Self::new(Family::Unknown, "Image layers with a config of no type"),
            (false, None) => Self::new(Family::Unknown, "Artifact"),
        }
    }

    /// What an index is.
    #[must_use]
    pub fn of_index(index: &ImageIndex) -> Self {
        if let Some(artifact_type) = &index.artifact_type {
            return Self::of_media_type(artifact_type);
        }
        let packages = || index.manifests.iter().find_map(|entry| of_annotations(&entry.annotations));
        of_annotations(&index.annotations)
            .or_else(|| packages().filter(|kind| kind.family == Family::Package))
            .or_else(|| known(Source::Type, index.media_type.normal()).filter(|kind| kind.family == Family::Index))
            .unwrap_or_else(|| Self::new(Family::Index, "Index"))
    }

    /// What an index says of an entry, without the entry having been read.
    #[must_use]
    pub fn of_descriptor(descriptor: &Descriptor) -> Self {
        if matches!(descriptor.index_entry(), IndexEntry::Attestation { .. }) {
            return Self::new(Family::Attestation, "BuildKit attestation");
        }
        if let Some(artifact_type) = descriptor.artifact_type.as_ref().filter(|kind| !kind.is(OCI_EMPTY)) {
            return if artifact_type.is_image_config() {
                Self::new(Family::Image, "Image")
            } else {
                Self::of_media_type(artifact_type)
            };
        }
        of_layer(descriptor)
            .or_else(|| of_annotations(&descriptor.annotations))
            .unwrap_or_else(|| Self::of_media_type(&descriptor.media_type))
    }

    /// What a statement is about, by its predicate type (in-toto).
    pub fn of_predicate(predicate_type: &str) -> Option<Self> {
        known(Source::Predicate, &predicate_type.to_ascii_lowercase())
    }

    fn new(family: Family, label: &str) -> Self {
        Self { family, label: label.to_owned() }
    }

    fn unknown(media_type: &MediaType) -> Self {
        let label = if media_type.is_empty() { "Unknown type" } else { media_type.as_str() };
        Self::new(Family::Unknown, label)
    }
}

/// Whether a config is `{}`, by its well-known digest.
fn is_empty_object(config: Option<&Descriptor>) -> bool {
    let digest = config.and_then(|config| config.digest.as_ref());
    digest.is_some_and(|digest| digest.as_str() == EMPTY_OBJECT)
}

/// SHA-256 of `{}` (image-spec, manifest.md, "Guidance for an Empty Descriptor").
const EMPTY_OBJECT: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

fn is_image_layer(layer: &Descriptor) -> bool {
    row(Source::Type, layer.media_type.normal()).is_some_and(|row| row.family == Family::Layer)
}

/// Annotation of an in-toto layer: what the statement is about.
const PREDICATE_TYPE: &str = "in-toto.io/predicate-type";

/// What a layer tells about its manifest; layers of images, configs and manifests tell nothing.
fn of_layer(layer: &Descriptor) -> Option<Kind> {
    if let Some(kind) = layer.annotation(PREDICATE_TYPE).and_then(Kind::of_predicate) {
        return Some(kind);
    }
    let kind = known(Source::Type, layer.media_type.normal())?;
    let telling = !matches!(
        kind.family,
        Family::Layer | Family::Config | Family::Image | Family::Index | Family::Schema1 | Family::Artifact
    );
    telling.then_some(kind)
}

fn of_annotations(annotations: &[(String, String)]) -> Option<Kind> {
    annotations.iter().find_map(|(name, _)| known(Source::Annotation, name))
}

/// The first row that a text fits.
fn known(source: Source, text: &str) -> Option<Kind> {
    row(source, text).map(|row| Kind::new(row.family, row.label))
}

/// What a blob is within its artifact: `weights`, `compose file`; else what it is by itself.
pub fn part_name(descriptor: &Descriptor) -> String {
    let part = row(Source::Type, descriptor.media_type.normal()).map_or("", |row| row.part);
    if part.is_empty() { Kind::of_descriptor(descriptor).label } else { part.to_owned() }
}

/// The name of the file that a blob is, where its descriptor has one.
pub fn title(descriptor: &Descriptor) -> Option<&str> {
    TITLES.iter().find_map(|name| descriptor.annotation(name))
}

fn row(source: Source, text: &str) -> Option<&'static Row> {
    table::ROWS.iter().find(|row| row.source == source && row.fits(text))
}

#[cfg(test)]
mod tests;
