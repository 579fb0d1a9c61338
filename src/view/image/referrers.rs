//! What speaks about an image: signatures, attestations, bills of materials, whatever else has it as its subject.
//!
//! Present, not verified: nothing here has been checked with a key (threat V-11).

use serde::{Deserialize, Serialize};

use crate::anatomy::kind::Kind;
use crate::anatomy::referrers::ReferrerGroup;
use crate::oci::{Digest, MediaType, Notice, Platform, Tag};
use crate::view::Failure;
use crate::view::artifact::ArtifactView;

/// Most rows on one page.
pub const REFERRERS_LENGTH: usize = 100;
/// Most artifact types that a page offers to filter by.
pub const TYPES_LENGTH: usize = 20;
/// What chooses referrers of which no artifact type is stated: no media type is written so.
pub const NO_TYPE: &str = "none";

/// The view of referrers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReferrersView {
    /// What was asked about: the index, the manifest that is shown, or both; and what came of it.
    pub subjects: Vec<SubjectLookup>,
    /// The artifact type that is shown alone; empty for all.
    pub artifact_type: String,
    /// The artifact types that there are, the most frequent ones first.
    pub types: Vec<TypeCount>,
    /// How many more there are: see [`TYPES_LENGTH`].
    pub types_left_out: u32,
    /// How many referrers are known, each digest counted once.
    pub total: u32,
    /// How many of them are of the chosen type.
    pub matching: u32,
    /// How many of those stand before this page.
    pub first: u32,
    /// How many each group has of those, in the order of the page.
    pub groups: Vec<GroupCount>,
    /// This page's rows, group by group.
    pub referrers: Vec<Referrer>,
    /// The one that is opened in place.
    pub opened: Option<OpenedReferrer>,
}

/// What came of asking about one digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubjectLookup {
    /// What it is.
    pub subject: Subject,
    /// Where its referrers are listed; nothing where that could not be found out.
    pub way: Option<Way>,
    /// How many the list has.
    pub count: u32,
    /// Whether the list was read to its end.
    pub complete: bool,
    /// Whether the registry had not answered at the page's deadline. It is asked on; a later look finds the answer.
    pub waiting: bool,
    /// What failed, and what was left out, each as a sentence without its full stop.
    pub problems: Vec<String>,
    /// What was asked, whenever that was, and what came of it.
    pub asked: Vec<AskedRequest>,
}

/// Something that can be spoken about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// What it is on this page.
    pub role: SubjectRole,
    /// Its digest; nothing where an attestation in the index does not say it.
    pub digest: Option<Digest>,
    /// Where it runs, for an image of an index.
    pub platform: Option<Platform>,
}

/// What a subject is on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectRole {
    /// The index as a whole.
    Index,
    /// The manifest that is shown.
    Manifest,
    /// Another image of the index.
    OtherImage,
    /// Something that is not in the index.
    Elsewhere,
}

/// Where a registry's referrers are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By the referrers API.
    Api,
    /// Under the fallback tag.
    Tag,
    /// There is no API, and no fallback tag.
    None,
}

/// A question to the registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedRequest {
    /// `GET` or `HEAD`.
    pub method: String,
    /// The whole URL, without anything secret.
    pub url: String,
    /// Status codes, of redirects first; empty where no answer came.
    pub statuses: Vec<u16>,
    /// What came of it, in a few words.
    pub outcome: String,
}

/// An artifact type and how many referrers have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeCount {
    /// The type; [`NO_TYPE`] for those of which none is stated.
    pub artifact_type: String,
    /// What the first of them is, in words.
    pub label: String,
    /// How many there are.
    pub count: u32,
}

/// A group and how many referrers are in it, on all pages together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupCount {
    /// The group.
    pub group: ReferrerGroup,
    /// How many there are.
    pub count: u32,
}

/// One referrer, as lists speak of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referrer {
    /// Digest of its manifest; nothing for a tag of which the registry does not state one.
    pub digest: Option<Digest>,
    /// The tag that it was found by, for one that no list names.
    pub tag: Option<Tag>,
    /// Where it is shown.
    pub group: ReferrerGroup,
    /// What it is said to be.
    pub kind: Kind,
    /// Type of its manifest.
    pub media_type: MediaType,
    /// Its artifact type, where one is stated.
    pub artifact_type: Option<MediaType>,
    /// Size of its manifest in bytes.
    pub size: Option<u64>,
    /// When it was made, as its annotations say.
    pub created: Option<String>,
    /// What it speaks of.
    pub subject: Subject,
    /// Where it was found.
    pub found_by: Vec<FoundBy>,
    /// Its annotations, as far as lists keep them.
    pub annotations: Vec<(String, String)>,
}

/// Where a referrer was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundBy {
    /// The index itself has it as an attestation, as BuildKit writes them.
    Index,
    /// The referrers API lists it.
    Api,
    /// The fallback tag lists it.
    Tag,
    /// It stands under a tag that cosign's older versions write.
    CosignTag,
}

/// A referrer that is opened in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenedReferrer {
    /// The digest that was asked for.
    pub digest: Digest,
    /// What came of it.
    pub content: OpenedContent,
}

/// What came of opening a referrer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "value")]
pub enum OpenedContent {
    /// No list that was read has it.
    NotListed,
    /// It was read.
    Read(Box<ReadReferrer>),
    /// It could not be read: the registry may list what it does not have.
    Unreadable(Box<Failure>),
}

/// What a referrer says itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadReferrer {
    /// What it is.
    pub kind: Kind,
    /// Type of its manifest.
    pub media_type: MediaType,
    /// Its artifact type, or else its config's type.
    pub artifact_type: Option<MediaType>,
    /// Whether it points at what it was listed for.
    pub subject: SubjectCheck,
    /// What it consists of; nothing for an index.
    pub artifact: Option<ArtifactView>,
    /// What is odd about its manifest.
    pub notices: Vec<Notice>,
}

/// Whether a referrer's own `subject` is the manifest that it was listed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "digest")]
pub enum SubjectCheck {
    /// It is.
    Same,
    /// It points at another one.
    Other(Digest),
    /// It names none: only the place where it was found ties it to anything.
    Missing,
}
