//! What only pages ask, on the server: one line each into `service`.

use super::response::{answer, failed, service};
use crate::oci::{RepositoryName, Tag};
use crate::view::compare::{ComparePage, CompareQuery};
use crate::view::image::{ImagePage, ImageQuery};
use crate::view::registry::RegistryReport;
use crate::view::repositories::{Home, RepositoriesQuery};
use crate::view::search::{SearchOutcome, SearchQuery};
use crate::view::tags::{TagList, TagsQuery};
use crate::view::{Failure, Page};

/// The repositories of a registry, or the registries where several are configured and none is named.
pub async fn list_repositories(query: RepositoriesQuery) -> Result<Page<Home>, Failure> {
    answer(service().home(&query).await)
}

/// The tags of a repository.
pub async fn list_tags(query: TagsQuery) -> Result<Page<TagList>, Failure> {
    answer(service().tags(&query).await)
}

/// What stands at a reference.
pub async fn get_image(query: ImageQuery) -> Result<Page<ImagePage>, Failure> {
    answer(service().image(&query).await)
}

/// Two images side by side.
pub async fn compare_images(query: CompareQuery) -> Result<Page<ComparePage>, Failure> {
    answer(service().compare(&query).await)
}

/// Where a search leads.
pub async fn find(query: SearchQuery) -> Result<Page<SearchOutcome>, Failure> {
    answer(service().search(&query).await)
}

/// What a registry is and can do; the first one where the name is empty. Where it does not answer, the page has its failure's
/// status and everything else.
pub async fn get_registry(name: String, refresh: bool) -> Result<Page<RegistryReport>, Failure> {
    let page = answer(service().registry(&name, refresh).await)?;
    if let Some(problem) = &page.content.problem {
        failed(problem);
    }
    Ok(page)
}

/// The first repository of a registry and its first tags, for examples. Where they cannot be read there are none, and the
/// page's status says nothing of it.
pub async fn example_names(registry: &str) -> Option<(RepositoryName, Vec<Tag>)> {
    let service = service();
    let query = RepositoriesQuery { registry: registry.to_owned(), ..RepositoriesQuery::default() };
    let page = service.home(&query).await.ok()?;
    let Home::Repositories(list) = page.content else { return None };
    let repository = list.repositories.into_iter().next()?.name;
    let reference = format!("{}{repository}", page.registry.prefix).parse().ok()?;
    let tags = service.tags(&TagsQuery::of(reference)).await.map(|page| page.content.tags).unwrap_or_default();
    Some((repository, tags.into_iter().map(|row| row.tag).collect()))
}
