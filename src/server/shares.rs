//! How much each reader has at a time, of connections or of requests (threat T-24).

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::registry::Reader;

/// What readers have at the moment. Clones share it. Only those who have something stand in it, so that it is never longer than
/// there are connections.
#[derive(Clone, Default)]
pub(super) struct Shares {
    taken: Arc<Mutex<HashMap<Reader, usize>>>,
}

/// One thing that a reader has, until it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    shares: Shares,
    reader: Reader,
}

impl Shares {
    /// One more for this reader; nothing where it has `most` already.
    pub(super) fn take(&self, reader: Reader, most: usize) -> Option<Share> {
        let mut taken = self.lock();
        let count = taken.entry(reader).or_default();
        if *count >= most {
            if *count == 0 {
                taken.remove(&reader);
            }
            return None;
        }
        *count += 1;
        Some(Share { shares: self.clone(), reader })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Reader, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.shares.lock();
        if let Some(count) = taken.get_mut(&self.reader) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.reader);
            }
        }
    }
}

impl fmt::Debug for Shares {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Shares(of {} readers)", self.lock().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_has_a_share_of_its_own_and_leaves_nothing_behind() {
        let shares = Shares::default();
        let reader = |number: u8| Reader::at([192, 0, 2, number].into());
        let first = [shares.take(reader(1), 2), shares.take(reader(1), 2)];
        assert!(first.iter().all(Option::is_some));
        assert!(shares.take(reader(1), 2).is_none());
        let other = shares.take(reader(2), 2);
        assert!(other.is_some());
        drop(first);
        assert!(shares.take(reader(1), 2).is_some());
        assert_eq!(shares.lock().len(), 1);
        drop(other);
        assert!(shares.take(reader(1), 0).is_none());
        assert!(shares.lock().is_empty());
    }
}
