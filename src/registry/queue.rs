//! The requests that run at the same time, and those that wait for their turn.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::limits::Limits;

/// The queue of one registry. A place is taken for one request and its body; never while waiting for a token, or for the time to
/// ask again.
pub(crate) struct Queue {
    places: Semaphore,
    waiting: AtomicUsize,
    longest: usize,
    patience: Duration,
}

impl Queue {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            places: Semaphore::new(limits.concurrency.max(1)),
            waiting: AtomicUsize::new(0),
            longest: limits.queue,
            patience: limits.total,
        }
    }

    /// A place among the requests under way; nothing where too many wait for one, or for too long.
    pub(crate) async fn place(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(place) = self.places.try_acquire() {
            return Some(place);
        }
        let waiting = Waiting::enter(&self.waiting);
        if waiting.before >= self.longest {
            return None;
        }
        timeout(self.patience, self.places.acquire()).await.ok()?.ok()
    }
}

/// Somebody who waits, counted as long as it lives.
struct Waiting<'a> {
    all: &'a AtomicUsize,
    before: usize,
}

impl<'a> Waiting<'a> {
    fn enter(all: &'a AtomicUsize) -> Self {
        Self { all, before: all.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.all.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_too_long_goes_away_uncounted() {
        let limits = Limits { concurrency: 1, queue: 1, total: Duration::from_millis(20), ..Limits::default() };
        let queue = Queue::new(&limits);
        let first = queue.place().await;
        assert!(first.is_some());
        let (second, third) = tokio::join!(queue.place(), queue.place());
        assert!(second.is_none() && third.is_none());
        assert_eq!(queue.waiting.load(Ordering::Relaxed), 0);
        drop(first);
        assert!(queue.place().await.is_some());
    }
}
