//! Images of Debian packages for two architectures: tars by mmdebstrap, put together by umoci, one index over both.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::support::digest_of;
use super::support::packages::pack;
use super::support::process::{program, run};

/// The tag of the index in the layout.
pub(super) const INDEX: &str = "multi";

/// Small, and without a package that they need: one of the architecture's own, one for all.
const PACKAGES: &str = "busybox-static,netbase";

/// Writes a layout with an index of an image for amd64 and one for arm64, of three layers each. False where a program or
/// a mirror of Debian is missing, which is then said aloud.
pub(super) fn write_layout(folder: &Path) -> bool {
    let (Some(mmdebstrap), Some(umoci)) = (program("mmdebstrap"), program("umoci")) else { return false };
    let layout = folder.join("layout");
    run(&umoci, &["init", "--layout", text(&layout)]);
    let mut entries = Vec::new();
    for architecture in ["amd64", "arm64"] {
        let packages = folder.join(format!("{architecture}.tar"));
        if !pack(&mmdebstrap, architecture, PACKAGES, &packages) {
            return false;
        }
        let image = format!("{}:{architecture}", layout.display());
        run(&umoci, &["new", "--image", &image]);
        let config = ["--architecture", architecture, "--os", "linux", "--config.cmd", "/bin/busybox"];
        let more = ["--config.env", "LANG=C.UTF-8", "--config.label", "org.opencontainers.image.title=busybox"];
        run(&umoci, &[&["config", "--image", &image][..], &config, &more].concat());
        let told = ["--history.created_by", "mmdebstrap --variant=extract"];
        run(&umoci, &[&["raw", "add-layer", "--image", &image][..], &told, &[text(&packages)]].concat());
        for (name, content, target) in [("motd", "Have a look.\n", "/etc/motd"), ("run", "#!/bin/sh\n", "/run.sh")] {
            let file = folder.join(name);
            fs::write(&file, format!("{content}# {architecture}\n")).unwrap();
            let told = format!("COPY {name} {target} # buildkit");
            let arguments = ["insert", "--rootless", "--image", &image, "--history.created_by", &told];
            run(&umoci, &[&arguments[..], &[text(&file), target]].concat());
        }
        entries.push(entry(&layout, architecture));
    }
    write_index(&layout, &entries);
    true
}

/// The index's entry of an image: its descriptor in the layout, and its platform.
fn entry(layout: &Path, architecture: &str) -> Value {
    let index: Value = serde_json::from_slice(&fs::read(layout.join("index.json")).unwrap()).unwrap();
    let named = |entry: &&Value| entry["annotations"]["org.opencontainers.image.ref.name"] == architecture;
    let image = index["manifests"].as_array().unwrap().iter().find(named).unwrap();
    json!({
        "mediaType": image["mediaType"], "digest": image["digest"], "size": image["size"],
        "platform": { "os": "linux", "architecture": architecture },
    })
}

/// Adds an index of these entries to a layout.
fn write_index(layout: &Path, entries: &[Value]) {
    let media_type = "application/vnd.oci.image.index.v1+json";
    let index = json!({ "schemaVersion": 2, "mediaType": media_type, "manifests": entries }).to_string();
    let digest = digest_of(index.as_bytes());
    fs::write(layout.join("blobs/sha256").join(&digest["sha256:".len()..]), &index).unwrap();
    let path = layout.join("index.json");
    let mut list: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    list["manifests"].as_array_mut().unwrap().push(json!({
        "mediaType": media_type, "digest": digest, "size": index.len(),
        "annotations": { "org.opencontainers.image.ref.name": INDEX },
    }));
    fs::write(path, list.to_string()).unwrap();
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
