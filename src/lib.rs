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
pub mod oci;
#[cfg(feature = "ssr")]
pub mod registry;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod service;
pub mod view;

/// Takes over the page that the server has rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
    // From here on the script answers: tests wait for this mark.
    if let Some(html) = leptos::prelude::document().document_element() {
        let _ = html.set_attribute("data-hydrated", "");
    }
}
