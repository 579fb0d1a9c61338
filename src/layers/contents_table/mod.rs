//! Tables of contents (TOC) that some layers bring with them, in the forms of eStargz and zstd:chunked: the whole list of files,
//! with their digests and places, for a few requests and without the layer.
//!
//! - [`Announced`](announced::Announced): what a layer's annotations say of its table; [`footer`]: where eStargz keeps it
//! - [`TableReader`](unpacked::TableReader): the table's text out of its stored bytes; [`parse`](parse::parse): entries out of that
//! - [`ContentsTable`]: the entries, and where each is; [`ContentsTable::compare`]: what the archive says otherwise
//!
//! A table is the word of whoever has made the layer. Its digest stands in the manifest, so that it is the one that was meant; whether
//! it says what the archive says is known only when the layer was read. Some runtimes believe the table, others never look at it
//! ([decision 9](../../../docs/decisions/0009-layers-own-tables.md)).

mod announced;
mod compare;
mod fetch;
mod footer;
#[cfg(any(test, fuzzing))]
pub(in crate::layers) mod laws;
mod parse;
mod unpacked;

#[cfg(test)]
mod tests;

pub(in crate::layers) use fetch::Tables;

pub use compare::{Disagreement, Disagreements};
pub use fetch::TableState;

use super::format::Format;
use super::location::Location;
use crate::anatomy::files::{FileKind, FileList, FileRef};
use crate::registry::{Error as RegistryError, Phase};

/// Longest table that is fetched, in stored bytes. That of 200,000 files has about 15 MB: two digests each, which do not pack.
pub(in crate::layers) const STORED_BYTES: u64 = 32 << 20;
/// Longest table that is read, in bytes of JSON.
pub(in crate::layers) const TEXT_BYTES: u64 = 256 << 20;
/// Most entries of a table.
pub(in crate::layers) const ENTRIES: usize = 1_000_000;

/// The form of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableForm {
    /// In a gzip member at the layer's end (stargz-snapshotter, docs/estargz.md).
    Estargz,
    /// In a zstd frame to be skipped at the layer's end (containers/storage, pkg/chunked).
    ZstdChunked,
}

/// What a layer's own table lists. Its digest was that of the manifest's annotation.
///
/// Entries are in the table's order, which need not be the archive's. They have no place in the archive: use
/// [`ContentsTable::locate`]. Names that are no UTF-8 are damaged in every table, since JSON cannot write them.
#[derive(Debug, Clone)]
pub struct ContentsTable {
    /// The form that it has.
    pub form: TableForm,
    /// The entries.
    pub files: FileList,
    /// Bytes that it takes in the stored layer.
    pub stored_bytes: u64,
    /// Where the contents are of those that have some, by the entry's number, ascending.
    places: Vec<Place>,
}

/// Where an entry's contents are in the stored layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    number: usize,
    /// Where the gzip member or zstd frame begins that holds their first byte.
    begin: u64,
    /// Bytes that are unpacked from there before it.
    inner: u64,
    /// Where everything of them has come.
    end: u64,
}

impl ContentsTable {
    /// Where a file's contents are, by the table's word. None for what has none.
    pub fn locate(&self, file: FileRef<'_>) -> Option<Location> {
        if file.kind() != FileKind::Regular {
            return None;
        }
        let length = file.size();
        if length == 0 {
            return Some(Location::within(self.packing(), 0..0, 0, 0));
        }
        let place = self.places.binary_search_by_key(&file.number(), |place| place.number).ok()?;
        let place = self.places.get(place)?;
        Some(Location::within(self.packing(), place.begin..place.end, place.inner, length))
    }

    /// Bytes of memory that it takes, about.
    pub fn weight(&self) -> usize {
        self.files.weight() + self.places.len() * size_of::<Place>()
    }

    fn packing(&self) -> Format {
        match self.form {
            TableForm::Estargz => Format::Gzip,
            TableForm::ZstdChunked => Format::Zstd,
        }
    }
}

/// Why a layer's own table cannot be used. The layer itself can be read all the same.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The registry does not give it.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The annotations or the footer do not say where it is, or say a place outside the layer.
    #[error("the layer does not say where its table of contents is")]
    NoPlace,
    /// It is kept in another image.
    #[error("the table of contents is kept outside the layer")]
    Elsewhere,
    /// It is longer than tables that are read.
    #[error("the table of contents has more than {limit} bytes")]
    TooLarge {
        /// Most that are taken, stored or unpacked.
        limit: u64,
    },
    /// It has more entries than are read.
    #[error("the table of contents has more than {limit} entries")]
    TooMany {
        /// Most that are taken.
        limit: usize,
    },
    /// It does not have the digest that the manifest says.
    #[error("the table of contents is not the one that the manifest names")]
    Mismatch,
    /// It cannot be unpacked, or is no table.
    #[error("the table of contents cannot be read: {0}")]
    Malformed(String),
    /// The thread that reads it has failed: a mistake in Strata.
    #[error("reading the table of contents has failed")]
    Failed,
}

impl TableError {
    /// Whether it says something of the table or of who has it, and not only that this was no time to ask.
    fn is_of_table(&self) -> bool {
        !matches!(self, TableError::Registry(RegistryError::Timeout { phase: Phase::Queue, .. }))
    }
}
