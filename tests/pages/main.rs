//! Pages built from a real registry: what they hold, and how many requests they cost.
#![expect(clippy::unwrap_used, reason = "a test may break")]

mod compare;
mod image;
mod lists;
mod registries;
mod search;
mod support;
