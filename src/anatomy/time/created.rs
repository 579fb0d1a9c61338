//! The `created` member of configs and of their history.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// Longest invalid text that is kept for showing, in characters.
const MAX_SHOWN: usize = 100;

/// When something was built, as far as the document's word can be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Created {
    /// A moment as any other.
    Known(Timestamp),
    /// Missing, empty, or the zero time of Go's programs, 0001-01-01.
    NotSet,
    /// A day that reproducible builds write in place of the true one: 1970-01-01 or 1980-01-01.
    Reproducible(Timestamp),
    /// No RFC 3339 time; the text as it stands, shortened to 100 characters.
    Invalid(String),
}

impl Created {
    /// Reads the member's text.
    #[must_use]
    pub fn of(text: Option<&str>) -> Self {
        let text = text.unwrap_or_default();
        if text.is_empty() {
            return Self::NotSet;
        }
        let Ok(timestamp) = text.parse::<Timestamp>() else {
            return Self::Invalid(text.chars().take(MAX_SHOWN).collect());
        };
        match timestamp.date().as_str() {
            "0001-01-01" => Self::NotSet,
            "1970-01-01" | "1980-01-01" => Self::Reproducible(timestamp),
            _ => Self::Known(timestamp),
        }
    }

    /// The moment, where there is one that may be believed: what lists sort by.
    pub fn known(&self) -> Option<Timestamp> {
        match self {
            Self::Known(timestamp) => Some(*timestamp),
            _ => None,
        }
    }

    /// The moment, a reproducible build's placeholder too.
    pub fn timestamp(&self) -> Option<Timestamp> {
        match self {
            Self::Known(timestamp) | Self::Reproducible(timestamp) => Some(*timestamp),
            _ => None,
        }
    }
}
