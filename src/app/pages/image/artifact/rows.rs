//! Rows of names and values, and text in a card.

use leptos::prelude::*;

use super::super::named_values::Value;
use crate::anatomy::secrets::looks_secret;
use crate::anatomy::size;
use crate::anatomy::text::{clip, visible_line};
use crate::anatomy::time::Created;
use crate::app::components::{DigestLabel, ForeignText, Moment, SecretText};
use crate::oci::Digest;

/// Longest line of a row that has no room for more, in characters.
const LINE: usize = 300;
/// Most digests of one thing that stand in its row. Nobody knows of more than a few algorithms.
const DIGESTS: usize = 6;

/// One row: what it is called, and what stands there.
pub(super) fn row(name: &'static str, value: impl IntoView + 'static) -> AnyView {
    view! {
        <div class="kv named">
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
    .into_any()
}

/// A row with a text that somebody wrote: a link where it is a plain web address. Nothing where there is none.
pub(super) fn text(name: &'static str, value: Option<String>) -> Option<AnyView> {
    value.map(|value| row(name, view! { <Value value=value secret=false code=false /> }))
}

/// A row with a moment; what is none stands as it was written.
pub(super) fn date(name: &'static str, at: Option<String>) -> Option<AnyView> {
    let at = at?;
    Some(row(
        name,
        match Created::of(Some(&at)) {
            Created::Known(at) | Created::Reproducible(at) => view! { <Moment at=at time=true /> }.into_any(),
            Created::NotSet | Created::Invalid(_) => view! { <ForeignText text=at /> }.into_any(),
        },
    ))
}

/// A row with several texts, each on a line.
pub(super) fn texts(name: &'static str, values: Vec<String>) -> Option<AnyView> {
    (!values.is_empty()).then(|| {
        let values = values
            .into_iter()
            .map(|value| view! { <li><Value value=value secret=false code=false /></li> }.into_any())
            .collect_view();
        row(name, view! { <ul class="values">{values}</ul> })
    })
}

/// Rows under a heading, where there is one; names are the writer's own. What looks like a secret is covered.
#[component]
pub(super) fn Pairs(title: &'static str, pairs: Vec<(String, String)>) -> impl IntoView {
    (!pairs.is_empty()).then(|| {
        let rows = pairs
            .into_iter()
            .map(|(name, value)| {
                let secret = looks_secret(&name, &value);
                view! {
                    <div class="kv named">
                        <dt>
                            <ForeignText text=name />
                        </dt>
                        <dd>
                            <Value value=value secret=secret code=false />
                        </dd>
                    </div>
                }
                .into_any()
            })
            .collect_view();
        view! {
            {(!title.is_empty()).then(|| view! { <h3 class="group">{title}</h3> })}
            <dl>{rows}</dl>
        }
    })
}

/// Digests as somebody wrote them: a label where one is a digest of a registry's kind, else text. At most [`DIGESTS`] of them,
/// and how many there are besides.
pub(super) fn digests(digests: Vec<(String, String)>) -> impl IntoView {
    let more = digests.len().saturating_sub(DIGESTS);
    let shown = digests
        .into_iter()
        .take(DIGESTS)
        .map(|(algorithm, encoded)| {
            let text = format!("{algorithm}:{encoded}");
            match text.parse::<Digest>().ok().filter(Digest::is_verifiable) {
                Some(digest) => view! { <DigestLabel digest=digest /> }.into_any(),
                None => view! { <code><ForeignText text=clipped(&text) /></code> " " }.into_any(),
            }
        })
        .collect_view();
    view! { {shown} {(more > 0).then(|| format!(" and {} more", size::counted(more as u64, "digest")))} }
}

/// A text of many lines, with what looks like a secret covered, and how much of it is left out.
#[component]
pub(super) fn Lines(#[prop(into)] label: String, text: String, left_out: u64) -> impl IntoView {
    let label = plain(&label);
    view! {
        <pre class="code wrap tall" tabindex="0" role="region" aria-label=label>
            <SecretText text=text />
        </pre>
        {(left_out > 0)
            .then(|| {
                view! {
                    <p class="label px-4 py-2">
                        "The rest, " {size::decimal(left_out)} ", is left out here; the download has all of it."
                    </p>
                }
            })}
    }
}

/// A text's beginning, for a row among many.
pub(super) fn clipped(text: &str) -> String {
    let clipped = clip(text, LINE);
    if clipped.left_out == 0 { clipped.text } else { format!("{}…", clipped.text) }
}

/// The same for an attribute or a word in a frame, where no [`ForeignText`] can stand: nothing hidden is in it (threat V-6).
pub(super) fn plain(text: &str) -> String {
    visible_line(&clipped(text)).into_owned()
}
