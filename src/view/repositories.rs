//! The repositories of a registry.

use serde::{Deserialize, Serialize};

use super::ImageSummary;
use super::listing::{Details, Walk};
use super::registries::RegistryList;
use crate::oci::{RepositoryName, Tag};

/// Most repositories on one page.
pub const PAGE_LENGTH: usize = 100;

/// What is asked of the list; all of it is in the page's query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoriesQuery {
    /// The registry's name; empty for the first one.
    #[serde(default)]
    pub registry: String,
    /// Only names with this in them; with a `/` at its end, only names that begin with it.
    #[serde(default)]
    pub filter: String,
    /// Only names after this one.
    #[serde(default)]
    pub after: String,
    /// Fill the rows from this one on before answering (for readers without script).
    #[serde(default)]
    pub details: String,
    /// Ask the registry again, whatever is kept.
    #[serde(default)]
    pub refresh: bool,
}

/// The first page: one registry's repositories, or all registries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "value")]
pub enum Home {
    /// The repositories of a registry.
    Repositories(RepositoryList),
    /// The registries, where several are configured and none is named.
    Registries(RegistryList),
}

/// A page of repositories, in the order of their names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepositoryList {
    /// The filter that was applied.
    pub filter: String,
    /// How many names are known.
    pub total: u64,
    /// How many of them pass the filter.
    pub matching: u64,
    /// Whether more names are coming.
    pub walk: Walk,
    /// How many entries of the registry's list were left out, because they are no valid names of repositories.
    #[serde(default)]
    pub invalid: u64,
    /// When the list was read, in seconds since 1970.
    pub read_at: Option<i64>,
    /// This page's rows.
    pub repositories: Vec<RepositoryRow>,
    /// How many names that pass the filter stand before this page.
    pub before: u64,
    /// `after` of the page before this one: empty text for the first page, nothing where this is the first.
    pub previous: Option<String>,
    /// `after` of the next page.
    pub next: Option<RepositoryName>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepositoryRow {
    /// Its name.
    pub name: RepositoryName,
    /// What is known beyond it.
    pub details: Details<RepositoryDetails>,
}

/// What a repository's row shows beyond its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepositoryDetails {
    /// How many tags are known.
    pub tag_count: u64,
    /// Whether these are all.
    pub tags_complete: bool,
    /// The first tag in version order.
    pub first_tag: Option<Tag>,
    /// What that tag points at.
    pub image: Details<ImageSummary>,
}
