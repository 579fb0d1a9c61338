//! User names and passwords: from files and from environment variables.

use super::arguments::CommandLine;
use super::error::{Place, Said, SettingsError};
use super::source::read_text;
use crate::registry::{Credentials, Secret};

/// Longest file with a user name or password, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// Where one half of the credentials comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Half {
    /// The value itself: from an environment variable, or a user name written into the settings file.
    Value(Said),
    /// A file that holds it.
    File(Said<std::path::PathBuf>),
    /// An environment variable that holds it, named in the settings file.
    Variable(Said),
}

impl Half {
    pub(super) fn place(&self) -> &Place {
        match self {
            Self::Value(said) | Self::Variable(said) => &said.place,
            Self::File(said) => &said.place,
        }
    }

    /// Reads it. Errors name the file or the variable, never what is in it.
    fn read(&self, line: &CommandLine<'_>) -> Result<Secret, SettingsError> {
        match self {
            Self::Value(said) => not_empty(said.value.clone(), &said.place),
            Self::File(said) => {
                let text = read_text(&said.value, MAX_BYTES).map_err(|problem| said.wrong(problem))?;
                // Editors and `echo` end the file with a line break that is no part of the password.
                not_empty(text.trim_end_matches(['\r', '\n']).to_owned(), &said.place)
            }
            Self::Variable(said) => match line.variable(&said.value) {
                Some(value) => Ok(Secret::from(value.value)),
                None if is_variable(&said.value) => {
                    Err(said.wrong(format!("the environment variable {} is not set", said.value)))
                }
                // Perhaps the password itself stands here.
                None => Err(said.wrong("this is not the name of an environment variable that is set")),
            },
        }
    }
}

fn not_empty(text: String, place: &Place) -> Result<Secret, SettingsError> {
    if text.is_empty() { Err(SettingsError::new(place, "it is empty")) } else { Ok(Secret::from(text)) }
}

fn is_variable(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Both halves, where they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Halves {
    pub(super) username: Option<Half>,
    pub(super) password: Option<Half>,
}

impl Halves {
    /// What flags and environment say.
    pub(super) fn of_command_line(line: &CommandLine<'_>) -> Self {
        let half = |flag: &'static str, path: Option<&String>, variable: &str| match (path, line.variable(variable)) {
            (None, Some(value)) => Some(Half::Value(value)),
            (path, _) => line.one(flag, path).map(|said| Half::File(Said::new(said.path(None), said.place))),
        };
        Self {
            username: half("--username-file", line.arguments.username_file.as_ref(), "STRATA_USERNAME"),
            password: half("--password-file", line.arguments.password_file.as_ref(), "STRATA_PASSWORD"),
        }
    }

    /// Where the first half was given.
    pub(super) fn place(&self) -> Option<&Place> {
        self.username.as_ref().or(self.password.as_ref()).map(Half::place)
    }

    /// These, and where one is missing the other's.
    pub(super) fn or(self, other: Self) -> Self {
        Self { username: self.username.or(other.username), password: self.password.or(other.password) }
    }

    /// Reads both. Nothing where nothing was given.
    pub(super) fn read(&self, line: &CommandLine<'_>) -> Result<Option<Credentials>, SettingsError> {
        match (&self.username, &self.password) {
            (None, None) => Ok(None),
            (Some(username), Some(password)) => {
                let name = username.read(line)?;
                if name.reveal().contains(':') {
                    return Err(SettingsError::new(username.place(), "a user name cannot have a colon (RFC 7617)"));
                }
                Ok(Some(Credentials::new(name.reveal(), password.read(line)?)))
            }
            (Some(half), None) => Err(SettingsError::new(half.place(), "a user name needs a password too")),
            (None, Some(half)) => Err(SettingsError::new(half.place(), "a password needs a user name too")),
        }
    }
}
