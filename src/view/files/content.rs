//! One file or directory, opened.

use serde::{Deserialize, Serialize};

use super::{FileRow, Inside};
use crate::anatomy::files::{Change, FilePath};

/// What is open: a file, a directory, or another entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedFile {
    /// Its row.
    pub row: FileRow,
    /// What else is known of it.
    pub facts: EntryFacts,
    /// What is in it.
    pub content: FileContent,
    /// How it can be shown.
    pub forms: Vec<ContentForm>,
    /// Where its exact bytes are, or those of everything in a directory as an archive.
    pub download: Option<String>,
    /// What the layers have done to it, from the bottom.
    pub versions: Vec<Version>,
    /// What has changed since the version that it is compared with.
    pub difference: Option<Vec<DiffLine>>,
    /// What is odd about it, as sentences.
    pub remarks: Vec<String>,
}

/// What is known of an entry besides its row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryFacts {
    /// SHA-256 of its contents, in hexadecimal digits.
    pub sha256: Option<String>,
    /// Where a link leads in the end, if it leads to anything in the image.
    pub leads_to: Option<FilePath>,
    /// Other names of the same file.
    pub other_names: Vec<FilePath>,
    /// How many more of them there are.
    pub more_names: u64,
    /// Major and minor number of a device.
    pub device: Option<(i64, i64)>,
    /// Extended attributes, to be read; what a file may do is in words, as `getcap` has it.
    pub attributes: Vec<(String, String)>,
}

/// What is in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "value")]
pub enum FileContent {
    /// It has no contents: a directory, a link, a device.
    None,
    /// No byte at all.
    Empty,
    /// Text.
    Text {
        /// Its language, as far as the name and the first line tell.
        language: Option<String>,
        /// Its lines.
        lines: Vec<Line>,
        /// Bytes that come after them and are not shown.
        cut: u64,
        /// From where on it has no colours, though there is a grammar for it.
        plain: Option<PlainText>,
    },
    /// What a file of a known format holds.
    Inside(Inside),
    /// Anything else, byte by byte.
    Hex {
        /// What it seems to be.
        looks_like: Option<String>,
        /// The first of them.
        lines: Vec<HexLine>,
        /// Bytes that come after them and are not shown.
        cut: u64,
    },
    /// It cannot be read: why, as a sentence.
    Unreadable(String),
}

/// The part of a text that has no colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlainText {
    /// Its first line, from 1.
    pub line: usize,
    /// Why its parts were not told apart.
    pub why: PlainReason,
}

/// Why the parts of a text are not told apart from some line on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlainReason {
    /// It takes too long.
    Time,
    /// The line is longer than a grammar is asked about.
    LongLine,
    /// The grammar does not go on.
    Grammar,
    /// The process that does it has ended, as it does where a text takes too much memory.
    Ended,
}

impl PlainReason {
    /// In words, as the end of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Time => "telling the rest apart took too long",
            Self::LongLine => "it is too long",
            Self::Grammar => "the language's grammar fails at it",
            Self::Ended => "the rest took too much memory, or the process that does it has failed",
        }
    }
}

/// How a file's contents are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentForm {
    /// As text.
    Text,
    /// What it holds, where its format is known.
    Inside,
    /// Byte by byte.
    Bytes,
}

impl ContentForm {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Text, Self::Inside, Self::Bytes];

    /// As an address has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Inside => "inside",
            Self::Bytes => "bytes",
        }
    }
}

/// One line of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line(pub Vec<Span>);

/// A part of a line that looks alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// How it looks: the name of a style; empty for plain text.
    pub style: String,
    /// What it says.
    pub text: String,
}

/// Sixteen bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HexLine {
    /// Where they stand.
    pub at: u64,
    /// The bytes as digits.
    pub bytes: String,
    /// The same as text, as far as they are.
    pub text: String,
}

/// What one layer has done to a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The layer's number, from 1.
    pub layer: u32,
    /// What it has done.
    pub change: Change,
    /// Bytes of the file then.
    pub size: u64,
    /// Whether it has contents that can be opened in that layer.
    pub has_contents: bool,
}

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// `+` for a new line, `-` for one that is gone, a space for one that stayed, `…` for many of these.
    pub sign: char,
    /// Its text.
    pub text: String,
}
