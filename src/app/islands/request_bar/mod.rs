//! The bar at the bottom: what the page asked the registry, and what that cost.
//!
//! - [`rows`]: the list that it opens; [`sum`](Sum): what the page asked so far, summed up

pub mod rows;
mod sum;

use leptos::prelude::*;

use super::trace_log;
use crate::anatomy::size::count;
use crate::app::browser;
use crate::app::components::ForeignText;
use crate::view::Trace;
pub use sum::Sum;

/// The requests of the page, and of its script since. It opens without script too, to the page's own requests, which stand
/// in it as `children`.
#[island]
pub fn RequestBar(
    own: Sum,
    /// The page's last request in a line.
    last: Option<String>,
    children: Children,
) -> impl IntoView {
    let log = RwSignal::new(Vec::<Trace>::new());
    let open = RwSignal::new(false);
    let look = move || open.set(browser::find(".requests > details[open]").is_some());
    Effect::new(move |_| {
        trace_log::open(log);
        // It may have been opened before the script came.
        look();
    });
    let sum = Memo::new(move |_| log.with(|log| log.iter().fold(own, Sum::with)));
    let last = last.map(|last| {
        view! {
            <span class="last">
                <ForeignText text=last />
            </span>
        }
    });
    // Hundreds of rows that nobody looks at would cost as much as the list itself.
    let later_rows = move || open.get().then(|| log.with(|log| log.iter().map(rows::rows).collect_view()));
    view! {
        <footer class="requests">
            <details on:toggle=move |_| look()>
                <summary class="trace">
                    <span class=move || if sum.get().failed { "dot bad" } else { "dot" }></span>
                    <b class="sum">{move || sum.get().requests_in_words()}</b>
                    <span class="sum wider">{move || format!("{} from cache", count(sum.get().cached))}</span>
                    <span class="sum">{move || format!("{} ms", count(sum.get().elapsed_ms))}</span>
                    {last}
                    <span class="open">"Show " <span class="wide">"requests"</span></span>
                    <span class="close">"Hide " <span class="wide">"requests"</span></span>
                </summary>
                <section class="tracepanel" aria-label="Requests">
                    {children()} <ol>{later_rows}</ol>
                </section>
            </details>
        </footer>
    }
}
