//! When things go wrong: whole pages and the JSON API, through the real router, of registries that misbehave on command.
//!
//! Each fault has a true status, a page that says what happened, to which request and what to do, one line in the log, and
//! no effect on other pages. Real documents, odd and broken ones among them, are opened the same way.
#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "a test may break")]

#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod comparisons;
mod digests;
mod documents;
mod fault;
mod lists;
mod real_documents;
mod redirects;
mod several;
mod site;
mod slow;
mod statuses;
