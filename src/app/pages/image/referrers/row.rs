//! One referrer, as lists speak of it.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::super::place::{Place, anchor};
use crate::anatomy::referrers::ReferrerGroup;
use crate::anatomy::time::Created;
use crate::app::components::{Chip, DigestLabel, ForeignText, Moment, Size};
use crate::view::image::referrers::{FoundBy, Referrer, Subject, SubjectRole};

/// Name, what it speaks of, digest, size, date. The whole row opens it below, or closes it.
#[component]
pub(super) fn Row(referrer: Referrer, place: Place, href: Option<String>, is_open: bool) -> impl IntoView {
    let label = referrer.kind.label;
    let name = match (href, referrer.digest.is_some()) {
        (Some(href), true) => EitherOf3::A(view! {
            <a class="name opens" href=href aria-expanded=is_open.to_string() rel="nofollow">
                <ForeignText text=label />
            </a>
        }),
        (Some(href), false) => EitherOf3::B(view! {
            <a class="name" href=href>
                <ForeignText text=label />
            </a>
        }),
        (None, _) => EitherOf3::C(view! {
            <span>
                <ForeignText text=label />
            </span>
        }),
    };
    let unverified =
        matches!(referrer.group, ReferrerGroup::Signatures).then(|| view! { <Chip text="not verified" /> });
    let is_entry = referrer.found_by.contains(&FoundBy::Index);
    let in_index = is_entry.then(|| view! { <Chip text="in the index" /> });
    let by_tag = referrer.found_by.contains(&FoundBy::CosignTag).then(|| view! { <Chip text="older tag" /> });
    let created = match Created::of(referrer.created.as_deref()) {
        Created::Known(at) | Created::Reproducible(at) => Some(view! { <Moment at=at /> }),
        Created::NotSet | Created::Invalid(_) => None,
    };
    let id = referrer.digest.as_ref().map(anchor);
    let class = if is_open { "row referrer open" } else { "row referrer" };
    view! {
        <li class=class id=id>
            <div class="names">{name} {unverified} {in_index} {by_tag}</div>
            <div class="about">
                <About subject=referrer.subject />
            </div>
            <div class="at">
                {referrer
                    .digest
                    .map(|digest| {
                        let href = if is_entry { place.attestation(&digest) } else { place.manifest(&digest) };
                        view! { <DigestLabel digest=digest href=href /> }
                    })}
            </div>
            <div class="bytes">{referrer.size.map(|bytes| view! { <Size bytes=bytes /> })}</div>
            <div class="when">{created}</div>
        </li>
    }
}

/// What a referrer speaks of, in a few words.
#[component]
pub(super) fn About(subject: Subject) -> impl IntoView {
    let platform = subject.platform.map(|platform| platform.to_string());
    match (subject.role, platform, subject.digest) {
        (SubjectRole::Index, ..) => EitherOf3::A("the whole index".to_owned()),
        (SubjectRole::Manifest, None, _) => EitherOf3::A("the manifest shown".to_owned()),
        (_, Some(platform), _) => EitherOf3::B(view! { <ForeignText text=platform /> }),
        (SubjectRole::OtherImage, ..) => EitherOf3::A("another image of the index".to_owned()),
        (SubjectRole::Elsewhere, _, Some(digest)) => EitherOf3::C(view! {
            "not in the index: "
            <DigestLabel digest=digest />
        }),
        (SubjectRole::Elsewhere, _, None) => EitherOf3::A("it is not said what".to_owned()),
    }
}
