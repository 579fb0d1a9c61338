//! The application: top bar, and the page that the address names.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use super::top_bar::TopBar;
use crate::anatomy::text::visible_line;
use crate::app::pages;
use crate::view::Site;

/// The title with the site's name. The framework writes it between its tags as it is, so that it is escaped here: a reader's own
/// words stand in it, and `</title>` among them would end it (threat V-1).
fn whole_title(title: String) -> String {
    if title.is_empty() {
        return "Strata".to_owned();
    }
    let title = visible_line(&title).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("{title} · Strata")
}

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Listing the routes draws the application too, without a site.
    provide_context(StoredValue::new(use_context::<Site>().unwrap_or_default()));
    view! {
        <Title formatter=whole_title />
        <Router>
            <TopBar />
            <Routes fallback=|| ()>
                <Route path=path!("/") view=pages::Home ssr=SsrMode::Async />
                <Route path=path!("/*path") view=pages::Elsewhere ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
