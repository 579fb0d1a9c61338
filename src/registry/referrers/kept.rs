//! Answers of a moment ago, and one piece of work for readers who want the same at the same time.

use std::time::Duration;

use moka::future::Cache;

use super::super::cache::CacheState;
use super::super::error::Error;
use super::super::fetch::Fetcher;
use super::super::flight::{Flights, Role};
use super::super::request::Request;
use super::super::trace::EntryKind;
use crate::oci::{Digest, RepositoryName};

/// What an answer is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) repository: RepositoryName,
    pub(super) subject: Digest,
    pub(super) artifact_type: Option<String>,
}

/// Answers of one kind.
pub(super) struct Kept<V> {
    answers: Cache<Key, V>,
    /// How the questions are asked: `GET` or `HEAD`.
    method: &'static str,
    /// A reader who asked to pass by the caches does not wait for one who did not.
    flights: Flights<(Key, bool), Result<V, Error>>,
}

impl<V: Clone + Send + Sync + 'static> Kept<V> {
    pub(super) fn new(method: &'static str, ttl: Duration, bytes: u64, weight: fn(&V) -> usize) -> Self {
        let answers = Cache::builder()
            .max_capacity(bytes)
            .time_to_live(ttl)
            .weigher(move |_: &Key, answer: &V| u32::try_from(weight(answer)).unwrap_or(u32::MAX))
            .build();
        Self { method, answers, flights: Flights::default() }
    }

    /// How full the cache is.
    pub(super) fn state(&self) -> CacheState {
        CacheState::of(&self.answers)
    }

    /// The answer: kept, on its way for another reader, or asked for now. An answer that is not whole is not kept.
    pub(super) async fn get(
        &self,
        request: &Request,
        fetcher: &Fetcher,
        key: Key,
        url: String,
        in_words: impl Fn(&V) -> String,
        work: impl Future<Output = Result<V, Error>> + Send + 'static,
    ) -> Result<V, Error>
    where
        V: Whole,
    {
        let known = |outcome: String| request.trace.known(EntryKind::List, self.method, url.clone(), 0, &outcome, None);
        if !request.refresh {
            let kept = self.answers.get(&key).await;
            fetcher.meter.all().cache_read("referrers", kept.is_some());
            if let Some(answer) = kept {
                known(format!("{}, kept", in_words(&answer)));
                return Ok(answer);
            }
        }
        let answers = self.answers.clone();
        let begin = || {
            let (key, asker) = (key.clone(), request.asker.clone());
            async move {
                let result = work.await;
                match &result {
                    Ok(answer) if answer.is_whole() => answers.insert(key, answer.clone()).await,
                    Ok(_) => answers.invalidate(&key).await,
                    Err(error) => error.log(&asker),
                }
                result
            }
        };
        let (result, role) = self.flights.join((key.clone(), request.refresh), request.deadline, begin).await;
        let result = result.unwrap_or_else(|none| Err(none.into_error(&fetcher.registry, &url)));
        if role == Role::Follower {
            known(result.as_ref().map_or_else(
                |_| "asked for another page".to_owned(),
                |answer| format!("{}, read for another page", in_words(answer)),
            ));
        }
        result
    }
}

/// Whether an answer was read to its end, or to a limit of ours.
pub(super) trait Whole {
    /// Whether nothing failed on the way.
    fn is_whole(&self) -> bool;
}

impl Whole for super::Referrers {
    fn is_whole(&self) -> bool {
        self.stopped.is_none()
    }
}

impl Whole for super::Companions {
    fn is_whole(&self) -> bool {
        self.stopped.is_none()
    }
}
