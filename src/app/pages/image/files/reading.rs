//! Layers that are still to be read: a button that has it done, or how far it has come.

use leptos::either::EitherOf4;
use leptos::prelude::*;

use super::super::place::Place;
use crate::anatomy::size;
use crate::app::components::{NoticeBox, Tone};
use crate::view::files::{FilesView, LayerCard, LayerState};

/// Presses the button before it, once for each address in this tab: what comes back unread after that is left to the reader. A page
/// that is drawn ahead of a press has no reader yet.
///
/// Both scripts stand in the page, since they are small, few pages need them, and neither should wait for the rest.
const PRESS: &str = r#"try{const s=sessionStorage,k="strata-pressed",f=document.currentScript.previousElementSibling;if(!document.prerendering&&s.getItem(k)!==location.href){s.setItem(k,location.href);f.submit()}}catch{}"#;

/// Follows how far the layers have come, and loads the page anew with its first rows and at the end; besides, though not within a
/// second, when there are four times as many entries, of which ten thousand are shown; and not within five, when one of several layers
/// has ended.
const FOLLOW: &str = r#"{const n=document.currentScript.parentElement,e=new EventSource(n.dataset.reading),again=()=>location.reload();let old;e.addEventListener("progress",({data})=>{const[stored,size,entries,left,...words]=data.split(" "),bar=n.querySelector("progress");old??=[+left,+entries];const t=performance.now();if(entries>0&&!("hasRows"in n.dataset)||t>1e3&&old[1]<1e4&&entries>4*old[1]||t>5e3&&left<old[0])again();bar.max=size;bar.value=stored;n.querySelector(".words").textContent=words.join(" ")});e.addEventListener("done",again);e.onerror=()=>{if(e.readyState===2)setTimeout(again,5e3)}}"#;

/// Said beside rows while layers above them are unread.
const LOWER_ONLY: &str = "What is shown comes from the lower layers only, and may change.";

/// What there is to say of layers that are not known, where there are any. A script presses the button by itself, unless there is
/// much to read.
#[component]
pub(super) fn ReadingNotice(files: FilesView, place: Place) -> impl IntoView {
    let states = || wanted(&files).map(|layer| &layer.state);
    let is_running = states().any(|state| matches!(state, LayerState::Reading(_) | LayerState::Waiting));
    let unread = states().filter(|state| matches!(state, LayerState::Unread)).count();
    let failed = states().filter(|state| matches!(state, LayerState::Unreadable { again: true, .. })).count();
    let partial = states().filter(|state| matches!(state, LayerState::Known { again: true, .. })).count();
    if is_running {
        return EitherOf4::A(view! { <Running files=files.clone() place=place /> });
    }
    if unread > 0 {
        let layers = size::counted(unread as u64, "layer");
        let (bytes, has_rows) = (size::decimal(files.unread_bytes), !files.rows.is_empty());
        let words =
            format!("{layers} with {bytes} as stored have to be read once for that. Then everything in them is known.");
        return EitherOf4::B(view! {
            <NoticeBox>
                <b>{if files.is_much { "This is much to read" } else { "Not all layers have been read yet" }}</b>
                <span>{words}</span>
                {has_rows.then(|| view! { <span>{LOWER_ONLY}</span> })}
                <form method="post">
                    <button class="btn small">{format!("Read {bytes}")}</button>
                </form>
                {(!files.is_much).then(|| view! { <PressOnce /> })}
            </NoticeBox>
        });
    }
    if failed > 0 || partial > 0 {
        let words = match (failed, partial) {
            (0, partial) => format!("{} could be read only in part", size::counted(partial as u64, "layer")),
            (failed, 0) => format!("{} could not be read", size::counted(failed as u64, "layer")),
            (failed, partial) => {
                format!("{} could not be read, {partial} only in part", size::counted(failed as u64, "layer"))
            }
        };
        return EitherOf4::C(view! {
            <NoticeBox tone=Tone::Warning>
                <b>{words}</b>
                <span>"What they would change is missing in what is shown. The list of layers says why."</span>
                <form method="post">
                    <input type="hidden" name="again" value="1" />
                    <button class="btn small">"Try again"</button>
                </form>
            </NoticeBox>
        });
    }
    EitherOf4::D(())
}

/// Presses the button of the form before it, where there is script.
#[component]
pub(super) fn PressOnce() -> impl IntoView {
    view! { <script nonce=use_nonce()>{PRESS}</script> }
}

/// The layers that what is shown is made of, once they are known.
fn wanted(files: &FilesView) -> impl Iterator<Item = &LayerCard> {
    files.layers.iter().filter(move |layer| match files.layer {
        Some(number) => layer.number == number,
        None => files.as_of == 0 || layer.number <= files.as_of,
    })
}

#[component]
fn Running(files: FilesView, place: Place) -> impl IntoView {
    let (mut stored, mut total, mut entries, mut left) = (0_u64, 0_u64, 0_u64, 0_u64);
    for layer in wanted(&files) {
        match &layer.state {
            LayerState::Reading(progress) => {
                stored = stored.saturating_add(progress.stored);
                total = total.saturating_add(progress.size.unwrap_or_default());
                entries = entries.saturating_add(progress.entries);
                left += 1;
            }
            LayerState::Waiting => {
                total = total.saturating_add(layer.size.unwrap_or_default());
                left += 1;
            }
            // It counts as a whole, so that nothing goes back when one of several has ended.
            LayerState::Known { entries: known, .. } => {
                let size = layer.size.unwrap_or_default();
                (stored, total) = (stored.saturating_add(size), total.saturating_add(size));
                entries = entries.saturating_add(*known);
            }
            LayerState::Unread | LayerState::Unreadable { .. } => {}
        }
    }
    let heading = match left {
        1 => "Reading 1 layer".to_owned(),
        left => format!("Reading {}", size::counted(left, "layer")),
    };
    let words = format!("{} of {}, {}", size::decimal(stored), size::decimal(total), size::counted(entries, "entry"));
    let events = place.reading_events();
    // Rows may be missing for another reason than that nothing has come.
    let has_rows = (!files.is_empty || entries > 0).then_some("");
    view! {
        // With script the page is told.
        <noscript>
            <meta http-equiv="refresh" content="2" />
        </noscript>
        <div class="notice inprogress" role="note" data-reading=events data-has-rows=has_rows>
            <b>{heading}</b>
            <progress max=total.to_string() value=stored.to_string() aria-label="Bytes read"></progress>
            <span class="words num">{words}</span>
            {(!files.rows.is_empty()).then(|| view! { <span>"What is shown so far may still change."</span> })}
            <script nonce=use_nonce()>{FOLLOW}</script>
        </div>
    }
}
