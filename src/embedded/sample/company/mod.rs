//! What the company keeps in its registry, a repository a file.

pub(super) mod api;
mod dependencies;
pub(super) mod linux;
pub(super) mod mini;
pub(super) mod python;
