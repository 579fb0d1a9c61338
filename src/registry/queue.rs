//! The requests that run at the same time, and those that wait for their turn.

use std::time::Duration;

use tokio::time::timeout;

use super::asker::Reader;
use super::limits::Limits;
use super::turns::{Place, Turns};

/// The queue of one registry. A place is taken for one request and its body; never while waiting for a token, or for the time to
/// ask again. Readers take turns.
pub(crate) struct Queue {
    turns: Turns,
    patience: Duration,
}

impl Queue {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { turns: Turns::new(limits.concurrency, limits.queue), patience: limits.total }
    }

    /// A place among the requests under way; nothing where too many wait for one, or for too long.
    pub(crate) async fn place(&self, reader: Reader) -> Option<Place> {
        timeout(self.patience, self.turns.place(reader)).await.ok()?
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.turns.waiting()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_too_long_goes_away_uncounted() {
        let limits = Limits { concurrency: 1, queue: 1, total: Duration::from_millis(20), ..Limits::default() };
        let queue = Queue::new(&limits);
        let reader = Reader::default();
        let first = queue.place(reader).await;
        assert!(first.is_some());
        let (second, third) = tokio::join!(queue.place(reader), queue.place(reader));
        assert!(second.is_none() && third.is_none());
        assert_eq!(queue.waiting(), 0);
        drop(first);
        assert!(queue.place(reader).await.is_some());
    }
}
