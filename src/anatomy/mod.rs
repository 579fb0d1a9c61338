//! What follows from the formats: pure functions over `oci`. No I/O, and light enough for the browser.
//!
//! - [`colour`]: the colour of a digest
//! - [`size`], [`time`]: numbers and moments in words
//! - [`text`]: hostile text made safe to read
//! - [`version`]: the order of tags
//! - [`kind`]: what a document is, in words; [`referrers`]: what speaks about an image
//! - [`artifact`]: what the blobs of artifacts say
//! - [`platform_choice`]: which entry of an index a page shows
//! - [`files`]: files as layers list them, layers laid over each other, dead bytes
//! - [`layers`]: how a layer's bytes are packed, as its type says
//! - [`secrets`]: values that look like secrets
//! - [`pull`]: commands that fetch
//! - [`reference_text`]: what people paste into the search box
//! - [`chain_id`]: the identity of a stack of layers
//! - [`dockerfile`]: the history's texts taken apart, and the Dockerfile that they come from
//! - [`steps`]: history joined with layers
//! - [`compare`], [`config_compare`]: two images side by side; [`config_text`]: values of a config as text

pub mod artifact;
pub mod base_image;
pub mod chain_id;
pub mod colour;
pub mod compare;
pub mod config_compare;
pub mod config_text;
pub mod dockerfile;
pub mod files;
pub mod kind;
pub mod layers;
pub mod platform_choice;
pub mod pull;
pub mod reference_text;
pub mod referrers;
pub mod secrets;
pub mod size;
pub mod steps;
pub mod text;
pub mod time;
pub mod version;
