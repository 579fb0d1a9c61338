//! How much of a list is known.

use serde::{Deserialize, Serialize};

/// The state of the walk through a registry's list of names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Walk {
    /// Every name is known.
    Complete,
    /// More pages are being read.
    Reading,
    /// A limit ended the walk.
    Truncated {
        /// Which one, as a sentence.
        limit: String,
    },
    /// The registry stopped answering as it should.
    Stopped {
        /// What happened, as a sentence.
        reason: String,
    },
    /// The names come from the settings, the registry gives no list.
    ByHand,
    /// The registry gives no list and the settings have none.
    NotOffered,
}

/// What a row knows beyond its name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "value")]
pub enum Details<T> {
    /// Nothing was asked yet.
    #[default]
    Unasked,
    /// All of it.
    Known(T),
    /// It was asked, the deadline came first; asking again finds it sooner.
    Waiting,
    /// It cannot be read: why, as a sentence.
    Unreadable(String),
}

impl<T> Details<T> {
    /// What is known, if anything.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(details) => Some(details),
            _ => None,
        }
    }

    /// Whether asking could still help.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Unasked | Self::Waiting)
    }
}
