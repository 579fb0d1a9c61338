//! What the search box leads to.

use serde::{Deserialize, Serialize};

use crate::oci::{Digest, RepositoryName};

/// What was typed or pasted, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchQuery {
    /// The text.
    #[serde(default)]
    pub q: String,
    /// The repository whose page it was typed on, with the registry's name before it where there are several.
    #[serde(default, rename = "in")]
    pub repository: String,
    /// The registry's name; empty for the first one.
    #[serde(default)]
    pub registry: String,
}

/// Where the text leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum SearchOutcome {
    /// To one page.
    Page {
        /// Its path and query on this site.
        path: String,
    },
    /// To a digest, and it is not known in which repository.
    Digest {
        /// The digest.
        digest: Digest,
        /// Repositories in which it has been seen.
        repositories: Vec<RepositoryName>,
    },
    /// Nowhere: the text names a registry that is not configured, or cannot be understood.
    Nothing {
        /// Why, as a sentence.
        reason: String,
    },
}
