//! Times in which a registry is left alone: after it asked for that, and after there was no connection.
//!
//! A page has many rows. Without this, each would ask a registry that has just said when to come back, or wait for a connection
//! that has just not come about (threats T-22, T-24). A reader who asks to pass by the caches passes by this, too.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::Error;

/// The pause of one registry.
#[derive(Default)]
pub(crate) struct Pause {
    now: Mutex<Option<(Instant, Error)>>,
}

impl Pause {
    /// The failure that stands for all others until the pause is over.
    pub(crate) fn in_force(&self) -> Option<Error> {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if now.as_ref().is_some_and(|(until, _)| *until <= Instant::now()) {
            *now = None;
        }
        now.as_ref().map(|(_, error)| error.clone())
    }

    /// Begins a pause.
    pub(crate) fn begin(&self, length: Duration, error: &Error) {
        let until = Instant::now() + length;
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = Some((until, error.clone()));
    }

    /// Ends it: the registry has answered.
    pub(crate) fn end(&self) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_by_itself() {
        let pause = Pause::default();
        assert_eq!(pause.in_force(), None);
        pause.begin(Duration::from_millis(30), &Error::Stopped);
        assert_eq!(pause.in_force(), Some(Error::Stopped));
        std::thread::sleep(Duration::from_millis(40));
        assert_eq!(pause.in_force(), None);
        pause.begin(Duration::from_secs(30), &Error::Stopped);
        pause.end();
        assert_eq!(pause.in_force(), None);
    }
}
