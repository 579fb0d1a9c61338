//! The text of a settings file, and which line an error speaks of.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;

use super::error::{Place, Said, SettingsError, nearest};

/// Longest settings file, in bytes.
const MAX_BYTES: u64 = 1_000_000;

/// A settings file that has been read.
#[derive(Debug)]
pub(super) struct Source {
    file: String,
    folder: PathBuf,
    text: String,
}

impl Source {
    /// Reads the file.
    pub(super) fn read(file: &Said) -> Result<Self, SettingsError> {
        let path = Path::new(&file.value);
        let text = read_text(path, MAX_BYTES).map_err(|problem| file.wrong(problem))?;
        Ok(Self::new(path, text))
    }

    pub(super) fn new(path: &Path, text: String) -> Self {
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        Self { file: path.display().to_string(), folder, text }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Relative paths in the file begin here.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A value of the file with its place.
    pub(super) fn said<T: Clone>(&self, value: &Spanned<T>) -> Said<T> {
        Said::new(value.get_ref().clone(), self.place(value.span()))
    }

    /// An error at a part of the text.
    pub(super) fn wrong(&self, span: Range<usize>, problem: &str, allowed: &str) -> SettingsError {
        SettingsError::new(&self.place(span), format!("{problem}; {allowed}"))
    }

    /// An error of the TOML reader. Its message never repeats a value of the file, which may be a secret that was
    /// written into the wrong place; so messages about values are replaced.
    pub(super) fn unreadable(&self, error: &toml::de::Error) -> SettingsError {
        let place = self.place(error.span().unwrap_or(0..0));
        let message = error.message();
        let message = if message.starts_with("unknown field `password`") {
            "a password is never written into this file; allowed are `password_file` and `password_env`".to_owned()
        } else if let Some(("invalid type" | "invalid value", expected)) = message
            .split_once(':')
            .map(|(kind, rest)| (kind, rest.rsplit_once("expected ").map_or("", |(_, last)| last)))
        {
            format!("this value is not allowed; allowed is {expected}")
        } else {
            let message = message.lines().collect::<Vec<_>>().join(", ");
            // The names in backquotes: first the unknown one, then those that are known.
            let mut names = message.split('`').skip(1).step_by(2);
            let meant =
                names.next().filter(|_| message.starts_with("unknown field")).and_then(|key| nearest(key, names));
            meant.map(|meant| format!("perhaps `{meant}` is meant; {message}")).unwrap_or(message)
        };
        SettingsError::new(&place, message)
    }

    /// File, line and key of a part of the text.
    fn place(&self, span: Range<usize>) -> Place {
        let start = floor_boundary(&self.text, span.start);
        let line_number = self.text[..start].matches('\n').count() + 1;
        let line_start = self.text[..start].rfind('\n').map_or(0, |end| end + 1);
        let line = self.text[line_start..].lines().next().unwrap_or_default();
        // Only the key is repeated: its value may be a secret that stands in the wrong place.
        let key = match line.split_once('=') {
            Some((key, _)) if is_key(key.trim()) => format!("`{}`", key.trim()),
            _ if line.trim_start().starts_with('[') && is_key(line.trim().trim_matches(['[', ']'])) => {
                line.trim().to_owned()
            }
            _ => String::new(),
        };
        Place::File { file: self.file.clone(), line: line_number, key }
    }
}

/// Whether a text reads like a bare key, so that it can be repeated.
fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

fn floor_boundary(text: &str, index: usize) -> usize {
    (0..=index.min(text.len())).rev().find(|index| text.is_char_boundary(*index)).unwrap_or(0)
}

/// Reads a file of text, at most `limit` bytes long.
pub(super) fn read_text(path: &Path, limit: u64) -> Result<String, String> {
    use std::io::Read as _;

    let file = std::fs::File::open(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    if bytes.len() as u64 > limit {
        return Err(format!("{} is longer than {limit} bytes", path.display()));
    }
    String::from_utf8(bytes).map_err(|_| format!("{} is not text in UTF-8", path.display()))
}
