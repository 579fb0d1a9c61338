//! References within a registry: a repository, and a tag, a digest or both.
//!
//! ```text
//! reference  = repository [ ":" tag ] [ "@" digest ]
//! ```
//!
//! The host that people write before it is not part of it: which registry is meant is decided by the settings alone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::digest::DigestError;
use super::repository_name::RepositoryNameError;
use super::tag::TagError;
use super::{Digest, RepositoryName, Tag};

/// A repository and what is meant in it.
///
/// With both a tag and a digest the digest decides and the tag is a remark. With neither, the repository itself is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference {
    /// The repository.
    pub repository: RepositoryName,
    /// The tag, if one was given.
    pub tag: Option<Tag>,
    /// The digest, if one was given.
    pub digest: Option<Digest>,
}

/// Why a text is no reference.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReferenceError {
    /// What stands before `:` and `@`.
    #[error(transparent)]
    Repository(#[from] RepositoryNameError),
    /// What stands after `:`.
    #[error(transparent)]
    Tag(#[from] TagError),
    /// What stands after `@`.
    #[error(transparent)]
    Digest(#[from] DigestError),
}

impl Reference {
    /// The repository alone.
    #[must_use]
    pub fn repository(repository: RepositoryName) -> Self {
        Self { repository, tag: None, digest: None }
    }

    /// A tag in a repository.
    #[must_use]
    pub fn tag(repository: RepositoryName, tag: Tag) -> Self {
        Self { repository, tag: Some(tag), digest: None }
    }

    /// A digest in a repository.
    #[must_use]
    pub fn digest(repository: RepositoryName, digest: Digest) -> Self {
        Self { repository, tag: None, digest: Some(digest) }
    }

    /// Whether it names a manifest, not only a repository.
    pub fn names_manifest(&self) -> bool {
        self.tag.is_some() || self.digest.is_some()
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (named, digest) = match text.split_once('@') {
            Some((named, digest)) => (named, Some(digest.parse()?)),
            None => (text, None),
        };
        let (repository, tag) = match named.split_once(':') {
            Some((repository, tag)) => (repository, Some(tag.parse()?)),
            None => (named, None),
        };
        Ok(Self { repository: repository.parse()?, tag, digest })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.repository)?;
        if let Some(tag) = &self.tag {
            write!(formatter, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(formatter, "@{digest}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Reference {
    type Error = ReferenceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.to_string()
    }
}
