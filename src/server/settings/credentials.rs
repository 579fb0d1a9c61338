//! User names, passwords and identity tokens: from files and from environment variables.

use std::path::{Path, PathBuf};

use super::arguments::CommandLine;
use super::error::{Place, Said, SettingsError};
use super::source::read_text;
use crate::registry::{Credentials, Renewal, Secret};

/// Longest file with a user name, password or token, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// Where one part of the credentials comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Half {
    /// The value itself: from an environment variable, or a user name written into the settings file.
    Value(Said),
    /// A file that holds it.
    File(Said<PathBuf>),
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
            Self::File(said) => read_secret(&said.value).map_err(|problem| said.wrong(problem)),
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

/// What stands in a file. Editors and `echo` end it with a line break that is no part of the password.
fn read_secret(path: &Path) -> Result<Secret, String> {
    let text = read_text(path, MAX_BYTES)?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err("it is empty".to_owned()),
        text => Ok(Secret::new(text)),
    }
}

fn not_empty(text: String, place: &Place) -> Result<Secret, SettingsError> {
    if text.is_empty() { Err(SettingsError::new(place, "it is empty")) } else { Ok(Secret::from(text)) }
}

fn is_variable(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The parts, where they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Halves {
    pub(super) username: Option<Half>,
    pub(super) password: Option<Half>,
    pub(super) identity_token: Option<Half>,
}

/// A part as it can be read again: a variable never changes.
enum Part {
    Value(Secret),
    File(PathBuf),
}

impl Part {
    fn read(&self) -> Result<Secret, String> {
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::File(path) => read_secret(path).map_err(|problem| format!("{}: {problem}", path.display())),
        }
    }
}

impl Halves {
    /// What flags and environment say.
    pub(super) fn of_command_line(line: &CommandLine<'_>) -> Self {
        let half = |flag: &'static str, path: Option<&String>, variable: &str| match (path, line.variable(variable)) {
            (None, Some(value)) => Some(Half::Value(value)),
            (path, _) => line.one(flag, path).map(|said| Half::File(Said::new(said.path(None), said.place))),
        };
        let arguments = line.arguments;
        Self {
            username: half("--username-file", arguments.username_file.as_ref(), "STRATA_USERNAME"),
            password: half("--password-file", arguments.password_file.as_ref(), "STRATA_PASSWORD"),
            identity_token: half(
                "--identity-token-file",
                arguments.identity_token_file.as_ref(),
                "STRATA_IDENTITY_TOKEN",
            ),
        }
    }

    /// Where the first part was given.
    pub(super) fn place(&self) -> Option<&Place> {
        self.username.as_ref().or(self.password.as_ref()).or(self.identity_token.as_ref()).map(Half::place)
    }

    /// These, and where one is missing the other's. A password takes the place of a token, and the other way round.
    pub(super) fn or(self, other: Self) -> Self {
        let (password, identity_token) = match (&self.password, &self.identity_token) {
            (None, None) => (other.password, other.identity_token),
            _ => (self.password, self.identity_token),
        };
        Self { username: self.username.or(other.username), password, identity_token }
    }

    /// Reads them. Nothing where nothing was given.
    pub(super) fn read(&self, line: &CommandLine<'_>) -> Result<Option<Credentials>, SettingsError> {
        let username = match &self.username {
            None => None,
            Some(half) => {
                let name = half.read(line)?;
                if name.reveal().contains(':') {
                    return Err(SettingsError::new(half.place(), "a user name cannot have a colon (RFC 7617)"));
                }
                Some(name)
            }
        };
        match (&self.username, &self.password, &self.identity_token) {
            (None, None, None) => Ok(None),
            (_, Some(_), Some(token)) => Err(SettingsError::new(
                token.place(),
                "a password and an identity token are two ways to sign in; one is enough",
            )),
            (_, None, Some(token)) => {
                let token = token.read(line)?;
                Ok(credentials(username, None, Some(token)))
            }
            (Some(_), Some(password), None) => {
                let password = password.read(line)?;
                Ok(credentials(username, Some(password), None))
            }
            (Some(half), None, None) => {
                Err(SettingsError::new(half.place(), "a user name needs a password or an identity token too"))
            }
            (None, Some(half), None) => Err(SettingsError::new(half.place(), "a password needs a user name too")),
        }
    }

    /// What reads them again while Strata runs; nothing where none of them stands in a file.
    pub(super) fn renewal(&self, line: &CommandLine<'_>) -> Result<Option<Renewal>, SettingsError> {
        let part = |half: &Option<Half>| match half {
            None => Ok(None),
            Some(Half::File(said)) => Ok(Some(Part::File(said.value.clone()))),
            Some(half) => half.read(line).map(Part::Value).map(Some),
        };
        let (username, password, token) = (part(&self.username)?, part(&self.password)?, part(&self.identity_token)?);
        let file = |part: &Option<Part>| match part {
            Some(Part::File(path)) => Some(path.clone()),
            _ => None,
        };
        let files: Vec<_> = [&username, &password, &token].into_iter().filter_map(file).collect();
        if files.is_empty() {
            return Ok(None);
        }
        Ok(Some(Renewal::new(files, move || {
            let read = |part: &Option<Part>| part.as_ref().map(Part::read).transpose();
            Ok(credentials(read(&username)?, read(&password)?, read(&token)?))
        })))
    }
}

/// The parts as one.
fn credentials(username: Option<Secret>, password: Option<Secret>, token: Option<Secret>) -> Option<Credentials> {
    let username = username.map(|username| username.reveal().to_owned());
    match (username, password, token) {
        (username, _, Some(token)) => Some(Credentials::identity_token(username, token)),
        (Some(username), Some(password), None) => Some(Credentials::new(username, password)),
        _ => None,
    }
}
