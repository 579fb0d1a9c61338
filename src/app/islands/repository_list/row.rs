//! One repository in the list.

use leptos::either::{Either, EitherOf4};
use leptos::prelude::*;

use super::RowDetails;
use crate::anatomy::size::count;
use crate::app::components::list_state::kind_in_words;
use crate::app::components::{Date, ForeignText, Size, Strip, StripScale};
use crate::oci::{RepositoryName, Tag};
use crate::view::listing::Details;
use crate::view::repositories::RepositoryDetails;
use crate::view::{ImageSummary, link};

/// A repository: its name, and of its first tag in version order what it is. The row has its full height from the start.
#[component]
pub(super) fn Row(prefix: String, name: RepositoryName, details: RowDetails, scale: Memo<StripScale>) -> impl IntoView {
    let href = link::tags(&prefix, &name);
    let namespace = name.namespace().map(|namespace| view! { <span class="ns">{format!("{namespace}/")}</span> });
    view! {
        <li class="row repo">
            <a class="name" href=href data-row="">
                {namespace}
                <b>{name.base_name().to_owned()}</b>
            </a>
            {move || match details.get() {
                Details::Unasked => {
                    EitherOf4::A(())
                }
                Details::Waiting => EitherOf4::B(view! { <span class="meta">"not read in time"</span> }),
                Details::Unreadable(reason) => {
                    EitherOf4::C(view! { <span class="meta trouble" title=reason.clone()><ForeignText text=reason.clone() /></span> })
                }
                Details::Known(known) => EitherOf4::D(view! { <Known known=known scale=scale /> }),
            }}
        </li>
    }
}

/// What is known of a repository beyond its name.
#[component]
fn Known(known: RepositoryDetails, scale: Memo<StripScale>) -> impl IntoView {
    let plural = if known.tag_count == 1 && known.tags_complete { "" } else { "s" };
    let more = if known.tags_complete { "" } else { "+" };
    let tags = format!("{}{more} tag{plural}", count(known.tag_count));
    let image = match (known.first_tag, known.image) {
        (None, _) => Either::Right((false, "no tags".to_owned())),
        (Some(tag), Details::Known(image)) => Either::Left((tag, image)),
        (Some(tag), Details::Unreadable(reason)) => Either::Right((true, format!("{tag}: {reason}"))),
        (Some(tag), Details::Unasked | Details::Waiting) => Either::Right((false, format!("{tag}: not read in time"))),
    };
    let image = match image {
        Either::Left((tag, image)) => Either::Left(view! { <KnownImage tag=tag image=image scale=scale /> }),
        Either::Right((trouble, words)) => {
            let class = if trouble { "meta trouble" } else { "meta" };
            Either::Right(view! {
                <span class=class title=words.clone()>
                    <ForeignText text=words.clone() />
                </span>
            })
        }
    };
    view! {
        {image}
        <span class="tags num">{tags}</span>
    }
}

#[component]
fn KnownImage(tag: Tag, image: ImageSummary, scale: Memo<StripScale>) -> impl IntoView {
    let kind = kind_in_words(&image);
    let problem =
        image.problem.clone().map(|problem| view! { <span class="trouble">" · " <ForeignText text=problem /></span> });
    let size = image.size.map(|bytes| view! { " · " <Size bytes=bytes /> });
    let date = image.created.is_some().then(|| view! { <Date created=image.created.clone() /> });
    view! {
        <span class="meta">{kind} {problem}</span>
        <div class="core">
            {(!image.layers.is_empty()).then(|| view! { <Strip layers=image.layers scale=scale /> })}
            <span class="caption">{tag.to_string()} {size}</span>
        </div>
        <span class="when">{date}</span>
    }
}
