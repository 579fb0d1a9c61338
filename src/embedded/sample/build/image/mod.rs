//! A container image, written step by step as a Dockerfile is.

mod instructions;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::document::{Document, Format, Style, annotations, descriptor, write};
use super::layer::{Compression, Layer};
use super::literal;
use super::moment::Moment;
use crate::oci::Platform;

/// The type of layers that registries do not keep. Only gzip ones are made.
const FOREIGN: &str = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";

/// What builds the image: each tool writes history in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// BuildKit.
    BuildKit,
    /// Docker's builder before BuildKit.
    Classic,
    /// A tool that writes no history, as Bazel's rules do.
    Silent,
}

/// An image that grows by steps. Made from another one, it keeps that one's layers, history and settings.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    format: Format,
    tool: Tool,
    platform: Platform,
    now: Moment,
    author: Option<&'static str>,
    steps: Vec<Step>,
    arguments: Vec<(String, String)>,
    /// Members of `config`, by name.
    run: Map<String, Value>,
    annotations: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
struct Step {
    created: Moment,
    created_by: String,
    tool: Tool,
    layer: Option<Layer>,
    told: Told,
}

/// What the history says of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// The truth.
    Truly,
    /// That it made a layer, although it did not.
    WithLayer,
    /// Nothing.
    Not,
}

impl Image {
    /// Nothing yet, for a platform as `linux/arm64/v8`.
    pub(crate) fn scratch(format: Format, tool: Tool, platform: &str, now: Moment) -> Self {
        Self {
            format,
            tool,
            platform: literal(platform),
            now,
            author: None,
            steps: Vec::new(),
            arguments: Vec::new(),
            run: Map::new(),
            annotations: Vec::new(),
        }
    }

    /// Goes on from this image, perhaps with another tool, at a later time.
    pub(crate) fn continued(&self, format: Format, tool: Tool, now: Moment) -> Self {
        let mut image = self.clone();
        (image.format, image.tool, image.now) = (format, tool, now);
        image.arguments.clear();
        image.annotations.clear();
        image
    }

    /// The Windows build that the image needs.
    pub(crate) fn os_version(mut self, version: &str) -> Self {
        self.platform.os_version = Some(version.to_owned());
        self
    }

    /// Who made it.
    pub(crate) fn author(mut self, author: &'static str) -> Self {
        self.author = Some(author);
        self
    }

    /// A remark on the manifest.
    pub(crate) fn annotation(mut self, key: &str, value: &str) -> Self {
        self.annotations.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Later steps are not older than this.
    pub(crate) fn not_before(mut self, moment: Moment) -> Self {
        self.now = self.now.max(moment);
        self
    }

    /// Later steps are so many seconds younger.
    pub(crate) fn after(mut self, seconds: u64) -> Self {
        self.now = self.now.plus(seconds);
        self
    }

    /// A step in exactly these words, with or without a layer.
    pub(crate) fn step(mut self, created_by: impl Into<String>, layer: Option<Layer>) -> Self {
        self.steps.push(Step {
            created: self.now,
            created_by: created_by.into(),
            tool: self.tool,
            layer,
            told: Told::Truly,
        });
        // A tool that writes no dates has none that could go on.
        if self.tool != Tool::Silent {
            self.now = self.now.plus(1);
        }
        self
    }

    /// Steps that claim a layer which the image does not have.
    pub(crate) fn claiming_layers(mut self, steps: &[&str]) -> Self {
        for words in steps {
            self = self.step(*words, None);
            if let Some(step) = self.steps.last_mut() {
                step.told = Told::WithLayer;
            }
        }
        self
    }

    /// A layer of which the history does not tell.
    pub(crate) fn untold(mut self, layer: Layer) -> Self {
        self = self.step("", Some(layer));
        if let Some(step) = self.steps.last_mut() {
            step.told = Told::Not;
        }
        self
    }

    /// The same image with every layer stored in another way.
    pub(crate) fn repacked(&self, compression: Compression) -> Self {
        let mut image = self.clone();
        for step in &mut image.steps {
            step.layer = step.layer.as_ref().map(|layer| layer.repacked(compression));
        }
        image
    }

    fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.steps.iter().filter_map(|step| step.layer.as_ref())
    }

    fn config(&self) -> Value {
        let last = self.steps.last().map_or(self.now, |step| step.created);
        let mut config = json!({ "architecture": self.platform.architecture });
        if let Some(author) = self.author {
            config["author"] = author.into();
        }
        // Docker's own builder writes every member of its settings, empty ones too.
        let unset = json!({
            "Hostname": "", "Domainname": "", "AttachStdin": false, "AttachStdout": false, "AttachStderr": false,
            "Tty": false, "OpenStdin": false, "StdinOnce": false, "OnBuild": null,
        });
        let by_docker = self.tool == Tool::Classic && self.format == Format::Docker;
        let unset = unset.as_object().filter(|_| by_docker).cloned().unwrap_or_default();
        let set = self.run.iter().filter(|(_, value)| !value.is_null());
        let set = set.map(|(name, value)| (name.clone(), value.clone()));
        config["config"] = unset.into_iter().chain(set).collect::<Map<_, _>>().into();
        config["created"] = written(self.tool, last).into();
        if self.tool == Tool::Classic {
            config["docker_version"] = "20.10.24".into();
        }
        if self.tool != Tool::Silent {
            config["history"] = self.steps.iter().filter(|step| step.told != Told::Not).map(Step::history).collect();
        }
        config["os"] = self.platform.os.as_str().into();
        if let Some(version) = &self.platform.os_version {
            config["os.version"] = version.as_str().into();
        }
        let diff_ids: Vec<_> = self.layers().map(|layer| layer.diff_id.as_str()).collect();
        config["rootfs"] = json!({ "type": "layers", "diff_ids": diff_ids });
        if let Some(variant) = &self.platform.variant {
            config["variant"] = variant.as_str().into();
        }
        config
    }

    /// The finished image.
    pub(crate) fn build(&self) -> Document {
        let mut blobs = HashMap::new();
        let config = write(&self.config(), Style::Compact);
        let config = Document::keep(&mut blobs, self.format.config(), config);
        let mut layers = Vec::new();
        for layer in self.layers() {
            let media_type = if layer.url.is_some() { FOREIGN } else { layer_type(self.format, layer.compression) };
            let mut described = descriptor(media_type, &layer.digest, layer.blob.len());
            match layer.url {
                Some(url) => drop(described.insert("urls".to_owned(), json!([url]))),
                None => drop(blobs.insert(layer.digest.clone(), layer.blob.clone())),
            }
            if !layer.annotations.is_empty() {
                let remarks = layer.annotations.iter().map(|(key, value)| (key, value));
                described.insert("annotations".to_owned(), annotations(remarks));
            }
            layers.push(described);
        }
        let mut content = json!({
            "schemaVersion": 2,
            "mediaType": self.format.manifest(),
            "config": config,
            "layers": layers,
        });
        if !self.annotations.is_empty() {
            content["annotations"] = annotations(self.annotations.iter().map(|(key, value)| (key, value)));
        }
        let style = if self.format == Format::Docker { Style::Indented(3) } else { Style::Indented(2) };
        let mut document = Document::new(self.format.manifest(), &content, style).on(self.platform.clone());
        document.blobs = blobs;
        document
    }
}

impl Step {
    fn history(&self) -> Value {
        let mut entry = json!({ "created": written(self.tool, self.created), "created_by": self.created_by });
        if self.tool == Tool::BuildKit {
            entry["comment"] = "buildkit.dockerfile.v0".into();
        }
        if self.layer.is_none() && self.told != Told::WithLayer {
            entry["empty_layer"] = true.into();
        }
        entry
    }
}

/// A time as the tool writes it: builders note fractions, reproducible tools whole seconds.
fn written(tool: Tool, moment: Moment) -> String {
    if tool == Tool::Silent { moment.to_string() } else { moment.precise() }
}

fn layer_type(format: Format, compression: Compression) -> &'static str {
    match (format, compression) {
        (Format::Oci, Compression::Gzip | Compression::SmallestGzip | Compression::Estargz) => {
            "application/vnd.oci.image.layer.v1.tar+gzip"
        }
        (Format::Oci, Compression::Zstd | Compression::ZstdChunked) => "application/vnd.oci.image.layer.v1.tar+zstd",
        (Format::Oci, Compression::Plain) => "application/vnd.oci.image.layer.v1.tar",
        (Format::Docker, Compression::Gzip | Compression::SmallestGzip | Compression::Estargz) => {
            "application/vnd.docker.image.rootfs.diff.tar.gzip"
        }
        (Format::Docker, Compression::Zstd | Compression::ZstdChunked) => {
            "application/vnd.docker.image.rootfs.diff.tar.zstd"
        }
        (Format::Docker, Compression::Plain) => "application/vnd.docker.image.rootfs.diff.tar",
    }
}
