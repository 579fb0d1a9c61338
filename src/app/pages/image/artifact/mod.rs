//! What an artifact that is no container image consists of, and what its blobs say.
//!
//! - [`table`]: its descriptors, as they stand
//! - [`reading`]: a card for each blob that was read: [`chart`], [`statement`] with [`provenance`], [`sbom`], [`signature`];
//!   [`rows`] and [`scrolled`] are what they are made of

mod chart;
mod provenance;
mod reading;
mod rows;
mod sbom;
mod scrolled;
mod signature;
mod statement;
mod table;

use leptos::prelude::*;

use super::named_values::NamedValues;
use super::place::Place;
use crate::anatomy::artifact::described::SaidBy;
use crate::anatomy::kind::{Family, Kind};
use crate::anatomy::size;
use crate::app::components::{DigestLabel, ForeignText, NoticeBox, Tone};
use crate::view::address::ImageView;
use crate::view::artifact::ArtifactView;
use reading::ReadingCard;
use table::Table;

/// Subject, what the blobs say, descriptors, annotations.
#[component]
pub(super) fn Artifact(artifact: ArtifactView, place: Place) -> impl IntoView {
    let raw = place.view(ImageView::Raw);
    let to_raw = raw.clone();
    let refusal = artifact.refusal.clone().map(|refusal| {
        view! {
            <NoticeBox tone=Tone::Warning>
                <ForeignText text=refusal />
                <a class="link" href=to_raw>
                    "Raw view of the document"
                </a>
            </NoticeBox>
        }
    });
    let left_out = (artifact.rows_left_out > 0).then(|| {
        view! {
            <NoticeBox>
                {format!("{} more rows are left out here. ", size::count(u64::from(artifact.rows_left_out)))}
                <a class="link" href=raw>
                    "The raw view has them all"
                </a>
            </NoticeBox>
        }
    });
    let readings = artifact
        .readings
        .clone()
        .into_iter()
        .map(|reading| {
            let download = artifact.download(&reading.digest).map(str::to_owned);
            view! { <ReadingCard reading=reading download=download place=place.clone() described=artifact.described.clone() /> }
                .into_any()
        })
        .collect_view();
    let annotations = artifact.annotations.clone();
    let family = artifact.kind.as_ref().map_or(Family::Unknown, |kind| kind.family);
    view! {
        {refusal} <About artifact=artifact.clone() place=place.clone() /> <Unverified family=family /> {readings} {left_out}
        <Table artifact=artifact place=place />
        <div class="cards">
            <NamedValues title="Annotations" values=annotations />
        </div>
    }
}

/// What the artifact is said to speak of, and who says so.
#[component]
fn About(artifact: ArtifactView, place: Place) -> impl IntoView {
    let subject_type = artifact.subject.as_ref().map(|subject| Kind::of_media_type(&subject.media_type).label);
    let described = artifact.described.map(|described| {
        let said = match described.said_by {
            SaidBy::Subject => subject_type.clone().unwrap_or_default(),
            SaidBy::Index => "as the index says".to_owned(),
            SaidBy::Tag => "as its tag says".to_owned(),
        };
        let href = place.manifest(&described.digest);
        view! {
            <NoticeBox>
                <span>"It is about"</span>
                <DigestLabel digest=described.digest href=href />
                <span class="text-muted">
                    <ForeignText text=said />
                </span>
            </NoticeBox>
        }
    });
    // A subject without a digest leads nowhere.
    let other = (described.is_none() && artifact.subject.is_some()).then(|| {
        view! { <NoticeBox tone=Tone::Warning>"It names a subject without a valid digest."</NoticeBox> }
    });
    view! { {described} {other} }
}

/// That something is there says nothing about whether it is true (threat V-11).
#[component]
fn Unverified(family: Family) -> impl IntoView {
    let words = match family {
        Family::Signature => "A signature is present, not verified: nothing here has been checked with a key.",
        Family::Attestation | Family::Sbom | Family::Report => {
            "This is what somebody wrote, present, not verified: nothing here has been checked with a key."
        }
        _ => return None,
    };
    Some(view! { <p class="sub mb-4">{words}</p> })
}
