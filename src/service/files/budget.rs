//! How many bytes of layers are read from registries for one reader (threat T-24).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::sync::Cache;

use crate::registry::Reader;

/// For how long bytes are counted together, from a reader's first one on.
const HOUR: Duration = Duration::from_hours(1);
/// Most readers that are counted; those who have not asked for longest are forgotten first.
const READERS: u64 = 100_000;

/// What each reader has had in this hour.
#[derive(Debug)]
pub(crate) struct Budget {
    most: u64,
    spent: Cache<Reader, Arc<AtomicU64>>,
}

impl Budget {
    /// So many bytes for each reader in an hour.
    pub(crate) fn new(most: u64) -> Self {
        Self { most, spent: Cache::builder().max_capacity(READERS).time_to_live(HOUR).build() }
    }

    /// Takes bytes for a reader, if there are so many left. Nobody in particular is held to none.
    pub(crate) fn take(&self, reader: Reader, bytes: u64) -> bool {
        // What costs nothing is for everybody.
        if !reader.is_known() || bytes == 0 {
            return true;
        }
        let spent = self.spent.get_with(reader, Arc::default);
        let within = |spent: u64| spent.checked_add(bytes).filter(|sum| *sum <= self.most);
        spent.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within).is_ok()
    }

    /// Where bytes are counted that come for a reader and could not be taken before, so that they are missing afterwards.
    pub(crate) fn counter(&self, reader: Reader) -> Arc<AtomicU64> {
        if reader.is_known() { self.spent.get_with(reader, Arc::default) } else { Arc::default() }
    }

    /// Gives back what was taken and is not read after all.
    pub(crate) fn give_back(&self, reader: Reader, bytes: u64) {
        if let Some(spent) = self.spent.get(&reader) {
            // Another hour may have begun.
            let less = |spent: u64| Some(spent.saturating_sub(bytes));
            let _ = spent.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        }
    }

    /// Most bytes for each reader in an hour.
    pub(crate) fn most(&self) -> u64 {
        self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_has_a_share_of_its_own() {
        let budget = Budget::new(100);
        let reader = |last: u8| Reader::at([192, 0, 2, last].into());
        assert!(budget.take(reader(1), 60));
        assert!(!budget.take(reader(1), 60));
        assert!(budget.take(reader(1), 40));
        assert!(!budget.take(reader(1), 1));
        assert!(!budget.take(reader(1), u64::MAX));
        assert!(budget.take(reader(2), 100));
        budget.give_back(reader(1), 30);
        assert!(budget.take(reader(1), 30));
        assert!(!budget.take(reader(1), 1));
        budget.give_back(reader(3), 7);
        assert!(!budget.take(reader(3), 101));
        assert!(budget.take(Reader::default(), u64::MAX));
    }

    #[test]
    fn what_comes_unasked_is_missing_afterwards() {
        let budget = Budget::new(100);
        let reader = Reader::at([192, 0, 2, 1].into());
        budget.counter(reader).fetch_add(70, Ordering::Relaxed);
        assert!(budget.take(reader, 30) && !budget.take(reader, 1));
        // It may be more than there is.
        budget.counter(reader).fetch_add(70, Ordering::Relaxed);
        budget.give_back(reader, 60);
        assert!(!budget.take(reader, 1) && budget.take(reader, 0));
        budget.counter(Reader::default()).fetch_add(u64::MAX, Ordering::Relaxed);
        assert!(budget.take(Reader::default(), 1));
    }
}
