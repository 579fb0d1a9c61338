//! Names as rows, each below the directory it stands in.

use leptos::either::Either;
use leptos::prelude::*;

use super::super::place::Place;
use crate::anatomy::files::{Change, FilePath};
use crate::anatomy::size;
use crate::app::components::{Chip, ForeignText, Glyph, Icon, Size, Tone, coloured};
use crate::oci::Digest;
use crate::view::files::{EntryKind, FileRow, LayerCard, mode_text};

/// Deepest indentation; what is deeper stands as far in.
const DEEPEST: u32 = 12;

/// The rows.
#[component]
pub(super) fn Tree(rows: Vec<FileRow>, layers: Vec<LayerCard>, provisional: bool, place: Place) -> impl IntoView {
    let rows = rows.into_iter().map(|row| drawn(row, &layers, &place)).collect_view();
    view! {
        <table class="tree" aria-busy=provisional.then_some("true")>
            <caption class="sr-only">"Files"</caption>
            <colgroup>
                <col />
                <col class="mode" />
                <col class="size" />
                <col class="of" />
            </colgroup>
            <thead class="sr-only">
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Mode and owner"</th>
                    <th scope="col">"Size"</th>
                    <th scope="col">"Layer"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn drawn(row: FileRow, layers: &[LayerCard], place: &Place) -> AnyView {
    let is_directory = row.kind == EntryKind::Directory;
    let is_gone = row.change == Some(Change::Deleted);
    let digest = row.layer.and_then(|number| digest_of(layers, number));
    let href = href(&row, digest.as_ref(), place);
    let mark = match row.change {
        Some(Change::Added) => Some(("added", Tone::Good)),
        Some(Change::Changed) => Some(("changed", Tone::Warning)),
        Some(Change::Attributes) => Some(("attributes", Tone::Plain)),
        Some(Change::Deleted) if row.kind == EntryKind::Whiteout => Some(("whiteout", Tone::Bad)),
        Some(Change::Deleted) if row.is_overwritten => Some(("overwritten", Tone::Warning)),
        Some(Change::Deleted) => Some(("deleted", Tone::Bad)),
        Some(Change::Unchanged) | None => None,
    };
    let marks = mark.into_iter().map(|(text, tone)| view! { <Chip text=text tone=tone /> }).collect_view();
    let others = row.marks.iter().map(|text| view! { <Chip text=text.clone() /> }).collect_view();
    let target =
        row.target.clone().map(|target| view! { <span class="target">"→ " <ForeignText text=target /></span> });
    let mode = row.mode.map(|mode| mode_text(row.kind, mode));
    let owner = row.owner.map(|(user, group)| format!(" {user}:{group}"));
    let layer = row.layer.map(|number| {
        let class = digest.as_ref().map_or_else(|| "swatch".to_owned(), |digest| coloured("swatch band", digest));
        let words = format!("layer {number}");
        view! {
            <span class=class title=words.clone() data-digest=digest.as_ref().map(ToString::to_string)></span>
            <span class="sr-only">{words}</span>
        }
    });
    let name = match href {
        Some(href) => Either::Left(view! {
            <a href=href data-row="" rel="nofollow" aria-current=row.is_open.then_some("true")>
                <ForeignText text=row.name.clone() />
            </a>
        }),
        None => Either::Right(view! { <span><ForeignText text=row.name.clone() /></span> }),
    };
    let glyph = if is_directory { Glyph::Folder } else { Glyph::File };
    let class = match (row.is_open, is_gone) {
        (true, _) => "open",
        (false, true) => "gone",
        (false, false) => "",
    };
    let twist = match (is_directory && !is_gone, row.is_open) {
        (true, true) => "twist down",
        (true, false) => "twist",
        (false, _) => "twist none",
    };
    view! {
        <tr class=class>
            <td class=format!("name d{}", row.depth.min(DEEPEST))>
                <span class=twist aria-hidden="true"></span>
                <Icon glyph=glyph />
                {name}
                {target}
                {marks}
                {others}
            </td>
            <td class="mode">{mode} {owner}</td>
            <td class="figure">{(row.kind != EntryKind::Whiteout).then(|| size_of_row(&row))}</td>
            <td class="of">{layer}</td>
        </tr>
    }
    .into_any()
}

fn size_of_row(row: &FileRow) -> AnyView {
    match row.files {
        Some(files) => {
            let title = format!("{} in {}", size::exact(row.size), size::counted(files.into(), "file"));
            view! { <span class="num" title=title>{size::decimal(row.size)}</span> }.into_any()
        }
        None => view! { <Size bytes=row.size /> }.into_any(),
    }
}

/// Where a row leads: an open directory to the one above it, what is gone to the layer that still has it.
fn href(row: &FileRow, digest: Option<&Digest>, place: &Place) -> Option<String> {
    let is_directory = row.kind == EntryKind::Directory;
    match row.change {
        _ if row.kind == EntryKind::Whiteout => None,
        Some(Change::Deleted) => digest.map(|digest| place.in_layer(digest, &row.path, is_directory)),
        _ if row.is_open && is_directory => {
            let parent = row.path.parent().unwrap_or_else(FilePath::root);
            Some(place.file(&parent, true))
        }
        _ => Some(place.file(&row.path, is_directory)),
    }
}

/// The digest of the layer with this number.
pub(super) fn digest_of(layers: &[LayerCard], number: u32) -> Option<Digest> {
    layers.iter().find(|layer| layer.number == number).and_then(|layer| layer.digest.clone())
}
