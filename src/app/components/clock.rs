//! The reader's clock, for times relative to now.
//!
//! The server has none, so that both sides draw the same page; it starts once the script has taken over.

use std::time::Duration;

use leptos::prelude::*;

use crate::anatomy::time::Timestamp;
use crate::app::browser;

/// How often relative times are brought up to date.
const TICK: Duration = Duration::from_mins(1);

#[derive(Clone, Copy)]
struct Clock(RwSignal<Option<Timestamp>>);

/// Lets the page's times be relative to the reader's clock.
pub fn provide_clock() {
    let clock = Clock(RwSignal::new(None));
    provide_context(clock);
    Effect::new(move |_| {
        let show = move || clock.0.set(Some(Timestamp::from_seconds(browser::now())));
        show();
        if let Ok(interval) = set_interval_with_handle(show, TICK) {
            on_cleanup(move || interval.clear());
        }
    });
}

/// Now, once it is known.
pub(super) fn now() -> Option<Timestamp> {
    use_context::<Clock>().and_then(|clock| clock.0.get())
}
