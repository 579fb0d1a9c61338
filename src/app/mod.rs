//! The pages, drawn on the server and taken over by the browser.
//!
//! - `shell`: the HTML document around every page
//! - `pages`: one file a page, or one folder where it is large
//! - `components`: what several pages use
//! - `fill`: how rows of lists are filled after the first HTML
//! - `browser`: what the script asks of the browser

mod browser;
pub mod components;
mod fill;
pub mod pages;
mod shell;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use components::{TopBar, TraceLog, listen_to_keys, mark_digests, provide_clock};
pub use shell::shell;

use crate::view::Site;

/// The whole application: top bar, and the page that the address names.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_site();
    provide_clock();
    TraceLog::provide();
    listen_to_keys();
    mark_digests();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Strata".to_owned() } else { format!("{title} · Strata") } />
        <Router>
            <TopBar />
            <Routes fallback=|| ()>
                <Route path=path!("/") view=pages::Home ssr=SsrMode::Async />
                <Route path=path!("/*path") view=pages::Elsewhere ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// Gives every page the settings that it may show. The server's context has them; the browser reads what the server drew
/// the page with.
fn provide_site() {
    let site = SharedValue::new(|| use_context::<Site>().unwrap_or_default()).into_inner();
    provide_context(StoredValue::new(site));
}
