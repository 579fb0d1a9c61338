//! Turns for zstd frames with large windows, each of which takes up to 128 MiB while it is unpacked: one at a time.

use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// How long a turn is waited for by whoever cannot be told to stop waiting.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How long one turn of theirs lasts: how fast a file is taken is up to whoever downloads it (threat T-23).
pub(super) const LONGEST_TURN: Duration = Duration::from_mins(2);

/// The one turn for all layers, and how long it is waited for and kept.
#[derive(Debug, Clone)]
pub struct LargeWindows {
    turn: Arc<Semaphore>,
    /// None where there is a time for everything.
    cancelled: Option<CancellationToken>,
}

/// A turn. Dropping it hands it on.
pub(super) struct LargeWindow {
    _permit: OwnedSemaphorePermit,
    end: Option<Instant>,
}

/// With one permit. A turn is waited for up to ten seconds, within a runtime only, and lasts for two minutes.
impl From<Arc<Semaphore>> for LargeWindows {
    fn from(turn: Arc<Semaphore>) -> LargeWindows {
        LargeWindows { turn, cancelled: None }
    }
}

impl LargeWindows {
    /// With one permit. A turn is waited for until this is cancelled, and lasts as long as it is needed.
    pub(super) fn until(turn: Arc<Semaphore>, cancelled: CancellationToken) -> LargeWindows {
        LargeWindows { turn, cancelled: Some(cancelled) }
    }

    /// Waits for a turn, in a thread that may block. None where none has come.
    pub(super) fn take(&self) -> Option<LargeWindow> {
        if let Ok(permit) = Arc::clone(&self.turn).try_acquire_owned() {
            return Some(self.begin(permit));
        }
        let turn = Arc::clone(&self.turn).acquire_owned();
        let permit = match &self.cancelled {
            Some(cancelled) => block_on(cancelled.run_until_cancelled(turn)),
            None => block_on(async { timeout(LONGEST_WAIT, turn).await.ok() }),
        };
        Some(self.begin(permit?.ok()?))
    }

    fn begin(&self, permit: OwnedSemaphorePermit) -> LargeWindow {
        let end = self.cancelled.is_none().then(|| Instant::now() + LONGEST_TURN);
        LargeWindow { _permit: permit, end }
    }
}

impl LargeWindow {
    /// Whether the turn is to be handed on although it is still needed.
    pub(super) fn is_over(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(1))
    }

    #[tokio::test]
    async fn a_turn_is_waited_for_and_lasts_for_some_time_only() {
        let turns = LargeWindows::from(turn());
        let first = turns.take().unwrap();
        tokio::time::pause();
        let waiting = tokio::task::spawn_blocking(move || turns.take().is_none());
        // It may not have begun to wait yet when the clock is moved.
        while !waiting.is_finished() {
            tokio::time::advance(LONGEST_WAIT).await;
            tokio::task::yield_now().await;
        }
        assert!(waiting.await.unwrap(), "none has come");
        tokio::time::advance(LONGEST_TURN).await;
        assert!(first.is_over());
    }

    #[tokio::test(start_paused = true)]
    async fn where_there_is_an_end_to_wait_for_there_is_no_time() {
        let (turn, cancelled) = (turn(), CancellationToken::new());
        let turns = LargeWindows::until(Arc::clone(&turn), cancelled.clone());
        let first = turns.take().unwrap();
        tokio::time::advance(LONGEST_TURN * 100).await;
        assert!(!first.is_over());
        let waiting = std::thread::spawn(move || turns.take().is_none());
        cancelled.cancel();
        assert!(waiting.join().unwrap());
        drop(first);
        assert_eq!(turn.available_permits(), 1);
    }
}
