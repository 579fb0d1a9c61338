//! Work that is done side by side on all processors.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Runs the jobs and returns their results in the jobs' order.
pub(super) fn side_by_side<T: Send, J: FnOnce() -> T + Send>(jobs: impl Iterator<Item = J>) -> Vec<T> {
    let slots: Vec<_> = jobs.map(|job| Mutex::new((Some(job), None))).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(slot) = slots.get(next.fetch_add(1, Ordering::Relaxed)) {
            // Each slot is visited by one thread only, so that the lock is never waited for.
            if let Ok(mut slot) = slot.lock()
                && let Some(job) = slot.0.take()
            {
                slot.1 = Some(job());
            }
        }
    };
    let helpers = thread::available_parallelism().map_or(1, usize::from).min(slots.len());
    thread::scope(|scope| {
        for _ in 1..helpers {
            scope.spawn(work);
        }
        work();
    });
    slots.into_iter().filter_map(|slot| slot.into_inner().ok()?.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_their_jobs() {
        let results = side_by_side((0..100).map(|number| move || number * 2));
        assert_eq!(results, (0..100).map(|number| number * 2).collect::<Vec<_>>());
        assert!(side_by_side(std::iter::empty::<fn() -> u8>()).is_empty());
    }
}
