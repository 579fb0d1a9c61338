//! The formats and their grammar: digests, names, platforms, manifests, indexes and configs. Data only, no I/O.
//!
//! Two rules hold everywhere. Text becomes a type at the edge (`FromStr`, or serde by string) and is never a bare string
//! afterwards; and every enumeration of a specification ends in `Other`, because an unknown value is shown, not refused.
//!
//! - [`digest`], [`repository_name`], [`tag`], [`reference`]: the grammar of names
//! - [`media_type`], [`platform`], [`descriptor`]: what a document says about another one
//! - [`document`], `json`: JSON read tolerantly, with a [`document::Notice`] on each member that is not as it should be
//! - [`manifest`], [`index`], [`config`]: the documents themselves
//! - [`is_hidden`]: which characters of their texts are not shown as they are

pub mod config;
pub mod descriptor;
pub mod digest;
pub mod document;
mod hidden;
pub mod index;
mod json;
pub mod manifest;
pub mod media_type;
pub mod platform;
pub mod reference;
pub mod repository_name;
pub mod tag;

pub use config::{Healthcheck, History, ImageConfig};
pub use descriptor::Descriptor;
pub use digest::{Digest, DigestAlgorithm};
pub use document::Notice;
pub use hidden::is_hidden;
pub use index::ImageIndex;
pub use manifest::{ImageManifest, Manifest};
pub use media_type::MediaType;
pub use platform::Platform;
pub use reference::Reference;
pub use repository_name::RepositoryName;
pub use tag::Tag;

#[cfg(test)]
mod tests;
