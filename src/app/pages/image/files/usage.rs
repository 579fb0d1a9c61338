//! Where an image's bytes went: the count as a whole, and below it what it is made of.
//!
//! - `dead`: what nobody sees; `findings`: what could be left out; `rows`: files as rows

mod dead;
mod findings;
mod rows;

use leptos::prelude::*;

use super::super::place::Place;
use super::shares::{EndingCard, SizeCard};
use crate::anatomy::files::FilePath;
use crate::anatomy::size;
use crate::app::components::{ForeignText, Size, Tone};
use crate::view::files::{FilesView, LayerCard, Usage};
use dead::{DeadCard, DeadLayers};
use findings::{DuplicateCard, LeftoverCard, SecretCard};
use rows::FileRows;

/// The cards: what is dead and why, secrets, left-overs, duplicates, the largest files.
#[component]
pub(super) fn UsageCards(usage: Usage, files: FilesView, place: Place) -> impl IntoView {
    let layers = files.layers.clone();
    view! {
        <Efficiency usage=usage.clone() is_whole=files.is_whole cards=layers.clone() place=place.clone() />
        <SizeCard shares=usage.shares.clone() layers=layers place=place.clone() />
        <SecretCard usage=usage.clone() files=files.clone() place=place.clone() />
        <LeftoverCard leftovers=usage.leftovers.clone() />
        <DeadCard usage=usage.clone() files=files.clone() place=place.clone() />
        <DuplicateCard
            duplicates=usage.duplicates.clone()
            left_out=usage.duplicates_left_out
            place=place.clone()
        />
        <EndingCard endings=usage.endings.clone() place=place.clone() />
        <section class="card">
            <div class="cardhead">
                <h2>"Largest files"</h2>
            </div>
            <FileRows rows=usage.largest files=files place=place tone=Tone::Plain />
        </section>
    }
}

#[component]
fn Efficiency(usage: Usage, is_whole: bool, cards: Vec<LayerCard>, place: Place) -> impl IntoView {
    let back = place.file(&FilePath::root(), true);
    let causes = usage.causes.iter().map(|cause| {
        view! {
            <div class="kv">
                <dt>{cause.words.clone()}</dt>
                <dd>
                    <Size bytes=cause.bytes /> " in " {size::counted(cause.files, "file")} ", about "
                    <Size bytes=cause.stored_bytes /> " as stored"
                </dd>
            </div>
        }
    });
    let causes = causes.collect_view();
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
    let partial = (!is_whole).then(|| {
        view! {
            <p class="px-4 py-3 text-sm text-warn">
                "Only what was read of the layers is counted. What they have besides can change every figure here."
            </p>
        }
    });
    let bases = (!usage.bases.is_empty()).then(|| view! { <Bases usage=usage.clone() place=place.clone() /> });
    view! {
        <section class="card">
            <div class="cardhead">
                <h2>"Where the bytes went"</h2>
                <a class="link text-sm ml-auto" href=back>"Show the layers"</a>
            </div>
            {bases} {partial}
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
                {causes}
            </dl>
            <DeadLayers layers=usage.layers cards=cards place=place />
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
