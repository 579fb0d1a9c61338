//! What a page shows and the JSON API answers: plain types, one file a page. No I/O, nothing of the page's framework.
//!
//! - [`address`]: what a path of this site means; [`link`]: the paths themselves; [`base_path`]: what stands before them all
//! - [`site`]: what every page knows; [`page`]: what every page has; [`trace`]: what it asked the registry; [`failure`]: a page that could not be built
//! - [`registries`], [`repositories`], [`tags`], [`image`] ([`artifact`]: what is no image; [`files`]: what is in its layers), [`compare`], [`search`], [`registry`]: one file a page

pub mod address;
pub mod artifact;
pub mod base_path;
pub mod compare;
pub mod failure;
pub mod files;
pub mod image;
pub mod link;
pub mod listing;
pub mod page;
pub mod registries;
pub mod registry;
pub mod repositories;
pub mod search;
pub mod site;
pub mod summary;
pub mod tags;
pub mod trace;

pub use address::Address;
pub use base_path::BasePath;
pub use failure::Failure;
pub use page::{Page, RegistryFacts};
pub use site::Site;
pub use summary::ImageSummary;
pub use trace::Trace;
