//! Pages built from a real registry: what they hold, and how many requests they cost.
#![expect(clippy::unwrap_used, reason = "a test may break")]

mod artifacts;
mod compare;
mod contents_tables;
mod files;
mod image;
mod large;
mod layers;
mod lists;
mod own_tables;
mod referrers;
mod registries;
#[path = "../support/mod.rs"]
mod registry;
mod search;
mod support;
