//! Where an image's bytes went.

use serde::{Deserialize, Serialize};

use crate::anatomy::files::FilePath;
use crate::oci::Digest;

/// Where an image's bytes went: what nobody can see of it, and what it could do without.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Bytes of all files of all layers.
    pub total_bytes: u64,
    /// Bytes of those that no name in the whole image leads to.
    pub dead_bytes: u64,
    /// Bytes of the stored layers that these take.
    pub dead_stored_bytes: u64,
    /// Live bytes of a hundred.
    pub efficiency: f64,
    /// Why they are dead, those of most bytes first.
    pub causes: Vec<Cause>,
    /// What each layer holds.
    pub layers: Vec<UsageLayer>,
    /// Dead files, those of most bytes first, from the one on that was asked for.
    pub dead: Vec<UsageFile>,
    /// How many dead files there are.
    pub dead_files: u64,
    /// Files that look like secrets, those that a later layer has deleted first.
    pub secrets: Vec<UsageFile>,
    /// How many more there are.
    pub secrets_left_out: u64,
    /// What tools have left behind.
    pub leftovers: Vec<Leftovers>,
    /// Contents that stand under several names without being linked, those that waste most first.
    pub duplicates: Vec<Duplicate>,
    /// How many more there are.
    pub duplicates_left_out: u64,
    /// The largest files that can be seen.
    pub largest: Vec<UsageFile>,
    /// How much of what can be seen stands where, largest first.
    pub shares: Vec<SizeShare>,
    /// How much each kind of file has, as the endings of names tell, those of most bytes first.
    pub endings: Vec<EndingShare>,
    /// What dive would say: its score of a hundred, and the bytes that it calls wasted. Only where it was asked for.
    pub dive: Option<(f64, u64)>,
    /// Base images whose layers can be left out.
    pub bases: Vec<UsageBase>,
    /// The one whose layers are.
    pub left_out: Option<UsageBase>,
}

/// By what a base image is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaseChoice {
    /// The image's history suggests it.
    History,
    /// The image names it.
    Named,
}

impl BaseChoice {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::History, Self::Named];

    /// As an address has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::History => "history",
            Self::Named => "named",
        }
    }
}

/// A base image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageBase {
    /// By what it is known.
    pub choice: BaseChoice,
    /// How many of the lowest layers are its own, where that is known yet.
    pub layers: Option<u32>,
    /// Its name, as the image says it.
    pub name: Option<String>,
}

/// Why files are dead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// In words.
    pub words: String,
    /// How many files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// About how many bytes of the stored layers they take.
    pub stored_bytes: u64,
}

/// Why files of one layer are dead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerCause {
    /// Number of the layer that took their names, from 1: their own where no later one did.
    pub by: u32,
    /// Why, and how much.
    #[serde(flatten)]
    pub cause: Cause,
}

/// What one layer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageLayer {
    /// Its number, from 1.
    pub number: u32,
    /// Bytes of its files.
    pub bytes: u64,
    /// About how many bytes of the stored layer they take.
    pub stored_bytes: u64,
    /// Bytes of those that are dead.
    pub dead_bytes: u64,
    /// About how many bytes of the stored layer these take.
    pub dead_stored_bytes: u64,
    /// Why they are dead, and by which layer, those of most bytes first.
    pub causes: Vec<LayerCause>,
    /// How many more causes there are.
    pub causes_left_out: u64,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageFile {
    /// Where it is.
    #[serde(flatten)]
    pub path: FilePath,
    /// Whether the image shows it there. Else the path is the one that it has in its layer.
    pub is_shown: bool,
    /// Number of the layer that has it, from 1.
    pub layer: u32,
    /// Number of the layer that took its name, from 1.
    pub by: Option<u32>,
    /// Its bytes.
    pub bytes: u64,
    /// About how many bytes of the stored layer it takes. Only told of dead files.
    pub stored_bytes: Option<u64>,
    /// Why it is listed, in a few words.
    pub words: String,
}

/// A name's share of the bytes that can be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeShare {
    /// Where it is. Nothing for those of a directory that are too small to be told one by one.
    #[serde(flatten)]
    pub path: Option<FilePath>,
    /// Its last name, or how many it stands for.
    pub name: String,
    /// Number of the layer that has most of it, from 1.
    pub layer: u32,
    /// Its bytes.
    pub bytes: u64,
    /// Whether it is a directory.
    pub is_directory: bool,
    /// What is in it, largest first, where it is large enough for that to be told.
    pub within: Vec<SizeShare>,
}

/// The share of a kind of file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingShare {
    /// What the names end in, in small letters and without the dot. Nothing for names that tell no kind.
    pub ending: Option<String>,
    /// How many names.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What a tool has left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftovers {
    /// What it is, in words.
    pub words: String,
    /// How many files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What to write in the same step of a Dockerfile.
    pub advice: String,
}

/// Contents that several files have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicate {
    /// One of its names.
    #[serde(flatten)]
    pub path: FilePath,
    /// SHA-256 of the contents.
    pub digest: Digest,
    /// How many files have it.
    pub files: u64,
    /// Bytes of each.
    pub bytes: u64,
    /// Bytes of all but one of them.
    pub wasted_bytes: u64,
}
