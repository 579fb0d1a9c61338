//! Where an image's bytes went.

use leptos::prelude::*;

use super::super::place::Place;
use super::shares::{EndingCard, SizeCard};
use super::tree::digest_of;
use crate::anatomy::files::FilePath;
use crate::anatomy::size;
use crate::app::components::{Chip, DigestLabel, ForeignText, Size, Tone};
use crate::view::files::{Duplicate, FilesView, Leftovers, Usage, UsageFile};

/// The cards: what is dead and why, secrets, left-overs, duplicates, the largest files.
#[component]
pub(super) fn UsageCards(usage: Usage, files: FilesView, place: Place) -> impl IntoView {
    let (shares, endings) = (usage.shares.clone(), usage.endings.clone());
    let back = place.file(&FilePath::root(), true);
    let secrets = (!usage.secrets.is_empty()).then(|| {
        view! {
            <section class="card">
                <div class="cardhead">
                    <h2>"Likely secrets"</h2>
                    <span class="text-muted text-sm">"by their names alone, so look at each"</span>
                </div>
                <FileRows rows=usage.secrets.clone() files=files.clone() place=place.clone() tone=Tone::Bad />
            </section>
        }
    });
    let leftovers = (!usage.leftovers.is_empty()).then(|| view! { <LeftoverCard leftovers=usage.leftovers.clone() /> });
    let duplicates = (!usage.duplicates.is_empty())
        .then(|| view! { <DuplicateCard duplicates=usage.duplicates.clone() place=place.clone() /> });
    let dead = (!usage.dead.is_empty()).then(|| {
        let more = (usage.dead_left_out > 0)
            .then(|| format!("{} smaller ones are not listed.", size::count(usage.dead_left_out)));
        view! {
            <section class="card">
                <div class="cardhead">
                    <h2>"Shipped, never seen"</h2>
                    <span class="text-muted text-sm">"whoever pulls the image downloads them"</span>
                </div>
                <FileRows rows=usage.dead.clone() files=files.clone() place=place.clone() tone=Tone::Plain />
                {more.map(|words| view! { <p class="cardfoot text-muted text-sm">{words}</p> })}
            </section>
        }
    });
    view! {
        <Efficiency usage=usage.clone() files=files.clone() place=place.clone() back=back />
        <SizeCard shares=shares layers=files.layers.clone() place=place.clone() />
        {secrets}
        {leftovers}
        {dead}
        {duplicates}
        <EndingCard endings=endings place=place.clone() />
        <section class="card">
            <div class="cardhead">
                <h2>"Largest files"</h2>
            </div>
            <FileRows rows=usage.largest files=files place=place tone=Tone::Plain />
        </section>
    }
}

#[component]
fn Efficiency(usage: Usage, files: FilesView, place: Place, back: String) -> impl IntoView {
    let causes = usage.causes.iter().map(|cause| {
        view! {
            <div class="kv">
                <dt>{cause.words.clone()}</dt>
                <dd><Size bytes=cause.bytes /> " in " {size::counted(cause.files, "file")}</dd>
            </div>
        }
    });
    let layers = usage.layers.iter().filter(|layer| layer.dead_bytes > 0).map(|layer| {
        let card = files.layers.iter().find(|card| card.number == layer.number);
        let digest = digest_of(&files.layers, layer.number).map(|digest| {
            let href = place.in_layer(&digest, &FilePath::root(), true);
            view! { <DigestLabel digest=digest href=href /> }
        });
        let instruction = card.and_then(|card| card.instruction.clone());
        view! {
            <li>
                <span class="num text-muted">{layer.number}</span>
                <div class="min-w-0">
                    <div class="flex flex-wrap items-center gap-x-3">
                        {digest}
                        <span class="text-muted text-sm">
                            <Size bytes=layer.dead_bytes /> " of " <Size bytes=layer.bytes /> " never seen"
                        </span>
                    </div>
                    {instruction.map(|text| view! { <code class="clamp"><ForeignText text=text /></code> })}
                </div>
                <span></span>
            </li>
        }
    });
    let was_asked = place.asked_files().dive;
    let dive = if let Some((score, wasted)) = usage.dive {
        view! {
            <p class="px-4 py-3 text-sm">
                {format!("dive's score is {score:.1} %, with {} wasted. ", size::decimal(wasted))}
                "It counts every copy of a path that several layers have, the one that is still needed too, and takes no notice of opaque directories."
            </p>
        }
        .into_any()
    } else if was_asked {
        view! { <p class="px-4 py-3 text-sm">"The image has too many files for dive's score."</p> }.into_any()
    } else {
        let href = place.file_with(&FilePath::root(), true, &[("usage", "1"), ("dive", "1")]);
        view! { <p class="px-4 py-3 text-sm"><a class="link" href=href rel="nofollow">"dive's score"</a></p> }
            .into_any()
    };
    let bases = (!usage.bases.is_empty()).then(|| view! { <Bases usage=usage.clone() place=place.clone() /> });
    view! {
        <section class="card">
            <div class="cardhead">
                <h2>"Where the bytes went"</h2>
                <a class="link text-sm ml-auto" href=back>"Show the layers"</a>
            </div>
            {bases}
            <dl>
                <div class="kv">
                    <dt>"Efficiency"</dt>
                    <dd><b>{format!("{:.1} %", usage.efficiency)}</b> " of the files' bytes can be seen"</dd>
                </div>
                <div class="kv">
                    <dt>"Never seen"</dt>
                    <dd>
                        <Size bytes=usage.dead_bytes /> " of " <Size bytes=usage.total_bytes /> ", about "
                        <Size bytes=usage.dead_stored_bytes /> " as stored"
                    </dd>
                </div>
                {causes.collect_view()}
            </dl>
            <ol class="layerlist">{layers.collect_view()}</ol>
            {dive}
        </section>
    }
}

/// Whether the layers of a base image are counted.
#[component]
fn Bases(usage: Usage, place: Place) -> impl IntoView {
    let all = place.file_with(&FilePath::root(), true, &[("usage", "1")]);
    let links = usage.bases.iter().map(|base| {
        let layers = base.layers.map(|layers| format!(", {}", size::counted(layers.into(), "layer")));
        let words = match &base.name {
            Some(name) => format!("Without {name}{}", layers.unwrap_or_default()),
            None => format!("Without the base by the history{}", layers.unwrap_or_default()),
        };
        let href = place.file_with(&FilePath::root(), true, &[("usage", "1"), ("base", base.choice.as_str())]);
        let is_current = usage.left_out.as_ref().is_some_and(|out| out.choice == base.choice);
        view! {
            <a href=href rel="nofollow" aria-current=is_current.then_some("true") data-noscroll="">
                <ForeignText text=words />
            </a>
        }
    });
    let links = links.collect_view();
    view! {
        <div class="px-4 py-3">
            <nav class="seg many" aria-label="Which layers are counted">
                <a href=all aria-current=usage.left_out.is_none().then_some("true") data-noscroll="">"All layers"</a>
                {links}
            </nav>
        </div>
    }
}

#[component]
fn FileRows(rows: Vec<UsageFile>, files: FilesView, place: Place, tone: Tone) -> impl IntoView {
    let rows = rows.into_iter().map(|row| {
        let digest = digest_of(&files.layers, row.layer);
        let href = match (&digest, row.by) {
            (Some(digest), Some(_)) => place.in_layer(digest, &row.path, false),
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

#[component]
fn LeftoverCard(leftovers: Vec<Leftovers>) -> impl IntoView {
    let rows = leftovers.into_iter().map(|row| {
        view! {
            <li>
                <div class="min-w-0">
                    <span>{row.words}</span>
                    <p class="text-muted text-xs">{size::counted(row.files, "file")} ", avoided by " <code>{row.advice}</code></p>
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
}

#[component]
fn DuplicateCard(duplicates: Vec<Duplicate>, place: Place) -> impl IntoView {
    let rows = duplicates.into_iter().map(|row| {
        let href = place.file(&row.path, false);
        view! {
            <li>
                <div class="min-w-0">
                    <a class="wraps" href=href rel="nofollow"><ForeignText text=row.path.readable() /></a>
                    <p class="text-muted text-xs">{size::counted(row.files, "file")} " with the same contents"</p>
                </div>
                <span class="figure"><Size bytes=row.bytes /></span>
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
        </section>
    }
}
