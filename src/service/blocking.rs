//! Work on documents that may be large: where it takes long, it holds up nobody else.

use tokio::sync::Semaphore;

/// Documents longer than this, in bytes, are worked on in a thread that may block.
const LONG: usize = 128 * 1024;

/// How many of them are worked on at the same time: one may take ten times its size while it is read. Whoever waits for the
/// work waits for its turn, too.
const AT_ONCE: usize = 4;

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// Does work on documents of that many bytes: here where it is a matter of microseconds, else in a thread of its own. Nothing
/// where that thread was stopped.
pub(crate) async fn work<T: Send + 'static>(bytes: usize, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    if bytes <= LONG {
        return Some(work());
    }
    let turn = TURNS.acquire().await.ok()?;
    // The turn ends with the work, not with whoever waits for it.
    let work = move || {
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(work).await.ok()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread::current;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn only_large_documents_have_a_thread_of_their_own() {
        assert_eq!(work(LONG, || current().id()).await, Some(current().id()));
        assert_ne!(work(LONG + 1, || current().id()).await, Some(current().id()));
    }

    /// Without turns each reader of a large document has it parsed at the same time, and all of them together fill the memory.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn few_large_documents_are_worked_on_at_once() {
        static NOW: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let busy = || {
            MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(10));
            NOW.fetch_sub(1, Ordering::SeqCst);
        };
        let all = futures::future::join_all((0..40).map(|_| work(LONG + 1, busy))).await;
        assert_eq!(all.into_iter().flatten().count(), 40);
        assert!(MOST.load(Ordering::SeqCst) <= AT_ONCE, "{MOST:?}");
    }

    #[tokio::test]
    async fn work_that_breaks_is_nothing() {
        assert_eq!(work(LONG + 1, || -> u8 { panic!("on purpose") }).await, None);
    }
}
