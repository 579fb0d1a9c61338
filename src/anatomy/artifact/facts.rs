//! Configs of models, WebAssembly modules and plugins: names and values, the ones that are known first.

use serde::{Deserialize, Serialize};

use super::Parsed;
use super::read::Part;
use crate::oci::document::Reader;

/// What a config says, as rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Names and values; members that are known here by a name for readers, others by their way in the document.
    pub rows: Vec<(String, String)>,
}

/// Members that are known, in the order in which they are shown.
#[rustfmt::skip]
const KNOWN: &[(&str, &str)] = &[
    // ModelPack (CNCF model-spec, `config.md`) and Docker's models.
    ("descriptor.name", "Name"), ("descriptor.title", "Title"), ("descriptor.version", "Version"),
    ("descriptor.description", "Description"), ("descriptor.family", "Family"), ("descriptor.vendor", "Vendor"),
    ("descriptor.authors", "Authors"), ("descriptor.licenses", "Licences"), ("descriptor.createdAt", "Made"),
    ("descriptor.created", "Made"), ("descriptor.revision", "Revision"), ("descriptor.sourceURL", "Source"),
    ("config.format", "Format"), ("config.architecture", "Architecture"), ("config.paramSize", "Parameters"),
    ("config.parameters", "Parameters"), ("config.precision", "Precision"), ("config.quantization", "Quantization"),
    ("config.size", "Size as written"),
    // Ollama.
    ("model_format", "Format"), ("model_family", "Family"), ("model_families", "Families"), ("model_type", "Parameters"),
    ("file_type", "Quantization"),
    // KitOps (`kitfile`).
    ("package.name", "Name"), ("package.version", "Version"), ("package.description", "Description"),
    ("package.authors", "Authors"), ("package.license", "Licence"), ("model.name", "Model"), ("model.framework", "Framework"),
    // WebAssembly (CNCF `wasm` artifact guidance).
    ("component.target", "Target"), ("component.exports", "Exports"), ("component.imports", "Imports"),
    ("created", "Made"), ("author", "Author"), ("os", "System"), ("architecture", "Processor"),
    // Docker's plugins (docker, "Plugin Config Version 1").
    ("description", "Description"), ("documentation", "Documentation"), ("interface.types", "Interfaces"),
    ("interface.socket", "Socket"), ("entrypoint", "Entrypoint"), ("workdir", "Working directory"),
    ("network.type", "Network"), ("linux.capabilities", "Capabilities"), ("propagatedMount", "Propagated mount"),
];

/// Members that say nothing beside the manifest: lists of digests.
const LISTS: [&str; 4] = ["rootfs.", "modelfs.", "layerDigests", "history"];

impl Facts {
    /// Reads a config.
    pub fn parse(bytes: &[u8]) -> Parsed<Self> {
        let mut reader = Reader::default();
        let object = reader.parse(bytes)?;
        let whole = serde_json::Map::from_iter([("config".to_owned(), serde_json::Value::Object(object))]);
        let mut rows = Part::new(&mut reader, &whole, "").flattened("config");
        rows.retain(|(name, value)| !value.is_empty() && !LISTS.iter().any(|list| name.starts_with(list)));
        let place = |name: &str| KNOWN.iter().position(|(known, _)| *known == name).unwrap_or(KNOWN.len());
        rows.sort_by_key(|(name, _)| place(name));
        for (name, _) in &mut rows {
            if let Some((_, label)) = KNOWN.iter().find(|(known, _)| known == name) {
                (*label).clone_into(name);
            }
        }
        Ok((Self { rows }, reader.finish()))
    }
}
