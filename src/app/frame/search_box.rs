//! The search box: opens any reference that is pasted into it.

use leptos::prelude::*;

use crate::app::components::{Glyph, Icon};
use crate::view::link;

/// A form that leads to `/-/search`.
#[component]
pub fn SearchBox(
    /// The repository of this page, with its registry's name before it where there are several; empty on other pages.
    repository: String,
    /// The name of this page's registry; empty for the first one.
    registry: String,
) -> impl IntoView {
    let hidden = [("in", repository), ("registry", registry)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    view! {
        <form class="searchbox" role="search" action=link::site("/-/search")>
            <Icon glyph=Glyph::Search />
            <input
                id="search"
                name="q"
                placeholder="Repository, tag, digest or image reference"
                aria-label="Search"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="1000"
            />
            {hidden}
            <kbd class="needs-script" aria-hidden="true">
                "/"
            </kbd>
        </form>
    }
}
