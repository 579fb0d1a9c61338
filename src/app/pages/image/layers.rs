//! The history joined with the layers, as steps or as a Dockerfile, and the stack beside it.

use std::collections::HashSet;

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::dockerfile::DockerfileText;
use super::place::Place;
use super::stack::Stack;
use super::step::{LayerRow, StepRow};
use crate::anatomy::size;
use crate::anatomy::steps::{LayerFacts, Step, Steps};
use crate::app::components::{Nothing, NoticeBox, Prose, Segment, Segments, Size, Tone};
use crate::app::pages::more_rows::MoreRows;
use crate::view::address::ImageView;
use crate::view::image::{LayersView, STEPS_LENGTH};

/// The view of layers. `total` is the bytes of all of them.
#[component]
pub(super) fn Layers(layers: LayersView, place: Place, total: u64) -> impl IntoView {
    let config_failure = layers.config_failure.clone().map(|failure| {
        let href = place.view(ImageView::Config);
        view! {
            <NoticeBox tone=Tone::Bad>
                <b>{failure.heading}</b>
                <span>"So there is no history, and the layers stand alone. " <Prose text=failure.explanation /></span>
                <a class="link" href=href>
                    "See the request, and what you can do"
                </a>
            </NoticeBox>
        }
    });
    let stack = (!layers.stack.is_empty()).then(|| {
        let href = if place.is_dockerfile() { place.history(false) } else { String::new() };
        view! { <Stack view=layers.clone() href=href /> }
    });
    let efficiency =
        (!layers.stack.is_empty()).then(|| view! { <Efficiency counted=layers.counted href=place.usage() /> });
    view! {
        {config_failure}
        <div class="columns">
            <div class="grid gap-4 min-w-0">
                <History layers=layers.clone() place=place total=total />
            </div>
            <aside aria-label="Stack">{stack} {efficiency}</aside>
        </div>
    }
}

/// How much of the files can be seen, where somebody has had that counted, and the way there.
#[component]
fn Efficiency(counted: Option<(u64, u64)>, href: String) -> impl IntoView {
    let words = counted.map(|(total, dead)| {
        view! {
            <p class="px-4 py-3 text-sm">
                <b>{size::percent(total - dead.min(total), total)}</b> " of the files' bytes can be seen, " <Size bytes=dead />
                " are shipped and never seen."
            </p>
        }
    });
    view! {
        <section class="card mt-4">
            <div class="cardhead">
                <h2>"Efficiency"</h2>
                <a class="link text-sm ml-auto" href=href rel="nofollow">"Where the bytes went"</a>
            </div>
            {words}
        </section>
    }
}

#[component]
fn History(layers: LayersView, place: Place, total: u64) -> impl IntoView {
    let (step_count, layer_count) = (layers.step_count, layers.layer_count);
    let summary = format!(
        "{}, {}, oldest first",
        size::counted(step_count.into(), "step"),
        size::counted(layer_count.into(), "layer")
    );
    let segments = vec![
        Segment { label: "Steps", href: place.history(false), current: !place.is_dockerfile() },
        Segment { label: "Dockerfile", href: place.history(true), current: place.is_dockerfile() },
    ];
    let head = view! {
        <div class="cardhead">
            <h2>"History"</h2>
            <span class="text-muted text-sm">{summary}</span>
            <Segments label="Form of the history" segments=segments />
        </div>
    };
    if let Some(text) = layers.dockerfile {
        return EitherOf3::A(view! {
            <section class="card">{head} <DockerfileText text=text cut=layers.dockerfile_cut /></section>
        });
    }
    match layers.steps {
        Steps::Joined(steps) if steps.is_empty() => EitherOf3::B(view! {
            <Nothing title="No layers">"The image has neither layers nor a history: it is empty."</Nothing>
        }),
        Steps::Joined(steps) => EitherOf3::C(Either::Left(view! {
            <section class="card">
                {head} <StepList steps=steps total=total />
                {more("steps", place, layers.first, step_count)}
            </section>
        })),
        Steps::Unjoined { history, layers: rows, notice } => {
            let history = (step_count > 0).then(|| {
                view! {
                    <section class="card">
                        {head} <StepList steps=history total=total />
                        {more("steps", place.clone(), layers.first, step_count)}
                    </section>
                }
            });
            EitherOf3::C(Either::Right(view! {
                <NoticeBox tone=Tone::Warning>{notice.to_string()} "."</NoticeBox>
                <section class="card">
                    <div class="cardhead">
                        <h2>"Layers"</h2>
                        <span class="text-muted text-sm">{size::counted(layer_count.into(), "layer")} ", lowest first"</span>
                    </div>
                    <LayerList layers=rows total=total />
                    {more("layers", place, layers.first, layer_count)}
                </section>
                {history}
            }))
        }
    }
}

#[component]
fn StepList(steps: Vec<Step>, total: u64) -> impl IntoView {
    let mut seen = HashSet::new();
    let rows = steps
        .into_iter()
        .map(|step| {
            // A digest may stand in several layers: links lead to the lowest.
            let digest = step.layer.as_ref().and_then(|layer| layer.digest.clone());
            let named = digest.is_some_and(|digest| seen.insert(digest));
            view! { <StepRow step=step total=total named=named /> }.into_any()
        })
        .collect_view();
    view! { <ol>{rows}</ol> }
}

#[component]
fn LayerList(layers: Vec<LayerFacts>, total: u64) -> impl IntoView {
    let mut seen = HashSet::new();
    let rows = layers
        .into_iter()
        .map(|layer| {
            let named = layer.digest.clone().is_some_and(|digest| seen.insert(digest));
            view! { <LayerRow layer=layer total=total named=named /> }.into_any()
        })
        .collect_view();
    view! { <ol>{rows}</ol> }
}

/// The way through a history that is longer than a page.
fn more(what: &str, place: Place, first: u32, count: u32) -> impl IntoView + use<> {
    let words = format!("The history has more {what} than one page shows.");
    view! { <MoreRows words=words first=first length=STEPS_LENGTH count=count href=move |first| place.steps(first) /> }
}
