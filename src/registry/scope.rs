//! What a token is asked for (distribution's token scopes).

use std::fmt;

use crate::oci::RepositoryName;

/// The least right that a request needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// None: only to be known.
    Nothing,
    /// To read the catalog.
    Catalog,
    /// To read a repository.
    Pull(RepositoryName),
}

impl Scope {
    /// The scope as a token service reads it; nothing where none is needed.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Catalog => Some("registry:catalog:*".to_owned()),
            Self::Pull(repository) => Some(format!("repository:{repository}:pull")),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text().unwrap_or_default())
    }
}
