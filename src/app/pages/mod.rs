//! One page a file, or a folder where it is large. Which one it is, is read from the raw path.

pub mod api_guide;
pub mod compare;
pub mod compare_selection;
pub mod image;
pub mod registries;
pub mod registry;
pub mod repositories;
pub mod search;
pub mod tags;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use leptos_router::params::ParamsMap;

use super::components::AddressFailure;
use crate::view::address::{Address, AddressError};
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

/// Which page an address has. Pages that read their own address stay while it changes within them, so that the old content
/// is seen until the new one is there.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shown {
    /// What stands at a reference, in any view.
    Image,
    /// Any other page.
    Other(Result<Address, AddressError>),
}

impl Shown {
    fn at(raw_path: &str) -> Self {
        match Address::parse(raw_path) {
            Ok(Address::Image(..)) => Self::Image,
            other => Self::Other(other),
        }
    }
}

/// What stands at every other path. The router's own parameters are decoded before they can be read, which would make
/// `%2F` a `/`: the raw path decides.
#[component]
pub fn Elsewhere() -> impl IntoView {
    let path = use_location().pathname;
    let query = use_query_map();
    let shown = Memo::new(move |_| Shown::at(&path.get()));
    let is_selection = Memo::new(move |_| query.with(|query| query.get("select").is_some()));
    move || match shown.get() {
        Shown::Image => view! { <ImagePage /> }.into_any(),
        Shown::Other(Ok(address)) => match address {
            Address::Registry(name) => view! { <RepositoriesPage registry=name /> }.into_any(),
            Address::Tags(repository) => view! { <TagsPage repository=repository /> }.into_any(),
            Address::Compare if is_selection.get() => view! { <CompareSelection /> }.into_any(),
            Address::Compare => view! { <ComparePage /> }.into_any(),
            Address::Search => view! { <SearchPage /> }.into_any(),
            Address::RegistryFacts => view! { <RegistryPage /> }.into_any(),
            Address::ApiGuide => view! { <ApiGuidePage /> }.into_any(),
            // The router is about to draw the first page by its own route; an image's page stands above.
            Address::Home | Address::Image(..) => ().into_any(),
        },
        Shown::Other(Err(error)) => view! { <AddressFailure error=error /> }.into_any(),
    }
}

/// A member of the page's query as text; empty where it is missing.
pub(crate) fn text_of(query: &ParamsMap, name: &str) -> String {
    query.get(name).unwrap_or_default()
}

/// Whether the page was asked for past the caches.
pub(crate) fn is_refresh(query: &ParamsMap) -> bool {
    query.get_str("refresh").is_some_and(|value| value == "1")
}
