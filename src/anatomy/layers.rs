//! What a layer's descriptor says about its bytes: compression, and what keeps them from being read (image-spec, layer.md;
//! Docker's types; the annotations of eStargz and zstd:chunked). Bytes may say otherwise: this is the writer's claim.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::oci::{Descriptor, MediaType};

/// How the bytes of a layer are packed, by its type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerFormat {
    /// The compression.
    pub compression: Compression,
    /// What else is to be known, in the order in which it is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<LayerMark>,
}

/// A compression, as a type names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// A tar as it is.
    Uncompressed,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// The type does not say.
    Unknown,
}

/// Something about a layer that a reader should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerMark {
    /// May not be distributed; the registry need not have its bytes (deprecated).
    Foreign,
    /// Cannot be read without its key.
    Encrypted,
    /// Has a table of contents in the eStargz form.
    Estargz,
    /// Has a table of contents in the zstd:chunked form.
    ZstdChunked,
    /// A Nydus blob or bootstrap: no tar of the files.
    Nydus,
    /// No tar.
    NotATar,
}

/// Types of tars of an image's layer, without compression. Docker separates that with a dot, OCI with a plus.
const TARS: [&str; 4] = [
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.docker.image.rootfs.foreign.diff.tar",
];

/// The type of layers before schema 2: a tar, mostly in gzip, which it does not say.
const ANCIENT: &str = "application/vnd.docker.container.image.rootfs.diff+x-gtar";

/// eStargz: the digest of the table of contents.
const ESTARGZ: &str = "containerd.io/snapshot/stargz/toc.digest";
/// zstd:chunked: where the table of contents is, by the name that its writers use and by the one of its specification.
const ZSTD_CHUNKED: [&str; 2] =
    ["io.github.containers.zstd-chunked.manifest-position", "io.containers.zstd-chunked.manifest-position"];
/// Nydus: on the blob and on the bootstrap.
const NYDUS: [&str; 2] = ["containerd.io/snapshot/nydus-blob", "containerd.io/snapshot/nydus-bootstrap"];

impl LayerFormat {
    /// Reads a layer's type and annotations.
    #[must_use]
    pub fn of(layer: &Descriptor) -> Self {
        let (compression, mut marks) = of_type(&layer.media_type);
        let has = |name: &str| layer.annotation(name).is_some();
        if has(ESTARGZ) {
            marks.push(LayerMark::Estargz);
        }
        if ZSTD_CHUNKED.into_iter().any(has) {
            marks.push(LayerMark::ZstdChunked);
        }
        if NYDUS.into_iter().any(has) || layer.media_type.is("application/vnd.oci.image.layer.nydus.blob.v1") {
            marks.retain(|mark| *mark != LayerMark::NotATar);
            marks.push(LayerMark::Nydus);
        }
        Self { compression, marks }
    }

    /// What a type says by itself, without annotations.
    #[must_use]
    pub fn of_media_type(media_type: &MediaType) -> Self {
        let (compression, marks) = of_type(media_type);
        Self { compression, marks }
    }
}

fn of_type(media_type: &MediaType) -> (Compression, Vec<LayerMark>) {
    let text = media_type.normal();
    let mut marks = Vec::new();
    if text.contains(".nondistributable.") || text.contains(".foreign.") {
        marks.push(LayerMark::Foreign);
    }
    let (text, encrypted) = match text.strip_suffix("+encrypted") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    if encrypted {
        marks.push(LayerMark::Encrypted);
    }
    if text == ANCIENT {
        return (Compression::Unknown, marks);
    }
    let (tar, compression) = [("gzip", Compression::Gzip), ("zstd", Compression::Zstd)]
        .into_iter()
        .find_map(|(name, compression)| Some((text.strip_suffix(name)?.strip_suffix(['+', '.'])?, compression)))
        .unwrap_or((text, Compression::Uncompressed));
    // Charts and other artifacts name their tars so too.
    if TARS.contains(&tar) || tar.rsplit(['.', '+']).next() == Some("tar") {
        return (compression, marks);
    }
    marks.push(LayerMark::NotATar);
    (if compression == Compression::Uncompressed { Compression::Unknown } else { compression }, marks)
}

impl fmt::Display for LayerFormat {
    /// A few words: `tar, gzip`, `tar, zstd, zstd:chunked`, `not a tar`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tar = !self.marks.iter().any(|mark| matches!(mark, LayerMark::NotATar | LayerMark::Nydus));
        let mut words = Vec::new();
        if tar {
            words.push("tar".to_owned());
        }
        match self.compression {
            Compression::Unknown => {}
            Compression::Uncompressed if !tar => {}
            compression => words.push(compression.to_string()),
        }
        words.extend(self.marks.iter().map(ToString::to_string));
        formatter.write_str(&words.join(", "))
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Uncompressed => "uncompressed",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Unknown => "unknown compression",
        })
    }
}

impl fmt::Display for LayerMark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Foreign => "not distributable",
            Self::Encrypted => "encrypted",
            Self::Estargz => "eStargz",
            Self::ZstdChunked => "zstd:chunked",
            Self::Nydus => "Nydus",
            Self::NotATar => "not a tar",
        })
    }
}

impl LayerMark {
    /// What it means, as a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Self::Foreign => "The registry need not have the bytes; the addresses in the manifest are not followed.",
            Self::Encrypted => "The files can be read only with a key, which Strata does not have.",
            Self::Estargz | Self::ZstdChunked => {
                "The layer has a table of contents, so that single files can be fetched without the rest."
            }
            Self::Nydus => "The layer is in the form of Nydus, not a tar of files.",
            Self::NotATar => "The layer is not a tar, so that it has no files to list.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(media_type: &str, annotations: &[&str]) -> Descriptor {
        Descriptor {
            media_type: MediaType::new(media_type),
            digest: None,
            size: None,
            urls: vec![],
            annotations: annotations.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect(),
            artifact_type: None,
            platform: None,
        }
    }

    #[test]
    fn types_say_how_a_layer_is_packed() {
        for (media_type, words) in [
            ("application/vnd.oci.image.layer.v1.tar", "tar, uncompressed"),
            ("application/vnd.oci.image.layer.v1.tar+gzip", "tar, gzip"),
            ("Application/vnd.OCI.image.layer.v1.tar+zstd; x=y", "tar, zstd"),
            ("application/vnd.docker.image.rootfs.diff.tar", "tar, uncompressed"),
            ("application/vnd.docker.image.rootfs.diff.tar.gzip", "tar, gzip"),
            ("application/vnd.docker.image.rootfs.diff.tar.zstd", "tar, zstd"),
            ("application/vnd.docker.container.image.rootfs.diff+x-gtar", "tar"),
            ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "tar, gzip, not distributable"),
            ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "tar, gzip, not distributable"),
            ("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "tar, gzip, encrypted"),
            ("application/vnd.oci.image.layer.v1.tar+encrypted", "tar, uncompressed, encrypted"),
            (
                "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd+encrypted",
                "tar, zstd, not distributable, encrypted",
            ),
            ("application/vnd.cncf.helm.chart.content.v1.tar+gzip", "tar, gzip"),
            ("application/vnd.devcontainers.layer.v1+tar", "tar, uncompressed"),
            ("application/vnd.oci.image.layer.nydus.blob.v1", "Nydus"),
            ("application/vnd.in-toto+json", "not a tar"),
            ("application/gzip", "not a tar"),
            ("", "not a tar"),
        ] {
            let format = LayerFormat::of(&layer(media_type, &[]));
            assert_eq!(format.to_string(), words, "{media_type}");
        }
    }

    #[test]
    fn annotations_tell_of_tables_of_contents() {
        let gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
        assert_eq!(LayerFormat::of(&layer(gzip, &[ESTARGZ])).to_string(), "tar, gzip, eStargz");
        let zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
        for name in ZSTD_CHUNKED {
            assert_eq!(LayerFormat::of(&layer(zstd, &[name])).to_string(), "tar, zstd, zstd:chunked");
        }
        assert_eq!(LayerFormat::of(&layer(gzip, &[NYDUS[1]])).to_string(), "gzip, Nydus");
    }
}
