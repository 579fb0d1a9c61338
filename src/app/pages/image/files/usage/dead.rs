//! What is shipped and never seen: layer by layer with what has hidden it, and file by file.

use leptos::prelude::*;

use super::super::super::place::Place;
use super::super::tree::digest_of;
use super::rows::FileRows;
use crate::anatomy::size;
use crate::app::components::{DigestLabel, ForeignText, Size, Tone};
use crate::app::pages::more_rows::MoreRows;
use crate::view::files::{FilesView, LayerCard, LayerCause, USAGE_LENGTH, Usage, UsageLayer};

/// The layers that have something nobody sees, each with its causes.
#[component]
pub(super) fn DeadLayers(layers: Vec<UsageLayer>, cards: Vec<LayerCard>, place: Place) -> impl IntoView {
    let rows = layers.into_iter().filter(|layer| layer.dead_bytes > 0).map(|layer| {
        let digest = digest_of(&cards, layer.number).map(|digest| {
            let href = place.layer(&digest);
            view! { <DigestLabel digest=digest href=href /> }
        });
        let made_by = instruction(&cards, layer.number)
            .map(|text| view! { <code class="clamp"><span>"made by " <ForeignText text=text /></span></code> });
        let causes = layer.causes.iter().map(|told| cause(told, layer.number, &cards)).collect_view();
        let more = (layer.causes_left_out > 0).then(|| {
            let words = format!("{} of fewer bytes are not listed.", size::counted(layer.causes_left_out, "cause"));
            view! { <p class="text-muted text-xs">{words}</p> }
        });
        view! {
            <li>
                <span class="num text-muted">{layer.number}</span>
                <div class="min-w-0">
                    <div class="flex flex-wrap items-center gap-x-3">
                        {digest}
                        <span class="text-muted text-sm">
                            <Size bytes=layer.dead_bytes /> " of " <Size bytes=layer.bytes /> " never seen, about "
                            <Size bytes=layer.dead_stored_bytes /> " of " <Size bytes=layer.stored_bytes /> " as stored"
                        </span>
                    </div>
                    {made_by}
                    <div class="deadcauses">{causes} {more}</div>
                </div>
                <span></span>
            </li>
        }
        .into_any()
    });
    view! { <ol class="layerlist">{rows.collect_view()}</ol> }
}

fn cause(told: &LayerCause, layer: u32, cards: &[LayerCard]) -> AnyView {
    let LayerCause { by, cause } = told;
    let hidden = (*by != layer).then(|| {
        let instruction = instruction(cards, *by).map(|text| view! { ": " <ForeignText text=text /> });
        view! { <code class="clamp"><span>{format!("gone by layer {by}")} {instruction}</span></code> }
    });
    view! {
        <div>
            <p>
                <Size bytes=cause.bytes /> ", about " <Size bytes=cause.stored_bytes /> " as stored, in "
                {size::counted(cause.files, "file")} " " {cause.words.clone()}
            </p>
            {hidden}
        </div>
    }
    .into_any()
}

/// The instruction that made a layer.
fn instruction(cards: &[LayerCard], number: u32) -> Option<String> {
    cards.iter().find(|card| card.number == number)?.instruction.clone()
}

/// The files, a page of them.
#[component]
pub(super) fn DeadCard(usage: Usage, files: FilesView, place: Place) -> impl IntoView {
    (usage.dead_files > 0).then(|| {
        let more = {
            let (place, from) = (place.clone(), place.asked_files().dead_from);
            view! {
                <MoreRows
                    words="There are more files than one page shows."
                    first=from
                    length=USAGE_LENGTH
                    count=u32::try_from(usage.dead_files).unwrap_or(u32::MAX)
                    href=move |first| place.dead_from(first)
                />
            }
        };
        view! {
            <section class="card" id="never-seen">
                <div class="cardhead">
                    <h2>"Shipped, never seen"</h2>
                    <span class="text-muted text-sm">"whoever pulls the image downloads them"</span>
                </div>
                <FileRows rows=usage.dead files=files place=place tone=Tone::Plain />
                {more}
            </section>
        }
    })
}
