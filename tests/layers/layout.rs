//! Images in a folder, in the form of an OCI image layout.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use strata::oci::Descriptor;

use super::support::digest_of;

/// An image as a layout has it.
pub(super) struct Image {
    /// Its layers from the bottom: how they are named, and their bytes.
    pub(super) layers: Vec<(Descriptor, Vec<u8>)>,
    pub(super) diff_ids: Vec<String>,
}

/// How a layer's archive is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    /// With a member for a few thousand bytes of the archive each.
    GzipMembers,
    Zstd,
}

/// Writes a layout of such images, each with a tag and the archives of its layers.
pub(super) fn write(folder: &Path, packing: Packing, images: &[(&str, &[Vec<u8>])]) {
    fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
    let manifests: Vec<_> = images.iter().map(|(tag, archives)| add(folder, packing, tag, archives)).collect();
    let index = json!({ "schemaVersion": 2, "manifests": manifests });
    fs::write(folder.join("index.json"), index.to_string()).unwrap();
    fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
}

/// Adds an image's documents and layers; gives its entry of the index.
fn add(folder: &Path, packing: Packing, tag: &str, archives: &[Vec<u8>]) -> Value {
    let keep = |media_type: &str, bytes: &[u8]| {
        let digest = digest_of(bytes);
        fs::write(blob(folder, &digest), bytes).unwrap();
        let media_type = format!("application/vnd.oci.image.{media_type}");
        json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
    };
    let diff_ids: Vec<_> = archives.iter().map(|archive| digest_of(archive)).collect();
    let config =
        json!({ "architecture": "amd64", "os": "linux", "rootfs": { "type": "layers", "diff_ids": diff_ids } });
    let layers: Vec<_> = archives
        .iter()
        .map(|archive| match packing {
            Packing::Plain => keep("layer.v1.tar", archive),
            Packing::Gzip => keep("layer.v1.tar+gzip", &gzip(archive)),
            Packing::GzipMembers => {
                keep("layer.v1.tar+gzip", &archive.chunks(3_000).flat_map(gzip).collect::<Vec<_>>())
            }
            Packing::Zstd => keep("layer.v1.tar+zstd", &zstd::bulk::compress(archive, 3).unwrap()),
        })
        .collect();
    let manifest = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": keep("config.v1+json", config.to_string().as_bytes()), "layers": layers,
    });
    let mut entry = keep("manifest.v1+json", manifest.to_string().as_bytes());
    entry["annotations"] = json!({ "org.opencontainers.image.ref.name": tag });
    entry
}

fn gzip(archive: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(archive).unwrap();
    encoder.finish().unwrap()
}

/// Reads an image of a layout.
pub(super) fn read(folder: &Path, tag: &str) -> Image {
    let document = |descriptor: &Value| parsed(&blob(folder, descriptor["digest"].as_str().unwrap()));
    let index = parsed(&folder.join("index.json"));
    let named = |entry: &&Value| entry["annotations"]["org.opencontainers.image.ref.name"] == tag;
    let manifest = document(index["manifests"].as_array().unwrap().iter().find(named).unwrap());
    let config = document(&manifest["config"]);
    let layers = manifest["layers"].as_array().unwrap().iter().map(|layer| {
        let annotations = layer["annotations"].as_object().into_iter().flatten();
        let digest = layer["digest"].as_str().unwrap();
        let descriptor = Descriptor {
            media_type: strata::oci::MediaType::new(layer["mediaType"].as_str().unwrap()),
            digest: Some(digest.parse().unwrap()),
            size: layer["size"].as_u64(),
            urls: Vec::new(),
            annotations: annotations.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect(),
            artifact_type: None,
            platform: None,
        };
        (descriptor, fs::read(blob(folder, digest)).unwrap())
    });
    let diff_ids = config["rootfs"]["diff_ids"].as_array().unwrap().iter();
    Image { layers: layers.collect(), diff_ids: diff_ids.map(|id| id.as_str().unwrap().to_owned()).collect() }
}

fn blob(folder: &Path, digest: &str) -> std::path::PathBuf {
    folder.join("blobs/sha256").join(&digest["sha256:".len()..])
}

fn parsed(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}
