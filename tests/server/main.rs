//! The whole router against the sample registry, and the program itself.
#![expect(clippy::unwrap_used, reason = "a test may break")]

mod addresses;
mod caching;
mod check;
mod compare;
mod connections;
mod files;
mod headers;
mod json;
mod killed;
mod logs;
mod odd;
mod operators;
mod program;
mod raw;
mod referrers;
mod request_ids;
mod signals;
mod special_files;
mod support;
