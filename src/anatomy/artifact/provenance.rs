//! SLSA provenance: who built something, from what, and how (slsa.dev, provenance v0.2 and v1; BuildKit's "SLSA definitions").

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::read::Part;
use super::{MAX_FILE, MAX_ROWS, base64};
use crate::anatomy::text::cut;
use crate::oci::document::{Reader, join};

/// Where BuildKit keeps what it knows beside the format's own members: in v0.2 and in v1.
const BUILDKIT: [&str; 2] = ["https://mobyproject.org/buildkit@v1#metadata", "buildkit_metadata"];
/// Most files of a build that are shown.
const MAX_FILES: usize = 8;

/// What a builder says about a build.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The format's version: `0.2`, `1`.
    pub version: String,
    /// Who built it.
    pub builder: Option<String>,
    /// What kind of build it was.
    pub build_type: Option<String>,
    /// Where the build's instructions come from.
    pub source: Option<Source>,
    /// What was asked for from outside: names and values.
    pub parameters: Vec<(String, String)>,
    /// What the builder itself added.
    pub environment: Vec<(String, String)>,
    /// What went into it.
    pub materials: Vec<Material>,
    /// How many materials there are, those that are left out among them.
    pub material_count: u32,
    /// The build's name at its builder.
    pub invocation: Option<String>,
    /// When it began, as written.
    pub started: Option<String>,
    /// When it ended, as written.
    pub finished: Option<String>,
    /// Whether the builder says that it would come out the same again.
    pub reproducible: Option<bool>,
    /// The source's place and revision, where BuildKit wrote them.
    pub version_control: Vec<(String, String)>,
    /// The build's own files: its Dockerfile, where BuildKit wrote it.
    pub files: Vec<SourceFile>,
}

/// Where a build's instructions come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its address.
    pub uri: Option<String>,
    /// Its digests: algorithm and text.
    pub digests: Vec<(String, String)>,
    /// The file in it that the build began with.
    pub entry_point: Option<String>,
}

/// Something that went into a build.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// Its address.
    pub uri: Option<String>,
    /// Its digests: algorithm and text.
    pub digests: Vec<(String, String)>,
}

/// A file of the build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Its name.
    pub name: Option<String>,
    /// Its text, cut at [`MAX_FILE`].
    pub text: String,
    /// How many bytes of it are left out.
    pub left_out: u64,
}

impl Provenance {
    /// Reads a predicate. `predicate_type` is in lower case and says which version it is of.
    pub(super) fn read(part: &mut Part<'_>, predicate_type: &str) -> Self {
        let version = predicate_type.rsplit('/').next().unwrap_or_default().trim_start_matches('v').to_owned();
        let has = |name: &str| part.object.contains_key(name);
        // The members decide, whatever number stands in the type.
        let mut provenance = if has("buildDefinition") || has("runDetails") { v1(part) } else { v0_2(part) };
        provenance.version = version;
        provenance
    }
}

fn v0_2(part: &mut Part<'_>) -> Provenance {
    let mut provenance = Provenance { build_type: part.text("buildType"), ..Provenance::default() };
    provenance.builder = part.part("builder").and_then(|mut builder| builder.required("id"));
    if let Some(mut invocation) = part.part("invocation") {
        provenance.source = invocation.part("configSource").map(|mut source| self::source(&mut source, "entryPoint"));
        provenance.parameters = invocation.flattened("parameters");
        provenance.environment = invocation.flattened("environment");
    }
    (provenance.materials, provenance.material_count) = materials(part, "materials");
    if let Some(mut metadata) = part.part("metadata") {
        provenance.invocation = metadata.text("buildInvocationID").or_else(|| metadata.text("buildInvocationId"));
        provenance.started = metadata.text("buildStartedOn");
        provenance.finished = metadata.text("buildFinishedOn");
        provenance.reproducible = metadata.reader.boolean(metadata.object, &metadata.path, "reproducible");
        of_buildkit(&mut metadata, &mut provenance);
    }
    provenance
}

fn v1(part: &mut Part<'_>) -> Provenance {
    let mut provenance = Provenance::default();
    if let Some(mut definition) = part.part("buildDefinition") {
        provenance.build_type = definition.required("buildType");
        if let Some(mut external) = definition.part("externalParameters") {
            provenance.source = external.part("configSource").map(|mut source| self::source(&mut source, "path"));
        }
        provenance.parameters = definition.flattened("externalParameters");
        if provenance.source.is_some() {
            provenance.parameters.retain(|(name, _)| !name.starts_with("configSource."));
        }
        provenance.environment = definition.flattened("internalParameters");
        (provenance.materials, provenance.material_count) = materials(&mut definition, "resolvedDependencies");
    }
    if let Some(mut run) = part.part("runDetails") {
        provenance.builder = run.part("builder").and_then(|mut builder| builder.required("id"));
        if let Some(mut metadata) = run.part("metadata") {
            provenance.invocation = metadata.text("invocationId").or_else(|| metadata.text("invocationID"));
            provenance.started = metadata.text("startedOn");
            provenance.finished = metadata.text("finishedOn");
            provenance.reproducible = metadata.reader.boolean(metadata.object, &metadata.path, "buildkit_reproducible");
            of_buildkit(&mut metadata, &mut provenance);
        }
    }
    provenance
}

fn source(part: &mut Part<'_>, entry_point: &str) -> Source {
    Source { uri: part.text("uri"), digests: part.pairs("digest"), entry_point: part.text(entry_point) }
}

fn materials(part: &mut Part<'_>, name: &str) -> (Vec<Material>, u32) {
    let (materials, count) = part.list(name, MAX_ROWS, |part| {
        let uri = part.text("uri").or_else(|| part.text("name"));
        Some(Material { uri, digests: part.pairs("digest") })
    });
    (materials, u32::try_from(count).unwrap_or(u32::MAX))
}

/// What BuildKit adds: the source's revision and the files that the build was read from.
fn of_buildkit(metadata: &mut Part<'_>, provenance: &mut Provenance) {
    for name in BUILDKIT {
        let Some(mut buildkit) = metadata.part(name) else { continue };
        provenance.version_control = buildkit.flattened("vcs");
        let Some(mut source) = buildkit.part("source") else { continue };
        let (files, _) = source.list("infos", MAX_FILES, file);
        provenance.files.extend(files);
    }
}

fn file(part: &mut Part<'_>) -> Option<SourceFile> {
    let name = part.text("filename");
    let Value::String(data) = Reader::member(part.object, "data")? else {
        part.reader.note(&join(&part.path, "data"), "text is expected here");
        return None;
    };
    let Some(bytes) = base64::decode(data) else {
        part.reader.note(&join(&part.path, "data"), "the text is not base 64");
        return None;
    };
    let (text, left_out) = cut(String::from_utf8_lossy(&bytes).into_owned(), MAX_FILE);
    Some(SourceFile { name, text, left_out })
}
