//! What an artifact that is no container image consists of: its descriptors, as they stand.

use leptos::either::Either;
use leptos::prelude::*;

use super::named_values::NamedValues;
use super::place::{Place, anchor};
use crate::anatomy::kind::Kind;
use crate::anatomy::size;
use crate::app::components::{DigestLabel, ForeignText, Nothing, NoticeBox, Size, Tone};
use crate::oci::Descriptor;
use crate::view::address::ImageView;
use crate::view::image::ArtifactView;

/// Where a layer's file name stands, as ORAS and others write it.
const TITLE: &str = "org.opencontainers.image.title";

/// Descriptors, annotations, subject.
#[component]
pub(super) fn Artifact(artifact: ArtifactView, place: Place) -> impl IntoView {
    let is_refused = artifact.refusal.is_some();
    let refusal = artifact.refusal.map(|refusal| {
        view! {
            <NoticeBox tone=Tone::Warning>
                <ForeignText text=refusal />
            </NoticeBox>
        }
    });
    let raw = place.view(ImageView::Raw);
    let left_out = (artifact.rows_left_out > 0).then(|| {
        view! {
            <NoticeBox>
                {format!("{} more rows are left out here. ", size::count(u64::from(artifact.rows_left_out)))}
                <a class="link" href=raw>
                    "The manifest's text has them all"
                </a>
            </NoticeBox>
        }
    });
    let subject = artifact.subject.map(|subject| {
        let digest = subject.digest.map(|digest| {
            let href = place.manifest(&digest);
            view! { <DigestLabel digest=digest href=href /> }
        });
        view! {
            <NoticeBox>
                <span>"It is about"</span>
                {digest}
                <span class="text-muted">
                    <ForeignText text=Kind::of_media_type(&subject.media_type).label />
                </span>
            </NoticeBox>
        }
    });
    let count = u32::try_from(artifact.layers.len()).unwrap_or(u32::MAX);
    let config = artifact.config.map(|config| view! { <Row descriptor=config role="Config" /> }.into_any());
    let layers = artifact.layers.into_iter().map(|layer| view! { <Row descriptor=layer role="Layer" /> }.into_any());
    let rows: Vec<_> = config.into_iter().chain(layers).collect();
    let table = if rows.is_empty() {
        // What is not interpreted may name some all the same.
        Either::Left(
            (!is_refused).then(
                || view! { <Nothing title="No blobs">"The manifest names neither a config nor layers."</Nothing> },
            ),
        )
    } else {
        // Roles are written out: on a narrow page the cells stand one below the other, and browsers then take it for no table.
        Either::Right(view! {
            <section class="card mb-5">
                <div class="cardhead">
                    <h2>"Content"</h2>
                    <span class="text-muted text-sm">{size::counted(count.into(), "layer")} ", in the manifest's order"</span>
                </div>
                <div class="scroll" tabindex="0" role="region" aria-label="Content">
                    <table class="table content" role="table" aria-label="Content">
                        <thead role="rowgroup">
                            <tr role="row">
                                <th role="columnheader" scope="col">"Part"</th>
                                <th role="columnheader" scope="col">"What it is"</th>
                                <th role="columnheader" scope="col">"Digest"</th>
                                <th role="columnheader" scope="col" class="figure">"Size"</th>
                            </tr>
                        </thead>
                        <tbody role="rowgroup">{rows}</tbody>
                    </table>
                </div>
            </section>
        })
    };
    view! {
        {refusal} {subject} {left_out} {table} <div class="cards">
            <NamedValues title="Annotations" values=artifact.annotations />
        </div>
    }
}

#[component]
fn Row(descriptor: Descriptor, role: &'static str) -> impl IntoView {
    let title = descriptor.annotation(TITLE).map(str::to_owned);
    let kind = Kind::of_descriptor(&descriptor);
    // A kind that is not known is named by its type already.
    let media_type = (kind.label != descriptor.media_type.as_str()).then(|| descriptor.media_type.to_string());
    let others: Vec<_> = descriptor
        .annotations
        .iter()
        .filter(|(name, _)| name != TITLE)
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let urls = descriptor.urls;
    let id = descriptor.digest.as_ref().map(anchor);
    view! {
        <tr id=id role="row">
            <td role="cell">
                {role} {title.map(|title| view! { <b class="block"><ForeignText text=title /></b> })}
            </td>
            <td role="cell">
                <ForeignText text=kind.label />
                {media_type.map(|text| view! { <span class="block text-muted text-xs"><ForeignText text=text /></span> })}
                {others
                    .into_iter()
                    .take(20)
                    .map(|text| view! { <span class="block text-muted text-xs"><ForeignText text=text /></span> })
                    .collect_view()}
                {(!urls.is_empty())
                    .then(|| {
                        view! {
                            <span class="block text-muted text-xs">
                                "Said to lie elsewhere too: " <ForeignText text=urls.join(", ") />
                            </span>
                        }
                    })}
            </td>
            <td role="cell">{descriptor.digest.map(|digest| view! { <DigestLabel digest=digest /> })}</td>
            <td role="cell" class="figure">{descriptor.size.map(|bytes| view! { <Size bytes=bytes /> })}</td>
        </tr>
    }
}
