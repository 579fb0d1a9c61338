//! Files as rows, each with the layer that has it and the one that has hidden it.

use leptos::prelude::*;

use super::super::super::place::Place;
use super::super::tree::digest_of;
use crate::anatomy::size;
use crate::app::components::{Chip, ForeignText, Size, Tone};
use crate::view::files::{FilesView, UsageFile};

/// The rows.
#[component]
pub(super) fn FileRows(rows: Vec<UsageFile>, files: FilesView, place: Place, tone: Tone) -> impl IntoView {
    let rows = rows.into_iter().map(|row| {
        let digest = digest_of(&files.layers, row.layer);
        let href = match &digest {
            Some(digest) if !row.is_shown => place.stored(digest, &row.path, false),
            _ => place.file(&row.path, false),
        };
        let words = match row.by {
            Some(by) if by != row.layer => format!("layer {}, gone by layer {by}", row.layer),
            _ => format!("layer {}", row.layer),
        };
        let instruction = row
            .by
            .filter(|by| *by != row.layer)
            .and_then(|by| files.layers.iter().find(|card| card.number == by)?.instruction.clone());
        let instruction = instruction.map(|text| view! { <code class="clamp"><ForeignText text=text /></code> });
        let why = (!row.words.is_empty()).then(|| view! { <Chip text=row.words.clone() tone=tone /> });
        view! {
            <li>
                <div class="min-w-0">
                    <a class="wraps" href=href rel="nofollow"><ForeignText text=row.path.readable() /></a>
                    <div class="flex flex-wrap items-center gap-x-2">
                        <span class="text-muted text-xs">{words}</span>
                        {why}
                    </div>
                    {instruction}
                </div>
                <span class="figure"><Size bytes=row.bytes /></span>
            </li>
        }
        .into_any()
    });
    view! { <ul class="filelist">{rows.collect_view()}</ul> }
}

/// How many more there are than the rows above tell.
pub(super) fn more(left_out: u64) -> impl IntoView {
    (left_out > 0).then(|| {
        view! { <p class="cardfoot text-muted text-sm">{format!("{} more are not listed.", size::count(left_out))}</p> }
    })
}
