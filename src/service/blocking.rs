//! Work on documents that may be large: where it takes long, it holds up nobody else.

/// Documents longer than this, in bytes, are worked on in a thread that may block.
const LONG: usize = 128 * 1024;

/// Does work on documents of that many bytes: here where it is a matter of microseconds, else in a thread of its own. Nothing
/// where that thread was stopped.
pub(crate) async fn work<T: Send + 'static>(bytes: usize, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    if bytes <= LONG {
        return Some(work());
    }
    tokio::task::spawn_blocking(work).await.ok()
}

#[cfg(test)]
mod tests {
    use std::thread::current;

    use super::*;

    #[tokio::test]
    async fn only_large_documents_have_a_thread_of_their_own() {
        assert_eq!(work(LONG, || current().id()).await, Some(current().id()));
        assert_ne!(work(LONG + 1, || current().id()).await, Some(current().id()));
    }

    #[tokio::test]
    async fn work_that_breaks_is_nothing() {
        assert_eq!(work(LONG + 1, || -> u8 { panic!("on purpose") }).await, None);
    }
}
