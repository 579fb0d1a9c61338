//! The search box: opens any reference that is pasted into it.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::keyboard::SEARCH_FIELD;
use super::{Glyph, Icon};
use crate::view::link;

/// A form that leads to `/-/search`, by script without loading the page anew.
#[component]
pub fn SearchBox(
    /// The repository of this page, with its registry's name before it where there are several; empty on other pages.
    #[prop(into)]
    repository: Signal<String>,
    /// The name of this page's registry; empty for the first one.
    #[prop(into)]
    registry: Signal<String>,
) -> impl IntoView {
    let field = NodeRef::<leptos::html::Input>::new();
    let navigate = use_navigate();
    let search = move |event: web_sys::SubmitEvent| {
        let Some(field) = field.get_untracked() else { return };
        event.prevent_default();
        let (text, repository, registry) = (field.value(), repository.get_untracked(), registry.get_untracked());
        let pairs = [("q", text.trim()), ("in", &repository), ("registry", &registry)];
        let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let _ = field.blur();
        navigate(
            &format!("/-/search?{}", link::query(&pairs)),
            NavigateOptions { resolve: false, ..NavigateOptions::default() },
        );
    };
    view! {
        <form class="searchbox" role="search" action="/-/search" on:submit=search>
            <Icon glyph=Glyph::Search />
            <input
                node_ref=field
                id=SEARCH_FIELD
                name="q"
                placeholder="Repository, tag, digest or image reference"
                aria-label="Search"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="1000"
            />
            <input type="hidden" name="in" value=repository />
            <input type="hidden" name="registry" value=registry />
            <kbd class="needs-script" aria-hidden="true">"/"</kbd>
        </form>
    }
}
