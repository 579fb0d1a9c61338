//! Real documents: manifests, indexes, schema 1 manifests and configs of public projects, odd and broken ones among them.
//!
//! They stand beside the repository and not in it. Where the folder is missing the tests say so and pass.
#![expect(clippy::expect_used, reason = "a test says what cannot fail")]
#![expect(clippy::print_stderr, reason = "a test that cannot run says so aloud")]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};
use strata::anatomy::dockerfile::dockerfile;
use strata::anatomy::kind::{Family, Kind, Presenter};
use strata::anatomy::layers::LayerFormat;
use strata::anatomy::platform_choice::{Asked, Choice, choose};
use strata::anatomy::steps::Steps;
use strata::anatomy::{compare, config_compare, secrets, steps, text};
use strata::oci::index::IndexEntry;
use strata::oci::{Descriptor, Digest, ImageConfig, Manifest, MediaType, Notice};

/// One file of the folder.
struct Document {
    /// `config`, `index`, `manifest` or `schema1`: what its project calls it.
    kind: &'static str,
    /// The digest in its name.
    digest: Digest,
    bytes: Vec<u8>,
}

impl Document {
    fn name(&self) -> String {
        format!("{} {}", self.kind, self.digest.short())
    }
}

/// All documents in a fixed order; none where the folder is missing.
fn documents() -> Vec<Document> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/documents");
    if !root.is_dir() {
        eprintln!("SKIPPED: there are no documents at {}: nothing was checked", root.display());
        return Vec::new();
    }
    let mut documents = Vec::new();
    for kind in ["config", "index", "manifest", "schema1"] {
        for entry in fs::read_dir(root.join(kind)).expect("a folder of documents") {
            let path = entry.expect("an entry").path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
            let digest = format!("sha256:{stem}").parse().expect("a digest as name");
            documents.push(Document { kind, digest, bytes: fs::read(&path).expect("a document") });
        }
    }
    documents.sort_by(|left, right| (left.kind, &left.digest).cmp(&(right.kind, &right.digest)));
    assert!(documents.len() > 150, "only {} documents were found", documents.len());
    documents
}

fn manifest(document: &Document) -> Option<Manifest> {
    (document.kind != "config").then(|| Manifest::parse(&document.bytes, None).ok()).flatten()
}

fn config(document: &Document) -> Option<ImageConfig> {
    (document.kind == "config").then(|| ImageConfig::parse(&document.bytes).ok()).flatten()
}

/// What became of a document: its kind and family, and what is in it, in one line, and its notices below.
fn outcome(document: &Document) -> String {
    let (summary, notices) = if document.kind == "config" {
        match ImageConfig::parse(&document.bytes) {
            Ok(config) => {
                let history = config.history.as_ref().map_or_else(|| "no".to_owned(), |steps| steps.len().to_string());
                let summary = format!("{}, {} diff_ids, {history} steps", config.platform, config.diff_ids.len());
                (summary, config.notices)
            }
            Err(error) => (format!("refused: {error}"), Vec::new()),
        }
    } else {
        match Manifest::parse(&document.bytes, None) {
            Ok(manifest) => {
                let kind = Kind::of(&manifest);
                let contents = contents(&manifest);
                (format!("{} [{:?}], {contents}", kind.label, kind.family), notices(manifest))
            }
            Err(error) => (format!("refused: {error}"), Vec::new()),
        }
    };
    let mut text = format!("{}: {summary}", document.name());
    for notice in notices {
        let _ = write!(text, "\n    {}: {}", notice.member, notice.problem);
    }
    text
}

fn contents(manifest: &Manifest) -> String {
    match manifest {
        Manifest::Image(manifest) => {
            let config = manifest.config.as_ref().map_or_else(|| "none".to_owned(), |config| name(&config.media_type));
            let layers: Vec<String> = manifest.layers.iter().map(layer).collect();
            let subject = manifest.subject.as_ref().map_or("", |_| ", about another manifest");
            format!("config: {config}, {} layers: {}{subject}", layers.len(), counted(layers))
        }
        Manifest::Index(index) => {
            let choice = match choose(&index.manifests, &Asked::default()) {
                Choice::Default(position) => format!("shows {position}"),
                other => format!("shows none ({other:?})"),
            };
            let entries: Vec<String> = index.manifests.iter().map(entry).collect();
            format!("{} entries, {choice}: {}", entries.len(), entries.join("; "))
        }
        Manifest::Schema1 { media_type } | Manifest::Other { media_type, .. } => format!("`{media_type}`"),
    }
}

/// What a type is called here.
fn name(media_type: &MediaType) -> String {
    Kind::of_media_type(media_type).label
}

/// An entry of an index: its platform, and what it is where that is not a manifest of an image.
fn entry(descriptor: &Descriptor) -> String {
    let platform = descriptor.platform.as_ref().map_or_else(
        || "no platform".to_owned(),
        |platform| {
            let version = platform.os_version.as_ref().map_or_else(String::new, |version| format!(" {version}"));
            let features = platform.os_features.join(",");
            format!("{platform}{version}{}{features}", if features.is_empty() { "" } else { " " })
        },
    );
    let kind = Kind::of_descriptor(descriptor);
    let is_image = kind.family == Family::Image && descriptor.index_entry() == IndexEntry::Image;
    if is_image { platform } else { format!("{} ({platform})", kind.label) }
}

/// A layer: how it is packed where it is one of an image, else what it is and how it is shown.
fn layer(descriptor: &Descriptor) -> String {
    let kind = Kind::of_descriptor(descriptor);
    let elsewhere = if descriptor.urls.is_empty() { "" } else { ", said to lie elsewhere" };
    if kind.family == Family::Layer {
        return format!("{}{elsewhere}", LayerFormat::of(descriptor));
    }
    format!("{} as {:?}{elsewhere}", kind.label, Presenter::of_media_type(&descriptor.media_type))
}

/// `a ×3; b`
fn counted(names: Vec<String>) -> String {
    let mut groups: Vec<(String, usize)> = Vec::new();
    for name in names {
        match groups.last_mut() {
            Some((last, count)) if *last == name => *count += 1,
            _ => groups.push((name, 1)),
        }
    }
    let group = |(name, count): &(String, usize)| if *count == 1 { name.clone() } else { format!("{name} ×{count}") };
    groups.iter().map(group).collect::<Vec<_>>().join("; ")
}

fn notices(manifest: Manifest) -> Vec<Notice> {
    match manifest {
        Manifest::Image(manifest) => manifest.notices,
        Manifest::Index(index) => index.notices,
        Manifest::Other { notices, .. } => notices,
        Manifest::Schema1 { .. } => Vec::new(),
    }
}

#[test]
fn every_document_is_the_one_that_its_name_says() {
    for document in documents() {
        let hash = Digest::from_sha256(&Sha256::digest(&document.bytes));
        assert_eq!(hash, document.digest, "{}", document.name());
    }
}

#[test]
fn every_document_is_read_or_clearly_refused() {
    let documents = documents();
    if !documents.is_empty() {
        let outcomes: Vec<String> = documents.iter().map(outcome).collect();
        insta::assert_snapshot!(outcomes.join("\n"));
    }
}

#[test]
fn a_document_is_what_its_project_calls_it() {
    for document in &documents() {
        let Some(manifest) = manifest(document) else { continue };
        let kind = match manifest {
            Manifest::Image(_) => "manifest",
            Manifest::Index(_) => "index",
            Manifest::Schema1 { .. } => "schema1",
            Manifest::Other { .. } => "other",
        };
        assert_eq!(kind, document.kind, "{}", document.name());
    }
}

#[test]
fn every_config_can_be_shown() {
    for document in &documents() {
        let Some(config) = config(document) else { continue };
        let history = config.history.as_deref().unwrap_or_default();
        let written = dockerfile(history);
        assert!(written.starts_with("# Approximate"), "{}", document.name());
        assert!(written.lines().count() >= history.len(), "{}", document.name());
        for pair in &config.run.env {
            let _ = (secrets::ranges(pair), text::visible(pair));
        }
        // A config is the same as itself, and the other way round removes what was added.
        assert_eq!(config_compare::compare(&config, &config), config_compare::ConfigComparison::default());
        let there = config_compare::compare(&ImageConfig::default(), &config);
        let back = config_compare::compare(&config, &ImageConfig::default());
        assert_eq!(there.differences.len(), back.differences.len(), "{}", document.name());
    }
}

#[test]
fn every_manifest_joins_with_its_config() {
    let documents = documents();
    let mut joined = 0;
    for document in &documents {
        let Some(Manifest::Image(manifest)) = manifest(document) else { continue };
        let layers = steps::layers(&manifest, &ImageConfig::default());
        assert_eq!(layers.len(), manifest.layers.len(), "{}", document.name());
        assert!(
            manifest.layers.iter().all(|layer| !LayerFormat::of(layer).to_string().is_empty()),
            "{}",
            document.name()
        );
        let named = manifest.config.as_ref().and_then(|config| config.digest.as_ref());
        let Some(config) = documents.iter().find(|other| Some(&other.digest) == named).and_then(config) else {
            continue;
        };
        let steps = Steps::of(&manifest, &config);
        assert_eq!(steps.layers().len(), manifest.layers.len(), "{}", document.name());
        let comparison = compare::compare(&steps, &steps);
        assert_eq!(comparison.cache, compare::CacheReport::SameLayers, "{}", document.name());
        assert_eq!(comparison.transfer.to.pull_bytes, 0, "{}", document.name());
        joined += usize::from(matches!(steps, Steps::Joined(_)));
    }
    assert!(documents.is_empty() || joined > 5, "only {joined} manifests were joined with their configs");
}

#[test]
fn two_images_can_always_be_compared() {
    let documents = documents();
    let images: Vec<Steps> = documents
        .iter()
        .filter_map(|document| match manifest(document) {
            Some(Manifest::Image(manifest)) => Some(manifest),
            _ => None,
        })
        .map(|manifest| {
            let named = manifest.config.as_ref().and_then(|config| config.digest.as_ref());
            let config = documents.iter().find(|other| Some(&other.digest) == named).and_then(config);
            Steps::of(&manifest, &config.unwrap_or_default())
        })
        .collect();
    for from in &images {
        for to in &images {
            let comparison = compare::compare(from, to);
            let count =
                |side: fn(&compare::Row) -> Option<u32>| comparison.alignment.rows.iter().filter_map(side).count();
            assert_eq!((count(|row| row.from), count(|row| row.to)), (from.layers().len(), to.layers().len()));
            assert!(!comparison.cache.to_string().is_empty());
        }
    }
}
