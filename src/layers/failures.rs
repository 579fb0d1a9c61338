//! Why layers could not be read just now, so that whoever looks next is told, and not shown the same reading again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::reading::ReadError;
use super::store::IndexKey;

/// How long a failure is told. After it the registry may well have been mended.
const KEPT: Duration = Duration::from_mins(1);
/// Most failures that are kept: there are as many layers as somebody likes to make up.
const MOST: usize = 1_000;

/// The failures of the last minute.
///
/// A map of its own and no cache of `moka`: that one answers asynchronously, and goes by a clock that no test can turn.
#[derive(Debug, Default)]
pub(super) struct Failures {
    known: Mutex<HashMap<IndexKey, (Instant, Arc<ReadError>)>>,
}

impl Failures {
    /// Why this layer could not be read, if that was within the last minute.
    pub(super) fn get(&self, key: &IndexKey) -> Option<Arc<ReadError>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(since, _)| since.elapsed() < KEPT).map(|(_, error)| Arc::clone(error))
    }

    /// Keeps a failure. Where there are too many, the oldest makes room.
    pub(super) fn add(&self, key: IndexKey, error: Arc<ReadError>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (since, _)| since.elapsed() < KEPT);
        if known.len() >= MOST
            && let Some(oldest) = known.iter().min_by_key(|(_, (since, _))| *since).map(|(key, _)| key.clone())
        {
            known.remove(&oldest);
        }
        known.insert(key, (Instant::now(), error));
    }

    /// The layer is read again.
    pub(super) fn forget(&self, key: &IndexKey) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{LayerLimits, PassError};

    fn key(number: usize) -> IndexKey {
        IndexKey::new(&format!("sha256:{number:064x}").parse().unwrap(), &LayerLimits::default())
    }

    fn error() -> Arc<ReadError> {
        Arc::new(ReadError::Pass(PassError::Failed))
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_told_for_a_minute() {
        let failures = Failures::default();
        failures.add(key(1), error());
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(failures.get(&key(1)).is_some());
        assert!(failures.get(&key(2)).is_none());
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(failures.get(&key(1)).is_none());
        // It takes no room either.
        failures.add(key(2), error());
        assert_eq!(failures.known.lock().unwrap().len(), 1);
        failures.forget(&key(2));
        assert!(failures.get(&key(2)).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_makes_room() {
        let failures = Failures::default();
        for number in 0..=MOST {
            failures.add(key(number), error());
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert!(failures.get(&key(0)).is_none());
        assert!(failures.get(&key(1)).is_some() && failures.get(&key(MOST)).is_some());
        assert_eq!(failures.known.lock().unwrap().len(), MOST);
    }
}
