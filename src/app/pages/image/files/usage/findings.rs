//! What an image could do without: likely secrets, what tools have left behind, the same contents more than once.

use leptos::prelude::*;

use super::super::super::place::Place;
use super::rows::{FileRows, more};
use crate::anatomy::files::FilePath;
use crate::anatomy::size;
use crate::app::components::{ForeignText, Size, Tone};
use crate::view::files::{Duplicate, FilesView, Leftovers, Usage};

/// Files that look like secrets.
#[component]
pub(super) fn SecretCard(usage: Usage, files: FilesView, place: Place) -> impl IntoView {
    (!usage.secrets.is_empty()).then(|| {
        view! {
            <section class="card">
                <div class="cardhead">
                    <h2>"Likely secrets"</h2>
                    <span class="text-muted text-sm">"by their names alone, so look at each"</span>
                </div>
                <FileRows rows=usage.secrets files=files place=place tone=Tone::Bad />
                {more(usage.secrets_left_out)}
            </section>
        }
    })
}

/// What package managers and other tools have left.
#[component]
pub(super) fn LeftoverCard(leftovers: Vec<Leftovers>) -> impl IntoView {
    (!leftovers.is_empty()).then(|| {
        let rows = leftovers.into_iter().map(|row| {
            view! {
                <li>
                    <div class="min-w-0">
                        <span>{row.words}</span>
                        <p class="text-muted text-xs">
                            {size::counted(row.files, "file")} ", avoided by " <code>{row.advice}</code>
                        </p>
                    </div>
                    <span class="figure"><Size bytes=row.bytes /></span>
                </li>
            }
        });
        view! {
            <section class="card">
                <div class="cardhead">
                    <h2>"Left behind by tools"</h2>
                </div>
                <ul class="filelist">{rows.collect_view()}</ul>
            </section>
        }
    })
}

/// Contents of several files. Each row leads to all of their names.
#[component]
pub(super) fn DuplicateCard(duplicates: Vec<Duplicate>, left_out: u64, place: Place) -> impl IntoView {
    (!duplicates.is_empty()).then(|| {
        let rows = duplicates.into_iter().map(|row| {
            let href = place.file(&row.path, false);
            let names = place.file_with(&FilePath::root(), true, &[("find", row.digest.as_str())]);
            let words = format!("{} with the same contents", size::counted(row.files, "file"));
            view! {
                <li>
                    <div class="min-w-0">
                        <a class="wraps" href=href rel="nofollow"><ForeignText text=row.path.readable() /></a>
                        <p class="text-muted text-xs">
                            <a class="link" href=names rel="nofollow">{words}</a> ", " <Size bytes=row.bytes /> " each"
                        </p>
                    </div>
                    <span class="figure"><Size bytes=row.wasted_bytes /> " wasted"</span>
                </li>
            }
            .into_any()
        });
        view! {
            <section class="card">
                <div class="cardhead">
                    <h2>"The same contents more than once"</h2>
                </div>
                <ul class="filelist">{rows.collect_view()}</ul>
                {more(left_out)}
            </section>
        }
    })
}
