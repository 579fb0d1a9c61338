//! The server functions that pages call: one line each into `service`.
//!
//! They live under `/-/fn` and are for this site's own script. Others use the JSON API under `/-/api`.

#![expect(missing_docs, reason = "a server function's arguments become fields that nobody names")]

mod error;

use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, Json};

pub use error::{ApiError, redirect_page, set_page_status};

use crate::oci::{Reference, RepositoryName, Tag};
use crate::view::Page;
use crate::view::compare::{ComparePage, CompareQuery};
use crate::view::image::{ImagePage, ImageQuery, PlatformSizes};
use crate::view::listing::Details;
use crate::view::registry::RegistryReport;
use crate::view::repositories::{Home, RepositoriesQuery, RepositoryDetails};
use crate::view::search::{SearchOutcome, SearchQuery};
use crate::view::tags::{TagDetails, TagList, TagsQuery};

/// The repositories of a registry, or the registries where several are configured and none is named.
#[server(prefix = "/-/fn", endpoint = "list_repositories", input = GetUrl)]
pub async fn list_repositories(query: RepositoriesQuery) -> Result<Page<Home>, ApiError> {
    error::answer(error::service()?.home(&query).await)
}

/// What the rows of these repositories show; at most a page of them at a time.
#[server(prefix = "/-/fn", endpoint = "fill_repositories", input = Json)]
pub async fn fill_repositories(
    registry: String,
    names: Vec<RepositoryName>,
) -> Result<Page<Vec<(RepositoryName, Details<RepositoryDetails>)>>, ApiError> {
    error::answer(error::service()?.repository_details(&registry, &names).await)
}

/// The tags of a repository.
#[server(prefix = "/-/fn", endpoint = "list_tags", input = GetUrl)]
pub async fn list_tags(query: TagsQuery) -> Result<Page<TagList>, ApiError> {
    error::answer(error::service()?.tags(&query).await)
}

/// What the rows of these tags show; at most [`DETAILS_LENGTH`](crate::view::tags::DETAILS_LENGTH) at a time.
#[server(prefix = "/-/fn", endpoint = "fill_tags", input = Json)]
pub async fn fill_tags(repository: Reference, tags: Vec<Tag>) -> Result<Page<TagDetails>, ApiError> {
    error::answer(error::service()?.tag_details(&repository, &tags).await)
}

/// What stands at a reference.
#[server(prefix = "/-/fn", endpoint = "get_image", input = GetUrl)]
pub async fn get_image(query: ImageQuery) -> Result<Page<ImagePage>, ApiError> {
    error::answer(error::service()?.image(&query).await)
}

/// The sizes of the images on an index's page, in their order there.
#[server(prefix = "/-/fn", endpoint = "get_platform_sizes", input = GetUrl)]
pub async fn get_platform_sizes(query: ImageQuery) -> Result<Page<PlatformSizes>, ApiError> {
    error::answer(error::service()?.platform_sizes(&query).await)
}

/// Two images side by side.
#[server(prefix = "/-/fn", endpoint = "compare_images", input = GetUrl)]
pub async fn compare_images(query: CompareQuery) -> Result<Page<ComparePage>, ApiError> {
    error::answer(error::service()?.compare(&query).await)
}

/// Where a search leads.
#[server(prefix = "/-/fn", endpoint = "find", input = GetUrl)]
pub async fn find(query: SearchQuery) -> Result<Page<SearchOutcome>, ApiError> {
    error::answer(error::service()?.search(&query).await)
}

/// What a registry is and can do; the first one where the name is empty.
#[server(prefix = "/-/fn", endpoint = "get_registry", input = GetUrl)]
pub async fn get_registry(name: String) -> Result<Page<RegistryReport>, ApiError> {
    error::answer(error::service()?.registry(&name).await)
}
