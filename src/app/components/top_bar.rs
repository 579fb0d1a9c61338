//! The bar above every page: the site's name, the way to the page, search, theme.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use super::breadcrumbs::{Breadcrumbs, compared_repository, way};
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
    let compared = Memo::new(move |_| {
        let (from, to) =
            query.with(|query| (query.get("from").unwrap_or_default(), query.get("to").unwrap_or_default()));
        site.with_value(|site| compared_repository(site, &from, &to))
    });
    let crumbs = Memo::new(move |_| {
        let (address, registry, compared) = (address.get(), asked_registry.get(), compared.get());
        site.with_value(|site| way(site, &address, &registry, compared.as_ref()))
    });
    let repository = Signal::derive(move || match address.get() {
        Ok(Address::Tags(reference) | Address::Image(reference, _)) => reference.repository.to_string(),
        Ok(Address::Compare) => compared.get().map(|reference| reference.repository.to_string()).unwrap_or_default(),
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
