//! The descriptors of an artifact, as they stand.

use leptos::either::Either;
use leptos::prelude::*;

use super::super::place::{Place, anchor};
use super::rows::clipped;
use super::scrolled::scrolled_table;
use crate::anatomy::kind::{self, Kind};
use crate::anatomy::size;
use crate::app::components::{Chip, DigestLabel, ForeignText, Nothing, Size, Tone};
use crate::oci::Descriptor;
use crate::view::artifact::ArtifactView;

/// Most annotations of one descriptor that stand in its row.
const ANNOTATIONS: usize = 20;

/// A row for the config and for each layer.
#[component]
pub(super) fn Table(artifact: ArtifactView, place: Place) -> impl IntoView {
    let count = u32::try_from(artifact.layers.len()).unwrap_or(u32::MAX);
    let row = |descriptor: Descriptor, role: &'static str| {
        let download = descriptor.digest.as_ref().and_then(|digest| artifact.download(digest)).map(str::to_owned);
        let read = descriptor.digest.as_ref().filter(|digest| artifact.readable.contains(digest));
        let read = read.map(|digest| place.read(digest));
        view! { <Row descriptor=descriptor role=role download=download read=read /> }.into_any()
    };
    let config = artifact.config.clone().map(|config| row(config, "Config"));
    let layers = artifact.layers.iter().map(|layer| row(layer.clone(), "Layer"));
    let rows: Vec<_> = config.into_iter().chain(layers).collect();
    if rows.is_empty() {
        // What is not interpreted may name some all the same.
        let nothing = artifact
            .refusal
            .is_none()
            .then(|| view! { <Nothing title="No blobs">"The manifest names neither a config nor layers."</Nothing> });
        return Either::Left(nothing);
    }
    Either::Right(view! {
        <section class="card mb-5">
            <div class="cardhead">
                <h2>"Content"</h2>
                <span class="text-muted text-sm">{size::counted(count.into(), "layer")} ", in the manifest's order"</span>
            </div>
            {scrolled_table("Content", "table content", &["Part", "What it is", "Digest", "Size"], rows)}
        </section>
    })
}

#[component]
fn Row(descriptor: Descriptor, role: &'static str, download: Option<String>, read: Option<String>) -> impl IntoView {
    let title = kind::title(&descriptor).map(clipped);
    let kind = Kind::of_descriptor(&descriptor);
    let part = kind::part_name(&descriptor);
    let part = (part != kind.label).then_some(part);
    // A kind that is not known is named by its type already.
    let media_type = (kind.label != descriptor.media_type.as_str()).then(|| descriptor.media_type.to_string());
    let encrypted = descriptor.media_type.normal().ends_with("+encrypted");
    let others: Vec<_> = descriptor
        .annotations
        .iter()
        .filter(|(name, _)| !kind::TITLES.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let more = others.len().saturating_sub(ANNOTATIONS);
    let urls = descriptor.urls;
    let id = descriptor.digest.as_ref().map(anchor);
    let file = title.clone().or_else(|| descriptor.digest.as_ref().map(ToString::to_string)).unwrap_or_default();
    let actions = (download.is_some() || read.is_some()).then(|| {
        view! {
            <span class="rowactions">
                {read
                    .map(|href| {
                        view! {
                            <a class="link" href=href rel="nofollow">
                                "Show" <span class="sr-only">" " <ForeignText text=file.clone() /></span>
                            </a>
                        }
                    })}
                {download
                    .map(|href| {
                        view! {
                            <a class="link" href=href download="" rel="nofollow">
                                "Download" <span class="sr-only">" " <ForeignText text=file.clone() /></span>
                            </a>
                        }
                    })}
            </span>
        }
    });
    view! {
        <tr id=id role="row">
            <td role="cell">
                {role} {title.map(|title| view! { <b class="block"><ForeignText text=title /></b> })}
            </td>
            <td role="cell">
                <ForeignText text=kind.label />
                {part.map(|part| view! { ", " <ForeignText text=part /> })}
                {encrypted.then(|| view! { " " <Chip text="encrypted" tone=Tone::Warning /> })}
                {media_type.map(|text| view! { <span class="block text-muted text-xs"><ForeignText text=text /></span> })}
                {others
                    .into_iter()
                    .take(ANNOTATIONS)
                    .map(|text| view! { <span class="block text-muted text-xs"><ForeignText text=clipped(&text) /></span> })
                    .collect_view()}
                {(more > 0)
                    .then(|| {
                        let words = format!("{} more annotations are in the raw view", size::count(more as u64));
                        view! { <span class="block text-muted text-xs">{words}</span> }
                    })}
                {(!urls.is_empty())
                    .then(|| {
                        view! {
                            <span class="block text-muted text-xs">
                                "Said to lie elsewhere too, which is not followed: "
                                <ForeignText text=clipped(&urls.join(", ")) />
                            </span>
                        }
                    })}
            </td>
            <td role="cell">{descriptor.digest.map(|digest| view! { <DigestLabel digest=digest /> })} {actions}</td>
            <td role="cell" class="figure">{descriptor.size.map(|bytes| view! { <Size bytes=bytes /> })}</td>
        </tr>
    }
}
