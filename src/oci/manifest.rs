//! Manifests: one document of any kind under a manifest address, told apart and read.

use serde_json::{Map, Value};

use super::document::{DocumentError, Notice, Reader, join};
use super::index::ImageIndex;
use super::media_type::{OCI_ARTIFACT_MANIFEST, OCI_EMPTY};
use super::{Descriptor, MediaType};

/// What a manifest address led to.
#[derive(Debug, Clone)]
pub enum Manifest {
    /// An image or another artifact: `config` and `layers`.
    Image(Box<ImageManifest>),
    /// A list of manifests, mostly one for each platform.
    Index(Box<ImageIndex>),
    /// Docker's schema 1, deprecated: named, never interpreted.
    Schema1 {
        /// Type as the registry or the document states it.
        media_type: MediaType,
    },
    /// An object that is none of these.
    Other {
        /// Type as the registry or the document states it.
        media_type: MediaType,
        /// What is odd about it.
        notices: Vec<Notice>,
    },
}

/// A manifest with a config and layers (image-spec, manifest.md; Docker's schema 2 has the same shape).
#[derive(Debug, Clone)]
pub struct ImageManifest {
    /// The document's own type, else what the registry said.
    pub media_type: MediaType,
    /// The kind of artifact, where it is not a container image.
    pub artifact_type: Option<MediaType>,
    /// The config; `None` where it is missing.
    pub config: Option<Descriptor>,
    /// The layers, lowest first. A withdrawn artifact manifest's `blobs` stand here too.
    pub layers: Vec<Descriptor>,
    /// How many more layers there are than the 10,000 that are read.
    pub layers_left_out: usize,
    /// The manifest that this one is about.
    pub subject: Option<Descriptor>,
    /// Remarks, in the document's order.
    pub annotations: Vec<(String, String)>,
    /// Members that are not as they should be.
    pub notices: Vec<Notice>,
}

impl ImageManifest {
    /// Whether it is a container image: its config's type says so, and nothing else does (image-spec, manifest.md).
    pub fn is_container_image(&self) -> bool {
        let other_artifact =
            self.artifact_type.as_ref().is_some_and(|kind| !kind.is_empty() && !kind.is_image_config());
        !other_artifact && self.config.as_ref().is_some_and(|config| config.media_type.is_image_config())
    }

    /// What kind of artifact it is: `artifactType`, else the config's type (image-spec, manifest.md, "Guidelines for
    /// Artifact Usage").
    pub fn kind(&self) -> Option<&MediaType> {
        let config = self.config.as_ref().map(|config| &config.media_type);
        self.artifact_type.as_ref().or(config.filter(|kind| !kind.is(OCI_EMPTY) && !kind.is_empty()))
    }

    /// How many layers there are, those that are not read among them.
    pub fn layer_count(&self) -> usize {
        self.layers.len() + self.layers_left_out
    }

    /// The same sum as [`Self::layers_size`], where all layers are read.
    pub fn whole_size(&self) -> Option<u64> {
        (self.layers_left_out == 0).then(|| self.layers_size())
    }

    /// The sum of the sizes of the layers that are read, in bytes as stored, each position counted; a missing size counts as
    /// nothing.
    pub fn layers_size(&self) -> u64 {
        self.layers.iter().fold(0, |sum, layer| sum.saturating_add(layer.size.unwrap_or(0)))
    }
}

impl Manifest {
    /// Tells what `bytes` are and reads them. `content_type` is what the registry called them, if it said anything.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] where the document cannot be read as one thing: see there.
    pub fn parse(bytes: &[u8], content_type: Option<&MediaType>) -> Result<Self, DocumentError> {
        let mut reader = Reader::default();
        let object = reader.parse(bytes)?;
        let own = reader.media_type(&object, "", "mediaType");
        let stated = content_type.filter(|media_type| !media_type.is_generic());
        if let (Some(content_type), Some(media_type)) = (stated, &own)
            && content_type != media_type
        {
            return Err(DocumentError::TypeMismatch {
                content_type: content_type.clone(),
                media_type: media_type.clone(),
            });
        }
        refuse_ambiguous(&object, own.as_ref().or(stated))?;
        let media_type =
            own.or_else(|| stated.cloned()).or_else(|| content_type.cloned()).unwrap_or_else(|| MediaType::new(""));
        let withdrawn = media_type.is(OCI_ARTIFACT_MANIFEST);
        match schema_version(&mut reader, &object, withdrawn)? {
            1 => return Ok(Self::Schema1 { media_type }),
            _ if media_type.is_schema1() => return Ok(Self::Schema1 { media_type }),
            _ => {}
        }
        let has = |name: &str| Reader::member(&object, name).is_some();
        if media_type.is_index() || (!media_type.is_manifest() && has("manifests")) {
            return Ok(Self::Index(Box::new(ImageIndex::read(reader, &object, media_type))));
        }
        if media_type.is_manifest() || withdrawn || has("config") || has("layers") || has("blobs") {
            return Ok(Self::Image(Box::new(read_image(reader, &object, media_type))));
        }
        Ok(Self::Other { media_type, notices: reader.finish() })
    }
}

/// A document with the members of two kinds is refused whatever its type says (CVE-2021-41190).
fn refuse_ambiguous(object: &Map<String, Value>, stated: Option<&MediaType>) -> Result<(), DocumentError> {
    let present = |names: &[&'static str]| -> Vec<&'static str> {
        names.iter().copied().filter(|name| object.contains_key(*name)).collect()
    };
    let (index, image, schema1) = (present(&["manifests"]), present(&["config", "layers"]), present(&["fsLayers"]));
    let kinds = [&index, &image, &schema1].iter().filter(|members| !members.is_empty()).count();
    let contradicts = stated.is_some_and(|media_type| {
        (media_type.is_index() && !image.is_empty()) || (media_type.is_manifest() && !index.is_empty())
    });
    if kinds > 1 || contradicts {
        let members: Vec<_> = [index, image, schema1].concat();
        return Err(DocumentError::Ambiguous(members.join(", ")));
    }
    Ok(())
}

/// The withdrawn artifact manifest has no `schemaVersion`.
fn schema_version(reader: &mut Reader, object: &Map<String, Value>, withdrawn: bool) -> Result<u8, DocumentError> {
    match Reader::member(object, "schemaVersion") {
        Some(value) if value.as_u64() == Some(2) => Ok(2),
        Some(value) if value.as_u64() == Some(1) => Ok(1),
        Some(value) if value.is_number() => Err(DocumentError::SchemaVersion(value.to_string())),
        Some(_) => {
            reader.note("/schemaVersion", "the number 2 is expected here");
            Ok(2)
        }
        None => {
            if !withdrawn {
                reader.note("/schemaVersion", "the member is required and missing");
            }
            Ok(2)
        }
    }
}

fn read_image(mut reader: Reader, object: &Map<String, Value>, media_type: MediaType) -> ImageManifest {
    let withdrawn = media_type.is(OCI_ARTIFACT_MANIFEST);
    let list = if withdrawn || Reader::member(object, "layers").is_none() { "blobs" } else { "layers" };
    if !withdrawn && Reader::member(object, "layers").is_none() {
        reader.note("/layers", "the member is required and missing");
    }
    let config = Reader::member(object, "config").and_then(|value| Descriptor::read(&mut reader, value, "/config"));
    if config.is_none() && !withdrawn {
        reader.note("/config", "the member is required and missing");
    }
    ImageManifest {
        artifact_type: reader.media_type(object, "", "artifactType"),
        config,
        layers: Descriptor::read_all(&mut reader, object, "", list),
        layers_left_out: reader.left_out(&join("", list)),
        subject: Reader::member(object, "subject").and_then(|value| Descriptor::read(&mut reader, value, "/subject")),
        annotations: reader.string_map(object, "", "annotations"),
        media_type,
        notices: reader.finish(),
    }
}
