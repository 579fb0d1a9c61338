//! The inside of layers against other readers of the same bytes.
#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is not as it should be")]

#[path = "../support/mod.rs"]
mod support;

mod archives;
mod cases;
mod compared;
mod debian;
mod dive;
mod holes;
mod indexed;
mod layout;
mod made;
mod oracles;
mod seen;
mod storage;
