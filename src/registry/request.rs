//! Who asks, and how patiently.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use super::asker::Asker;
use super::trace::Trace;

/// Shared by all calls that are made for one page.
///
/// A clone records into the same trace, and counts with it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// What was asked for this page.
    pub trace: Trace,
    /// For whom it is asked.
    pub asker: Asker,
    /// Whether to pass by the caches and ask the registry again.
    pub refresh: bool,
    /// When the page stops waiting. The work itself goes on, with its repetitions, and fills the caches; but where a registry
    /// asks to wait longer than this, that is the answer.
    pub deadline: Option<Instant>,
    /// Counts bytes of layers that come although nobody has asked for them: a registry that knows no parts sends all that stands
    /// before the wanted one.
    pub unasked: Arc<AtomicU64>,
}

impl Request {
    /// A request that waits as long as the client's own limits allow.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, waiting no longer than this from now on.
    #[must_use]
    pub fn within(mut self, patience: Duration) -> Self {
        self.deadline = Some(Instant::now() + patience);
        self
    }

    /// The same, passing by the caches if `refresh`.
    #[must_use]
    pub fn refreshing(mut self, refresh: bool) -> Self {
        self.refresh = refresh;
        self
    }

    /// The same, counting there what comes unasked.
    #[must_use]
    pub fn counting(mut self, unasked: Arc<AtomicU64>) -> Self {
        self.unasked = unasked;
        self
    }

    /// The same without a deadline, for work that outlives the page.
    pub(crate) fn patient(&self) -> Self {
        Self { deadline: None, ..self.clone() }
    }
}
