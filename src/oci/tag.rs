//! Tags: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}` (distribution-spec, "Pulling manifests": `<reference>` as a tag).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest tag, in bytes.
pub const MAX_LENGTH: usize = 128;

/// A movable name for a manifest within a repository. Case matters: `V1` and `v1` are two tags.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(Box<str>);

/// Why a text is no tag.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a tag has 1 to {MAX_LENGTH} letters, digits, `_`, `.` and `-`, and does not begin with `.` or `-`")]
pub struct TagError;

impl Tag {
    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let first = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let other = |byte: u8| first(byte) || matches!(byte, b'.' | b'-');
        match text.as_bytes() {
            [head, tail @ ..] if text.len() <= MAX_LENGTH && first(*head) && tail.iter().all(|byte| other(*byte)) => {
                Ok(Self(text.into()))
            }
            _ => Err(TagError),
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Tag({})", self.0)
    }
}

impl TryFrom<String> for Tag {
    type Error = TagError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.0.into_string()
    }
}
