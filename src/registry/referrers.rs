//! Referrers: manifests that say of another one that it is their subject (distribution-spec, "Listing Referrers").
//!
//! - `lookup`: the API, page by page, and the fallback tag where a registry does not have the API
//! - [`companions`]: the tags that cosign wrote before there were referrers
//! - `names`: what those tags are called
//! - [`support`]: which way a registry has, and what shows it
//! - `kept`: answers of a moment ago, and readers who want the same at the same time

pub mod companions;
mod kept;
mod lookup;
mod names;
pub mod support;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use moka::future::Cache;

use super::cache::CacheState;
use super::documents::Documents;
use super::error::Error;
use super::listing::Truncation;
use super::request::Request;
use super::text::redacted;
use super::turns::Turns;
use crate::oci::{Descriptor, Digest, MediaType, RepositoryName};
use companions::Companions;
use kept::{Kept, Key};
use lookup::{Lookup, Outcome};
use support::{Asked, ReferrersSupport, ReferrersWay};

/// Most lookups at the same time. Each holds what it has read, also while its registry asks to wait.
const LOOKUPS: usize = 8;

/// How long a repository is not asked again for an API that it has just been found not to have.
const WITHOUT_API: Duration = Duration::from_mins(5);
/// Most repositories of which that is remembered.
const REPOSITORIES: u64 = 10_000;

/// What points at one manifest, as far as it has been read.
///
/// All of it is what the registry says: a digest may not be there, a type may be another one, and the manifest may point
/// elsewhere. Only the manifest itself tells.
#[derive(Debug, Clone)]
pub struct Referrers {
    /// Their descriptors in the registry's order, each digest once. Annotations are cut: the manifest has all of them.
    pub descriptors: Arc<[Descriptor]>,
    /// Where the list was found.
    pub way: ReferrersWay,
    /// Whether these are all. Not so after a limit was reached, and where a later page could not be read.
    pub complete: bool,
    /// The limit that ended the walk.
    pub truncated: Option<Truncation>,
    /// What ended the walk before the list did.
    pub stopped: Option<Error>,
    /// How many entries were left out because they have no valid digest.
    pub invalid: usize,
    /// Pages read.
    pub pages: u32,
    /// Whether the registry says that it left out other artifact types itself (`OCI-Filters-Applied`). Where it does not, they
    /// have been left out here.
    pub filtered_by_registry: bool,
    /// What was asked, the first questions of it, whenever that was.
    pub asked: Arc<[Asked]>,
    /// When it was asked.
    pub read_at: SystemTime,
}

/// What is known of one registry's referrers.
pub(crate) struct ReferrersStore {
    documents: Arc<Documents>,
    lists: Kept<Referrers>,
    companions: Kept<Companions>,
    /// Repositories that were found to have no API, and the answer that said so.
    without_api: Cache<RepositoryName, Asked>,
    /// Readers take turns here, too (threat T-24).
    places: Turns,
    support: Mutex<Option<ReferrersSupport>>,
}

impl ReferrersStore {
    pub(crate) fn new(documents: Arc<Documents>) -> Self {
        let limits = &documents.exchange.fetcher.limits;
        let (ttl, bytes) = (limits.referrers_ttl, limits.referrers_cache_bytes);
        // There are no more than three companions of a manifest.
        let for_companions = bytes / 8;
        Self {
            lists: Kept::new("GET", ttl, bytes - for_companions, weight),
            companions: Kept::new("HEAD", ttl, for_companions, Companions::weight),
            without_api: Cache::builder().max_capacity(REPOSITORIES).time_to_live(WITHOUT_API).build(),
            places: Turns::new(LOOKUPS, limits.queue),
            support: Mutex::default(),
            documents,
        }
    }

    /// Which way works, by what has been asked so far.
    pub(crate) fn support(&self) -> Option<ReferrersSupport> {
        self.lock().clone()
    }

    /// How full its caches are.
    pub(crate) fn state(&self) -> CacheState {
        self.lists.state() + self.companions.state()
    }

    /// What points at a manifest.
    pub(crate) async fn list(
        self: &Arc<Self>,
        request: &Request,
        repository: &RepositoryName,
        subject: &Digest,
        artifact_type: Option<&MediaType>,
    ) -> Result<Referrers, Error> {
        let url = self.documents.routes.referrers(repository, subject, artifact_type)?;
        let key = Key {
            repository: repository.clone(),
            subject: subject.clone(),
            artifact_type: artifact_type.map(|kind| kind.normal().to_owned()),
        };
        let work = {
            let (store, request) = (Arc::clone(self), request.clone());
            let (repository, subject, url) = (repository.clone(), subject.clone(), url.clone());
            let artifact_type = artifact_type.cloned();
            Box::pin(async move {
                let lookup =
                    Lookup { documents: &store.documents, request: &request, repository, subject, artifact_type, url };
                store.look_up(lookup).await
            })
        };
        let fetcher = &self.documents.exchange.fetcher;
        self.lists.get(request, fetcher, key, redacted(&url), |list| in_words(list.descriptors.len()), work).await
    }

    /// Which of cosign's tags there are for a manifest.
    pub(crate) async fn companions(
        self: &Arc<Self>,
        request: &Request,
        repository: &RepositoryName,
        subject: &Digest,
    ) -> Result<Companions, Error> {
        let key = Key { repository: repository.clone(), subject: subject.clone(), artifact_type: None };
        let url = redacted(&self.documents.routes.tags(repository)?).replace("/tags/list", "/manifests/");
        let work = {
            let (store, request) = (Arc::clone(self), request.clone());
            let (repository, subject) = (repository.clone(), subject.clone());
            Box::pin(async move { companions::look_up(&store.documents, &request, &repository, &subject).await })
        };
        let words = |companions: &Companions| match companions.found.len() {
            0 => "none of cosign's tags".to_owned(),
            number => format!("{number} of cosign's tags"),
        };
        let fetcher = &self.documents.exchange.fetcher;
        let shown = format!("{url}{}.*", names::prefix(subject));
        self.companions.get(request, fetcher, key, shown, words, work).await
    }

    async fn look_up(&self, lookup: Lookup<'_>) -> Result<Referrers, Error> {
        let place = self.places.place(lookup.request.asker.reader).await;
        let _place = place.ok_or_else(|| lookup.crowded())?;
        let known = if lookup.request.refresh { None } else { self.without_api.get(&lookup.repository).await };
        let Outcome { referrers, refusal } = lookup.run(known).await?;
        match (&refusal, referrers.way) {
            (Some(refusal), _) => self.without_api.insert(lookup.repository.clone(), refusal.clone()).await,
            (None, ReferrersWay::Api) => self.without_api.invalidate(&lookup.repository).await,
            _ => {}
        }
        if refusal.is_some() || referrers.way != ReferrersWay::None {
            self.note(&referrers);
        }
        Ok(referrers)
    }

    /// Remembers which way has worked. One repository's missing tag takes nothing back of what another one has.
    fn note(&self, referrers: &Referrers) {
        let mut support = self.lock();
        if support.as_ref().is_none_or(|known| known.way <= referrers.way) {
            *support = Some(ReferrersSupport {
                way: referrers.way,
                evidence: Arc::clone(&referrers.asked),
                seen_at: referrers.read_at,
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<ReferrersSupport>> {
        // It is written whole.
        self.support.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `1 referrer`, `no referrers`
fn in_words(number: usize) -> String {
    match number {
        0 => "no referrers".to_owned(),
        1 => "1 referrer".to_owned(),
        _ => format!("{number} referrers"),
    }
}

/// What a list takes in memory, in bytes.
fn weight(list: &Referrers) -> usize {
    let of = |descriptor: &Descriptor| {
        let annotations = &descriptor.annotations;
        let texts: usize = annotations.iter().map(|(name, value)| name.len() + value.len() + 80).sum();
        size_of::<Descriptor>() + 300 + texts
    };
    1_000 + list.descriptors.iter().map(of).sum::<usize>()
}
