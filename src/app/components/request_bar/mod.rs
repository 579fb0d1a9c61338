//! The bar at the bottom: what the page asked the registry, and what that cost.
//!
//! - `rows`: the list that it opens

mod rows;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{ForeignText, Tone};
use crate::anatomy::size::count;
use crate::anatomy::time::Timestamp;
use crate::app::browser;
use crate::view::{RegistryFacts, Trace};

/// What the script has asked since the page was drawn.
#[derive(Debug, Clone, Copy)]
pub struct TraceLog(RwSignal<Vec<Trace>>);

impl TraceLog {
    /// Gives every page below the same log.
    pub fn provide() {
        provide_context(Self(RwSignal::new(Vec::new())));
    }

    /// The log of this page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Adds what one more question cost.
    pub fn push(self, trace: Trace) {
        if !trace.requests.is_empty() {
            let _ = self.0.try_update(|log| log.push(trace));
        }
    }
}

/// What a page asked so far, summed up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    requests: u64,
    cached: u64,
    elapsed_ms: u64,
    failed: bool,
}

impl Sum {
    fn add(mut self, trace: &Trace) -> Self {
        self.requests += length(trace.registry_requests());
        self.cached += length(trace.from_cache());
        self.elapsed_ms = self.elapsed_ms.saturating_add(trace.elapsed_ms);
        self.failed |= trace.requests.iter().any(|request| rows::tone(request) == Tone::Bad);
        self
    }
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// `3 registry requests`
fn requests_in_words(requests: u64) -> String {
    let plural = if requests == 1 { "" } else { "s" };
    format!("{} registry request{plural}", count(requests))
}

/// The last request of a trace in a line: `GET /v2/library/nginx/manifests/1.25 → 200, index; digest verified`.
fn last_in_words(trace: &Trace) -> Option<String> {
    let request = trace.requests.last()?;
    let path = rows::short_path(&request.path);
    Some(format!("{} {path} → {}, {}", request.method, rows::statuses(request), request.outcome))
}

/// The time of day to the second, as logs have it: `14:32:08 UTC`.
fn time_of_day(at: Timestamp) -> String {
    let text = at.rfc3339();
    format!("{} UTC", text.get(11..19).unwrap_or_default())
}

/// The query of this page, with the wish to ask past the caches.
fn refreshing(search: &str) -> String {
    let pairs = search.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("refresh="));
    let pairs: Vec<_> = pairs.chain(["refresh=1"]).collect();
    format!("?{}", pairs.join("&"))
}

/// The requests of the page, and of its script since. It opens without script too, to the page's own requests.
#[component]
pub fn RequestBar(
    /// The registry that was asked, where one is known.
    registry: Option<RegistryFacts>,
    /// What the page itself asked.
    trace: Trace,
) -> impl IntoView {
    let log = TraceLog::here().0;
    Effect::new(move |_| {
        log.set(Vec::new());
        browser::forget_refresh();
    });
    let own = Sum::default().add(&trace);
    let sum = Memo::new(move |_| log.with(|log| log.iter().fold(own, Sum::add)));
    let last = last_in_words(&trace).map(|last| {
        view! {
            <span class="last">
                <ForeignText text=last />
            </span>
        }
    });
    let asked = registry.map(|registry| {
        let account = registry.account.map_or_else(|| "anonymously".to_owned(), |account| format!("as {account}"));
        let since = if trace.started_at > 0 {
            format!(", since {}", time_of_day(Timestamp::from_seconds(trace.started_at)))
        } else {
            String::new()
        };
        format!("{} {account}{since}", registry.host)
    });
    let search = use_location().search;
    let refresh = move || search.with(|search| refreshing(search));
    let own_rows = rows::rows(&trace);
    let open = RwSignal::new(false);
    // Hundreds of rows that nobody looks at would cost as much as the list itself.
    let later_rows = move || open.get().then(|| log.with(|log| log.iter().map(rows::rows).collect_view()));
    view! {
        <footer class="requests">
            <details on:toggle=move |_| open.update(|open| *open = !*open)>
                <summary class="trace">
                    <span class=move || if sum.get().failed { "dot bad" } else { "dot" }></span>
                    <b>{move || requests_in_words(sum.get().requests)}</b>
                    <span>{move || format!("{} from cache", count(sum.get().cached))}</span>
                    <span class="num">{move || format!("{} ms", count(sum.get().elapsed_ms))}</span>
                    {last}
                    <span class="open">"Show " <span class="wide">"requests"</span></span>
                    <span class="close">"Hide " <span class="wide">"requests"</span></span>
                </summary>
                <section class="tracepanel" aria-label="Requests">
                    <div class="tracehead">
                        <h2>"What this page asked the registry"</h2>
                        <span class="label">{asked}</span>
                        <a class="link" href=refresh rel="nofollow external">
                            "Refresh past the caches"
                        </a>
                    </div>
                    <ol>{own_rows} {later_rows}</ol>
                </section>
            </details>
        </footer>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::trace::{AnswerSource, TracedRequest};

    fn trace(source: AnswerSource, statuses: &[u16]) -> Trace {
        let request = TracedRequest {
            method: "GET".to_owned(),
            path: "/v2/".to_owned(),
            source,
            statuses: statuses.to_vec(),
            bytes: 0,
            elapsed_ms: 1,
            outcome: "found".to_owned(),
            curl: None,
        };
        Trace { requests: vec![request], elapsed_ms: 5, started_at: 0 }
    }

    #[test]
    fn requests_and_kept_answers_are_counted_apart() {
        let sum = Sum::default().add(&trace(AnswerSource::Registry, &[404])).add(&trace(AnswerSource::Cache, &[]));
        assert_eq!(sum, Sum { requests: 1, cached: 1, elapsed_ms: 10, failed: false });
        assert!(sum.add(&trace(AnswerSource::Registry, &[500])).failed);
        assert_eq!(requests_in_words(1), "1 registry request");
        assert_eq!(requests_in_words(1_301), "1,301 registry requests");
    }

    #[test]
    fn a_refresh_keeps_what_was_chosen() {
        assert_eq!(refreshing(""), "?refresh=1");
        assert_eq!(refreshing("platform=linux/arm64&refresh=1"), "?platform=linux/arm64&refresh=1");
    }

    #[test]
    fn times_and_last_requests_are_short() {
        assert_eq!(time_of_day(Timestamp::from_seconds(1_700_000_000)), "22:13:20 UTC");
        assert_eq!(last_in_words(&trace(AnswerSource::Registry, &[200])).as_deref(), Some("GET /v2/ → 200, found"));
        assert_eq!(last_in_words(&Trace::default()), None);
    }
}
