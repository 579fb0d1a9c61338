//! The pages, drawn on the server and taken over by the browser.
//!
//! - `shell`: the HTML document around every page
//! - `pages`: one file a page
//! - `components`: what several pages use

mod shell;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

pub use shell::shell;

/// The whole application: top bar, and the page that the address names.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <header class="topbar">
                <a class="brand" href="/">
                    "Strata"
                </a>
            </header>
            <main class="page">
                <Routes fallback=NotFound>
                    <Route path=path!("/") view=Home ssr=SsrMode::Async />
                    <Route path=path!("/*path") view=Home ssr=SsrMode::Async />
                </Routes>
            </main>
        </Router>
    }
}

/// The page at every address, until there are others.
#[component]
fn Home() -> impl IntoView {
    view! {
        <Title text="Strata" />
        <h1>"Repositories"</h1>
        <p class="sub">"What a container registry really holds."</p>
    }
}

/// Never reached: the catch-all route matches every address.
#[component]
fn NotFound() -> impl IntoView {
    view! { <h1>"Not found"</h1> }
}
