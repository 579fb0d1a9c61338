//! Lists that have been read, and the walks that read them.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use moka::future::Cache;

use super::cache::CacheState;
use super::error::Error;
use super::exchange::Exchange;
use super::listing::Listing;
use super::names::names_in_words;
use super::request::Request;
use super::text::redacted;
use super::trace::EntryKind;
use super::turns::Turns;
use super::walk::{Name, Route, Stage, Walk};

/// How long a list is believed that was not read to its end.
const PARTIAL: Duration = Duration::from_secs(10);

/// What one name costs in memory beside its text, in bytes.
const NAME_OVERHEAD: usize = 16;

/// Most walks at the same time through lists of one kind. Each holds what it has read, also while its registry asks to wait.
const WALKS: usize = 8;

/// The lists of one kind of one registry.
pub(crate) struct Lists<K, T> {
    read: Cache<K, Arc<Read<T>>>,
    walking: Mutex<HashMap<K, Arc<Walk<T>>>>,
    /// Readers take turns here, too: a crawl waits for its lists, and nobody else does (threat T-24).
    places: Turns,
    policy: Policy,
}

/// How lists of a kind are kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Policy {
    /// How long one is believed.
    pub(crate) ttl: Duration,
    /// Whether an older one is shown while it is read again.
    pub(crate) show_old: bool,
    /// Which stage of a walk a reader waits for.
    pub(crate) wait_for: Stage,
    /// Most bytes kept.
    pub(crate) bytes: u64,
    /// Most walks that wait for their turn. Further ones fail at once.
    pub(crate) queue: usize,
}

struct Read<T> {
    listing: Listing<T>,
    believed_until: Instant,
}

impl<K, T> Lists<K, T>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    T: Name,
{
    pub(crate) fn new(policy: Policy) -> Self {
        let read = Cache::builder()
            .max_capacity(policy.bytes)
            .weigher(|_: &K, read: &Arc<Read<T>>| {
                let bytes: usize = read.listing.names.iter().map(|name| name.text().len() + NAME_OVERHEAD).sum();
                u32::try_from(bytes + 256).unwrap_or(u32::MAX)
            })
            .build();
        Self { read, walking: Mutex::default(), places: Turns::new(WALKS, policy.queue), policy }
    }

    /// The list under `key`: from the cache, from a walk under way, or from a new walk.
    pub(crate) async fn get(
        self: &Arc<Self>,
        exchange: &Arc<Exchange>,
        request: &Request,
        key: K,
        route: Route,
    ) -> Result<Listing<T>, Error> {
        let url = redacted(&route.url);
        let meter = exchange.fetcher.meter.all();
        if !request.refresh
            && let Some(read) = self.read.get(&key).await
        {
            let believed = Instant::now() < read.believed_until;
            if believed || self.policy.show_old {
                meter.cache_read("lists", true);
                let mut listing = read.listing.clone();
                request.trace.known(
                    EntryKind::List,
                    "GET",
                    url,
                    0,
                    &format!("{}, kept", names_in_words(listing.names.len())),
                    None,
                );
                if !believed {
                    listing.reading = true;
                    self.walk(exchange, request, key, route);
                }
                return Ok(listing);
            }
        }
        if !request.refresh {
            meter.cache_read("lists", false);
        }
        let waiting_for = url.clone();
        let (walk, begun) = self.walk(exchange, request, key.clone(), route);
        if !begun {
            request.trace.known(EntryKind::List, "GET", url, 0, "being read for another page", None);
        }
        // Whoever asks anew has seen more than the first page of a list that was read before.
        let stage = if self.read.contains_key(&key) { Stage::Ended } else { self.policy.wait_for };
        walk.reached(stage, request.deadline).await;
        walk.listing()?.ok_or_else(|| Error::Deadline { registry: exchange.fetcher.registry.clone(), waiting_for })
    }

    /// How full the cache is.
    pub(crate) fn state(&self) -> CacheState {
        CacheState::of(&self.read)
    }

    /// Joins the walk under way, or begins one in a task of its own.
    fn walk(
        self: &Arc<Self>,
        exchange: &Arc<Exchange>,
        request: &Request,
        key: K,
        route: Route,
    ) -> (Arc<Walk<T>>, bool) {
        let mut walking = self.walking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(walk) = walking.get(&key) {
            return (Arc::clone(walk), false);
        }
        let walk = Arc::new(Walk::new());
        walking.insert(key.clone(), Arc::clone(&walk));
        let (lists, exchange, request) = (Arc::clone(self), Arc::clone(exchange), request.clone());
        let started = Arc::clone(&walk);
        tokio::spawn(async move {
            match lists.places.place(request.asker.reader).await {
                Some(_place) => started.run(&exchange, &request, &route).await,
                None => started.refuse(&exchange, &request, &route),
            }
            lists.keep(&key, &started).await;
            lists.walking.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        });
        (walk, true)
    }

    async fn keep(&self, key: &K, walk: &Walk<T>) {
        let now = Instant::now();
        match walk.listing() {
            Ok(Some(listing)) => {
                let ttl = if listing.stopped.is_none() { self.policy.ttl } else { self.policy.ttl.min(PARTIAL) };
                let read = Read { listing, believed_until: now + ttl };
                self.read.insert(key.clone(), Arc::new(read)).await;
            }
            Err(error) => {
                // An older list goes on being shown, with the reason why it is old.
                if self.policy.show_old
                    && let Some(older) = self.read.get(key).await
                {
                    let mut listing = older.listing.clone();
                    listing.stopped = Some(error);
                    let read = Read { listing, believed_until: now + self.policy.ttl.min(PARTIAL) };
                    self.read.insert(key.clone(), Arc::new(read)).await;
                }
            }
            Ok(None) => {}
        }
    }
}
