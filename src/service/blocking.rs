//! Work on documents that may be large: where it takes long, it holds up nobody else.

use std::sync::LazyLock;

use crate::registry::{Reader, Turns};

/// Documents longer than this, in bytes, are worked on in a thread that may block.
const LONG: usize = 128 * 1024;

/// How many of them are worked on at the same time: one may take ten times its size while it is read. Whoever waits for the
/// work waits for its turn, too; readers take turns (threat T-24).
const AT_ONCE: usize = 4;

/// Whoever waits here is a request, whose number has a limit of its own.
static TURNS: LazyLock<Turns> = LazyLock::new(|| Turns::new(AT_ONCE, usize::MAX));

/// Does work on documents of that many bytes: here where it is a matter of microseconds, else in a thread of its own. Nothing
/// where that thread was stopped.
pub(crate) async fn work<T: Send + 'static>(
    reader: Reader,
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    if bytes <= LONG {
        return Some(work());
    }
    let turn = TURNS.place(reader).await?;
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
    use std::sync::{Arc, Mutex};
    use std::thread::current;
    use std::time::Duration;

    use super::*;

    fn nobody() -> Reader {
        Reader::default()
    }

    #[tokio::test]
    async fn only_large_documents_have_a_thread_of_their_own() {
        assert_eq!(work(nobody(), LONG, || current().id()).await, Some(current().id()));
        assert_ne!(work(nobody(), LONG + 1, || current().id()).await, Some(current().id()));
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
        let all = futures::future::join_all((0..40).map(|_| work(nobody(), LONG + 1, busy))).await;
        assert_eq!(all.into_iter().flatten().count(), 40);
        assert!(MOST.load(Ordering::SeqCst) <= AT_ONCE, "{MOST:?}");
    }

    /// With one line for all, the second reader's document is read last; it was seen to be.
    #[tokio::test]
    async fn a_reader_with_one_document_does_not_wait_for_another_s_many() {
        let order = Arc::new(Mutex::new(Vec::new()));
        let one = |number: u8| {
            let order = Arc::clone(&order);
            let reader = Reader::at([192, 0, 2, number].into());
            work(reader, LONG + 1, move || {
                order.lock().unwrap().push(number);
                std::thread::sleep(Duration::from_millis(5));
            })
        };
        futures::future::join_all((0..24).map(|_| 1).chain([2]).map(one)).await;
        let before = order.lock().unwrap().iter().position(|number| *number == 2);
        assert!(before.is_some_and(|before| before < 12), "{before:?}");
    }

    #[tokio::test]
    async fn work_that_breaks_is_nothing() {
        assert_eq!(work(nobody(), LONG + 1, || -> u8 { panic!("on purpose") }).await, None);
    }
}
