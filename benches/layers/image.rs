//! A large image of Debian packages: downloaded and packed once, then kept in the cache.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use strata::oci::{Descriptor, MediaType};

use crate::stored::shell;

/// Packages of the layers, from the bottom: the first one with more than 500 MB, the second one with most of the files. The third one
/// changes files of the second one and deletes some.
const PACKAGES: &str = "firefox-esr chromium openjdk-17-jdk-headless libreoffice-core fonts-noto-cjk ghc golang-1.19-src \
                        llvm-14-dev; papirus-icon-theme rust-doc oxygen-icon-theme openjdk-17-doc libboost1.74-dev";

/// The image, in a folder in the form of an OCI image layout.
pub(crate) struct Image {
    pub(crate) folder: PathBuf,
    /// Its layers from the bottom.
    pub(crate) layers: Vec<Descriptor>,
}

impl Image {
    /// Finds the image in the cache, or makes it: that takes some minutes and half a gigabyte of downloads. Other packages can be
    /// named in `STRATA_BENCH_PACKAGES`, layers apart by `;`.
    pub(crate) fn made() -> Image {
        let packages = std::env::var("STRATA_BENCH_PACKAGES").unwrap_or_else(|_| PACKAGES.to_owned());
        let name = &hash_of(&packages)[..8];
        let cache = std::env::var_os("STRATA_CACHE").map_or_else(std::env::temp_dir, PathBuf::from);
        let folder = cache.join(format!("bench-image-{name}"));
        if !folder.exists() {
            let work = tempfile::Builder::new().prefix("bench-image").tempdir_in(&cache).unwrap();
            make(work.path(), &packages);
            // Only a whole image gets the name.
            fs::rename(work.path().join("layout"), &folder).unwrap();
        }
        let index = parsed(&folder.join("index.json"));
        let manifest = parsed(&blob(&folder, index["manifests"][0]["digest"].as_str().unwrap()));
        let layers = manifest["layers"].as_array().unwrap().iter().map(|layer| Descriptor {
            media_type: MediaType::new(layer["mediaType"].as_str().unwrap()),
            digest: Some(layer["digest"].as_str().unwrap().parse().unwrap()),
            size: layer["size"].as_u64(),
            urls: Vec::new(),
            annotations: Vec::new(),
            artifact_type: None,
            platform: None,
        });
        let layers = layers.collect();
        Image { folder, layers }
    }

    /// Bytes of all layers.
    pub(crate) fn size(&self) -> u64 {
        self.layers.iter().filter_map(|layer| layer.size).sum()
    }
}

/// Packs the layers and writes a layout of them.
fn make(work: &Path, packages: &str) {
    let path = work.display();
    shell(&format!("mkdir -p {path}/layout/blobs/sha256 {path}/debs"));
    let mut roots = Vec::new();
    for (number, packages) in packages.split(';').enumerate() {
        let root = format!("{path}/root-{number}");
        // Whoever downloads as root is asked to let a lesser user do it.
        shell(&format!(
            "set -e; cd {path}/debs; apt-get -qq -o APT::Sandbox::User=root download {packages} >&2; mkdir {root}; \
             for deb in *.deb; do dpkg-deb --fsys-tarfile $deb | tar -C {root} -xf -; done; rm -f *.deb"
        ));
        roots.push(root);
    }
    roots.push(changed(work, roots.last().unwrap()));
    let layers: Vec<_> = roots.iter().map(|root| pack(work, root)).collect();
    let documents = layers.iter().map(|(digest, diff_id, size)| {
        let media_type = "application/vnd.oci.image.layer.v1.tar+gzip";
        (serde_json::json!({ "mediaType": media_type, "digest": digest, "size": size }), diff_id.clone())
    });
    let (layers, diff_ids): (Vec<_>, Vec<_>) = documents.unzip();
    let folder = work.join("layout");
    let config = serde_json::json!({
        "architecture": "amd64", "os": "linux", "config": {}, "rootfs": { "type": "layers", "diff_ids": diff_ids },
    });
    let manifest = serde_json::json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": keep(&folder, "config", &config), "layers": layers,
    });
    let index = serde_json::json!({ "schemaVersion": 2, "manifests": [keep(&folder, "manifest", &manifest)] });
    fs::write(folder.join("index.json"), index.to_string()).unwrap();
    fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
}

/// What a later step does to a folder, as a layer of its own: every third of its deeper directories is deleted, every eighth file has
/// other contents or other attributes.
fn changed(work: &Path, root: &str) -> String {
    let changed = work.join("root-changed").display().to_string();
    shell(&format!(
        "set -e; mkdir {changed}; cd {root}; \
         find . -mindepth 4 -maxdepth 4 -type d | sort | awk 'NR % 3 == 0' | while read -r folder; do \
           mkdir -p \"{changed}/$(dirname \"$folder\")\"; touch \"{changed}/$(dirname \"$folder\")/.wh.$(basename \"$folder\")\"; done; \
         find . -mindepth 5 -type f | sort | awk 'NR % 8 == 1' | tar -cf - -T - | tar -C {changed} -xf -; \
         find {changed} -type f -size +0 -print0 | sort -z | while read -r -d '' file; do \
           even=$((1 - even)); if [ $even = 1 ]; then chmod o-r \"$file\"; else echo changed >>\"$file\"; fi; done"
    ));
    changed
}

/// Packs a folder as a layer, and removes it: the layer's digest, that of its archive, and its size.
fn pack(work: &Path, root: &str) -> (String, String, u64) {
    let path = work.display();
    let printed = shell(&format!(
        "tar -C {root} --sort=name --owner=0 --group=0 --numeric-owner -cf {path}/layer.tar . && rm -rf {root} && \
         gzip -6 <{path}/layer.tar >{path}/layer && sha256sum <{path}/layer.tar && sha256sum <{path}/layer && rm {path}/layer.tar"
    ));
    let mut sums = printed.lines().map(|line| line.split(' ').next().unwrap());
    let (diff_id, digest) = (sums.next().unwrap(), sums.next().unwrap());
    let size = fs::metadata(work.join("layer")).unwrap().len();
    fs::rename(work.join("layer"), work.join("layout/blobs/sha256").join(digest)).unwrap();
    (format!("sha256:{digest}"), format!("sha256:{diff_id}"), size)
}

/// Writes a document as a blob; gives its descriptor.
fn keep(folder: &Path, kind: &str, document: &Value) -> Value {
    let text = document.to_string();
    let digest = format!("sha256:{}", hash_of(&text));
    fs::write(blob(folder, &digest), &text).unwrap();
    let media_type = format!("application/vnd.oci.image.{kind}.v1+json");
    serde_json::json!({
        "mediaType": media_type, "digest": digest, "size": text.len(),
        "annotations": { "org.opencontainers.image.ref.name": "latest" },
    })
}

fn hash_of(text: &str) -> String {
    let digits: Vec<_> = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

fn blob(folder: &Path, digest: &str) -> PathBuf {
    folder.join("blobs/sha256").join(&digest["sha256:".len()..])
}

fn parsed(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}
