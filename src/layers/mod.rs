//! The inside of a layer: unpacked, its headers read, its files found again.
//!
//! - [`tar`]: headers of an archive; [`gzip`], [`zstd_frames`]: how the archive is packed, and where it can be unpacked from
//! - [`LayerReader`]: reads layers, each once; [`Reading`]: one that is under way
//! - [`LayerIndex`]: what is known of a layer then; [`IndexStore`]: where it is kept
//! - [`Location`]: one file of a layer found again

mod checkpoint;
mod chunk;
mod format;
pub mod gzip;
mod hash;
mod index;
#[cfg(any(test, fuzzing))]
pub mod laws;
mod limits;
mod location;
mod pass;
mod reader;
mod store;
pub mod tar;
mod unpack;
pub mod zstd_frames;

pub use checkpoint::{Checkpoint, Within};
pub use format::Format;
pub use index::{Ending, IndexError, LayerIndex, Reached, Summary, decode};
pub use limits::LayerLimits;
pub use location::{Contents, Location};
pub use pass::{PassError, Progress};
pub use reader::{LayerReader, ReadError, ReaderSettings, Reading, Stage};
pub use store::{IndexKey, IndexStore, StoreState};
pub use unpack::UnpackError;
