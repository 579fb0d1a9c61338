//! What is shown, and how: the whole image or a layer, the order, what has changed, what is looked for.

use leptos::prelude::*;

use super::super::place::Place;
use crate::anatomy::files::{Change, FilePath};
use crate::anatomy::size;
use crate::anatomy::text::visible_line;
use crate::app::components::{ForeignText, Glyph, Icon};
use crate::view::files::{CHANGES, EntryKind, FileOrder, FilesView};

/// The head of the rows.
#[component]
pub(super) fn Tools(files: FilesView, place: Place) -> impl IntoView {
    let asked = place.asked_files().clone();
    let opened_layer = files.opened.as_ref().and_then(|opened| opened.row.layer);
    let number = files.layer.or(opened_layer).unwrap_or(1);
    let layer = files.layers.iter().find(|layer| layer.number == number).and_then(|layer| layer.digest.clone());
    let whole = match files.as_of {
        0 => "Whole image".to_owned(),
        number => format!("As of layer {number}"),
    };
    let whole_href = match (files.layer, files.as_of) {
        (None, 1..) => place.file(&asked.path, false),
        _ => place.whole(&asked.path, false),
    };
    let scopes = view! {
        <nav class="seg" aria-label="What is shown">
            <a href=whole_href aria-current=files.layer.is_none().then_some("true") data-noscroll="">
                {whole}
            </a>
            {layer
                .map(|digest| {
                    let words = format!("Layer {number} of {}", files.layers.len());
                    let href = place.in_layer(&digest, &FilePath::root(), true);
                    view! {
                        <a href=href aria-current=files.layer.is_some().then_some("true") data-noscroll="">
                            {words}
                        </a>
                    }
                })}
        </nav>
    };
    let directory = directory(&files);
    let (path, kept) = place.files_form(&directory, true);
    let hidden =
        kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    let label = if directory.is_root() {
        format!("Find in {}", size::counted(files.files, "file"))
    } else {
        format!("Find below {}", visible_line(&directory.readable()))
    };
    let find = view! {
        <form class="filterbar slim find" role="search" aria-label="Find files" action=path>
            <Icon glyph=Glyph::Search />
            <input
                id="filter"
                name="find"
                value=asked.find.clone()
                placeholder=label.clone()
                aria-label=label
                title="A part of a name or path, a pattern such as *.conf, an ending, or a sha256 digest"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="500"
            />
            {hidden}
            <button class="btn small">"Find"</button>
        </form>
    };
    let orders = FileOrder::ALL.into_iter().map(|order| {
        let label = match order {
            FileOrder::Name => "Name",
            FileOrder::Size => "Size",
            FileOrder::Time => "Time",
        };
        let href = ordered(&place, &directory, order);
        view! { <a href=href aria-current=(order == asked.order).then_some("true") data-noscroll="">{label}</a> }
    });
    let all = place.file(&directory, true);
    let changes = CHANGES.into_iter().map(|(name, change)| {
        let label = match change {
            Change::Attributes => "attributes only",
            _ => name,
        };
        let href = place.file_with(&directory, true, &[("change", name)]);
        view! { <a href=href aria-current=(asked.change == Some(change)).then_some("true") data-noscroll="">{label}</a> }
    });
    let is_chosen = asked.change.is_some() || asked.order != FileOrder::default();
    let searched = (!asked.find.is_empty() || asked.change.is_some()).then(|| {
        let found = size::counted(files.total, "name");
        view! {
            <p class="searched">
                {found} " in " <ForeignText text=directory.readable() /> " and below. "
                <a class="link" href=all.clone()>"Show the directory"</a>
            </p>
        }
    });
    view! {
        <div class="cardhead filetools">{scopes} {find}</div>
        <details class="filemore fold" open=is_chosen>
            <summary>"Order and changes"</summary>
            <div>
                <nav class="seg" aria-label="Order">{orders.collect_view()}</nav>
                <nav class="seg" aria-label="What has changed">
                    <a href=all aria-current=asked.change.is_none().then_some("true") data-noscroll="">"all"</a>
                    {changes.collect_view()}
                </nav>
            </div>
        </details>
        {searched}
    }
}

/// The directory that is open, or in which the open file stands.
fn directory(files: &FilesView) -> FilePath {
    match &files.opened {
        Some(opened) if opened.row.kind != EntryKind::Directory => {
            opened.row.path.parent().unwrap_or_else(FilePath::root)
        }
        _ => files.path.clone(),
    }
}

fn ordered(place: &Place, directory: &FilePath, order: FileOrder) -> String {
    place.ordered(directory, order)
}

/// The same rows from another one on.
pub(super) fn page(place: &Place, first: u32) -> String {
    let asked = place.asked_files();
    let change = asked.change.and_then(|change| CHANGES.into_iter().find(|(_, known)| *known == change));
    let first = first.to_string();
    let mut more = Vec::new();
    if !asked.find.is_empty() {
        more.push(("find", asked.find.as_str()));
    }
    if let Some((name, _)) = change {
        more.push(("change", name));
    }
    more.push(("from", first.as_str()));
    place.file_with(&asked.path, false, &more)
}
