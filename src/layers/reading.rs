//! A layer that is being read, for those who wait for it.

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::index::LayerIndex;
use super::pass::{PassError, Progress};
use crate::anatomy::files::FileList;
use crate::registry::{Error as RegistryError, Phase};

/// How long a reading goes on after somebody has looked at it.
const LEASE: Duration = Duration::from_secs(30);
/// How long it goes on after the last one who was watching it has left: the next page may be on its way, to a slow phone.
const SHORT_LEASE: Duration = Duration::from_secs(10);
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
    lease: Mutex<Lease>,
}

/// For whom a reading goes on.
#[derive(Debug)]
struct Lease {
    watchers: usize,
    /// How long it goes on without watchers.
    end: Instant,
}

/// Somebody who is told how a reading goes. As long as there is one, it goes on.
#[derive(Debug)]
pub struct Watcher {
    reading: Arc<Reading>,
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
    pub fn is_of_layer(&self) -> bool {
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
            lease: Mutex::new(Lease { watchers: 0, end: Instant::now() + LEASE }),
        })
    }

    fn lease(&self) -> MutexGuard<'_, Lease> {
        self.lease.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.lease().end = Instant::now() + LEASE;
    }

    /// Somebody watches it until that is dropped. When the last one has left it goes on for a few seconds only: whoever looks without
    /// watching looks again within that time.
    pub fn watch(self: Arc<Reading>) -> Watcher {
        self.lease().watchers += 1;
        Watcher { reading: self }
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

    /// The same without looking at it, so that it can be given up meanwhile.
    pub async fn ended_unseen(&self) -> Result<Arc<LayerIndex>, Arc<ReadError>> {
        let mut stages = self.stage.subscribe();
        loop {
            // What is waited for is held by this, so that it cannot go away.
            if let Ok(stage) = stages.wait_for(|stage| matches!(stage, Stage::Ended(_))).await
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
            let is_seen = {
                let lease = self.lease();
                lease.watchers > 0 || Instant::now() < lease.end
            };
            let is_nearly_done = self
                .size
                .is_some_and(|size| self.progress.stored() >= size / 100 * NEARLY && self.progress.stored() > 0);
            if !is_seen && !is_nearly_done {
                return;
            }
        }
    }
}

impl Deref for Watcher {
    type Target = Reading;

    fn deref(&self) -> &Reading {
        &self.reading
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let mut lease = self.reading.lease();
        lease.watchers -= 1;
        if lease.watchers == 0 {
            lease.end = Instant::now() + SHORT_LEASE;
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
    async fn a_reading_ends_soon_after_its_last_watcher_has_left() {
        let reading = Reading::new(Some(1_000));
        let watchers = [Arc::clone(&reading).watch(), Arc::clone(&reading).watch()];
        assert!(!is_given_up(&reading, LEASE * 10).await);
        let [first, last] = watchers;
        drop(first);
        assert!(!is_given_up(&reading, LEASE * 10).await, "one is left");
        drop(last);
        // The page is loaded again.
        assert!(!is_given_up(&reading, SHORT_LEASE.saturating_sub(LOOK)).await);
        drop(Arc::clone(&reading).watch());
        assert!(is_given_up(&reading, SHORT_LEASE + LOOK * 2).await);
        // A page without script comes again every two seconds, and keeps it.
        reading.look();
        assert!(!is_given_up(&reading, LEASE.saturating_sub(LOOK)).await);
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
