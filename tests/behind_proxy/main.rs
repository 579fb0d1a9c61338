//! Behind a proxy. Below a base path, what a page links to, loads, sends a form to, calls or redirects to begins with it, and
//! each of these is there. Of one program all links have one base path, so this is a program of its own.
#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "a test may break")]

#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod crawl;
mod forwarded;
mod page;
mod sites;

/// The base path of all tests.
const BASE: &str = "/tools/strata";
