//! The bar at the bottom: what the page asked the registry, and what that cost.

use leptos::prelude::*;

use super::{Chip, CopyButton, ForeignText, Moment, Size, Tone};
use crate::anatomy::size::count;
use crate::anatomy::time::Timestamp;
use crate::app::browser;
use crate::view::trace::{AnswerSource, TracedRequest};
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
        self.failed |= trace.requests.iter().any(|request| tone(request) == Tone::Bad);
        self
    }
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// What the colour of a request's status says. A 404 is an answer like another, and often the expected one.
fn tone(request: &TracedRequest) -> Tone {
    match (request.source, request.statuses.last()) {
        (AnswerSource::Cache, _) => Tone::Plain,
        (_, Some(200..=399)) => Tone::Good,
        (_, Some(401..=499)) => Tone::Warning,
        _ => Tone::Bad,
    }
}

/// Status codes as they came: `307 → 200`.
fn statuses(request: &TracedRequest) -> String {
    if request.source == AnswerSource::Cache {
        return "cache".to_owned();
    }
    let codes: Vec<_> = request.statuses.iter().map(u16::to_string).collect();
    if codes.is_empty() { "no answer".to_owned() } else { codes.join(" → ") }
}

/// `3 registry requests`
fn requests_in_words(requests: u64) -> String {
    let plural = if requests == 1 { "" } else { "s" };
    format!("{} registry request{plural}", count(requests))
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
    let last = trace
        .requests
        .last()
        .map(|request| (request.method.clone(), request.path.clone(), statuses(request), request.outcome.clone()));
    let asked = registry.map(|registry| match registry.account {
        Some(account) => format!("{} as {account}", registry.host),
        None => format!("{}, anonymously", registry.host),
    });
    let since = (trace.started_at > 0).then(|| Timestamp::from_seconds(trace.started_at));
    let own_rows =
        trace.requests.into_iter().map(|request| view! { <RequestRow request=request /> }.into_any()).collect_view();
    let open = RwSignal::new(false);
    // Hundreds of rows that nobody looks at would cost as much as the list itself.
    let later_rows = move || {
        open.get().then(|| {
            log.with(|log| {
                log.iter()
                    .flat_map(|trace| trace.requests.iter().cloned())
                    .map(|request| view! { <RequestRow request=request /> }.into_any())
                    .collect_view()
            })
        })
    };
    view! {
        <footer class="requests">
            <details on:toggle:target=move |_| open.update(|open| *open = !*open)>
                <summary class="trace">
                    <span class=move || if sum.get().failed { "dot bad" } else { "dot" }></span>
                    <b>{move || requests_in_words(sum.get().requests)}</b>
                    <span>{move || count(sum.get().cached)} " from cache"</span>
                    <span class="num">{move || count(sum.get().elapsed_ms)} " ms"</span>
                    {last
                        .map(|(method, path, statuses, outcome)| {
                            view! {
                                <span class="last">
                                    {method} " " <bdi>{path}</bdi> " → " {statuses} ", " <ForeignText text=outcome />
                                </span>
                            }
                        })}
                    <span class="open">"Show" <span class="wide">" requests"</span></span>
                    <span class="close">"Hide" <span class="wide">" requests"</span></span>
                </summary>
                <section class="tracepanel" aria-label="Requests">
                    <div class="tracehead">
                        <h2>"What this page asked the registry"</h2>
                        <span class="label">
                            {asked} {since.map(|since| view! { ", since " <Moment at=since time=true /> })}
                        </span>
                        <a class="link" href="?refresh=1" rel="nofollow external">
                            "Refresh past the caches"
                        </a>
                    </div>
                    <ol>{own_rows} {later_rows}</ol>
                </section>
            </details>
        </footer>
    }
}

/// One request.
#[component]
fn RequestRow(request: TracedRequest) -> impl IntoView {
    let tone = tone(&request);
    let statuses = statuses(&request);
    let method = if request.source == AnswerSource::Cache { "—".to_owned() } else { request.method };
    let outcome = request.outcome.clone();
    let path =
        if request.source == AnswerSource::TokenService { format!("token: {}", request.path) } else { request.path };
    view! {
        <li class="rq">
            <b>{method}</b>
            <code title=path.clone()>
                <bdi>{path.clone()}</bdi>
            </code>
            <Chip tone=tone text=statuses />
            <span class="outcome" title=outcome>
                <ForeignText text=request.outcome />
            </span>
            <span class="wide figure">
                <Size bytes=request.bytes />
            </span>
            <span class="figure num">{count(request.elapsed_ms)} " ms"</span>
            <span class="wide">
                {request.curl.map(|curl| view! { <CopyButton text=curl label="Copy as curl" icon_only=true /> })}
            </span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(source: AnswerSource, statuses: &[u16]) -> TracedRequest {
        TracedRequest {
            method: "GET".to_owned(),
            path: "/v2/".to_owned(),
            source,
            statuses: statuses.to_vec(),
            bytes: 0,
            elapsed_ms: 1,
            outcome: String::new(),
            curl: None,
        }
    }

    #[test]
    fn redirects_are_shown_before_the_answer() {
        assert_eq!(statuses(&request(AnswerSource::Registry, &[307, 200])), "307 → 200");
        assert_eq!(statuses(&request(AnswerSource::Registry, &[])), "no answer");
        assert_eq!(statuses(&request(AnswerSource::Cache, &[])), "cache");
    }

    #[test]
    fn an_expected_404_does_not_alarm() {
        let trace = |statuses: &[u16]| Trace {
            requests: vec![request(AnswerSource::Registry, statuses), request(AnswerSource::Cache, &[])],
            elapsed_ms: 5,
            started_at: 0,
        };
        let sum = Sum::default().add(&trace(&[404]));
        assert_eq!(sum, Sum { requests: 1, cached: 1, elapsed_ms: 5, failed: false });
        assert!(sum.add(&trace(&[500])).failed);
        assert!(sum.add(&trace(&[])).failed);
        assert_eq!(requests_in_words(1), "1 registry request");
        assert_eq!(requests_in_words(1_301), "1,301 registry requests");
    }
}
