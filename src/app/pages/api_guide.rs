//! How the JSON API is used.

use leptos::prelude::*;

use crate::app::components::PageHead;

/// `/-/api`
#[component]
pub fn ApiGuidePage() -> impl IntoView {
    view! {
        <main id="main" class="page" tabindex="-1">
            <PageHead title="JSON API" description="The views of Strata's pages, as JSON." />
            <h1>"JSON API"</h1>
        </main>
    }
}
