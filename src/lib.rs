//! Strata shows what a container registry really holds.
//!
//! Which module may use which others is written in `docs/ARCHITECTURE.md` and checked by
//! `tests/architecture.rs`.
#![recursion_limit = "256"]

pub mod anatomy;
pub mod api;
pub mod app;
#[cfg(feature = "ssr")]
pub mod embedded;
#[cfg(feature = "ssr")]
pub mod highlight;
#[cfg(feature = "ssr")]
pub mod layers;
pub mod oci;
#[cfg(feature = "ssr")]
pub mod registry;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod service;
pub mod view;

/// Starts what the browser does on every page. The page's first script calls it, and takes over the islands next.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn start() {
    // What went wrong, in words, is for whoever changes the code: it is over 1 kB of every first visit.
    if cfg!(debug_assertions) {
        console_error_panic_hook::set_once();
    }
    app::script::set_base_path();
    leptos::mount::hydrate_islands();
    app::script::start();
}
