//! Builds a view: asks the registry, applies `anatomy`. One function a page.

use crate::oci::{Reference, RepositoryName, Tag};
use crate::view::listing::Details;
use crate::view::registry::RegistryReport;
use crate::view::repositories::{Home, RepositoriesQuery, RepositoryDetails};
use crate::view::search::{SearchOutcome, SearchQuery};
use crate::view::tags::{TagDetails, TagList, TagsQuery};
use crate::view::{Failure, Page};

/// Everything that builds pages: the configured registries and their caches. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Service {}

impl Service {
    /// The repositories of a registry, or the registries where several are configured and none is named.
    pub async fn home(&self, _query: &RepositoriesQuery) -> Result<Page<Home>, Failure> {
        Err(unfinished())
    }

    /// What the rows of these repositories show.
    pub async fn repository_details(
        &self,
        _registry: &str,
        _names: &[RepositoryName],
    ) -> Result<Page<Vec<(RepositoryName, Details<RepositoryDetails>)>>, Failure> {
        Err(unfinished())
    }

    /// The tags of a repository.
    pub async fn tags(&self, _query: &TagsQuery) -> Result<Page<TagList>, Failure> {
        Err(unfinished())
    }

    /// What the rows of these tags show.
    pub async fn tag_details(&self, _repository: &Reference, _tags: &[Tag]) -> Result<Page<TagDetails>, Failure> {
        Err(unfinished())
    }

    /// Where a search leads.
    pub async fn search(&self, _query: &SearchQuery) -> Result<Page<SearchOutcome>, Failure> {
        Err(unfinished())
    }

    /// What a registry is and can do.
    pub async fn registry(&self, _name: &str) -> Result<Page<RegistryReport>, Failure> {
        Err(unfinished())
    }
}

fn unfinished() -> Failure {
    Failure {
        status: 500,
        code: crate::view::failure::FailureCode::Internal,
        source: String::new(),
        heading: "This page is being built".to_owned(),
        explanation: String::new(),
        facts: Vec::new(),
        request: None,
        registry_messages: Vec::new(),
        advice: Vec::new(),
        request_id: String::new(),
        refresh_after: None,
        registry: None,
        trace: crate::view::Trace::default(),
    }
}
