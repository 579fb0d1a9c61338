//! Repository names (distribution-spec, "Pulling manifests": `<name>`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest repository name accepted, in bytes: the limit that most clients have for host and name together.
pub const MAX_LENGTH: usize = 255;

/// A repository: components of lower case letters and digits, joined by `/`.
///
/// Inside a component one `.`, one or two `_`, or any number of `-` may separate runs of letters and digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepositoryName(Box<str>);

/// Why a text is no repository name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RepositoryNameError {
    /// Nothing at all.
    #[error("a repository name cannot be empty")]
    Empty,
    /// Longer than [`MAX_LENGTH`].
    #[error("a repository name has at most {MAX_LENGTH} characters")]
    TooLong,
    /// A component breaks the grammar.
    #[error(
        "a repository name is made of lower case letters and digits, separated by `.`, `_`, `__` or `-`, in parts joined by `/`"
    )]
    Component,
}

impl RepositoryName {
    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Everything before the last `/`; nothing for a name of one component.
    pub fn namespace(&self) -> Option<&str> {
        self.0.rsplit_once('/').map(|(namespace, _)| namespace)
    }

    /// The last component.
    pub fn base_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// The first component and, where there are more, the name that the others make.
    pub fn split_first(&self) -> (&str, Option<Self>) {
        match self.0.split_once('/') {
            // What follows a slash in a valid name is a valid name.
            Some((first, rest)) => (first, Some(Self(rest.into()))),
            None => (&self.0, None),
        }
    }
}

/// Whether one component between slashes keeps to the grammar.
pub(crate) fn is_component(component: &str) -> bool {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let mut rest = component.as_bytes();
    loop {
        let run = rest.iter().take_while(|byte| alphanumeric(**byte)).count();
        if run == 0 {
            return false;
        }
        rest = &rest[run..];
        if rest.is_empty() {
            return true;
        }
        let separator = rest.iter().take_while(|byte| !alphanumeric(**byte)).count();
        let valid = match &rest[..separator] {
            b"." | b"_" | b"__" => true,
            other => other.iter().all(|byte| *byte == b'-'),
        };
        if !valid {
            return false;
        }
        rest = &rest[separator..];
    }
}

impl FromStr for RepositoryName {
    type Err = RepositoryNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(RepositoryNameError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(RepositoryNameError::TooLong);
        }
        if !text.split('/').all(is_component) {
            return Err(RepositoryNameError::Component);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for RepositoryName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RepositoryName({})", self.0)
    }
}

impl TryFrom<String> for RepositoryName {
    type Error = RepositoryNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<RepositoryName> for String {
    fn from(name: RepositoryName) -> Self {
        name.0.into_string()
    }
}
