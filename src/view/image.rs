//! What stands at a reference: an image, an index of images, or another artifact.

mod config;
mod layers;
pub mod referrers;
mod shortened;

use serde::{Deserialize, Serialize};

use super::Failure;
use super::address::ImageView;
use super::artifact::{ArtifactQuery, ArtifactView};
use super::files::{FilesQuery, FilesView};
use super::listing::Details;
use crate::anatomy::kind::Kind;
use crate::anatomy::pull::PullCommand;
use crate::oci::{Descriptor, Digest, MediaType, Notice, Platform, Reference, Tag};
pub use config::{ConfigView, NamedValue};
pub use layers::LayersView;
pub use referrers::ReferrersView;

/// Most steps of a history, and most layers, on one page.
pub const STEPS_LENGTH: usize = 200;
/// Most entries of an index on its page, of images and of other entries each. The one that is shown is always among them.
pub const ENTRIES_LENGTH: usize = 100;
/// Most layers that the stack draws one by one.
pub const STACK_LENGTH: usize = 127;
/// Most bytes of a Dockerfile on its page.
pub const DOCKERFILE_BYTES: usize = 200_000;
/// Most rows of one of a config's tables, and of an artifact's.
pub const TABLE_LENGTH: usize = 300;

/// Most links in the text of one document on the raw view.
pub const LINKS_LENGTH: usize = 1_000;

/// What is asked of the page; all of it is in its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageQuery {
    /// The reference, with the registry's name before it where there are several.
    pub reference: Reference,
    /// The view.
    #[serde(default)]
    pub view: ImageView,
    /// The platform chosen in an index, as text; empty for the default one.
    #[serde(default)]
    pub platform: String,
    /// The entry chosen in an index where the platform is not unique, as a digest; empty otherwise.
    #[serde(default)]
    pub manifest: String,
    /// The first step that is shown, from 0; [`STEPS_LENGTH`] follow.
    #[serde(default)]
    pub steps: u32,
    /// The history as a Dockerfile instead of steps.
    #[serde(default)]
    pub dockerfile: bool,
    /// The artifact type of referrers that are shown alone; empty for all.
    #[serde(default)]
    pub artifact_type: String,
    /// The first referrer that is shown, from 0; [`referrers::REFERRERS_LENGTH`] follow.
    #[serde(default)]
    pub rows: u32,
    /// The digest of the referrer that is opened in place; empty for none.
    #[serde(default)]
    pub open: String,
    /// Read every platform's size before answering (for readers without script).
    #[serde(default)]
    pub details: bool,
    /// What is asked of an artifact.
    #[serde(default)]
    pub artifact: ArtifactQuery,
    /// What is asked of the files view.
    #[serde(default)]
    pub files: FilesQuery,
    /// Ask the registry again, whatever is kept.
    #[serde(default)]
    pub refresh: bool,
}

impl ImageQuery {
    /// What a reference leads to, with nothing chosen.
    #[must_use]
    pub fn new(reference: Reference) -> Self {
        Self {
            reference,
            view: ImageView::default(),
            platform: String::new(),
            manifest: String::new(),
            steps: 0,
            dockerfile: false,
            artifact_type: String::new(),
            rows: 0,
            open: String::new(),
            details: false,
            artifact: ArtifactQuery::default(),
            files: FilesQuery::default(),
            refresh: false,
        }
    }
}

/// The page of a reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImagePage {
    /// The reference as asked, without the registry's name.
    pub reference: Reference,
    /// The view that `content` holds.
    pub view: ImageView,
    /// What it is.
    pub kind: Kind,
    /// Type of the document that the reference leads to.
    pub media_type: MediaType,
    /// The names of what is shown.
    pub identity: Identity,
    /// Where the tag leads by now, if the reference has both a tag and a digest and they differ.
    pub tag_moved_to: Option<Digest>,
    /// Whether the reference has both a tag and a digest, and the repository has the tag no more.
    pub tag_gone: bool,
    /// The index's images, in its order; empty for a single manifest.
    pub platforms: Vec<PlatformCard>,
    /// How many images of the index stand in neither `platforms` nor anywhere else: see [`ENTRIES_LENGTH`].
    pub more_platforms: u32,
    /// The index's other entries: nested indexes, artifacts, attestations for nothing in it.
    pub other_entries: Vec<Descriptor>,
    /// How many other entries were left out: see [`ENTRIES_LENGTH`].
    pub more_entries: u32,
    /// Where the image that is shown runs: from the index, else from its config.
    pub platform: Option<Platform>,
    /// The config's platform where it contradicts the index.
    pub contradicting_platform: Option<Platform>,
    /// Bytes of the layers as stored, compressed.
    pub size: Option<u64>,
    /// How many layers.
    pub layer_count: Option<u32>,
    /// When it was built, as the config says it.
    pub created: Option<String>,
    /// What is odd about each document.
    pub notices: Vec<DocumentNotices>,
    /// How to pull it by its tag; empty where it was not reached by one.
    pub pull_by_tag: Vec<PullCommand>,
    /// How to pull it by its digest: the index's, where there is one.
    pub pull_by_digest: Vec<PullCommand>,
    /// Path of this page by digest.
    pub permalink: String,
    /// The view's own content.
    pub content: ImageContent,
}

/// The six names of an image, except the layers' own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The tag it was reached by.
    pub tag: Option<Tag>,
    /// Digest of the index.
    pub index: Option<CheckedDigest>,
    /// Digest of the manifest.
    pub manifest: Option<CheckedDigest>,
    /// Digest of the config: the image ID.
    pub image_id: Option<CheckedDigest>,
}

/// A digest and how far it has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedDigest {
    /// The digest.
    pub digest: Digest,
    /// Whether its bytes were seen.
    pub check: Check,
}

/// How far a digest has been checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Its bytes were hashed.
    Verified,
    /// A header or a parent document says so, its bytes were not read.
    Reported,
    /// The bytes have another digest.
    Mismatch,
}

/// One image of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformCard {
    /// Where it runs, as the index says it; nothing where it does not say.
    pub platform: Option<Platform>,
    /// Digest of its manifest, if the entry has a valid one.
    pub digest: Option<Digest>,
    /// Bytes of its layers, compressed, where the manifest has been read.
    pub size: Option<u64>,
    /// Why it cannot be read, as a sentence.
    pub problem: Option<String>,
    /// Whether its size was asked for and was not there at the page's deadline; asking again finds it sooner.
    pub waiting: bool,
    /// Whether this is the one that is shown.
    pub chosen: bool,
    /// Whether other entries have the same platform, so that a link needs the digest too.
    pub shares_platform: bool,
    /// Attestations about it: digests of their manifests.
    pub attestations: Vec<Digest>,
}

impl PlatformCard {
    /// Its platform in words.
    pub fn name(&self) -> String {
        self.platform.as_ref().map_or_else(|| "no platform".to_owned(), ToString::to_string)
    }

    /// What is known of its size.
    pub fn details(&self) -> Details<u64> {
        match (self.size, &self.problem) {
            (Some(size), _) => Details::Known(size),
            (None, Some(problem)) => Details::Unreadable(problem.clone()),
            (None, None) if self.waiting => Details::Waiting,
            (None, None) => Details::Unasked,
        }
    }
}

/// Notices about one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentNotices {
    /// Which document: `Index`, `Manifest`, `Config`.
    pub document: String,
    /// Its notices.
    pub notices: Vec<Notice>,
}

/// What a view shows below the tabs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "value")]
pub enum ImageContent {
    /// History and layers of a container image.
    Layers(LayersView),
    /// Files of a container image.
    Files(Box<FilesView>),
    /// Config of a container image.
    Config(Box<ConfigView>),
    /// What speaks about it.
    Referrers(Box<ReferrersView>),
    /// The documents.
    Raw(Vec<RawDocument>),
    /// What an artifact consists of.
    Artifact(Box<ArtifactView>),
    /// An index with no image to show.
    NoImage,
    /// The chosen manifest cannot be read; the index can.
    Unreadable(Box<Failure>),
}

/// A document as it was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawDocument {
    /// Which document: `Index`, `Manifest`, `Config`.
    pub name: String,
    /// Its digest, hashed from the bytes.
    pub digest: Digest,
    /// Its type.
    pub media_type: MediaType,
    /// Its size in bytes.
    pub size: u64,
    /// Its text, indented for reading where it came in one line, cut at a limit.
    pub text: String,
    /// How many bytes of text were cut off.
    pub cut: u64,
    /// Path of the exact bytes.
    pub download: String,
    /// Where each digest in the text leads.
    pub links: Vec<(Digest, String)>,
    /// How many digests would lead somewhere and are no links: see [`LINKS_LENGTH`].
    pub links_left_out: u32,
}

/// Sizes of an index's images, asked for after the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlatformSizes {
    /// What is known of the image with a manifest of this digest.
    pub sizes: Vec<(Digest, Details<u64>)>,
}
