//! How soon freed memory is given back to the system.
#![expect(unsafe_code, reason = "the allocator is written in C")]

use std::ffi::{c_int, c_long};
use std::sync::atomic::{AtomicUsize, Ordering};

use libmimalloc_sys::mi_option_set;

/// The option's number, and its own value in milliseconds (mimalloc.h, `mi_option_e`).
const PURGE_DELAY: (c_int, c_long) = (15, 10);

/// How many layers are being read.
static READINGS: AtomicUsize = AtomicUsize::new(0);

/// While there is one, freed memory is given back at once. A reading passes a gigabyte through memory in seconds: what waits to be
/// given back is as much again as what it needs. At other times that would only cost time, a seventh of all pages.
///
/// Does nothing where the program has another allocator, as tests have.
pub(super) struct GivesBack(());

impl GivesBack {
    /// From now on, until it is dropped.
    pub(super) fn begin() -> Self {
        if READINGS.fetch_add(1, Ordering::Relaxed) == 0 {
            set_delay(0);
        }
        Self(())
    }
}

impl Drop for GivesBack {
    fn drop(&mut self) {
        if READINGS.fetch_sub(1, Ordering::Relaxed) == 1 {
            set_delay(PURGE_DELAY.1);
        }
    }
}

fn set_delay(milliseconds: c_long) {
    // SAFETY: an option of this number may be set at any time, from any thread.
    unsafe { mi_option_set(PURGE_DELAY.0, milliseconds) }
}
