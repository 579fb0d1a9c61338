//! How referrers were looked for: what failed, and every question with its answer.

use std::collections::HashSet;

use leptos::prelude::*;

use super::super::place::Place;
use super::row::About;
use crate::anatomy::size::counted;
use crate::app::components::{ForeignText, NoticeBox, Tone};
use crate::view::image::referrers::{AskedRequest, SubjectLookup, Way};
use crate::view::trace::status_chain;

/// What failed or is still on its way, above the list.
#[component]
pub(super) fn Problems(subjects: Vec<SubjectLookup>, place: Place) -> impl IntoView {
    let waiting = subjects.iter().any(|subject| subject.waiting).then(|| {
        let href = place.referrers_again(false);
        view! {
            <NoticeBox>
                <b>"The registry has not answered every question yet"</b>
                <span>"It is asked on; what is shown is what is known so far."</span>
                <a class="link" href=href>
                    "Look again"
                </a>
            </NoticeBox>
        }
    });
    let problems = subjects
        .into_iter()
        .flat_map(|lookup| {
            let subject = lookup.subject;
            lookup.problems.into_iter().map(move |problem| (subject.clone(), problem))
        })
        .map(|(subject, problem)| {
            let href = place.referrers_again(true);
            view! {
                <NoticeBox tone=Tone::Warning>
                    <b>"About " <About subject=subject /></b>
                    <span>
                        <ForeignText text=format!("{}.", problem.trim_end_matches('.')) />
                    </span>
                    <a class="link" href=href rel="nofollow">
                        "Ask again"
                    </a>
                </NoticeBox>
            }
        })
        .collect_view();
    view! {
        {waiting}
        {problems}
    }
}

/// Below the list: a sentence, and folded, what was asked.
#[component]
pub(super) fn HowFound(subjects: Vec<SubjectLookup>, place: Place) -> impl IntoView {
    let words = how(&subjects);
    let asked: HashSet<_> =
        subjects.iter().flat_map(|subject| &subject.asked).map(|asked| (&asked.method, &asked.url)).collect();
    let questions = counted(u64::try_from(asked.len()).unwrap_or(u64::MAX), "question");
    let lists = subjects
        .into_iter()
        .map(|lookup| {
            let rows = lookup.asked.into_iter().map(|asked| view! { <Question asked=asked /> }).collect_view();
            view! {
                <p class="label">"About " <About subject=lookup.subject /></p>
                <ol>{rows}</ol>
            }
        })
        .collect_view();
    let href = place.referrers_again(true);
    view! {
        <details class="asked">
            <summary>{words} " " <span class="link">{questions}</span></summary>
            {lists}
            <p>
                "For each digest: its list, the fallback tag where there is no list, and three tags that cosign's older versions write. Answers are kept for a moment. "
                <a class="link" href=href rel="nofollow">
                    "Ask again"
                </a>
            </p>
        </details>
    }
}

#[component]
fn Question(asked: AskedRequest) -> impl IntoView {
    view! {
        <li>
            <code>{asked.method} " " <ForeignText text=asked.url /></code>
            " → "
            {status_chain(&asked.statuses)}
            ", "
            <ForeignText text=asked.outcome />
        </li>
    }
}

/// Which way they were found, in a sentence.
fn how(subjects: &[SubjectLookup]) -> &'static str {
    let has = |way| subjects.iter().any(|subject| subject.way == Some(way));
    if has(Way::Api) {
        "Asked through the registry's referrers API, and for cosign's older tags."
    } else if has(Way::Tag) {
        "The registry has no referrers API, so the fallback tag was read, and cosign's older tags looked for."
    } else if has(Way::None) {
        "The registry has no referrers API. The fallback tag was looked up: there is none. Cosign's older tags were looked for, too."
    } else {
        "The registry's list of referrers could not be read."
    }
}
