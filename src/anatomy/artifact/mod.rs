//! What the blobs of artifacts say: charts, statements, provenance, bills of materials, signatures.
//!
//! All of it is the claim of whoever wrote it. Nothing here is verified: that a signature is present says nothing about
//! whether it is valid (threat V-11). A member that is missing or wrong becomes a notice, never a guess; lists and texts end
//! at the limits below, and say so.
//!
//! - [`content`]: a blob of any of these kinds, told apart by its type and read
//! - [`chart`]: a Helm chart; [`facts`]: configs of models, WebAssembly and plugins as names and values
//! - [`statement`]: in-toto; [`envelope`]: DSSE around it; [`provenance`]: who built what from what
//! - [`sbom`]: bills of materials of three formats
//! - [`signature`]: what signatures of cosign, sigstore and notation speak of
//! - [`described`]: which image an artifact speaks of
//! - `base64`: the encoding that payloads hide in; `read`: what the readers share; `flat`: objects as rows; `indented`: JSON
//!   for reading

mod base64;
pub mod chart;
pub mod content;
pub mod described;
pub mod envelope;
pub mod facts;
mod flat;
mod indented;
pub mod provenance;
mod read;
pub mod sbom;
pub mod signature;
pub mod statement;
#[cfg(test)]
mod tests;

use crate::oci::Notice;
use crate::oci::document::DocumentError;

/// Longest document that is parsed, in bytes. A longer one can be downloaded.
pub const MAX_DOCUMENT: u64 = 8 << 20;
/// Longest text of a member, in bytes; a description, an address, a name.
pub const MAX_TEXT: usize = 2_000;
/// Most rows of a list that stands on a page as a whole: maintainers, materials, subjects.
pub const MAX_ROWS: usize = 200;
/// Longest text of a file that stands in a document, in bytes: a build's Dockerfile, a chart's readme.
pub const MAX_FILE: usize = 100_000;

/// What a document says, and what is odd about it; or why it is not read.
pub type Parsed<T> = Result<(T, Vec<Notice>), DocumentError>;
