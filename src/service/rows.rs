//! The rows of lists: filled a page at a time, remembered, and read on after the page has been answered.

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use moka::future::Cache;

use super::jobs::Jobs;
use super::memory::{self, Memory, Outcome, Remembered};
use super::registries::Registry;
use super::settings::ServiceSettings;
use super::visit::Visit;
use super::{Service, summary};
use crate::oci::{RepositoryName, Tag};
use crate::registry::{CacheState, Client};
use crate::view::ImageSummary;
use crate::view::listing::Details;
use crate::view::repositories::RepositoryDetails;

/// How long a repository's row is remembered.
const REMEMBERED: Duration = Duration::from_hours(1);

/// What the row of a repository without an image takes in memory, in bytes.
const REPOSITORY: usize = 900;

/// What a repository's row shows, or why it cannot be read.
pub(crate) type RepositoryOutcome = Result<Arc<RepositoryDetails>, String>;

/// Rows of all registries.
pub(crate) struct Rows {
    memory: Memory,
    repositories: Cache<(usize, RepositoryName), Remembered<RepositoryOutcome>>,
    /// For each registry, so that a slow one holds up no other.
    tag_jobs: Vec<Jobs<(RepositoryName, Tag, bool), Outcome>>,
    repository_jobs: Vec<Jobs<(RepositoryName, bool), RepositoryOutcome>>,
    ttl: Duration,
}

impl Rows {
    pub(crate) fn new(clients: &[Client], settings: &ServiceSettings) -> Self {
        Self {
            memory: Memory::new(settings.view_cache_bytes / 4),
            repositories: Cache::builder()
                .max_capacity(settings.view_cache_bytes / 4)
                .weigher(|_, row: &Remembered<RepositoryOutcome>| {
                    let image = row.value.as_ref().ok().and_then(|row| row.image.known());
                    let bytes = image.map_or(REPOSITORY, memory::weight_of);
                    u32::try_from(bytes).unwrap_or(u32::MAX)
                })
                .time_to_live(REMEMBERED)
                .build(),
            tag_jobs: jobs(clients, settings),
            repository_jobs: jobs(clients, settings),
            ttl: settings.row_ttl,
        }
    }

    /// The rows of tag lists that have been read.
    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// How full the caches are.
    pub(crate) fn state(&self) -> CacheState {
        self.memory.state() + CacheState::of(&self.repositories)
    }

    /// How long a row is shown without asking again.
    pub(crate) fn ttl(&self) -> Duration {
        self.ttl
    }

    /// A repository's row, where it was read so lately that it is not asked for again.
    pub(crate) async fn fresh_repository(
        &self,
        registry: &Registry,
        name: &RepositoryName,
    ) -> Option<Details<RepositoryDetails>> {
        let row = self.repositories.get(&(registry.position(), name.clone())).await?;
        (row.read_at.elapsed() < self.ttl).then(|| details(&row.value))
    }

    async fn fresh_tag(
        &self,
        registry: &Registry,
        repository: &RepositoryName,
        tag: &Tag,
    ) -> Option<Details<ImageSummary>> {
        let rows = self.memory.of(registry, repository).await?;
        let read = rows.lock();
        let row = read.get(tag)?;
        (row.read_at.elapsed() < self.ttl).then(|| details(&row.value))
    }
}

fn jobs<K, V>(clients: &[Client], settings: &ServiceSettings) -> Vec<Jobs<K, V>>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    let at_once = |client: &Client| client.settings().limits.concurrency;
    clients.iter().map(|client| Jobs::new(at_once(client), settings.waiting_rows)).collect()
}

/// The rows of these tags, in their order, as far as they are there by the visit's deadline.
pub(crate) async fn fill_tags(
    service: &Service,
    visit: &Visit<'_>,
    repository: &RepositoryName,
    tags: &[Tag],
) -> Vec<Details<ImageSummary>> {
    join_all(tags.iter().map(|tag| fill_tag(service, visit, repository, tag))).await
}

async fn fill_tag(
    service: &Service,
    visit: &Visit<'_>,
    repository: &RepositoryName,
    tag: &Tag,
) -> Details<ImageSummary> {
    let refresh = visit.request.refresh;
    if !refresh && let Some(fresh) = service.rows().fresh_tag(visit.registry, repository, tag).await {
        return fresh;
    }
    let Some(jobs) = service.rows().tag_jobs.get(visit.registry.position()) else {
        return Details::Waiting;
    };
    let key = (repository.clone(), tag.clone(), refresh);
    let outcome = jobs
        .run(key.clone(), visit.request.asker.reader, visit.deadline, || {
            let (service, registry, request) = (service.clone(), visit.registry.clone(), visit.patient());
            async move {
                let (repository, tag, _) = key;
                let outcome = summary::of_tag(&service, &registry, &request, &repository, &tag).await;
                service.rows().memory.remember(&registry, &repository, &tag, outcome.clone()).await;
                outcome
            }
        })
        .await;
    outcome.map_or(Details::Waiting, |outcome| details(&outcome))
}

/// The rows of these repositories, in their order, as far as they are there by the visit's deadline.
pub(crate) async fn fill_repositories(
    service: &Service,
    visit: &Visit<'_>,
    names: &[RepositoryName],
) -> Vec<Details<RepositoryDetails>> {
    join_all(names.iter().map(|name| fill_repository(service, visit, name))).await
}

async fn fill_repository(service: &Service, visit: &Visit<'_>, name: &RepositoryName) -> Details<RepositoryDetails> {
    let refresh = visit.request.refresh;
    if !refresh && let Some(fresh) = service.rows().fresh_repository(visit.registry, name).await {
        return fresh;
    }
    let Some(jobs) = service.rows().repository_jobs.get(visit.registry.position()) else {
        return Details::Waiting;
    };
    let outcome = jobs
        .run((name.clone(), refresh), visit.request.asker.reader, visit.deadline, || {
            let (service, registry, request) = (service.clone(), visit.registry.clone(), visit.patient());
            let name = name.clone();
            async move {
                let outcome = summary::of_repository(&service, &registry, &request, &name).await;
                let row = Remembered::now(outcome.clone());
                service.rows().repositories.insert((registry.position(), name), row).await;
                outcome
            }
        })
        .await;
    outcome.map_or(Details::Waiting, |outcome| details(&outcome))
}

/// What was read, as a row shows it.
pub(crate) fn details<T: Clone>(outcome: &Result<Arc<T>, String>) -> Details<T> {
    match outcome {
        Ok(value) => Details::Known(T::clone(value)),
        Err(problem) => Details::Unreadable(problem.clone()),
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Rows({:?}, {} repositories)", self.memory, self.repositories.entry_count())
    }
}
