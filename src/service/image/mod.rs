//! What stands at a reference.
//!
//! - `found`: everything that it leads to; `page`: the page of it
//! - `cards`: the entries of an index; `sizes`: their sizes, asked for afterwards
//! - `layers`, `config`, `raw`: the views; `indent` lays out JSON that came in one line
//! - `artifact`: what is no image; `readings`: what its blobs say; `readme`: the one file that is read out of an archive
//! - `referrers`: what speaks about it
//! - `bytes`: the exact bytes, to be downloaded

mod artifact;
mod bytes;
mod cards;
mod config;
pub(crate) mod found;
mod indent;
mod layers;
pub(crate) mod page;
mod raw;
mod readings;
mod readme;
mod referrers;
mod sizes;

pub use bytes::RawBytes;
