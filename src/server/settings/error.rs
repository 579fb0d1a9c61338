//! What is wrong with the settings, and where it was said.

use std::fmt;

use thiserror::Error;

/// Settings that cannot be used: every mistake that was found, a line each. Its text never contains a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", .mistakes.join("\n"))]
pub struct SettingsError {
    /// Never empty.
    mistakes: Vec<String>,
}

impl SettingsError {
    pub(super) fn new(place: &Place, message: impl Into<String>) -> Self {
        Self { mistakes: vec![format!("{place}: {}", message.into())] }
    }

    /// Each mistake, with its place.
    pub fn mistakes(&self) -> &[String] {
        &self.mistakes
    }
}

/// Mistakes that have been found so far, so that an operator sees all of them at once.
#[derive(Debug, Default)]
pub(super) struct Problems {
    mistakes: Vec<String>,
}

impl Problems {
    pub(super) fn add(&mut self, error: SettingsError) {
        self.mistakes.extend(error.mistakes);
    }

    /// The value; nothing where it was a mistake, which is noted.
    pub(super) fn take<T>(&mut self, result: Result<T, SettingsError>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    /// # Errors
    ///
    /// All of them, where there are any.
    pub(super) fn end(self) -> Result<(), SettingsError> {
        if self.mistakes.is_empty() { Ok(()) } else { Err(SettingsError { mistakes: self.mistakes }) }
    }
}

/// The key that was probably meant.
pub(super) fn nearest<'a>(key: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The beginning of a key without its unit, or a slip of a letter or two.
    let close = |known: &str| known.starts_with(key) && key.len() >= 4 || strsim::damerau_levenshtein(key, known) <= 2;
    let distance = |known: &&str| strsim::damerau_levenshtein(key, known);
    allowed.into_iter().filter(|known| close(known)).min_by_key(distance)
}

/// Where a setting was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A flag of the command line, with its dashes.
    Flag(&'static str),
    /// An environment variable.
    Environment(String),
    /// A line of the settings file; the key is empty where none is known.
    File { file: String, line: usize, key: String },
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => formatter.write_str(name),
            Self::Environment(name) => write!(formatter, "environment variable {name}"),
            Self::File { file, line, key } if key.is_empty() => write!(formatter, "{file}, line {line}"),
            Self::File { file, line, key } => write!(formatter, "{file}, line {line}, {key}"),
        }
    }
}

/// A value, and where it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said<T = String> {
    pub(super) value: T,
    pub(super) place: Place,
}

impl<T> Said<T> {
    pub(super) fn new(value: T, place: Place) -> Self {
        Self { value, place }
    }

    /// An error about this value.
    pub(super) fn wrong(&self, message: impl Into<String>) -> SettingsError {
        SettingsError::new(&self.place, message)
    }
}

impl Said {
    /// Reads the text as another type. `allowed` says what may stand there.
    pub(super) fn parse<T: std::str::FromStr>(&self, allowed: &str) -> Result<T, SettingsError> {
        let text = self.value.trim();
        text.parse().map_err(|_| self.wrong(format!("`{}` is not allowed here; allowed is {allowed}", shown(text))))
    }
}

/// A value as an error shows it: on one line, not longer than one, and without what may be a password before an `@`.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 100;
    let start = text.find("://").map_or(0, |scheme| scheme + 3);
    let visible = match text.rfind('@') {
        Some(at) if at >= start && (start > 0 || text[..at].contains(':')) => {
            format!("{}…{}", &text[..start], &text[at..])
        }
        _ => text.to_owned(),
    };
    let mut short: String = visible.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if visible.chars().count() > LONGEST {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_of_a_url_are_not_shown() {
        assert_eq!(shown("https://me:p@ss@registry.example/x"), "https://…@registry.example/x");
        assert_eq!(shown("me:p@ss@registry.example"), "…@registry.example");
        assert_eq!(shown("library/app@sha256:00"), "library/app@sha256:00");
    }

    #[test]
    fn a_slip_and_a_missing_unit_are_recognised() {
        let known = ["listen", "page_deadline_ms", "layout"];
        for (key, meant) in
            [("lisen", Some("listen")), ("page_deadline", Some("page_deadline_ms")), ("port", None), ("l", None)]
        {
            assert_eq!(nearest(key, known), meant, "{key}");
        }
    }

    #[test]
    fn shown_values_stay_on_one_line() {
        assert_eq!(shown("a\nb\u{1b}"), "a\\nb\\u{1b}");
        assert_eq!(shown(&"x".repeat(500)).chars().count(), 101);
    }
}
