//! The inside of a layer: unpacked, its headers read, its files found again.
//!
//! - [`tar`]: headers of an archive; [`gzip`], [`zstd_frames`]: how the archive is packed, and where it can be unpacked from
//! - [`LayerReader`]: reads layers, each once; [`Reading`]: one that is under way
//! - [`LayerIndex`]: what is known of a layer then; [`IndexStore`]: where it is kept
//! - `counted`: what is known of several layers together
//! - [`ContentsTable`]: what some layers list of themselves, had without reading them
//! - [`read_in_memory`]: an archive that is no layer
//! - [`Location`]: one file of a layer found again; [`LayerReader::open`]: its contents
//! - [`LargeWindows`]: turns for what takes much memory to unpack

mod allocator;
mod checkpoint;
mod chunk;
mod contents_table;
mod counted;
mod failures;
mod format;
pub mod gzip;
mod hash;
mod in_memory;
mod index;
mod large_windows;
#[cfg(any(test, fuzzing))]
pub mod laws;
mod limits;
mod location;
mod open;
mod pass;
mod reader;
mod reading;
mod store;
pub mod tar;
mod unpack;
pub mod zstd_frames;

pub use checkpoint::{Checkpoint, Within};
pub use contents_table::{ContentsTable, Disagreement, Disagreements, TableError, TableForm, TableState};
pub use format::Format;
pub use in_memory::read_in_memory;
pub use index::{Ending, IndexError, LayerIndex, NotALayer, Reached, Summary, decode};
pub use large_windows::LargeWindows;
pub use limits::LayerLimits;
pub use location::{Contents, Location};
pub use open::{FileStream, OpenError, Opened};
pub use pass::{FIRST_ROWS, PassError, Progress};
pub use reader::{LayerReader, ReaderSettings};
pub use reading::{ReadError, Reading, Stage, Watcher};
pub use store::{IndexKey, IndexStore, StoreState};
pub use unpack::UnpackError;
