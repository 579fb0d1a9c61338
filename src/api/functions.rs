//! The server functions that islands call: one line each into `service`. A failure is its heading, and the response's status.

#![expect(missing_docs, reason = "a server function's arguments become fields that nobody names")]

use leptos::prelude::*;

use super::ApiError;
use super::encoding::PostJson;
use crate::oci::{Digest, Reference, RepositoryName, Tag};
use crate::view::Page;
use crate::view::image::PlatformSizes;
use crate::view::listing::Details;
use crate::view::repositories::{RepositoriesQuery, RepositoryDetails, RepositoryList};
use crate::view::tags::{TagDetails, TagList, TagsQuery};

/// The repositories of a registry.
#[server(prefix = "/-/fn", endpoint = "list_repositories", input = PostJson, output = PostJson)]
pub async fn list_repositories(query: RepositoriesQuery) -> Result<Page<RepositoryList>, ApiError> {
    Ok(super::response::answer(super::response::service().repositories(&query).await)?)
}

/// What the rows of these repositories show; at most a page of them at a time.
#[server(prefix = "/-/fn", endpoint = "fill_repositories", input = PostJson, output = PostJson)]
pub async fn fill_repositories(
    registry: String,
    names: Vec<RepositoryName>,
) -> Result<Page<Vec<(RepositoryName, Details<RepositoryDetails>)>>, ApiError> {
    Ok(super::response::answer(super::response::service().repository_details(&registry, &names).await)?)
}

/// The tags of a repository.
#[server(prefix = "/-/fn", endpoint = "list_tags", input = PostJson, output = PostJson)]
pub async fn list_tags(query: TagsQuery) -> Result<Page<TagList>, ApiError> {
    Ok(super::response::answer(super::response::service().tags(&query).await)?)
}

/// What the rows of these tags show; at most [`DETAILS_LENGTH`](crate::view::tags::DETAILS_LENGTH) at a time.
#[server(prefix = "/-/fn", endpoint = "fill_tags", input = PostJson, output = PostJson)]
pub async fn fill_tags(repository: Reference, tags: Vec<Tag>) -> Result<Page<TagDetails>, ApiError> {
    Ok(super::response::answer(super::response::service().tag_details(&repository, &tags).await)?)
}

/// The sizes of the images on the page of an index, as far as they are there by the deadline.
#[server(prefix = "/-/fn", endpoint = "get_platform_sizes", input = PostJson, output = PostJson)]
pub async fn get_platform_sizes(repository: RepositoryName, index: Digest) -> Result<Page<PlatformSizes>, ApiError> {
    Ok(super::response::answer(super::response::service().platform_sizes(&repository, &index).await)?)
}
