//! A layer that is being read, for those who wait for it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::index::LayerIndex;
use super::pass::{PassError, Progress};
use crate::anatomy::files::FileList;
use crate::registry::{Error as RegistryError, Phase};

/// How long a reading goes on without anybody who looks at it.
const LEASE: Duration = Duration::from_secs(30);
/// How often it is looked whether somebody does.
const LOOK: Duration = Duration::from_secs(2);
/// A reading that has come so far, of a hundred parts, is brought to its end for whoever comes next.
const NEARLY: u64 = 90;

/// One layer that is being read, or was until just now.
#[derive(Debug)]
pub struct Reading {
    /// How far it has come.
    pub progress: Progress,
    /// Bytes that there are to read, as the manifest says.
    pub size: Option<u64>,
    stage: watch::Sender<Stage>,
    seen: Mutex<Instant>,
}

/// What a reading is at.
#[derive(Debug, Clone)]
pub enum Stage {
    /// Other layers are read first.
    Waiting,
    /// Bytes come.
    Reading,
    /// It has ended.
    Ended(Result<Arc<LayerIndex>, Arc<ReadError>>),
}

/// Why a layer has no index.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The registry does not give it.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// What the registry gives is not it.
    #[error(transparent)]
    Pass(PassError<std::convert::Infallible>),
    /// Too many layers wait to be read already.
    #[error("too many layers wait to be read already")]
    Crowded,
}

impl ReadError {
    /// Whether it says something of the layer, and not only of this reading.
    pub(super) fn is_of_layer(&self) -> bool {
        let is_of_reading = matches!(
            self,
            ReadError::Crowded
                | ReadError::Pass(PassError::Cancelled)
                | ReadError::Registry(RegistryError::Timeout { phase: Phase::Queue, .. })
        );
        !is_of_reading
    }
}

impl Reading {
    pub(super) fn new(size: Option<u64>) -> Arc<Reading> {
        Arc::new(Reading {
            progress: Progress::default(),
            size,
            stage: watch::Sender::new(Stage::Waiting),
            seen: Mutex::new(Instant::now()),
        })
    }

    pub(super) fn joined(self: &Arc<Reading>) -> Arc<Reading> {
        self.look();
        Arc::clone(self)
    }

    pub(super) fn begin(&self) {
        self.stage.send_replace(Stage::Reading);
    }

    pub(super) fn end(&self, result: Result<Arc<LayerIndex>, Arc<ReadError>>) {
        self.stage.send_replace(Stage::Ended(result));
    }

    /// Somebody looks at it: it goes on for half a minute more.
    pub fn look(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// What it is at.
    pub fn stage(&self) -> Stage {
        self.stage.borrow().clone()
    }

    /// Whether it had no room, so that nothing of it was asked for. One that has none at once is so from the begin.
    pub fn is_refused(&self) -> bool {
        matches!(&*self.stage.borrow(), Stage::Ended(Err(error)) if matches!(**error, ReadError::Crowded))
    }

    /// The entries so far, at most the first [`FIRST_ROWS`](super::FIRST_ROWS), as they were at most a tenth of a second ago.
    /// None before there is one. The layer's digest was not checked yet: what is shown of them is provisional.
    pub fn first_rows(&self) -> Option<Arc<FileList>> {
        self.progress.first_rows()
    }

    /// Waits until it has ended, looking at it meanwhile.
    pub async fn ended(&self) -> Result<Arc<LayerIndex>, Arc<ReadError>> {
        let mut stages = self.stage.subscribe();
        loop {
            self.look();
            let ended = stages.wait_for(|stage| matches!(stage, Stage::Ended(_)));
            if let Ok(Ok(stage)) = tokio::time::timeout(LOOK, ended).await
                && let Stage::Ended(result) = &*stage
            {
                return result.clone();
            }
        }
    }

    /// Ends when nobody has looked for long, unless the reading is nearly done.
    pub(super) async fn forgotten(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let is_seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).elapsed() < LEASE;
            let is_nearly_done = self
                .size
                .is_some_and(|size| self.progress.stored() >= size / 100 * NEARLY && self.progress.stored() > 0);
            if !is_seen && !is_nearly_done {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_something_of_the_layer_is_remembered() {
        assert!(ReadError::Pass(PassError::Failed).is_of_layer());
        assert!(!ReadError::Pass(PassError::Cancelled).is_of_layer());
        assert!(!ReadError::Crowded.is_of_layer());
    }

    /// Whether nobody looks at it for so long that it ends, within the time. The clock goes on by itself where everybody waits.
    async fn is_given_up(reading: &Reading, within: Duration) -> bool {
        tokio::time::timeout(within, reading.forgotten()).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn a_reading_ends_half_a_minute_after_the_last_look() {
        let reading = Reading::new(Some(1_000));
        let just_before = LEASE.saturating_sub(LOOK);
        assert!(!is_given_up(&reading, just_before).await);
        reading.look();
        assert!(!is_given_up(&reading, just_before).await, "it was looked at");
        assert!(is_given_up(&reading, LOOK * 3).await);
        let of_unknown_size = Reading::new(None);
        of_unknown_size.progress.set_stored(1_000_000);
        assert!(is_given_up(&of_unknown_size, LEASE * 2).await);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_nearly_done_goes_on_unseen() {
        let reading = Reading::new(Some(1_000));
        reading.progress.set_stored(899);
        assert!(is_given_up(&reading, LEASE * 2).await);
        reading.progress.set_stored(900);
        assert!(!is_given_up(&reading, LEASE * 100).await);
    }
}
