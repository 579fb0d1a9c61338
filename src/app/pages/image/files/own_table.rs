//! The table of contents that the shown layer has of its own, held against its archive.

use leptos::either::{Either, EitherOf4};
use leptos::prelude::*;

use super::super::place::Place;
use super::reading::PressOnce;
use crate::anatomy::size;
use crate::app::components::{Chip, ForeignText, Prose, Tone};
use crate::view::files::{EntryKind, OwnTable, TableDifference};

/// What the card is called.
const HEADING: &str = "Its own table of contents";

/// What the table says otherwise than the archive, folded; or why that is not known, and a button that has it found out.
#[component]
pub(super) fn OwnTableCard(table: OwnTable, place: Place) -> impl IntoView {
    match table {
        OwnTable::Unread { is_much } => EitherOf4::A(view! {
            <section class="card">
                <div class="cardhead">
                    <h2>{HEADING}</h2>
                </div>
                <div class="grid gap-3 px-4 py-3 text-sm">
                    <p>
                        "The layer lists its files itself, too. Runtimes that load files one by one believe that list; all others read the archive."
                    </p>
                    <form method="post">
                        <button class="btn small">"Compare with its own table"</button>
                    </form>
                    {(!is_much).then(|| view! { <PressOnce /> })}
                </div>
            </section>
        }),
        OwnTable::NotCompared { reason } => EitherOf4::B(view! {
            <section class="card">
                <div class="cardhead">
                    <h2>{HEADING}</h2>
                </div>
                <p class="px-4 py-3 text-sm">"It is not compared with the archive. " <Prose text=reason /></p>
            </section>
        }),
        OwnTable::Compared { differences: 0, .. } => EitherOf4::C(view! {
            <p class="text-muted text-sm">"The layer's own table agrees with its archive."</p>
        }),
        OwnTable::Compared { names, differences } => EitherOf4::D(view! {
            <Differences names=names count=differences place=place />
        }),
    }
}

#[component]
fn Differences(names: Vec<TableDifference>, count: u64, place: Place) -> impl IntoView {
    let listed: u64 = names.iter().map(|name| name.words.len() as u64).sum();
    let more = count.saturating_sub(listed);
    let more = (more > 0).then(|| {
        view! { <p class="cardfoot text-muted text-sm">{format!("{} more are not listed.", size::count(more))}</p> }
    });
    let rows = names.into_iter().map(|name| row(name, &place)).collect_view();
    view! {
        <details class="card fold mb-0">
            <summary>
                <h2>{HEADING}</h2>
                <span class="text-muted text-sm">{size::counted(count, "difference")} " to its archive"</span>
            </summary>
            <ul class="filelist">{rows}</ul>
            {more}
        </details>
    }
}

fn row(name: TableDifference, place: &Place) -> AnyView {
    let text = name.path.readable();
    let path = match name.kind {
        Some(kind) => {
            let href = place.file(&name.path, kind == EntryKind::Directory);
            Either::Left(view! { <a class="wraps" href=href rel="nofollow"><ForeignText text=text /></a> })
        }
        None => Either::Right(view! { <span class="wraps"><ForeignText text=text /></span> }),
    };
    let words = name.words.into_iter().map(|words| view! { <Chip text=words tone=Tone::Warning /> }).collect_view();
    view! {
        <li>
            <div class="min-w-0">
                {path} <div class="flex flex-wrap items-center gap-x-2">{words}</div>
            </div>
        </li>
    }
    .into_any()
}
