//! An image's layers, and what is known of their inside.

use serde::{Deserialize, Serialize};

use crate::oci::Digest;

/// One layer of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerCard {
    /// Its number, from 1 at the bottom.
    pub number: u32,
    /// Its digest, where the manifest has a valid one.
    pub digest: Option<Digest>,
    /// Its bytes as stored.
    pub size: Option<u64>,
    /// The instruction that made it, where the config says it.
    pub instruction: Option<String>,
    /// What is known of it.
    #[serde(flatten)]
    pub state: LayerState,
}

/// What is known of a layer's inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum LayerState {
    /// It was not read yet.
    Unread,
    /// Others are read first.
    Waiting,
    /// It is being read.
    Reading(ReadingProgress),
    /// It was read.
    Known {
        /// Its entries.
        entries: u64,
        /// Whether these are all: it was read to its end.
        is_whole: bool,
        /// Bytes that it unpacks to.
        unpacked: u64,
        /// What is odd about it, as sentences.
        remarks: Vec<String>,
        /// Whether reading it again could tell more: it took too long, and was looked at only in part.
        again: bool,
    },
    /// It cannot be read.
    Unreadable {
        /// Why, as a sentence.
        reason: String,
        /// Whether it is of use to ask again.
        again: bool,
    },
}

/// How far the reading of a layer has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingProgress {
    /// Bytes that were read.
    pub stored: u64,
    /// Bytes that there are to read, where the manifest says it.
    pub size: Option<u64>,
    /// Entries that were found.
    pub entries: u64,
}
