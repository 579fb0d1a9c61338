//! What every page has.

use serde::{Deserialize, Serialize};

use super::Trace;

/// A page's content, the registry it speaks of, and what it cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The registry that was asked.
    pub registry: RegistryFacts,
    /// What the page shows.
    pub content: T,
    /// What was asked for it.
    pub trace: Trace,
}

/// A registry as pages name it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryFacts {
    /// Its name in the settings.
    pub name: String,
    /// What Strata writes before this registry's repositories, in paths and references: nothing where it is the only one;
    /// where there are several its name and a slash, for the first one too, whose repositories are found without it as
    /// well.
    pub prefix: String,
    /// Host, port where it is not the usual one, and path prefix: what people call it.
    pub host: String,
    /// The host that people pull from.
    pub pull_host: String,
    /// Whether people pull over plain http.
    pub plain_http: bool,
    /// The account that Strata reads with; nothing where it reads anonymously.
    pub account: Option<String>,
    /// Whether other registries are configured too, so that a way back to their list is shown.
    pub one_of_several: bool,
}

impl RegistryFacts {
    /// What it is called on the way to a page: among several by its name, which stands in their addresses, too.
    pub fn title(&self) -> &str {
        if self.one_of_several { &self.name } else { &self.host }
    }
}
