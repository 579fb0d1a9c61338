//! Work that outlives the page which asked for it: the rows of lists.
//!
//! A page waits for its rows until its deadline; what is not read by then goes on and fills the caches, so that asking again
//! finds it. The same row is never read twice at a time, and rows never take all of a registry's places in the queue: as many
//! run as it takes requests at a time, each with one request, so that another page waits for one answer at most. Readers take
//! turns, and no reader has more than half of the rows that may wait (threat T-24).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use crate::registry::{Reader, Turns};

/// Work under way, by what it is about. Clones share it.
pub(crate) struct Jobs<K, V> {
    shared: Arc<Shared<K, V>>,
}

struct Shared<K, V> {
    running: Mutex<HashMap<K, Job<V>>>,
    turns: Turns,
    most: usize,
}

struct Job<V> {
    result: watch::Receiver<Option<V>>,
    /// Who asked first.
    reader: Reader,
}

impl<K, V> Jobs<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Runs at most `at_once` of at most `most` pieces of work.
    pub(crate) fn new(at_once: usize, most: usize) -> Self {
        // How many wait is counted here, so that the turns need no limit of their own.
        let turns = Turns::new(at_once, usize::MAX);
        Self { shared: Arc::new(Shared { running: Mutex::default(), turns, most: most.max(1) }) }
    }

    /// The result of `work`, or of the same work if it is under way already; nothing where it is not there by the deadline, or
    /// where too much work waits already. Work that has begun goes on.
    pub(crate) async fn run<F>(&self, key: K, reader: Reader, deadline: Instant, work: impl FnOnce() -> F) -> Option<V>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let mut receiver = self.join(key, reader, work)?;
        let outcome = tokio::time::timeout_at(deadline.into(), receiver.wait_for(Option::is_some)).await;
        outcome.ok()?.ok()?.clone()
    }

    fn join<F>(&self, key: K, reader: Reader, work: impl FnOnce() -> F) -> Option<watch::Receiver<Option<V>>>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let mut running = self.shared.lock();
        let most = self.shared.most;
        let own = || running.values().filter(|job| job.reader == reader).count();
        // Counting is for those who come when much is under way.
        let over = running.len() >= most.div_ceil(2) && reader.is_known() && own() >= most.div_ceil(2);
        let full = over || running.len() >= most;
        let vacant = match running.entry(key) {
            Entry::Occupied(entry) => return Some(entry.get().result.clone()),
            Entry::Vacant(_) if full => return None,
            Entry::Vacant(entry) => entry,
        };
        let (sender, receiver) = watch::channel(None);
        let done = Done { shared: Arc::clone(&self.shared), key: vacant.key().clone() };
        vacant.insert(Job { result: receiver.clone(), reader });
        drop(running);
        let work = work();
        tokio::spawn(async move {
            let _place = done.shared.turns.place(reader).await;
            let value = work.await;
            sender.send_replace(Some(value));
        });
        Some(receiver)
    }
}

impl<K, V> Shared<K, V> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Job<V>>> {
        // Entries are added and removed whole.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the work off the list when it ends, whichever way.
struct Done<K: Eq + Hash, V> {
    shared: Arc<Shared<K, V>>,
    key: K,
}

impl<K: Eq + Hash, V> Drop for Done<K, V> {
    fn drop(&mut self) {
        self.shared.lock().remove(&self.key);
    }
}

impl<K, V> Clone for Jobs<K, V> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<K, V> fmt::Debug for Jobs<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Jobs({} under way)", self.shared.lock().len())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    #[tokio::test]
    async fn the_same_work_runs_once() {
        let jobs = Jobs::new(8, 100);
        let runs = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let (jobs, runs) = (jobs.clone(), Arc::clone(&runs));
            async move {
                jobs.run("row", Reader::default(), soon(), || async move {
                    runs.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    7
                })
                .await
            }
        };
        assert_eq!(tokio::join!(ask(), ask(), ask()), (Some(7), Some(7), Some(7)));
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn work_goes_on_after_the_deadline() {
        let jobs = Jobs::new(8, 100);
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let late = jobs
            .run(1, Reader::default(), Instant::now() + Duration::from_millis(5), || async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                let _ = sender.send("read");
            })
            .await;
        assert_eq!(late, None);
        assert_eq!(receiver.await, Ok("read"));
    }

    #[tokio::test]
    async fn no_more_runs_at_once_than_allowed_and_no_more_waits() {
        let jobs = Jobs::new(2, 4);
        let (running, highest) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let asks = (0..6).map(|key| {
            let (jobs, running, highest) = (jobs.clone(), Arc::clone(&running), Arc::clone(&highest));
            async move {
                jobs.run(key, Reader::default(), soon(), || async move {
                    highest.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    running.fetch_sub(1, Ordering::SeqCst);
                })
                .await
            }
        });
        let answers = futures::future::join_all(asks).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_some()).count(), 4);
        assert_eq!(highest.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn work_that_breaks_is_forgotten() {
        let jobs: Jobs<u8, u8> = Jobs::new(2, 4);
        let broken = jobs.run(1, Reader::default(), soon(), || async { panic!("on purpose") }).await;
        assert_eq!(broken, None);
        assert_eq!(jobs.run(1, Reader::default(), soon(), || async { 3 }).await, Some(3));
    }

    /// Without a share of its own, the second reader gets nothing until the first one's rows are read.
    #[tokio::test]
    async fn one_reader_has_at_most_half_of_what_may_wait() {
        let jobs: Jobs<u8, u8> = Jobs::new(1, 4);
        let reader = |number: u8| Reader::at([192, 0, 2, number].into());
        let begin = |key: u8, who: u8| jobs.join(key, reader(who), std::future::pending).is_some();
        assert_eq!([begin(1, 1), begin(2, 1), begin(3, 1)], [true, true, false]);
        assert!(begin(2, 1), "what is under way can be waited for");
        assert_eq!([begin(3, 2), begin(4, 2), begin(5, 3)], [true, true, false]);
    }
}
