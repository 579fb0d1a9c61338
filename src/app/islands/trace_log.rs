//! What the script has asked since the page was drawn: islands add to it, the request bar shows it.

use std::cell::Cell;

use leptos::prelude::*;

use crate::view::Trace;

thread_local! {
    /// The bar's own list. The page has one bar; without it nobody reads the log.
    static LOG: Cell<Option<RwSignal<Vec<Trace>>>> = const { Cell::new(None) };
}

/// Adds what one more question cost. Called in the browser only.
pub(super) fn push(trace: Trace) {
    if let Some(log) = LOG.get()
        && !trace.requests.is_empty()
    {
        let _ = log.try_update(|log| log.push(trace));
    }
}

/// From here on, what is added stands in this list. Called in the browser only.
pub(super) fn open(log: RwSignal<Vec<Trace>>) {
    LOG.set(Some(log));
}
