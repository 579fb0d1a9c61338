//! A blob that was read, or that was to be.

use leptos::prelude::*;

use super::super::notices::{NOTICES, NoticeList};
use super::super::place::Place;
use super::chart::ChartRows;
use super::rows::{Lines, Pairs, clipped};
use super::sbom::SbomRows;
use super::signature::{BundleRows, EnvelopeRows, NotationRows, PayloadRows};
use super::statement::StatementRows;
use crate::anatomy::artifact::content::Content;
use crate::anatomy::artifact::described::Described;
use crate::anatomy::artifact::statement::SubjectMatch;
use crate::anatomy::size;
use crate::app::components::{DigestLabel, ForeignText, Glyph, Icon, NoticeBox, Size, Tone};
use crate::view::artifact::{Outcome, Read, Reading};

/// One card.
#[component]
pub(super) fn ReadingCard(
    reading: Reading,
    download: Option<String>,
    described: Option<Described>,
    place: Place,
) -> impl IntoView {
    let title = reading.title.clone().map(|title| {
        view! {
            <span class="text-muted text-sm min-w-0 wrap-anywhere">
                <ForeignText text=clipped(&title) />
            </span>
        }
    });
    let download = download.map(|href| {
        view! {
            <a class="btn small" href=href download="" rel="nofollow">
                <Icon glyph=Glyph::Download />
                "Download"
            </a>
        }
    });
    let heading = heading(&reading);
    let body = match reading.outcome.clone() {
        Outcome::Read(read) => body(*read, &reading, described, &place).into_any(),
        other => view! { <Unread outcome=other reading=reading.clone() place=place /> }.into_any(),
    };
    view! {
        <section class="card mb-5 reading">
            <div class="cardhead">
                <h2>
                    <ForeignText text=heading />
                </h2>
                {title} <DigestLabel digest=reading.digest />
                <span class="flex items-center gap-3">
                    {reading.size.map(|bytes| view! { <span class="text-muted text-sm"><Size bytes=bytes /></span> })} {download}
                </span>
            </div>
            {body}
        </section>
    }
}

/// What the card is called: what was read, where that says more than the type.
fn heading(reading: &Reading) -> String {
    match &reading.outcome {
        Outcome::Read(read) => match &read.content {
            Content::Sbom(sbom) => sbom.format.clone(),
            Content::File(_) => "Readme".to_owned(),
            _ => reading.label.clone(),
        },
        _ => reading.label.clone(),
    }
}

/// What a blob says, whether it speaks of the right image, and what is odd about it.
fn body(read: Read, reading: &Reading, described: Option<Described>, place: &Place) -> impl IntoView + use<> {
    let about = match (read.about, described) {
        (Some(SubjectMatch::Different), Some(described)) => Some(
            view! {
                <div class="px-4 pt-3">
                    <NoticeBox tone=Tone::Bad>
                        <span>"It speaks of something else than this artifact is said to be about:"</span>
                        <DigestLabel digest=described.digest />
                    </NoticeBox>
                </div>
            }
            .into_any(),
        ),
        (Some(SubjectMatch::Unknown), _) => Some(
            view! { <p class="label px-4 py-2">"It has more subjects than are read: whether the image is among them is not known."</p> }
                .into_any(),
        ),
        _ => None,
    };
    let notices = (!read.notices.is_empty()).then(|| {
        let count = u64::try_from(read.notices.len()).unwrap_or(u64::MAX);
        view! {
            <details class="fold cardfoot">
                <summary>
                    <b>{size::counted(count, "notice")}</b>
                    <span class="text-muted text-sm">{NOTICES}</span>
                </summary>
                <NoticeList notices=read.notices />
            </details>
        }
    });
    let same = read.about == Some(SubjectMatch::Same);
    let label = reading.title.clone().unwrap_or_else(|| reading.label.clone());
    let content = match read.content {
        Content::Chart(chart) => view! { <ChartRows chart=*chart /> }.into_any(),
        Content::File(file) => {
            let name = file.name.clone().unwrap_or_default();
            view! {
                <p class="label px-4 py-2">
                    <ForeignText text=name.clone() />
                    ", as text"
                </p>
                <Lines label=name text=file.text left_out=file.left_out />
            }
            .into_any()
        }
        Content::Statement(statement) => {
            view! { <StatementRows statement=*statement same=same place=place.clone() /> }.into_any()
        }
        Content::Envelope { envelope, statement } => view! {
            <EnvelopeRows envelope=envelope />
            {statement.map(|statement| view! { <StatementRows statement=*statement same=same place=place.clone() /> })}
        }
        .into_any(),
        Content::Sbom(sbom) => view! { <SbomRows sbom=*sbom place=place.clone() /> }.into_any(),
        Content::SimpleSigning(payload) => view! { <PayloadRows payload=payload place=place.clone() /> }.into_any(),
        Content::Bundle(bundle) => view! { <BundleRows bundle=*bundle same=same place=place.clone() /> }.into_any(),
        Content::Notation(signature) => view! { <NotationRows signature=*signature place=place.clone() /> }.into_any(),
        Content::Facts(facts) => view! { <Pairs title="" pairs=facts.rows /> }.into_any(),
        Content::Text { text, left_out } => view! { <Lines label=label text=text left_out=left_out /> }.into_any(),
    };
    view! { {about} {content} {notices} }
}

/// Why there is nothing to see, and what to do about it.
#[component]
fn Unread(outcome: Outcome, reading: Reading, place: Place) -> impl IntoView {
    let read = place.read(&reading.digest);
    let words = match outcome {
        Outcome::Unasked => {
            let words = match reading.size {
                Some(bytes) => format!("Read it ({})", size::decimal(bytes)),
                None => "Read it".to_owned(),
            };
            view! {
                <a class="btn small" href=read rel="nofollow">
                    {words}
                </a>
            }
            .into_any()
        }
        Outcome::TooLarge(limit) => {
            format!("It is larger than what is read here, {}.", size::decimal(limit)).into_any()
        }
        Outcome::Waiting => view! {
            "It is still being read. "
            <a class="link" href=read rel="nofollow">
                "Look again"
            </a>
        }
        .into_any(),
        Outcome::Unreadable(problem) => view! {
            <ForeignText text=problem />
            "."
        }
        .into_any(),
        Outcome::Read(_) => ().into_any(),
    };
    view! { <p class="px-4 py-3 text-muted text-sm">{words}</p> }
}
