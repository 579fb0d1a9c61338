//! Where there is no image to show: the chosen one cannot be read, or the index has none.

use leptos::prelude::*;

use super::place::Place;
use crate::anatomy::size;
use crate::app::components::{Chip, CopyButton, ForeignText, Nothing, Prose, Tone};
use crate::app::frame::{AdviceItem, FactText};
use crate::view::Failure;
use crate::view::address::ImageView;
use crate::view::trace::status_chain;

/// The index could be read, its chosen entry could not: what happened, in place of the image.
#[component]
pub(super) fn Unreadable(failure: Failure) -> impl IntoView {
    let facts = failure
        .facts
        .into_iter()
        .map(|fact| {
            view! {
                <div class="kv">
                    <dt>{fact.label}</dt>
                    <dd>
                        <FactText value=fact.value />
                    </dd>
                </div>
            }
        })
        .collect_view();
    let request = failure.request.map(|request| {
        let answer = status_chain(&request.statuses);
        view! {
            <div class="kv">
                <dt>"Request"</dt>
                <dd class="flex flex-wrap items-center gap-2">
                    <code>{request.method} " " <ForeignText text=request.url /></code>
                    <Chip text=answer tone=Tone::Warning />
                    <CopyButton text=request.curl label="Copy as curl" icon_only=true />
                </dd>
            </div>
        }
    });
    let messages = failure.registry_messages.into_iter().map(|message| {
        view! {
            <div class="kv">
                <dt>"The registry said"</dt>
                <dd>
                    <ForeignText text=message />
                </dd>
            </div>
        }
    });
    let advice = failure.advice.into_iter().map(|advice| view! { <AdviceItem advice=advice /> }).collect_view();
    view! {
        <section class="card">
            <div class="cardhead">
                <h2>{failure.heading}</h2>
                <Chip text=failure.status.to_string() tone=Tone::Warning />
            </div>
            <p class="px-4 py-3 text-muted">
                <Prose text=failure.explanation />
            </p>
            <dl class="border-t border-line">{facts} {request} {messages.collect_view()}</dl>
        </section>
        <ul class="advice mt-4">{advice}</ul>
    }
}

/// An index with no image in it.
#[component]
pub(super) fn NoImage(entries: usize, place: Place) -> impl IntoView {
    let title = if entries == 0 { "This index is empty" } else { "This index has no image of its own" };
    let words = if entries == 0 {
        "It is a valid list with nothing in it: there is nothing to pull.".to_owned()
    } else {
        let count = size::count(u64::try_from(entries).unwrap_or(u64::MAX));
        format!("What it lists, {count} in all, are other documents; they stand above.")
    };
    view! {
        <Nothing title=title>
            {words} " " <a class="link" href=place.view(ImageView::Raw)>"See its raw view"</a> " or " <a class="link" href=place.tags()>
                "the other tags"
            </a> "."
        </Nothing>
    }
}
