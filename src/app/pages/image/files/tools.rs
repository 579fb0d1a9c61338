//! What is shown, and how: the whole image or a layer, the order, what has changed, what is looked for.

use leptos::prelude::*;

use super::super::place::Place;
use crate::anatomy::files::{Change, FilePath};
use crate::anatomy::size;
use crate::anatomy::text::visible_line;
use crate::app::components::{ForeignText, Glyph, Icon};
use crate::view::files::{CHANGES, EntryKind, FileOrder, FilesQuery, FilesView};

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
    let in_image = || place.in_image(&asked.path, false).unwrap_or_else(|| place.whole());
    let whole_href = match (files.layer, files.as_of) {
        (None, 1..) => place.file(&asked.path, false),
        _ => in_image(),
    };
    // The image as of a layer is a part of the whole one.
    let whole_image = (files.as_of > 0 && files.layer.is_none()).then(|| {
        view! { <a href=in_image() data-noscroll="">"Whole image"</a> }
    });
    let scopes = view! {
        <nav class="seg" aria-label="What is shown">
            {whole_image}
            <a href=whole_href aria-current=files.layer.is_none().then_some("true") data-noscroll="">
                {whole}
            </a>
            {layer
                .map(|digest| {
                    let words = format!("Layer {number} of {}", files.layers.len());
                    let href = place.layer(&digest);
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
                title="A part of a name or path, an ending such as .conf, a pattern such as lib*.so.?, or a sha256 digest"
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
        let href = place.listed(&directory, true, FilesQuery { order, from: 0, ..asked.clone() });
        view! { <a href=href aria-current=(order == asked.order).then_some("true") data-noscroll="">{label}</a> }
    });
    let with = |change| place.listed(&directory, true, FilesQuery { change, from: 0, ..asked.clone() });
    let links = CHANGES.into_iter().map(|(name, change)| {
        let label = match change {
            Change::Attributes => "attributes only",
            _ => name,
        };
        let href = with(Some(change));
        view! { <a href=href aria-current=(asked.change == Some(change)).then_some("true") data-noscroll="">{label}</a> }
    });
    let is_chosen = asked.change.is_some() || asked.order != FileOrder::default();
    let searched = (!asked.find.is_empty() || asked.change.is_some()).then(|| {
        let found = size::counted(files.total, "name");
        view! {
            <p class="searched">
                {found} " in " <ForeignText text=directory.readable() /> " and below. "
                <a class="link" href=place.file(&directory, true)>"Show the directory"</a>
            </p>
        }
    });
    let changes = files.knows_changes.then(|| {
        view! {
            <nav class="seg" aria-label="What has changed">
                <a href=with(None) aria-current=asked.change.is_none().then_some("true") data-noscroll="">"all"</a>
                {links.collect_view()}
            </nav>
        }
    });
    view! {
        <div class="cardhead filetools">{scopes} {find}</div>
        <details class="filemore fold" open=is_chosen>
            <summary>{if files.knows_changes { "Order and changes" } else { "Order" }}</summary>
            <div>
                <nav class="seg" aria-label="Order">{orders.collect_view()}</nav>
                {changes}
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

/// The same rows from another one on.
pub(super) fn page(place: &Place, first: u32) -> String {
    let asked = place.asked_files();
    place.listed(&asked.path, false, FilesQuery { from: first, ..asked.clone() })
}
