//! One page a file, or a folder where it is large. Which one it is, is read from the raw path.

#![expect(unreachable_pub, reason = "the component macro makes public what it writes")]

mod api_guide;
mod compare;
mod compare_selection;
mod image;
mod more_rows;
mod registries;
mod registry;
mod repositories;
mod search;
mod tags;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use leptos_router::params::ParamsMap;

use super::frame::AddressFailure;
use crate::view::address::{Address, ImageView};
use api_guide::ApiGuidePage;
use compare::ComparePage;
use compare_selection::CompareSelection;
use image::ImagePage;
use registry::RegistryPage;
use repositories::RepositoriesPage;
use search::SearchPage;
use tags::TagsPage;

/// What stands at `/`.
#[component]
pub fn Home() -> impl IntoView {
    view! { <RepositoriesPage registry="" /> }
}

/// What stands at every other path. The router's own parameters are decoded before they can be read, which would make
/// `%2F` a `/`: the raw path decides.
#[component]
pub fn Elsewhere() -> impl IntoView {
    let address = use_location().pathname.with_untracked(|path| Address::parse(path));
    let is_selection = use_query_map().with_untracked(|query| query.get_str("select").is_some());
    match address {
        Ok(Address::Home) => view! { <RepositoriesPage registry="" /> }.into_any(),
        Ok(Address::Registry(name)) => view! { <RepositoriesPage registry=name /> }.into_any(),
        Ok(Address::Tags(repository)) => view! { <TagsPage repository=repository /> }.into_any(),
        Ok(Address::Image(reference, view)) => view! { <ImagePage reference=reference view=view /> }.into_any(),
        Ok(Address::Files(reference, path)) => {
            view! { <ImagePage reference=reference view=ImageView::Files path=path /> }.into_any()
        }
        Ok(Address::Layer(reference, layer, path)) => {
            view! { <ImagePage reference=reference view=ImageView::Files layer=Some(layer) path=path /> }.into_any()
        }
        Ok(Address::Compare) if is_selection => view! { <CompareSelection /> }.into_any(),
        Ok(Address::Compare) => view! { <ComparePage /> }.into_any(),
        Ok(Address::Search) => view! { <SearchPage /> }.into_any(),
        Ok(Address::RegistryFacts) => view! { <RegistryPage /> }.into_any(),
        Ok(Address::ApiGuide) => view! { <ApiGuidePage /> }.into_any(),
        Err(error) => view! { <AddressFailure error=error /> }.into_any(),
    }
}

/// A member of the page's query as text; empty where it is missing.
pub(super) fn text_of(query: &ParamsMap, name: &str) -> String {
    query.get(name).unwrap_or_default()
}

/// Whether the page was asked for past the caches.
pub(super) fn is_refresh(query: &ParamsMap) -> bool {
    query.get_str("refresh").is_some_and(|value| value == "1")
}
