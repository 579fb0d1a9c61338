//! The bar above every page: the site's name, the way to the page, search, theme.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use super::breadcrumbs::{Breadcrumbs, compared_repository, way};
use super::search_box::SearchBox;
use super::theme_switch::ThemeSwitch;
use crate::view::address::Address;
use crate::view::{Site, link};

/// The bar above every page.
#[component]
pub fn TopBar() -> impl IntoView {
    let address = use_location().pathname.with_untracked(|path| Address::parse(path));
    let asked = use_query_map().get_untracked();
    let asked_registry = asked.get("registry").unwrap_or_default();
    let (from, to) = (asked.get("from").unwrap_or_default(), asked.get("to").unwrap_or_default());
    let (crumbs, compared, registry) = expect_context::<StoredValue<Site>>().with_value(|site| {
        let compared = compared_repository(site, &from, &to);
        let registry = match &address {
            Ok(Address::Registry(name)) => name.clone(),
            Ok(Address::Tags(reference) | Address::Image(reference, _)) => match site.split(reference).0 {
                Some(registry) if !registry.prefix.is_empty() => registry.name.clone(),
                _ => String::new(),
            },
            _ => asked_registry.clone(),
        };
        (way(site, &address, &asked_registry, compared.as_ref()), compared, registry)
    });
    let repository = match &address {
        Ok(Address::Tags(reference) | Address::Image(reference, _)) => reference.repository.to_string(),
        Ok(Address::Compare) => compared.map(|reference| reference.repository.to_string()).unwrap_or_default(),
        // The results of a search are searched where the search was made.
        Ok(Address::Search) => asked.get("in").unwrap_or_default(),
        _ => String::new(),
    };
    view! {
        <a class="skip btn" href="#main">
            "Skip to content"
        </a>
        <header class="topbar">
            <a class="brand" href=link::site("/")>
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
