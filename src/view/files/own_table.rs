//! The table of contents that a layer has of its own, held against its archive.

use serde::{Deserialize, Serialize};

use super::EntryKind;
use crate::anatomy::files::FilePath;

/// What is known of the own table of a layer that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum OwnTable {
    /// It can be read and held against the archive.
    Unread {
        /// Whether it may be so much to read that nobody reads it without being asked.
        is_much: bool,
    },
    /// It cannot be held against the archive.
    NotCompared {
        /// Why, as a sentence.
        reason: String,
    },
    /// It was held against the archive.
    Compared {
        /// Names about which they differ, by path: those of the first [`TABLE_LENGTH`](super::TABLE_LENGTH) differences.
        names: Vec<TableDifference>,
        /// How many differences there are. A name can have several.
        differences: u64,
    },
}

/// A name about which a layer's own table says something else than its archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableDifference {
    /// Where it is.
    #[serde(flatten)]
    pub path: FilePath,
    /// What the archive has there. Nothing where it has no such name, or one that deletes others, which has no page.
    pub kind: Option<EntryKind>,
    /// What differs, in a few words each.
    pub words: Vec<String>,
}
