//! How long a thread has worked, without the time in which it waited: for bytes, for other threads, for its turn.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// What the processor has given to one thread, for that thread alone to ask (POSIX.1-2017, `clock_getres`,
/// `CLOCK_THREAD_CPUTIME_ID`). A machine with much else to do makes it no longer, as it would the time by the wall.
pub(super) struct CpuTime {
    counted: Duration,
}

impl CpuTime {
    /// From now on.
    pub(super) fn start() -> CpuTime {
        CpuTime { counted: of_this_thread() }
    }

    /// What has been added since it was last asked.
    pub(super) fn lap(&mut self) -> Duration {
        let now = of_this_thread();
        let lap = now.saturating_sub(self.counted);
        self.counted = now;
        lap
    }
}

fn of_this_thread() -> Duration {
    // This clock begins with its thread, and is never negative.
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_no_work() {
        let mut time = CpuTime::start();
        let wait = Duration::from_millis(100);
        std::thread::sleep(wait);
        assert!(time.lap() < wait);
        let mut sum = 0_u64;
        for number in 0..1_000_000_u64 {
            sum = std::hint::black_box(sum.wrapping_add(number));
        }
        assert!(time.lap() > Duration::ZERO, "{sum}");
    }
}
