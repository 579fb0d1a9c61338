//! A referrer opened in place: what its manifest says, below its row.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::super::artifact::Artifact;
use super::super::notices::NoticesFold;
use super::super::place::Place;
use super::super::states::Unreadable;
use crate::anatomy::kind::Family;
use crate::app::components::{DigestLabel, ForeignText, NoticeBox, Tone};
use crate::view::address::ImageView;
use crate::view::image::DocumentNotices;
use crate::view::image::referrers::{FoundBy, OpenedContent, OpenedReferrer, ReadReferrer, Referrer, SubjectCheck};

/// What came of opening it.
#[component]
pub(super) fn Opened(opened: OpenedReferrer, referrer: Referrer, place: Place) -> impl IntoView {
    let digest = opened.digest;
    let content = match opened.content {
        OpenedContent::Read(read) => EitherOf3::A(view! { <Read read=*read referrer=referrer place=place.clone() /> }),
        OpenedContent::Unreadable(failure) => EitherOf3::B(view! { <Unreadable failure=*failure /> }),
        OpenedContent::NotListed => EitherOf3::C(()),
    };
    let links = view! {
        <p class="ways">
            <a class="link" href=place.manifest(&digest)>
                "Its own page"
            </a>
            <a class="link" href=place.manifest_view(&digest, ImageView::Referrers)>
                "What speaks about it"
            </a>
            <a class="link" href=place.manifest_view(&digest, ImageView::Raw)>
                "Its raw view"
            </a>
        </p>
    };
    view! { <li class="opened">{content} {links}</li> }
}

/// A manifest that was read.
#[component]
fn Read(read: ReadReferrer, referrer: Referrer, place: Place) -> impl IntoView {
    let ReadReferrer { kind, media_type, artifact_type, subject, artifact, notices } = read;
    let otherwise = (kind.label != referrer.kind.label).then(|| {
        view! { <Fact name="The list calls it" text=referrer.kind.label.clone() /> }
    });
    let artifact_type = artifact_type.map(|kind| view! { <Fact name="Artifact type" text=kind.to_string() /> });
    let tag = referrer.tag.as_ref().map(|tag| view! { <Fact name="Tag" text=tag.to_string() /> });
    let found = referrer.found_by.iter().map(|by| found_in_words(*by)).collect::<Vec<_>>().join(", ");
    let warning = subject_warning(&subject, &referrer, &place);
    // Its own notice says so for the others.
    let says_so = matches!(kind.family, Family::Signature | Family::Attestation | Family::Sbom | Family::Report);
    let standing = (!says_so || artifact.is_none()).then(|| {
        view! { <Fact name="Standing" text="It is present, not verified: nothing here has been checked with a key" /> }
    });
    let artifact = artifact.map(|artifact| view! { <Artifact artifact=artifact place=place /> });
    let notices = (!notices.is_empty()).then(|| {
        let notices = vec![DocumentNotices { document: "Manifest".to_owned(), notices }];
        view! { <NoticesFold notices=notices /> }
    });
    view! {
        {warning}
        <dl class="card mb-4">
            <Fact name="What it is" text=kind.label />
            {otherwise}
            {artifact_type}
            <Fact name="Manifest" text=media_type.to_string() />
            {tag}
            <Fact name="Found" text=found />
            {standing}
        </dl>
        {notices}
        {artifact}
    }
}

#[component]
fn Fact(name: &'static str, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <div class="kv">
            <dt>{name}</dt>
            <dd>
                <ForeignText text=text />
            </dd>
        </div>
    }
}

/// The manifest's own subject decides what it is about; a list may lie.
fn subject_warning(check: &SubjectCheck, referrer: &Referrer, place: &Place) -> Option<AnyView> {
    match check {
        SubjectCheck::Same => None,
        SubjectCheck::Other(own) => {
            let href = place.manifest(own);
            let own = own.clone();
            Some(
                view! {
                    <NoticeBox tone=Tone::Bad>
                        <b>"It points at something else"</b>
                        <span>
                            "It is listed here, but its own subject is " <DigestLabel digest=own href=href />
                            ": take it for nothing that is said about this image."
                        </span>
                    </NoticeBox>
                }
                .into_any(),
            )
        }
        SubjectCheck::Missing => {
            // What is tied by its place in the index, or by a tag's name, never had one.
            let is_tied = referrer.found_by.iter().any(|by| matches!(by, FoundBy::Index | FoundBy::CosignTag));
            (!is_tied).then(|| {
                view! {
                    <NoticeBox tone=Tone::Warning>
                        "It names no subject itself: only the list says that it is about this image."
                    </NoticeBox>
                }
                .into_any()
            })
        }
    }
}

fn found_in_words(by: FoundBy) -> &'static str {
    match by {
        FoundBy::Index => "in the index itself",
        FoundBy::Api => "by the referrers API",
        FoundBy::Tag => "under the fallback tag",
        FoundBy::CosignTag => "under a tag of cosign's older versions",
    }
}
