//! A page that could not be built: what happened, to which request, and what to do.

use leptos::either::Either;
use leptos::prelude::*;

use super::PageHead;
use super::request_bar::PageRequests;
use crate::anatomy::size::{count, exact};
use crate::api::{request_id, set_page_status};
use crate::app::components::{Chip, CopyButton, DigestLabel, ForeignText, Prose, Tone};
use crate::view::address::AddressError;
use crate::view::failure::{Advice, Fact, FactValue, FailedRequest, Remark};
use crate::view::trace::status_chain;
use crate::view::{Failure, link};

/// Everything below the top bar of a page that failed.
#[component]
pub fn FailurePage(
    /// Why.
    failure: Failure,
) -> impl IntoView {
    let (registry, trace) = (failure.registry.clone(), failure.trace.clone());
    view! {
        <main id="main" class="page" tabindex="-1">
            <PageHead title=failure.heading.clone() description=failure.explanation.clone() />
            <FailureReport failure=failure />
        </main>
        <PageRequests registry=registry trace=trace />
    }
}

/// What is said where an address means nothing here.
#[component]
pub fn AddressFailure(
    /// Why it means nothing.
    error: AddressError,
) -> impl IntoView {
    set_page_status(error.status());
    let (heading, explanation) = match &error {
        AddressError::Unknown => {
            ("There is no such page", "No page and no view of Strata has this address.".to_owned())
        }
        other => (
            "This address is not an image reference",
            format!("A path is a repository, with a tag after : or a digest after @. Here {other}."),
        ),
    };
    let label = error.status().to_string();
    view! {
        <main id="main" class="page" tabindex="-1">
            <PageHead title=heading description=explanation.clone() />
            <Report label=label heading=heading explanation=explanation>
                <h2 class="advicehead">"What you can do"</h2>
                <ul class="advice">
                    <li>"Start from the " <a href=link::site("/")>"repositories"</a> "."</li>
                    <li>"Paste what you have into the search box above: it understands pull commands and whole references."</li>
                </ul>
            </Report>
        </main>
    }
}

/// The frame of every failure: a small line, the heading, what it means, and what follows.
#[component]
fn Report(
    #[prop(into)] label: String,
    #[prop(into)] heading: String,
    #[prop(into)] explanation: String,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="failure">
            <p class="label">{label}</p>
            <h1>{heading}</h1>
            <p class="sub">
                <Prose text=explanation />
            </p>
            {children()}
            {request_id()
                .map(|id| {
                    view! { <p class="requestid">"Request " <code>{id}</code> " (the operator finds it in the log)"</p> }
                })}
        </div>
    }
}

/// A failure as a page, or as a part of one.
#[component]
pub fn FailureReport(
    /// What happened.
    failure: Failure,
) -> impl IntoView {
    let label = match failure.source.as_str() {
        "" => failure.status.to_string(),
        source => format!("{} · {source}", failure.status),
    };
    view! {
        <Report label=label heading=failure.heading explanation=failure.explanation>
            {(!failure.facts.is_empty())
                .then(|| {
                    let facts = failure.facts.into_iter().map(|fact| view! { <FactCell fact=fact /> }).collect_view();
                    view! { <dl class="ids">{facts}</dl> }
                })}
            {failure.request.map(|request| view! { <RequestCard request=request /> })}
            {(!failure.registry_messages.is_empty())
                .then(|| {
                    let messages = failure
                        .registry_messages
                        .into_iter()
                        .map(|message| view! { <li><ForeignText text=message /></li> })
                        .collect_view();
                    view! {
                        <section class="card">
                            <div class="cardhead">
                                <h2>"What the registry said"</h2>
                            </div>
                            <ul class="messages">{messages}</ul>
                        </section>
                    }
                })}
            {(!failure.advice.is_empty())
                .then(|| {
                    let advice = failure.advice.into_iter().map(|advice| view! { <AdviceItem advice=advice /> }).collect_view();
                    view! {
                        <h2 class="advicehead">"What you can do"</h2>
                        <ul class="advice">{advice}</ul>
                    }
                })}
        </Report>
    }
}

#[component]
fn FactCell(fact: Fact) -> impl IntoView {
    let remark = fact.remark.map(|remark| match remark {
        Remark::Verified => (Tone::Good, "verified"),
        Remark::Reported => (Tone::Warning, "reported"),
        Remark::Mismatch => (Tone::Bad, "mismatch"),
    });
    view! {
        <div>
            <dt>{fact.label}</dt>
            <dd><FactText value=fact.value /> {remark.map(|(tone, word)| view! { <Chip tone=tone text=word /> })}</dd>
        </div>
    }
}

/// What a fact says.
#[component]
pub fn FactText(
    /// A digest, or a text that may be somebody else's.
    value: FactValue,
) -> impl IntoView {
    match value {
        FactValue::Digest(digest) => Either::Left(view! { <DigestLabel digest=digest /> }),
        FactValue::Text(text) => Either::Right(view! { <ForeignText text=text /> }),
    }
}

#[component]
fn RequestCard(request: FailedRequest) -> impl IntoView {
    let mut answer = vec![status_chain(&request.statuses)];
    answer.extend(request.content_type.map(|content_type| format!("content-type: {content_type}")));
    if !request.statuses.is_empty() {
        answer.push(exact(request.bytes));
    }
    answer.push(format!("{} ms", count(request.elapsed_ms)));
    view! {
        <section class="card">
            <div class="cardhead">
                <h2>"The request"</h2>
                <CopyButton text=request.curl label="Copy as curl" />
            </div>
            <pre class="code wrap">
                {request.method} " " <bdi>{request.url}</bdi> "\n" <ForeignText text=answer.join("   ") />
            </pre>
        </section>
    }
}

/// One thing that a reader can do.
#[component]
pub fn AdviceItem(
    /// What, and perhaps where.
    advice: Advice,
) -> impl IntoView {
    let link = advice.link.map(|(words, href)| {
        let rel = href.contains("refresh=").then_some("nofollow");
        view! { " " <a href=href rel=rel>{words}</a> }
    });
    view! { <li><Prose text=advice.text /> {link}</li> }
}
