//! The image's layers, each with what is known of its inside.

use leptos::prelude::*;

use super::super::place::Place;
use crate::anatomy::files::FilePath;
use crate::anatomy::size;
use crate::app::components::{Chip, DigestLabel, ForeignText, Glyph, Icon, Prose, Size, Tone};
use crate::view::files::{FilesView, LayerCard, LayerState};

/// Most layers that are listed.
const LISTED: usize = 200;

/// A card with all of them, the lowest first.
#[component]
pub(super) fn LayerList(files: FilesView, place: Place) -> impl IntoView {
    let count = files.layers.len();
    let is_known = !files.is_provisional && !files.is_empty && files.layer.is_none();
    let usage = is_known.then(|| {
        let href = place.file_with(&FilePath::root(), true, &[("usage", "1")]);
        view! { <a class="btn small" href=href rel="nofollow">"Where the bytes went"</a> }
    });
    let download = files.download.clone().map(|href| {
        view! {
            <a class="btn small" href=href download="" rel="nofollow">
                <Icon glyph=Glyph::Download />
                "All files"
            </a>
        }
    });
    let rows = files.layers.iter().take(LISTED).map(|layer| row(layer, files.layer, &place)).collect_view();
    let more =
        (count > LISTED).then(|| format!("{} more layers are not listed here.", size::count((count - LISTED) as u64)));
    view! {
        <section class="card">
            <div class="cardhead">
                <h2>"Layers"</h2>
                <span class="text-muted text-sm">{size::counted(count as u64, "layer")} ", lowest first"</span>
                <span class="ml-auto flex gap-2">{download} {usage}</span>
            </div>
            <ol class="layerlist">{rows}</ol>
            {[more, files.download_lacks]
                .into_iter()
                .flatten()
                .map(|words| view! { <p class="cardfoot text-muted text-sm">{words}</p> })
                .collect_view()}
        </section>
    }
}

fn row(layer: &LayerCard, shown: Option<u32>, place: &Place) -> AnyView {
    let number = layer.number;
    let href = layer.digest.as_ref().map(|digest| place.layer(digest));
    let digest = layer.digest.clone().map(|digest| match href {
        Some(href) => view! { <DigestLabel digest=digest href=href /> }.into_any(),
        None => view! { <DigestLabel digest=digest /> }.into_any(),
    });
    let state = match &layer.state {
        LayerState::Unread => view! { <Chip text="not read" /> }.into_any(),
        LayerState::Waiting => view! { <Chip text="waits" /> }.into_any(),
        LayerState::Reading(progress) => {
            let words = format!("{} read", size::decimal(progress.stored));
            view! { <Chip text=words tone=Tone::Warning /> }.into_any()
        }
        LayerState::Known { entries, unpacked, .. } => {
            let words = format!("{}, {} unpacked", size::counted(*entries, "entry"), size::decimal(*unpacked));
            view! { <span class="text-muted text-xs">{words}</span> }.into_any()
        }
        LayerState::Unreadable { .. } => view! { <Chip text="not readable" tone=Tone::Bad /> }.into_any(),
    };
    let remarks = match &layer.state {
        LayerState::Known { remarks, .. } => remarks.clone(),
        LayerState::Unreadable { reason, .. } => vec![reason.clone()],
        LayerState::Unread | LayerState::Waiting | LayerState::Reading(_) => Vec::new(),
    };
    let remarks =
        remarks.into_iter().map(|text| view! { <p class="text-warn text-sm"><Prose text=text /></p> }).collect_view();
    let instruction =
        layer.instruction.clone().map(|text| view! { <code class="clamp"><ForeignText text=text /></code> });
    let as_of = (number > 1).then(|| {
        view! { <a class="link text-xs" href=place.as_of(number) rel="nofollow">"Image as of this layer"</a> }
    });
    view! {
        <li aria-current=(shown == Some(number)).then_some("true")>
            <span class="num text-muted">{number}</span>
            <div class="min-w-0">
                <div class="flex flex-wrap items-center gap-x-3 gap-y-1">{digest} {state} {as_of}</div>
                {instruction}
                {remarks}
            </div>
            <span class="figure">{layer.size.map(|bytes| view! { <Size bytes=bytes /> })}</span>
        </li>
    }
    .into_any()
}
