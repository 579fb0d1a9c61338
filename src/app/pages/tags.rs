//! The tags of a repository: the page around their list.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{is_refresh, text_of};
use crate::anatomy::size::counted;
use crate::api::list_tags;
use crate::app::frame::{PageHead, loaded};
use crate::app::islands::TagList;
use crate::oci::Reference;
use crate::view::tags::TagsQuery;

/// The page at `/{repository}`.
#[component]
pub fn TagsPage(
    /// The repository, as the address has it.
    repository: Reference,
) -> impl IntoView {
    let query = use_query_map().with_untracked(|query| TagsQuery {
        repository,
        filter: text_of(query, "filter"),
        sort: text_of(query, "sort").parse().unwrap_or_default(),
        after: text_of(query, "after"),
        details: text_of(query, "details"),
        refresh: is_refresh(query),
    });
    loaded(list_tags(query.clone()), move |page| {
        let (registry, list) = (page.registry, page.content);
        let title = list.repository.to_string();
        let description = format!("{} of {title} in {}.", counted(list.total, "tag"), registry.host);
        // What the script asks later, it asks of what is kept.
        let query = TagsQuery { details: String::new(), refresh: false, ..query };
        view! {
            <PageHead title=title description=description />
            <TagList registry=registry list=list query=query />
        }
    })
}
