//! What `docs/security.md` promises, tried: each test fails where its defence is switched off.
//!
//! Tests of a defence that has a file of its own elsewhere (redirects, sign-in, walks, headers) stand there; the table of
//! `docs/security.md` names them all, and [`table`] checks that it does.
#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "a test may break")]

#[path = "../support/mod.rs"]
mod support;

mod advisories;
mod bombs;
mod foreign;
mod hosts;
mod html;
mod limits;
mod numbers;
mod own_tables;
mod reflections;
mod shapes;
mod site;
mod spoofing;
mod strings;
mod table;
