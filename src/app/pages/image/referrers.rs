//! What speaks about an image: signatures, attestations, bills of materials, whatever else points at it. Drawn on the server;
//! every choice is a link.
//!
//! - `row`: one of them; `opened`: its content below it
//! - `asked`: how they were looked for

mod asked;
mod opened;
mod row;

use leptos::prelude::*;

use super::place::Place;
use crate::anatomy::referrers::ReferrerGroup;
use crate::anatomy::size::{count, counted};
use crate::anatomy::text::{clip, visible_line};
use crate::app::components::{ForeignText, Nothing, NoticeBox, Tone};
use crate::app::pages::more_rows::MoreRows;
use crate::view::image::ReferrersView;
use crate::view::image::referrers::{OpenedContent, REFERRERS_LENGTH, Referrer, TypeCount, Way};
use asked::{HowFound, Problems};
use opened::Opened;
use row::Row;

/// The view of referrers.
#[component]
pub(super) fn Referrers(
    referrers: ReferrersView,
    place: Place,
    /// Whether it is an image, by itself or out of an index, that they speak about.
    is_image: bool,
) -> impl IntoView {
    let what = if is_image { "image" } else { "artifact" };
    let not_listed = referrers.opened.as_ref().filter(|opened| opened.content == OpenedContent::NotListed).map(|_| {
        let href = place.referrers("", 0, None);
        view! {
            <NoticeBox tone=Tone::Warning>
                <b>"What the address asks to open is not among these"</b>
                <span>"No list that was read names it, so it is not read. It may have been deleted, or speak about something else."</span>
                <a class="link" href=href>
                    "All that is known"
                </a>
            </NoticeBox>
        }
    });
    let list = if referrers.total == 0 {
        view! { <NothingFound referrers=referrers.clone() what=what /> }.into_any()
    } else if referrers.matching == 0 {
        let href = place.referrers("", 0, None);
        view! {
            <Nothing title="None of this type">
                {format!("{} of other types: ", count(u64::from(referrers.total)))}
                <a class="link" href=href>
                    "show all"
                </a> "."
            </Nothing>
        }
        .into_any()
    } else {
        view! { <List referrers=referrers.clone() place=place.clone() /> }.into_any()
    };
    view! {
        <p class="text-sm text-muted mb-4">
            {format!("What others have attached to this {what}. Present means that it is there, not that it is true: nothing here has been checked with a key.")}
        </p>
        <Problems subjects=referrers.subjects.clone() place=place.clone() />
        {not_listed}
        <Types referrers=referrers.clone() place=place.clone() />
        {list}
        <HowFound subjects=referrers.subjects place=place />
    }
}

/// The artifact types that there are, each a link to those alone.
#[component]
fn Types(referrers: ReferrersView, place: Place) -> impl IntoView {
    let chosen = referrers.artifact_type;
    (referrers.types.len() > 1 || !chosen.is_empty()).then(|| {
        let known = referrers.types.iter().any(|kind| kind.artifact_type == chosen);
        // What the address asks for stands here, too, where nothing is of that type.
        let asked = (!chosen.is_empty() && !known).then(|| TypeCount {
            artifact_type: chosen.clone(),
            // The reader's own words, as long as an address may be.
            label: clip(&chosen, 100).text,
            count: 0,
        });
        let links = referrers
            .types
            .into_iter()
            .chain(asked)
            .map(|kind| {
                let href = place.referrers(&kind.artifact_type, 0, None);
                let current = (kind.artifact_type == chosen).then_some("true");
                view! {
                    <a href=href aria-current=current title=visible_line(&kind.artifact_type).into_owned()>
                        <ForeignText text=kind.label />
                        " "
                        <span class="count">{count(u64::from(kind.count))}</span>
                    </a>
                }
            })
            .collect_view();
        let more = (referrers.types_left_out > 0)
            .then(|| view! { <span class="label">{format!("{} more types", count(u64::from(referrers.types_left_out)))}</span> });
        view! {
            <nav class="types" aria-label="Artifact type">
                <a href=place.referrers("", 0, None) aria-current=chosen.is_empty().then_some("true")>
                    "All " <span class="count">{count(u64::from(referrers.total))}</span>
                </a>
                {links} {more}
            </nav>
        }
    })
}

/// The rows, in their groups.
#[component]
fn List(referrers: ReferrersView, place: Place) -> impl IntoView {
    let (first, matching) = (referrers.first, referrers.matching);
    let chosen = referrers.artifact_type;
    let opened = referrers.opened;
    let counts = referrers.groups;
    let groups = groups(referrers.referrers)
        .into_iter()
        .map(|(group, rows)| {
            // Of all pages: a group may go on on the next one.
            let number = counts.iter().find(|counted| counted.group == group).map_or(0, |counted| u64::from(counted.count));
            let rows = rows
                .into_iter()
                .map(|referrer| {
                    let below = opened.clone().filter(|opened| Some(&opened.digest) == referrer.digest.as_ref());
                    let href = match (&referrer.digest, &below) {
                        (Some(digest), None) => Some(place.referrers(&chosen, first, Some(digest))),
                        (Some(_), Some(_)) => Some(place.referrers(&chosen, first, None)),
                        // Without a digest it cannot be read as what is listed: its tag's own page shows what is there now.
                        (None, _) => referrer.tag.as_ref().map(|tag| place.tag(tag)),
                    };
                    let row = view! { <Row referrer=referrer.clone() place=place.clone() href=href is_open=below.is_some() /> };
                    let below = below.map(|opened| {
                        view! { <Opened opened=opened referrer=referrer place=place.clone() /> }
                    });
                    view! {
                        {row}
                        {below}
                    }
                    .into_any()
                })
                .collect_view();
            view! {
                <h2 class="group">{group.heading()} <span>{count(number)}</span></h2>
                <ul>{rows}</ul>
            }
        })
        .collect_view();
    let page = move |first| place.referrers(&chosen, first, None);
    let words = "There are more of them than one page shows.";
    view! {
        <section class="card list" aria-label="Referrers">
            {groups} <MoreRows words=words first=first length=REFERRERS_LENGTH count=matching href=page />
        </section>
    }
}

/// Rows that stand one after the other in the same group, together.
fn groups(rows: Vec<Referrer>) -> Vec<(ReferrerGroup, Vec<Referrer>)> {
    let mut groups: Vec<(ReferrerGroup, Vec<Referrer>)> = Vec::new();
    for row in rows {
        match groups.last_mut() {
            Some((group, rows)) if *group == row.group => rows.push(row),
            _ => groups.push((row.group, vec![row])),
        }
    }
    groups
}

/// There is nothing, as far as could be found out.
#[component]
fn NothingFound(referrers: ReferrersView, what: &'static str) -> impl IntoView {
    let is_known = referrers.subjects.iter().all(|subject| subject.way.is_some() && subject.problems.is_empty());
    if !is_known || referrers.subjects.is_empty() {
        return view! {
            <Nothing title="Nothing is known yet">
                "Not every question was answered, so there may be something that is not shown."
            </Nothing>
        };
    }
    let has_api = referrers.subjects.iter().any(|subject| subject.way == Some(Way::Api));
    let title = format!("Nothing speaks about this {what}");
    let text = if has_api {
        "The registry's referrers API lists nothing, and cosign's older tags are not there."
    } else {
        "The registry has no referrers API. The fallback tag and cosign's older tags were looked up: none is there."
    };
    view! { <Nothing title=title>{text}</Nothing> }
}

/// `3 referrers`, for a tab: all of them on their own view; elsewhere those that the index has itself, with a sign that there may
/// be more.
pub(super) fn tab_count(total: Option<u32>, in_index: usize) -> Option<(String, String)> {
    match (total, in_index) {
        (Some(0), _) | (None, 0) => None,
        (Some(total), _) => Some((count(u64::from(total)), " known".to_owned())),
        (None, in_index) => {
            let number = u64::try_from(in_index).unwrap_or(u64::MAX);
            Some((
                format!("{}+", count(number)),
                format!(": {} in the index; others are looked for there", counted(number, "attestation")),
            ))
        }
    }
}
