//! A read-only `/v2` registry over an OCI image layout, and the sample images.
//!
//! - [`layout`]: what a registry holds, repository by repository; [`blobs`]: where the bytes are, in memory or on disk
//! - [`directory`]: image layouts found in a folder, as `skopeo copy … oci:DIR:tag` writes them
//! - [`sample`]: the sample registry, generated at start
//! - [`address`], [`error`]: what a request asks for, and how it is refused
//! - [`lists`], [`documents`]: the answers; [`router`]: who gives which; [`serve`]: the port

mod address;
mod blobs;
mod directory;
mod documents;
mod error;
mod layout;
mod lists;
mod router;
pub mod sample;
mod serve;

pub use directory::LayoutError;
pub use layout::{Layout, Repository};
pub use router::router;
pub use serve::serve;
