//! The repositories of a registry, or the registries where several are configured: the page around their list.

use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use super::registries::RegistriesView;
use super::{is_refresh, text_of};
use crate::anatomy::size::counted;
use crate::api::list_repositories;
use crate::app::frame::{PageHead, loaded};
use crate::app::islands::RepositoryList;
use crate::view::repositories::{Home, RepositoriesQuery, RepositoryList as RepositoryNames};
use crate::view::{Page, RegistryFacts, link};

/// The page at `/` and `/{registry}/`.
#[component]
pub fn RepositoriesPage(
    /// The registry's name; empty for the first one.
    #[prop(into)]
    registry: String,
) -> impl IntoView {
    let path = link::site(&use_location().pathname.get_untracked());
    let query = use_query_map().with_untracked(|query| RepositoriesQuery {
        registry,
        filter: text_of(query, "filter"),
        after: text_of(query, "after"),
        details: text_of(query, "details"),
        refresh: is_refresh(query),
    });
    loaded(list_repositories(query.clone()), move |page: Page<Home>| match page.content {
        Home::Repositories(list) => {
            let (title, description) = words(&page.registry, &list);
            // What the script asks later, it asks of what is kept.
            let query = RepositoriesQuery { details: String::new(), refresh: false, ..query };
            Either::Left(view! {
                <PageHead title=title description=description />
                <RepositoryList registry=page.registry list=list query=query path=path />
            })
        }
        Home::Registries(list) => Either::Right(view! { <RegistriesView list=list /> }),
    })
}

/// Title and description.
fn words(registry: &RegistryFacts, list: &RepositoryNames) -> (String, String) {
    let title = match list.filter.as_str() {
        "" => format!("Repositories of {}", registry.host),
        filter => format!("{filter} in {}", registry.host),
    };
    (title, format!("{} of the registry {}.", counted(list.total, "repository"), registry.host))
}
