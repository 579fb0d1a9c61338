//! Why layers and their tables could not be read just now, so that whoever looks next is told, and does not begin it all again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long a failure is told. After it the registry may well have been mended.
const KEPT: Duration = Duration::from_mins(1);
/// Most failures that are kept of one kind: there are as many layers as somebody likes to make up.
const MOST: usize = 1_000;

/// The failures of the last minute.
///
/// A map of its own and no cache of `moka`: that one answers asynchronously, and goes by a clock that no test can turn.
#[derive(Debug)]
pub(super) struct Failures<Key, Error> {
    known: Mutex<HashMap<Key, (Instant, Arc<Error>)>>,
}

impl<Key, Error> Default for Failures<Key, Error> {
    fn default() -> Failures<Key, Error> {
        Failures { known: Mutex::default() }
    }
}

impl<Key: Clone + Eq + Hash, Error> Failures<Key, Error> {
    /// Why this could not be read, if that was within the last minute.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Error>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(since, _)| since.elapsed() < KEPT).map(|(_, error)| Arc::clone(error))
    }

    /// Keeps a failure. Where there are too many, the oldest makes room.
    pub(super) fn add(&self, key: Key, error: Arc<Error>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (since, _)| since.elapsed() < KEPT);
        if known.len() >= MOST
            && let Some(oldest) = known.iter().min_by_key(|(_, (since, _))| *since).map(|(key, _)| key.clone())
        {
            known.remove(&oldest);
        }
        known.insert(key, (Instant::now(), error));
    }

    /// It is read again.
    pub(super) fn forget(&self, key: &Key) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error() -> Arc<String> {
        Arc::new("why".to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_told_for_a_minute() {
        let failures = Failures::default();
        failures.add(1, error());
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(failures.get(&1).is_some());
        assert!(failures.get(&2).is_none());
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(failures.get(&1).is_none());
        // It takes no room either.
        failures.add(2, error());
        assert_eq!(failures.known.lock().unwrap().len(), 1);
        failures.forget(&2);
        assert!(failures.get(&2).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_makes_room() {
        let failures = Failures::default();
        for number in 0..=MOST {
            failures.add(number, error());
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert!(failures.get(&0).is_none());
        assert!(failures.get(&1).is_some() && failures.get(&MOST).is_some());
        assert_eq!(failures.known.lock().unwrap().len(), MOST);
    }
}
