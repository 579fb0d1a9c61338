//! Descriptors: what a document says about another one (image-spec, descriptor.md).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::document::{Reader, join};
use super::{Digest, MediaType, Platform, platform};

/// Type, digest and size of a blob or document, and remarks on it. All of it is the writer's claim until checked.
///
/// A member that is missing or malformed is `None`; the document's notices say what stood there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descriptor {
    /// What it is said to be; empty where nothing was said.
    pub media_type: MediaType,
    /// The digest of its bytes.
    pub digest: Option<Digest>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// Other places that are said to have the bytes. Shown as text, never fetched (CVE-2020-15157).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// Remarks, in the document's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<(String, String)>,
    /// The kind of artifact that a manifest is, where the parent says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<MediaType>,
    /// Where the image runs, in an index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
}

impl Descriptor {
    /// The value of an annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Reads one; `None` where the value is no object.
    pub(crate) fn read(reader: &mut Reader, value: &Value, path: &str) -> Option<Self> {
        let Value::Object(object) = value else {
            reader.note(path, "a descriptor is expected here");
            return None;
        };
        for required in ["mediaType", "digest", "size"] {
            if Reader::member(object, required).is_none() {
                reader.note(&join(path, required), "the member is required and missing");
            }
        }
        Some(Self {
            media_type: reader.media_type(object, path, "mediaType").unwrap_or_else(|| MediaType::new("")),
            digest: reader.digest(object, path, "digest"),
            size: reader.size(object, path, "size"),
            urls: reader.strings(object, path, "urls").unwrap_or_default(),
            annotations: reader.string_map(object, path, "annotations"),
            artifact_type: reader.media_type(object, path, "artifactType"),
            platform: reader
                .object(object, path, "platform")
                .map(|platform| read_platform(reader, platform, &join(path, "platform"))),
        })
    }

    /// Reads the descriptors of a list, leaving out what is none. [`Reader::left_out`] says how many were not looked at.
    pub(crate) fn read_all(reader: &mut Reader, object: &Map<String, Value>, path: &str, name: &str) -> Vec<Self> {
        let list = join(path, name);
        let values = reader.array(object, path, name);
        values
            .iter()
            .enumerate()
            .filter_map(|(position, value)| Self::read(reader, value, &join(&list, &position.to_string())))
            .collect()
    }
}

/// Reads the members that a platform has, in an index as in a config.
pub(crate) fn read_platform(reader: &mut Reader, object: &Map<String, Value>, path: &str) -> Platform {
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    Platform {
        os: reader.text(object, path, "os", platform::MAX_TEXT).unwrap_or_default(),
        architecture: reader.text(object, path, "architecture", platform::MAX_TEXT).unwrap_or_default(),
        variant: filled(reader.text(object, path, "variant", platform::MAX_TEXT)),
        os_version: filled(reader.text(object, path, "os.version", platform::MAX_TEXT)),
        os_features: read_features(reader, object, path),
    }
}

fn read_features(reader: &mut Reader, object: &Map<String, Value>, path: &str) -> Vec<String> {
    let features = reader.strings(object, path, "os.features").unwrap_or_default();
    let path = join(path, "os.features");
    if features.len() > platform::MAX_FEATURES {
        reader.note_cut(&path, platform::MAX_FEATURES, features.len() - platform::MAX_FEATURES);
    }
    let features = features.into_iter().take(platform::MAX_FEATURES).enumerate();
    let cut = |(position, feature): (usize, String)| {
        reader.cut(feature, &join(&path, &position.to_string()), platform::MAX_TEXT)
    };
    features.map(cut).collect()
}
