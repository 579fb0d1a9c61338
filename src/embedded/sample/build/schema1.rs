//! Docker's schema 1 manifest, as it was written before 2017: no config, but a piece of one as text for each step.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::digest_of;
use super::document::{Document, Style};
use super::layer::Layer;
use super::moment::Moment;
use crate::oci::media_type::DOCKER_SCHEMA1;

/// An unsigned manifest of these steps, oldest first. Each step has a layer, as it was then.
pub(crate) fn manifest(name: &str, tag: &str, created: Moment, steps: &[(&str, Layer)]) -> Document {
    let mut blobs = HashMap::new();
    let (mut layers, mut history) = (Vec::new(), Vec::new());
    let mut parent: Option<String> = None;
    for (command, layer) in steps {
        let id = digest_of(format!("{parent:?} {command}").as_bytes()).encoded().to_owned();
        let mut step = json!({
            "id": id,
            "created": created.precise(),
            "container_config": { "Cmd": ["/bin/sh", "-c", command] },
            "architecture": "amd64",
            "os": "linux",
        });
        if let Some(parent) = &parent {
            step["parent"] = parent.as_str().into();
        }
        parent = Some(id);
        layers.push(json!({ "blobSum": layer.digest }));
        history.push(json!({ "v1Compatibility": step.to_string() }));
        blobs.insert(layer.digest.clone(), layer.blob.clone());
    }
    // The newest stands first.
    layers.reverse();
    history.reverse();
    let content = json!({
        "schemaVersion": 1,
        "name": name,
        "tag": tag,
        "architecture": "amd64",
        "fsLayers": Value::from(layers),
        "history": Value::from(history),
    });
    let mut document = Document::new(DOCKER_SCHEMA1, &content, Style::Indented(3));
    document.blobs = blobs;
    document
}
