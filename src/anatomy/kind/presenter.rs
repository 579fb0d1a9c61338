//! How a blob is shown: a column of the [table](super::table) of kinds.

use serde::{Deserialize, Serialize};

use super::table::Source;
use super::{Family, Kind, row};
use crate::oci::{Descriptor, ImageManifest, MediaType};

/// How the bytes of a type are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presenter {
    /// Named, with its size and a download: an archive, a program, weights.
    Opaque,
    /// A manifest, index or config of an image: it has a page of its own.
    Page,
    /// A config as names and values.
    Facts,
    /// The config of a Helm chart.
    Chart,
    /// The archive of a Helm chart, of which the readme is shown.
    ChartArchive,
    /// An in-toto statement.
    Statement,
    /// A DSSE envelope.
    Envelope,
    /// A bill of materials in JSON.
    Sbom,
    /// cosign's payload.
    SimpleSigning,
    /// A sigstore bundle.
    Bundle,
    /// A JWS of notation.
    Notation,
    /// Text that is the point of the artifact.
    Text,
    /// Text, once a reader asks for it.
    TextIfAsked,
}

impl Presenter {
    /// What the table says of a type; for one that is not in it, whether its name says that it is text.
    #[must_use]
    pub fn of_media_type(media_type: &MediaType) -> Self {
        let name = media_type.normal();
        if let Some(row) = row(Source::Type, name) {
            return row.presenter;
        }
        let ending = name.rsplit(['+', '/', '.', '-']).next().unwrap_or_default();
        let is_text = name.starts_with("text/")
            || matches!(
                ending,
                "json" | "yaml" | "yml" | "toml" | "xml" | "html" | "javascript" | "sql" | "rego" | "cue"
            );
        if is_text || name == "image/svg+xml" { Self::TextIfAsked } else { Self::Opaque }
    }

    /// How a layer of a manifest is shown. Where its own type says nothing, that of the artifact does, if it is its only one.
    #[must_use]
    pub fn of_layer(layer: &Descriptor, manifest: &ImageManifest) -> Self {
        let own = Self::of_media_type(&layer.media_type);
        let says_little = layer.media_type.is_generic() || row(Source::Type, layer.media_type.normal()).is_none();
        let alone = manifest.layers.len() == 1 && manifest.layers_left_out == 0;
        let by_artifact = manifest.artifact_type.as_ref().filter(|_| says_little && alone).map(Self::of_media_type);
        by_artifact.filter(|presenter| presenter.is_read_at_once()).unwrap_or(own)
    }

    /// How a manifest's config is shown: that of an image belongs to a page of its own, unless a model carries one for want of
    /// a better; one that is not known is read as text (image-spec, manifest.md: types that are not known are no error).
    #[must_use]
    pub fn of_config(config: &Descriptor, kind: &Kind) -> Self {
        match Self::of_media_type(&config.media_type) {
            Self::Page if kind.family == Family::Model => Self::Facts,
            Self::Opaque if row(Source::Type, config.media_type.normal()).is_none() => Self::TextIfAsked,
            other => other,
        }
    }

    /// Whether a page shows it without being asked.
    #[must_use]
    pub fn is_read_at_once(self) -> bool {
        !matches!(self, Self::Opaque | Self::Page | Self::TextIfAsked)
    }

    /// Whether a page can show it at all.
    #[must_use]
    pub fn is_read(self) -> bool {
        !matches!(self, Self::Opaque | Self::Page)
    }
}
