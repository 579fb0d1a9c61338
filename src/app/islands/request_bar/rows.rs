//! The requests of one trace as rows: what was asked one by one, what was kept together.

use leptos::either::Either;
use leptos::prelude::*;

use crate::anatomy::size::count;
use crate::app::components::{Chip, CopyButton, ForeignText, Size, Tone};
use crate::view::Trace;
use crate::view::trace::{AnswerSource, TracedRequest, status_chain};

/// Digits of a digest in a path that are shown, as everywhere; all of them stand in its title.
const SHOWN_DIGITS: usize = 12;

/// What stands in one row.
#[derive(Debug, Clone, PartialEq)]
enum Line {
    /// A request.
    Asked(TracedRequest),
    /// So many answers of one kind that needed no request, and their bytes.
    Kept { answers: u64, outcome: String, bytes: u64 },
}

/// What the colour of a request's status says. A 404 is an answer like another, and often the expected one.
pub fn tone(request: &TracedRequest) -> Tone {
    match (request.source, request.statuses.last()) {
        (AnswerSource::Cache, _) => Tone::Plain,
        (_, Some(200..=399)) => Tone::Good,
        (_, Some(401..=499)) => Tone::Warning,
        _ => Tone::Bad,
    }
}

/// Its status codes, or that there was no request.
pub fn statuses(request: &TracedRequest) -> String {
    if request.source == AnswerSource::Cache { "cache".to_owned() } else { status_chain(&request.statuses) }
}

/// A path with its digests shortened.
pub fn short_path(path: &str) -> String {
    let is_hexadecimal = |character: char| character.is_ascii_hexdigit();
    let mut text = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(start) = rest.find(is_hexadecimal) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|character: char| !is_hexadecimal(character)).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        text.push_str(before);
        match digits.get(..SHOWN_DIGITS) {
            Some(shown) if digits.len() >= 64 => {
                text.push_str(shown);
                text.push('…');
            }
            _ => text.push_str(digits),
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The rows of a trace: requests in their order, then what was kept, by what came of it.
fn lines(trace: &Trace) -> Vec<Line> {
    let mut asked = Vec::new();
    let mut kept: Vec<(u64, u64, &TracedRequest)> = Vec::new();
    for request in &trace.requests {
        if request.source != AnswerSource::Cache {
            asked.push(Line::Asked(request.clone()));
            continue;
        }
        match kept.iter_mut().find(|(_, _, first)| first.outcome == request.outcome) {
            Some((answers, bytes, _)) => {
                *answers += 1;
                *bytes = bytes.saturating_add(request.bytes);
            }
            None => kept.push((1, request.bytes, request)),
        }
    }
    let kept = kept.into_iter().map(|(answers, bytes, first)| match answers {
        1 => Line::Asked(first.clone()),
        _ => Line::Kept { answers, outcome: first.outcome.clone(), bytes },
    });
    asked.into_iter().chain(kept).collect()
}

/// The rows of a trace.
pub fn rows(trace: &Trace) -> impl IntoView + use<> {
    lines(trace)
        .into_iter()
        .map(|line| match line {
            Line::Asked(request) => Either::Left(asked(request)),
            Line::Kept { answers, outcome, bytes } => Either::Right(kept(answers, outcome, bytes)),
        })
        .collect_view()
}

fn asked(request: TracedRequest) -> impl IntoView {
    let tone = tone(&request);
    let statuses = statuses(&request);
    let method = if request.source == AnswerSource::Cache { "—".to_owned() } else { request.method };
    let outcome = request.outcome.clone();
    let token = (request.source == AnswerSource::TokenService).then_some("token service: ");
    let short = short_path(&request.path);
    view! {
        <li class="rq">
            <b>{method}</b>
            <code title=request.path>{token} <ForeignText text=short /></code>
            <Chip tone=tone text=statuses />
            <span class="outcome" title=outcome>
                <ForeignText text=request.outcome />
            </span>
            <span class="wide figure">
                <Size bytes=request.bytes />
            </span>
            <span class="figure num">{count(request.elapsed_ms)} " ms"</span>
            <span class="again">
                {request.curl.map(|curl| view! { <CopyButton text=curl label="Copy as curl" icon_only=true /> })}
            </span>
        </li>
    }
}

fn kept(answers: u64, outcome: String, bytes: u64) -> impl IntoView {
    view! {
        <li class="rq">
            <b>"—"</b>
            <code>{count(answers)} " answers"</code>
            <Chip text="cache" />
            <span class="outcome">
                <ForeignText text=outcome />
            </span>
            <span class="wide figure">
                <Size bytes=bytes />
            </span>
            <span class="figure num">"0 ms"</span>
            <span class="again"></span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(source: AnswerSource, statuses: &[u16], outcome: &str) -> TracedRequest {
        TracedRequest {
            method: "GET".to_owned(),
            path: "/v2/".to_owned(),
            source,
            statuses: statuses.to_vec(),
            bytes: 10,
            elapsed_ms: 1,
            outcome: outcome.to_owned(),
            curl: None,
        }
    }

    #[test]
    fn redirects_are_shown_before_the_answer() {
        assert_eq!(statuses(&request(AnswerSource::Registry, &[307, 200], "")), "307 → 200");
        assert_eq!(statuses(&request(AnswerSource::Registry, &[], "")), "no answer");
        assert_eq!(statuses(&request(AnswerSource::Cache, &[], "")), "cache");
    }

    #[test]
    fn an_expected_404_does_not_alarm() {
        assert_eq!(tone(&request(AnswerSource::Registry, &[404], "")), Tone::Warning);
        assert_eq!(tone(&request(AnswerSource::Registry, &[500], "")), Tone::Bad);
        assert_eq!(tone(&request(AnswerSource::Registry, &[], "")), Tone::Bad);
        assert_eq!(tone(&request(AnswerSource::Cache, &[], "")), Tone::Plain);
    }

    #[test]
    fn digests_in_paths_are_shortened() {
        let digits = "48b676e2b1075a0c".repeat(4);
        assert_eq!(short_path(&format!("/v2/a/manifests/sha256:{digits}")), "/v2/a/manifests/sha256:48b676e2b107…");
        assert_eq!(short_path("/v2/cafe/tags/list?n=1000"), "/v2/cafe/tags/list?n=1000");
        assert_eq!(short_path("/v2/é/ü"), "/v2/é/ü");
    }

    #[test]
    fn kept_answers_of_one_kind_share_a_row_after_the_requests() {
        let trace = Trace {
            requests: vec![
                request(AnswerSource::Cache, &[], "config; kept"),
                request(AnswerSource::Registry, &[200], "names"),
                request(AnswerSource::Cache, &[], "config; kept"),
                request(AnswerSource::Cache, &[], "index; kept"),
            ],
            ..Trace::default()
        };
        let lines = lines(&trace);
        assert!(matches!(&lines[0], Line::Asked(request) if request.outcome == "names"));
        assert_eq!(lines[1], Line::Kept { answers: 2, outcome: "config; kept".to_owned(), bytes: 20 });
        assert!(matches!(&lines[2], Line::Asked(request) if request.outcome == "index; kept"));
        assert_eq!(lines.len(), 3);
    }
}
