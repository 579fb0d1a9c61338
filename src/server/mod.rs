//! The HTTP server: routes, headers, and the files of the front end.
//!
//! - `router`: which address is answered by what
//! - `assets`: script, wasm, style, fonts and fixed files, embedded into the binary
//! - `policy`: the headers that protect a page

pub mod assets;
mod policy;
mod router;

pub use router::router;
