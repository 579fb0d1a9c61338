//! Single flight: readers who want the same thing at the same time wait for one piece of work.
//!
//! The work runs in a task of its own. A reader may stop waiting; the work goes on and fills the caches.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use futures::FutureExt;
use futures::future::Shared;
use tokio::sync::oneshot;

use super::error::Error;

type Arrival<V> = Shared<oneshot::Receiver<V>>;

/// The work that is under way, by key.
pub(crate) struct Flights<K, V> {
    flying: Arc<Mutex<HashMap<K, Arrival<V>>>>,
}

/// How a reader came by a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The work was done on this reader's account.
    Leader,
    /// Another reader had begun it.
    Follower,
}

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoResult {
    /// The reader's deadline came first.
    Deadline,
    /// The work ended without one.
    Stopped,
}

impl NoResult {
    /// The same as an error, where what was waited for is this request to a registry.
    pub(crate) fn into_error(self, registry: &str, waiting_for: &str) -> Error {
        match self {
            Self::Stopped => Error::Stopped,
            Self::Deadline => Error::Deadline { registry: registry.to_owned(), waiting_for: waiting_for.to_owned() },
        }
    }
}

/// Takes the key out when the work ends, also by a panic.
struct Landing<K: Eq + Hash, V> {
    flying: Arc<Mutex<HashMap<K, Arrival<V>>>>,
    key: K,
}

impl<K: Eq + Hash, V> Drop for Landing<K, V> {
    fn drop(&mut self) {
        self.flying.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

impl<K, V> Flights<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Waits for the work under `key`, beginning it if nobody has.
    pub(crate) async fn join<F>(
        &self,
        key: K,
        deadline: Option<Instant>,
        begin: impl FnOnce() -> F,
    ) -> (Result<V, NoResult>, Role)
    where
        F: Future<Output = V> + Send + 'static,
    {
        let (arrival, role) = {
            let mut flying = self.flying.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(arrival) = flying.get(&key) {
                (arrival.clone(), Role::Follower)
            } else {
                let (sender, receiver) = oneshot::channel();
                let arrival = receiver.shared();
                flying.insert(key.clone(), arrival.clone());
                let landing = Landing { flying: Arc::clone(&self.flying), key };
                let work = begin();
                tokio::spawn(async move {
                    let result = work.await;
                    drop(landing);
                    // Nobody may be waiting any more.
                    let _ = sender.send(result);
                });
                (arrival, Role::Leader)
            }
        };
        let result = match deadline {
            None => arrival.await.map_err(|_| NoResult::Stopped),
            Some(deadline) => match tokio::time::timeout_at(deadline.into(), arrival).await {
                Ok(result) => result.map_err(|_| NoResult::Stopped),
                Err(_) => Err(NoResult::Deadline),
            },
        };
        (result, role)
    }
}

impl<K, V> Default for Flights<K, V> {
    fn default() -> Self {
        Self { flying: Arc::default() }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn many_readers_make_one_flight() {
        let flights = Arc::new(Flights::<&str, usize>::default());
        let begun = Arc::new(AtomicUsize::new(0));
        let readers = (0..20).map(|_| {
            let (flights, begun) = (Arc::clone(&flights), Arc::clone(&begun));
            async move {
                flights
                    .join("key", None, || async move {
                        begun.fetch_add(1, Ordering::SeqCst);
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        7
                    })
                    .await
            }
        });
        let results = futures::future::join_all(readers).await;
        assert_eq!(begun.load(Ordering::SeqCst), 1);
        assert!(results.iter().all(|(result, _)| *result == Ok(7)));
        assert_eq!(results.iter().filter(|(_, role)| *role == Role::Leader).count(), 1);
        // It has landed: the next reader begins anew.
        assert_eq!(flights.join("key", None, || async { 8 }).await, (Ok(8), Role::Leader));
    }

    #[tokio::test]
    async fn work_goes_on_after_the_deadline() {
        let flights = Flights::<&str, usize>::default();
        let (sender, receiver) = oneshot::channel();
        let soon = Instant::now() + Duration::from_millis(10);
        let (result, _) = flights
            .join("key", Some(soon), || async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                sender.send(()).unwrap();
                1
            })
            .await;
        assert_eq!(result, Err(NoResult::Deadline));
        receiver.await.unwrap();
    }

    #[tokio::test]
    async fn work_that_fails_leaves_nothing_behind() {
        let flights = Flights::<&str, usize>::default();
        let (result, _) = flights.join("key", None, || async { panic!("on purpose") }).await;
        assert_eq!(result, Err(NoResult::Stopped));
        assert_eq!(flights.join("key", None, || async { 2 }).await.0, Ok(2));
    }
}
