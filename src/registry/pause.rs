//! Times in which a registry is left alone: after it asked for that, and after there was no connection.
//!
//! A page has many rows. Without this, each would ask a registry that has just said when to come back, or wait for a connection
//! that has just not come about (threats T-22, T-24).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::error::Error;

/// The pause of one registry.
#[derive(Default)]
pub(crate) struct Pause {
    now: Mutex<Option<Current>>,
}

/// Why a registry is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PauseReason {
    /// It has asked for that. Nobody passes by it.
    Asked,
    /// There was no connection. A reader who asks to pass by the caches may look whether there is one by now.
    Dead,
}

struct Current {
    reason: PauseReason,
    began: Instant,
    until: Instant,
    error: Error,
}

impl Pause {
    /// The failure that stands for all others until the pause is over; `refresh` where the reader passes by the caches.
    pub(crate) fn in_force(&self, refresh: bool) -> Option<Error> {
        let mut now = self.lock();
        if now.as_ref().is_some_and(|current| current.until <= Instant::now()) {
            *now = None;
        }
        now.as_ref()
            .filter(|current| !refresh || current.reason == PauseReason::Asked)
            .map(|current| current.error.clone())
    }

    /// Begins a pause. One that was asked for is not cut short because there is no connection either.
    pub(crate) fn begin(&self, reason: PauseReason, length: Duration, error: &Error) {
        let began = Instant::now();
        let mut now = self.lock();
        let asked = |current: &Current| current.reason == PauseReason::Asked && began < current.until;
        if reason == PauseReason::Asked || !now.as_ref().is_some_and(asked) {
            *now = Some(Current { reason, began, until: began + length, error: error.clone() });
        }
    }

    /// Ends it, since the registry has answered a question that was sent at this time. An answer to what was under way before
    /// the registry asked to be left alone takes nothing of that back.
    pub(crate) fn end(&self, sent: Instant) {
        let mut now = self.lock();
        if now.as_ref().is_some_and(|current| current.reason == PauseReason::Dead || current.began < sent) {
            *now = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Current>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    #[test]
    fn a_pause_ends_by_itself() {
        let pause = Pause::default();
        assert_eq!(pause.in_force(false), None);
        pause.begin(PauseReason::Asked, Duration::ZERO, &Error::Stopped);
        assert_eq!(pause.in_force(false), None);
        pause.begin(PauseReason::Asked, LONG, &Error::Stopped);
        assert_eq!(pause.in_force(false), Some(Error::Stopped));
    }

    #[test]
    fn a_pause_that_was_asked_for_outlives_answers_to_older_questions() {
        let pause = Pause::default();
        let before = Instant::now();
        pause.begin(PauseReason::Asked, LONG, &Error::Stopped);
        pause.end(before);
        assert_eq!(pause.in_force(false), Some(Error::Stopped));
        pause.begin(PauseReason::Dead, Duration::ZERO, &Error::Stopped);
        assert_eq!(pause.in_force(false), Some(Error::Stopped));
        pause.end(Instant::now() + Duration::from_millis(1));
        assert_eq!(pause.in_force(false), None);
        pause.begin(PauseReason::Dead, LONG, &Error::Stopped);
        pause.end(before);
        assert_eq!(pause.in_force(false), None);
    }

    #[test]
    fn who_passes_by_the_caches_passes_by_what_was_not_asked_for() {
        let pause = Pause::default();
        pause.begin(PauseReason::Dead, LONG, &Error::Stopped);
        assert_eq!((pause.in_force(false), pause.in_force(true)), (Some(Error::Stopped), None));
        pause.begin(PauseReason::Asked, LONG, &Error::Stopped);
        assert_eq!(pause.in_force(true), Some(Error::Stopped));
    }
}
