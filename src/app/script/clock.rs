//! Times relative to the reader's clock. The server has none: it writes them in UTC, and so do islands.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlElement, MutationObserver, MutationObserverInit};

use crate::anatomy::time::{Timestamp, relative};
use crate::app::browser;

/// What finds the times; the attribute holds the seconds since 1970.
const TIMES: &str = "time[data-at]";
/// How often they are brought up to date.
const TICK: Duration = Duration::from_mins(1);

/// Makes the page's times relative: at once, every minute, and as islands draw new ones.
pub(super) fn start() {
    show();
    let _ = set_interval_with_handle(show, TICK);
    let drawn = Closure::<dyn Fn()>::new(show);
    if let (Ok(observer), Some(body)) = (MutationObserver::new(drawn.as_ref().unchecked_ref()), document().body()) {
        let init = MutationObserverInit::new();
        init.set_child_list(true);
        init.set_subtree(true);
        let _ = observer.observe_with_options(&body, &init);
    }
    // It observes as long as the page stands.
    drawn.forget();
}

fn show() {
    let now = Timestamp::from_seconds(now());
    for time in browser::find_all(TIMES) {
        let Some(time) = time.dyn_ref::<HtmlElement>() else { continue };
        let Some(at) = time.get_attribute("data-at").and_then(|at| at.parse().ok()) else { continue };
        // The text itself changes, no element: the observer is not called again.
        if let Some(text) = time.first_child() {
            let words = relative(Timestamp::from_seconds(at), now);
            if text.node_value().as_deref() != Some(&words) {
                text.set_node_value(Some(&words));
            }
        }
    }
}

/// Seconds since 1970 by the reader's clock.
fn now() -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a clock's milliseconds fit, and parts of a second are dropped"
    )]
    let seconds = (js_sys::Date::now() / 1000.0) as i64;
    seconds
}
