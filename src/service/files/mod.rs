//! The inside of images: their layers, what these together become, and single files.
//!
//! - `stack`: an image's layers, and what is known of each; `gaps`: what is missing of them
//! - `start`: has them read; `budget`: how much for whom
//! - `merged`: the tree that they make, kept; `early`: what is shown of it while layers are read
//! - `view`: the files view, of `cards` (layers), `listing` (directories), `hits` (what is found), `opened` (one file),
//!   `own_table` (what a layer lists of itself), `usage` (without its `base`, if that is asked for; with what is `dead`; what is
//!   `counted` for the image's page)
//! - `content`: what is in a file, for reading, as `text` or what is `inside` of a known format; `download`: its exact bytes; `archive`: those of a directory

mod archive;
mod base;
mod budget;
mod cards;
mod colours;
mod content;
mod counted;
mod dead;
mod download;
mod early;
mod gaps;
mod hits;
mod inside;
mod listing;
mod merged;
mod opened;
mod own_table;
mod scope;
mod shares;
mod stack;
mod start;
mod text;
mod usage;
mod view;

pub(crate) use budget::Budget;
pub use download::FileBytes;
pub(crate) use merged::Trees;
pub use start::{Progress, Snapshot};
pub(crate) use view::view;
