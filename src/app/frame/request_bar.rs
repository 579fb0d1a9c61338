//! The server's part of the request bar: the page's own requests, and whose they were.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::anatomy::time::Timestamp;
use crate::app::islands::{RequestBar, Sum, rows};
use crate::view::{RegistryFacts, Trace};

/// The bar of a page that asked this registry, where one is known.
#[component]
pub(in crate::app) fn PageRequests(registry: Option<RegistryFacts>, trace: Trace) -> impl IntoView {
    let asked = registry.map(|registry| {
        let account = registry.account.map_or_else(|| "anonymously".to_owned(), |account| format!("as {account}"));
        let since = if trace.started_at > 0 {
            format!(", since {}", time_of_day(Timestamp::from_seconds(trace.started_at)))
        } else {
            String::new()
        };
        format!("{} {account}{since}", registry.host)
    });
    let refresh = use_location().search.with_untracked(|search| refreshing(search));
    let own = Sum::default().with(&trace);
    view! {
        <RequestBar own=own last=last_in_words(&trace)>
            <div class="tracehead">
                <h2>"What this page asked the registry"</h2>
                <span class="label">{asked}</span>
                <a class="link" href=refresh rel="nofollow">
                    "Refresh past the caches"
                </a>
            </div>
            <ol>{rows::rows(&trace)}</ol>
        </RequestBar>
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::trace::{AnswerSource, TracedRequest};

    #[test]
    fn a_refresh_keeps_what_was_chosen() {
        assert_eq!(refreshing(""), "?refresh=1");
        assert_eq!(refreshing("platform=linux/arm64&refresh=1"), "?platform=linux/arm64&refresh=1");
    }

    #[test]
    fn times_and_last_requests_are_short() {
        let request = TracedRequest {
            method: "GET".to_owned(),
            path: "/v2/".to_owned(),
            source: AnswerSource::Registry,
            statuses: vec![200],
            bytes: 0,
            elapsed_ms: 1,
            outcome: "found".to_owned(),
            curl: None,
        };
        let trace = Trace { requests: vec![request], elapsed_ms: 5, started_at: 0 };
        assert_eq!(time_of_day(Timestamp::from_seconds(1_700_000_000)), "22:13:20 UTC");
        assert_eq!(last_in_words(&trace).as_deref(), Some("GET /v2/ → 200, found"));
        assert_eq!(last_in_words(&Trace::default()), None);
    }
}
