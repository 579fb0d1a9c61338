//! What is open: a file, a directory, a link.

use leptos::prelude::*;

use super::super::place::Place;
use super::Remarks;
use super::content::Content;
use super::tree::digest_of;
use crate::anatomy::files::{Change, FilePath};
use crate::anatomy::size;
use crate::anatomy::time::Timestamp;
use crate::app::components::{CopyButton, DigestLabel, ForeignText, Glyph, Icon, Moment, Size};
use crate::view::files::{EntryFacts, EntryKind, FileRow, FilesView, OpenedFile, Version, mode_text};

/// The card of what is open.
#[component]
pub(super) fn OpenedCard(opened: OpenedFile, files: FilesView, place: Place) -> impl IntoView {
    let OpenedFile { row, facts, content, forms, download, versions, difference, remarks } = opened;
    let bytes = download.clone();
    let is_directory = row.kind == EntryKind::Directory;
    let layer = row.layer.and_then(|number| digest_of(&files.layers, number)).map(|digest| {
        let href = place.in_layer(&digest, &row.path, is_directory);
        view! { "from layer " <DigestLabel digest=digest href=href /> }
    });
    let kind = (row.kind != EntryKind::File).then(|| format!("{} · ", row.kind.words()));
    let download = download.map(|href| {
        let label = if is_directory { "Download as a tar archive" } else { "Download the exact bytes" };
        view! {
            <a class="iconbtn" href=href download="" rel="nofollow" aria-label=label title=label>
                <Icon glyph=Glyph::Download />
            </a>
        }
    });
    let link = place.file(&row.path, is_directory);
    let has_versions = versions.len() > 1;
    view! {
        <section class="card openfile">
            <div class="cardhead">
                <div class="min-w-0">
                    <h2 class="path"><ForeignText text=row.path.readable() /></h2>
                    <p class="text-muted text-sm">{kind} <Size bytes=row.size /> " · " {layer}</p>
                </div>
                <span class="ml-auto flex">
                    {download}
                    <CopyButton text=link label="Copy link to this file" icon_only=true address=true />
                </span>
            </div>
            <Facts row=row.clone() facts=facts place=place.clone() />
            <Remarks texts=remarks />
            {has_versions.then(|| view! { <Versions versions=versions path=row.path.clone() files=files place=place.clone() /> })}
            <Content content=content forms=forms difference=difference download=bytes path=row.path place=place />
        </section>
    }
}

#[component]
fn Facts(row: FileRow, facts: EntryFacts, place: Place) -> impl IntoView {
    let fact =
        |name: &'static str, value: AnyView| view! { <div class="kv"><dt>{name}</dt><dd>{value}</dd></div> }.into_any();
    let text = |text: String| view! { <code><ForeignText text=text /></code> }.into_any();
    let mut all: Vec<AnyView> = Vec::new();
    if let Some(mode) = row.mode {
        let owner = row.owner.map(|(user, group)| format!(" {user}:{group}")).unwrap_or_default();
        all.push(fact("Mode and owner", text(format!("{}{owner}", mode_text(row.kind, mode)))));
    }
    if let Some(at) = row.modified {
        all.push(fact("Changed", view! { <Moment at=Timestamp::from_seconds(at) time=true /> }.into_any()));
    }
    if let Some(files) = row.files {
        all.push(fact("Files in it", view! { <span>{size::count(files.into())}</span> }.into_any()));
    }
    if let Some(target) = row.target {
        let target = match facts.leads_to {
            Some(path) => {
                let href = place.file(&path, false);
                view! { <code><ForeignText text=target /></code> " · " <a class="link" href=href><ForeignText text=path.readable() /></a> }
                    .into_any()
            }
            None => text(target),
        };
        all.push(fact("Leads to", target));
    }
    if let Some((major, minor)) = facts.device {
        all.push(fact("Device", text(format!("{major}:{minor}"))));
    }
    if let Some(sha256) = facts.sha256 {
        let whole = format!("sha256:{sha256}");
        let shown = whole.clone();
        all.push(fact(
            "Contents",
            view! { <code class="wraps">{shown}</code> <CopyButton text=whole label="Copy the digest" icon_only=true /> }.into_any(),
        ));
    }
    if !facts.other_names.is_empty() {
        let names = facts.other_names.iter().map(|path: &FilePath| {
            let href = place.file(path, false);
            view! { <a class="link" href=href><ForeignText text=path.readable() /></a> " " }
        });
        let more = (facts.more_names > 0)
            .then(|| view! { <span class="text-muted">{format!("and {} more", size::count(facts.more_names))}</span> });
        all.push(fact("Other names", view! { <span>{names.collect_view()} {more}</span> }.into_any()));
    }
    for (name, value) in facts.attributes {
        all.push(fact("Extended attribute", text(format!("{name} = {value}"))));
    }
    let is_open = row.kind != EntryKind::File;
    view! {
        <details class="filefacts fold" open=is_open>
            <summary>"Attributes"</summary>
            <dl>{all}</dl>
        </details>
    }
}

#[component]
fn Versions(versions: Vec<Version>, path: FilePath, files: FilesView, place: Place) -> impl IntoView {
    let asked = place.asked_files().clone();
    let is_compared = asked.against > 0;
    let readable: Vec<u32> =
        versions.iter().filter(|version| version.has_contents).map(|version| version.layer).collect();
    // A layer by itself shows the file as well, but compares it with nothing.
    let shown = versions.last().filter(|version| version.has_contents && files.layer.is_none());
    let shown = shown.map(|version| version.layer);
    let compare = |layer: u32, against: u32, words: &'static str| {
        // What is shown stays, if it is the later one.
        let href = if shown == Some(layer) {
            Some(place.file_with(&path, false, &[("against", &against.to_string())]))
        } else {
            place.compared(&path, layer, against)
        };
        let is_open = shown == Some(layer) && asked.against == against;
        href.map(|href| view! { <a class="link" href=href aria-current=is_open.then_some("true")>{words}</a> })
    };
    let rows = versions.into_iter().map(|version| {
        let words = match version.change {
            Change::Added => "added",
            Change::Changed => "changed",
            Change::Attributes => "attributes changed",
            Change::Unchanged => "written again",
            Change::Deleted => "deleted",
        };
        let digest = digest_of(&files.layers, version.layer);
        let open = digest.clone().filter(|_| version.has_contents).map(|digest| {
            view! { <a class="link" href=place.in_layer(&digest, &path, false)>"Open"</a> }
        });
        let before = readable.iter().rev().find(|layer| **layer < version.layer).filter(|_| version.has_contents);
        let with_before = before.map(|before| compare(version.layer, *before, "Compare with the version before"));
        // The one right before what is shown has its comparison in that one's row.
        let is_earlier = readable.iter().rev().nth(1).is_some_and(|before| version.layer < *before);
        let with_shown = shown
            .filter(|_| version.has_contents && is_earlier)
            .map(|shown| compare(shown, version.layer, "Compare with the last one"));
        view! {
            <li>
                <span>{format!("Layer {}", version.layer)}</span>
                {digest.map(|digest| view! { <DigestLabel digest=digest /> })}
                <span class="text-muted">{words}</span>
                {version.has_contents.then(|| view! { <Size bytes=version.size /> })}
                {open}
                {with_before}
                {with_shown}
            </li>
        }
    });
    view! {
        <details class="filefacts fold" open=is_compared>
            <summary>"Which layers changed it"</summary>
            <ol class="versions">{rows.collect_view()}</ol>
        </details>
    }
}
