//! The application: top bar, and the page that the address names.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use super::top_bar::TopBar;
use crate::app::pages;
use crate::view::Site;

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Listing the routes draws the application too, without a site.
    provide_context(StoredValue::new(use_context::<Site>().unwrap_or_default()));
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
