//! The files of an image, or of one of its layers.
//!
//! - `reading`: layers that are still to be read; `tools`: what is shown, and how; `tree`: the rows
//! - `opened`: one file beside them, with its `content`, or what is `inside` of it; `layers`: the image's layers, and the
//!   `own_table` of one; `usage`: where its bytes went

mod content;
mod inside;
mod layers;
mod opened;
mod own_table;
mod reading;
mod shares;
mod tools;
mod tree;
mod usage;

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::place::Place;
use crate::app::components::{NoticeBox, Prose, Tone};
use crate::app::pages::more_rows::MoreRows;
use crate::view::files::{FilesView, ROWS_LENGTH};
use layers::LayerList;
use opened::OpenedCard;
use own_table::OwnTableCard;
use reading::ReadingNotice;
use tools::Tools;
use tree::Tree;
use usage::UsageCards;

/// The view of files: rows at the left, what is open at the right.
#[component]
pub(super) fn Files(files: FilesView, place: Place) -> impl IntoView {
    let place = place.beginning_at(files.root.clone());
    let remarks = files.remarks.clone();
    let beside = match (files.opened.clone(), files.usage.clone()) {
        (_, Some(usage)) => EitherOf3::A(view! { <UsageCards usage=*usage files=files.clone() place=place.clone() /> }),
        (Some(opened), None) => {
            EitherOf3::B(view! { <OpenedCard opened=*opened files=files.clone() place=place.clone() /> })
        }
        (None, None) => {
            let table = files.own_table.clone();
            let table = table.map(|table| view! { <OwnTableCard table=table place=place.clone() /> });
            EitherOf3::C(view! {
                {table}
                <LayerList files=files.clone() place=place.clone() />
            })
        }
    };
    view! {
        <ReadingNotice files=files.clone() place=place.clone() />
        <Remarks texts=remarks />
        <div class="filecolumns">
            <section class="card" aria-label="Files">
                <Tools files=files.clone() place=place.clone() />
                <Rows files=files.clone() place=place />
            </section>
            <div class="grid gap-4 min-w-0">{beside}</div>
        </div>
    }
}

/// What is odd about something, a sentence each.
#[component]
fn Remarks(texts: Vec<String>) -> impl IntoView {
    let remark = |text: String| {
        view! {
            <NoticeBox tone=Tone::Warning>
                <Prose text=text />
            </NoticeBox>
        }
    };
    texts.into_iter().map(remark).collect_view()
}

#[component]
fn Rows(files: FilesView, place: Place) -> impl IntoView {
    if files.rows.is_empty() {
        let asked = place.asked_files();
        let is_search = !asked.find.is_empty() || asked.change.is_some();
        let (title, words) = if files.is_empty && files.layers.is_empty() {
            ("No layers", "The image has no layers, and so no files.")
        } else if files.is_empty {
            ("Not read yet", "What is in a layer is known when it has been read once.")
        } else if is_search {
            ("Nothing found", "No name in this directory or below it is like that.")
        } else {
            ("An empty directory", "Nothing is in it.")
        };
        return Either::Left(view! {
            <div class="nothing">
                <b>{title}</b>
                <p>{words}</p>
            </div>
        });
    }
    let (total, from) = (u32::try_from(files.total).unwrap_or(u32::MAX), place.asked_files().from);
    let more = {
        let place = place.clone();
        view! {
            <MoreRows
                words="There are more names than one page shows."
                first=from
                length=ROWS_LENGTH
                count=total
                href=move |first| tools::page(&place, first)
            />
        }
    };
    Either::Right(view! {
        <Tree rows=files.rows layers=files.layers provisional=files.is_provisional place=place />
        {more}
    })
}
