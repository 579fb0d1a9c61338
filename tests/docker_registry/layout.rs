//! OCI image layouts, written as skopeo reads them.

use std::fs;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::support::digest_of;

/// Blobs by digest, and the descriptor that the layout's index names.
pub(super) struct Layout {
    blobs: Vec<Vec<u8>>,
    root: String,
}

/// An image of one small layer.
pub(super) fn image(architecture: &str, content: &str) -> Layout {
    let tar = {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, "content", content.as_bytes()).unwrap();
        builder.into_inner().unwrap()
    };
    let layer = {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        std::io::Write::write_all(&mut encoder, &tar).unwrap();
        encoder.finish().unwrap()
    };
    let diff_id = digest_of(&tar);
    let config = format!(
        r#"{{"architecture":"{architecture}","os":"linux","created":"2026-01-02T03:04:05Z","config":{{"Env":["A=b"]}},"rootfs":{{"type":"layers","diff_ids":["{diff_id}"]}},"history":[{{"created":"2026-01-02T03:04:05Z","created_by":"COPY content /"}}]}}"#
    )
    .into_bytes();
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{},"layers":[{}]}}"#,
        descriptor("application/vnd.oci.image.config.v1+json", &config, ""),
        descriptor("application/vnd.oci.image.layer.v1.tar+gzip", &layer, ""),
    )
    .into_bytes();
    let root = descriptor("application/vnd.oci.image.manifest.v1+json", &manifest, "");
    Layout { blobs: vec![layer, config, manifest], root }
}

/// An index of two images.
pub(super) fn index() -> Layout {
    let mut blobs = Vec::new();
    let entries: Vec<_> = ["amd64", "arm64"]
        .iter()
        .map(|architecture| {
            let image = image(architecture, &format!("for {architecture}"));
            let platform = format!(r#","platform":{{"os":"linux","architecture":"{architecture}"}}"#);
            let manifest = image.blobs.last().unwrap();
            let entry = descriptor("application/vnd.oci.image.manifest.v1+json", manifest, &platform);
            blobs.extend(image.blobs);
            entry
        })
        .collect();
    let index = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{}]}}"#,
        entries.join(",")
    )
    .into_bytes();
    let root = descriptor("application/vnd.oci.image.index.v1+json", &index, "");
    blobs.push(index);
    Layout { blobs, root }
}

impl Layout {
    pub(super) fn write(&self, folder: &Path) {
        let blobs = folder.join("blobs/sha256");
        fs::create_dir_all(&blobs).unwrap();
        for blob in &self.blobs {
            fs::write(blobs.join(&digest_of(blob)["sha256:".len()..]), blob).unwrap();
        }
        fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        fs::write(folder.join("index.json"), format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, self.root)).unwrap();
    }
}

fn descriptor(media_type: &str, bytes: &[u8], more: &str) -> String {
    format!(r#"{{"mediaType":"{media_type}","digest":"{}","size":{}{more}}}"#, digest_of(bytes), bytes.len())
}
