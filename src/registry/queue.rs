//! The requests that run at the same time, and those that wait for their turn.

use std::time::Duration;

use tokio::time::timeout;

use super::asker::Reader;
use super::limits::Limits;
use super::turns::{Place, Turns};

/// The queue of one registry. A place is taken for one request and its body; never while waiting for a token, or for the time to
/// ask again. Readers take turns.
///
/// Each lane has as many places as [`Limits::concurrency`] says, so that pages wait for no stream: a layer takes as long as it
/// takes, and a part of one as long as whoever downloads it likes (threats T-23 and T-24).
pub(crate) struct Queue {
    answers: Turns,
    layers: Turns,
    parts: Turns,
    patience: Duration,
}

/// Requests that wait for each other, and for no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// What is read whole, within [`Limits::total`].
    Answers,
    /// Streams of whole layers. They are waited for as long as whoever asks likes.
    Layers,
    /// Streams of parts of layers. One reader has at most half of the places.
    Parts,
}

impl Queue {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            answers: Turns::new(limits.concurrency, limits.queue),
            layers: Turns::new(limits.concurrency, limits.queue),
            parts: Turns::in_shares(limits.concurrency, limits.queue),
            patience: limits.total,
        }
    }

    /// A place among the requests under way; nothing where too many wait for one, or for too long.
    pub(crate) async fn place(&self, lane: Lane, reader: Reader) -> Option<Place> {
        match lane {
            Lane::Answers => timeout(self.patience, self.answers.place(reader)).await.ok()?,
            Lane::Layers => self.layers.place(reader).await,
            Lane::Parts => timeout(self.patience, self.parts.place(reader)).await.ok()?,
        }
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.answers.waiting() + self.layers.waiting() + self.parts.waiting()
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
        for lane in [Lane::Answers, Lane::Parts] {
            let first = queue.place(lane, reader).await;
            assert!(first.is_some());
            let (second, third) = tokio::join!(queue.place(lane, reader), queue.place(lane, reader));
            assert!(second.is_none() && third.is_none());
            assert_eq!(queue.waiting(), 0);
            drop(first);
            assert!(queue.place(lane, reader).await.is_some());
        }
    }

    /// Whoever has a layer read sees that no bytes come, and can leave.
    #[tokio::test(start_paused = true)]
    async fn a_layer_waits_for_its_turn_however_long_that_takes() {
        let queue = Queue::new(&Limits { concurrency: 1, ..Limits::default() });
        let reader = Reader::default();
        let first = queue.place(Lane::Layers, reader).await;
        let an_hour = Duration::from_hours(1);
        assert!(timeout(an_hour, queue.place(Lane::Layers, reader)).await.is_err());
        assert_eq!(queue.waiting(), 0);
        let (second, ()) = tokio::join!(queue.place(Lane::Layers, reader), async {
            tokio::time::sleep(an_hour).await;
            drop(first);
        });
        assert!(second.is_some());
    }
}
