//! The inside of an image, or of one of its layers: what its files view shows.

mod content;
mod inside;
mod layers;
mod own_table;
mod rows;
mod usage;

use serde::{Deserialize, Serialize};

use crate::anatomy::files::{Change, FilePath};
use crate::oci::Digest;
pub use content::{
    ContentForm, DiffLine, EntryFacts, FileContent, HexLine, Line, OpenedFile, PlainReason, PlainText, Span, Version,
};
pub use inside::{ArchiveEntry, Certificate, Inside, JsonMember, JsonValue};
pub use layers::{LayerCard, LayerState, ReadingProgress};
pub use own_table::{OwnTable, TableDifference};
pub use rows::{EntryKind, FileRow, mode_text};
pub use usage::{
    BaseChoice, Cause, Duplicate, EndingShare, LayerCause, Leftovers, SizeShare, Usage, UsageBase, UsageFile,
    UsageLayer,
};

/// Most rows of the directory that is open.
pub const ROWS_LENGTH: usize = 500;
/// Most rows of each directory above it.
pub const LEVEL_LENGTH: usize = 100;
/// Most lines of a file on its page.
pub const LINES_LENGTH: usize = 5_000;
/// Most layers whose inside is looked into.
pub const LAYERS_LENGTH: usize = 1_000;
/// Most differences between a layer's own table and its archive that are listed.
pub const TABLE_LENGTH: usize = 200;
/// Most rows of each list of where an image's bytes went.
pub const USAGE_LENGTH: usize = 100;

/// In which order a directory is listed, and what was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileOrder {
    /// Directories first, then by their names' bytes; what was found as it stands in the tree.
    #[default]
    Name,
    /// Those of most bytes first.
    Size,
    /// Those that were changed last first.
    Time,
}

impl FileOrder {
    /// Every order.
    pub const ALL: [Self; 3] = [Self::Name, Self::Size, Self::Time];

    /// As an address has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Size => "size",
            Self::Time => "time",
        }
    }
}

/// What is asked of the files view; all of it is in its address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesQuery {
    /// The layer that is shown by itself; the whole image where there is none.
    pub layer: Option<Digest>,
    /// The file or directory that is open.
    pub path: FilePath,
    /// The image as it was after so many layers; 0 for all of them.
    pub as_of: u32,
    /// In which order directories are listed, and what was found.
    pub order: FileOrder,
    /// Only names to which this has happened.
    pub change: Option<Change>,
    /// A part of a path, an ending, a pattern or a digest to look for; empty for none.
    pub find: String,
    /// The first row that is shown, from 0; [`ROWS_LENGTH`] follow.
    pub from: u32,
    /// How the file's contents are shown; the fitting form where none is named.
    pub form: Option<ContentForm>,
    /// An earlier version of the file, by the number of its layer from 1, that it is compared with; 0 for none.
    pub against: u32,
    /// Where the image's bytes went, beside its files.
    pub usage: bool,
    /// The first dead file that is listed there, from 0; [`USAGE_LENGTH`] follow.
    pub dead_from: u32,
    /// The score of dive with it.
    pub dive: bool,
    /// A base image whose layers are left out of it.
    pub base: Option<BaseChoice>,
}

impl FilesQuery {
    /// What an address asks for: its layer and path, and the members of its query, each as text and empty where it is missing.
    pub fn read(layer: Option<Digest>, path: FilePath, member: impl Fn(&str) -> String) -> Self {
        let number = |name: &str| member(name).parse().unwrap_or(0);
        let is_on = |name: &str| member(name) == "1";
        let (order, change, form, base) = (member("order"), member("change"), member("as"), member("base"));
        Self {
            layer,
            path,
            as_of: number("as_of"),
            order: FileOrder::ALL.into_iter().find(|known| known.as_str() == order).unwrap_or_default(),
            change: CHANGES.into_iter().find(|(name, _)| *name == change).map(|(_, change)| change),
            find: member("find"),
            from: number("from"),
            form: ContentForm::ALL.into_iter().find(|known| known.as_str() == form),
            against: number("against"),
            usage: is_on("usage"),
            dead_from: number("dead_from"),
            dive: is_on("dive"),
            base: BaseChoice::ALL.into_iter().find(|known| known.as_str() == base),
        }
    }
}

/// What can have happened to a name, as addresses have it.
pub const CHANGES: [(&str, Change); 5] = [
    ("added", Change::Added),
    ("changed", Change::Changed),
    ("attributes", Change::Attributes),
    ("deleted", Change::Deleted),
    ("unchanged", Change::Unchanged),
];

/// The inside of an image, or of one of its layers, as far as it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says something else about what is shown, and none excludes another"
)]
pub struct FilesView {
    /// Number of the layer that is shown by itself, from 1; the whole image where there is none.
    pub layer: Option<u32>,
    /// The image as it was after so many layers.
    pub as_of: u32,
    /// All of the image's layers, from the bottom.
    pub layers: Vec<LayerCard>,
    /// How many layers are not looked into: see [`LAYERS_LENGTH`].
    pub layers_left_out: u32,
    /// Bytes of the layers that have not been read and can be.
    pub unread_bytes: u64,
    /// Whether there is so much to read that nobody reads it without being asked.
    pub is_much: bool,
    /// Whether what is shown can still change: layers come that have not been read.
    pub is_provisional: bool,
    /// Whether nothing is known yet.
    pub is_empty: bool,
    /// Whether all of it is known: each layer that it is made of was read to its end. `remarks` say what is missing.
    pub is_whole: bool,
    /// Whether it is known what layers have changed: of one by itself only together with those below it.
    pub knows_changes: bool,
    /// The file or directory that is open, as it was asked for.
    #[serde(flatten)]
    pub path: FilePath,
    /// What the image's paths begin at in its layers: of one for Windows the directory `Files`.
    pub root: FilePath,
    /// Rows of the directory that is open and of those above it, or what was found.
    pub rows: Vec<FileRow>,
    /// How many rows the open directory has, or were found.
    pub total: u64,
    /// How many names there are that are no directories.
    pub files: u64,
    /// What is odd about the layers as a whole, as sentences.
    pub remarks: Vec<String>,
    /// What is known of the own table of the layer that is shown by itself, where that was read and announces one.
    pub own_table: Option<OwnTable>,
    /// Where all files are, as an archive.
    pub download: Option<String>,
    /// What that archive does without, as a sentence.
    pub download_lacks: Option<String>,
    /// What is open.
    pub opened: Option<Box<OpenedFile>>,
    /// Where the image's bytes went, where that was asked for.
    pub usage: Option<Box<Usage>>,
}
