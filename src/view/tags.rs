//! The tags of a repository.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ImageSummary;
use super::listing::{Details, Walk};
use crate::oci::{Reference, RepositoryName, Tag};

/// Most names on one page.
pub const PAGE_LENGTH: usize = 1_000;
/// Rows that one question fills.
pub const DETAILS_LENGTH: usize = 100;
/// Rows that "read more" fills at a press.
pub const READ_MORE_LENGTH: usize = 300;

/// The order of tags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagSort {
    /// Highest version first.
    #[default]
    Version,
    /// Youngest first, of the tags that have been read.
    Newest,
    /// Largest first, of the tags that have been read.
    Size,
}

/// What is asked of the list; all of it is in the page's address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagsQuery {
    /// The repository, with the registry's name before it where there are several.
    pub repository: Reference,
    /// Only names with this in them.
    #[serde(default)]
    pub filter: String,
    /// The order.
    #[serde(default)]
    pub sort: TagSort,
    /// Only tags that stand after this one in that order.
    #[serde(default)]
    pub after: String,
    /// Fill a hundred rows from this one on before answering (for readers without script).
    #[serde(default)]
    pub details: String,
    /// Ask the registry again, whatever is kept.
    #[serde(default)]
    pub refresh: bool,
}

impl TagsQuery {
    /// The first tags of a repository, in version order.
    #[must_use]
    pub fn of(repository: Reference) -> Self {
        Self {
            repository,
            filter: String::new(),
            sort: TagSort::default(),
            after: String::new(),
            details: String::new(),
            refresh: false,
        }
    }
}

/// A page of tags.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TagList {
    /// The repository.
    pub repository: RepositoryName,
    /// The filter that was applied.
    pub filter: String,
    /// The order.
    pub sort: TagSort,
    /// How many names are known.
    pub total: u64,
    /// How many of them pass the filter.
    pub matching: u64,
    /// How many of those have been read, so that newest and size can sort them.
    pub read: u64,
    /// Whether more names are coming. Until then no version is called the highest.
    pub walk: Walk,
    /// How many entries of the registry's list were left out, because they are no valid tags.
    #[serde(default)]
    pub invalid: u64,
    /// When the list was read, in seconds since 1970.
    pub read_at: Option<i64>,
    /// This page's rows.
    pub tags: Vec<TagRow>,
    /// Those of them whose details were read so long ago that they may no longer hold: worth showing, and asking for again.
    #[serde(default)]
    pub outdated: Vec<Tag>,
    /// How many names that pass the filter stand before this page.
    pub before: u64,
    /// `after` of the page before this one: empty text for the first page, nothing where this is the first.
    pub previous: Option<String>,
    /// `after` of the next page.
    pub next: Option<Tag>,
}

/// One tag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TagRow {
    /// The tag.
    pub tag: Tag,
    /// The section it stands in.
    pub section: TagSection,
    /// What is known beyond its name.
    pub details: Details<ImageSummary>,
}

/// The parts that a list in version order has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagSection {
    /// Versions, with their variants.
    Versions,
    /// `latest` and other words.
    Words,
    /// Signatures and other companions that clients keep as tags named after a digest.
    Companions,
}

/// The answer to a question for rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TagDetails {
    /// The rows, as asked.
    pub rows: Vec<(Tag, Details<ImageSummary>)>,
}

impl fmt::Display for TagSort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Version => "version",
            Self::Newest => "newest",
            Self::Size => "size",
        })
    }
}

impl FromStr for TagSort {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "version" => Ok(Self::Version),
            "newest" => Ok(Self::Newest),
            "size" => Ok(Self::Size),
            _ => Err(()),
        }
    }
}
