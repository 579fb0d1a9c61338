//! The bar above every page: the site's name, the way to the page, search, theme.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use super::breadcrumbs::{Breadcrumbs, way};
use super::search_box::SearchBox;
use super::theme_switch::ThemeSwitch;
use crate::view::Site;
use crate::view::address::Address;

/// The bar above every page.
#[component]
pub fn TopBar() -> impl IntoView {
    let site = expect_context::<StoredValue<Site>>();
    let path = use_location().pathname;
    let query = use_query_map();
    let address = Memo::new(move |_| Address::parse(&path.get()));
    let asked_registry = Memo::new(move |_| query.with(|query| query.get("registry").unwrap_or_default()));
    let crumbs = Memo::new(move |_| {
        site.with_value(|site| address.with(|address| asked_registry.with(|registry| way(site, address, registry))))
    });
    let repository = Signal::derive(move || match address.get() {
        Ok(Address::Tags(reference) | Address::Image(reference, _)) => reference.repository.to_string(),
        // The results of a search are searched where the search was made.
        Ok(Address::Search) => query.with(|query| query.get("in").unwrap_or_default()),
        _ => String::new(),
    });
    let registry = Signal::derive(move || match address.get() {
        Ok(Address::Registry(name)) => name,
        Ok(Address::Tags(reference) | Address::Image(reference, _)) => {
            site.with_value(|site| match site.split(&reference).0 {
                Some(registry) if !registry.prefix.is_empty() => registry.name.clone(),
                _ => String::new(),
            })
        }
        _ => asked_registry.get(),
    });
    view! {
        <a class="skip btn" href="#main" rel="external">
            "Skip to content"
        </a>
        <header class="topbar">
            <a class="brand" href="/">
                <svg viewBox="0 0 20 20" aria-hidden="true">
                    <rect x="2" y="13" width="16" height="4" rx="1" class="band-fill h1 s1" />
                    <rect x="2" y="8" width="16" height="4" rx="1" class="band-fill h6 s1" />
                    <rect x="2" y="3" width="16" height="4" rx="1" class="band-fill h15 s1" />
                </svg>
                "Strata"
            </a>
            <Breadcrumbs crumbs=crumbs />
            <SearchBox repository=repository registry=registry />
            <ThemeSwitch />
        </header>
    }
}
