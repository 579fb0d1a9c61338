//! One tag in the list.

use leptos::either::EitherOf4;
use leptos::prelude::*;

use super::rows::PageRow;
use crate::app::components::list_state::{kind_in_words, platforms_in_words};
use crate::app::components::{Date, DigestLabel, ForeignText, Size, Strip, StripScale};
use crate::oci::{Reference, RepositoryName, Tag};
use crate::view::ImageSummary;
use crate::view::address::ImageView;
use crate::view::link::{self, PlatformLink};
use crate::view::listing::Details;

/// Where the list's links lead.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) prefix: String,
    pub(super) repository: RepositoryName,
}

impl Place {
    fn of(&self, tag: &Tag) -> String {
        let reference = Reference::tag(self.repository.clone(), tag.clone());
        link::image(&self.prefix, &reference, ImageView::default(), &PlatformLink::none())
    }
}

/// A tag's row. There may be a thousand of them, so that one that has not been read is a box, a link and nothing else.
#[component]
pub(super) fn Row(row: PageRow, place: StoredValue<Place>, scale: Memo<StripScale>) -> impl IntoView {
    let PageRow { tag, state, .. } = row;
    let text = tag.to_string();
    let href = place.with_value(|place| place.of(&tag));
    let aliases = move || {
        let aliases = state.with(|state| state.aliases.clone());
        aliases
            .into_iter()
            .map(|alias| {
                let href = place.with_value(|place| place.of(&alias));
                let alias = alias.to_string();
                view! { <a class="alias" href=href title=alias.clone()>{alias.clone()}</a> }
            })
            .collect_view()
    };
    let details = move || match state.with(|state| state.details.clone()) {
        Details::Unasked => EitherOf4::A(()),
        Details::Waiting => EitherOf4::B(view! { <span class="meta">"not read in time"</span> }),
        Details::Unreadable(reason) => {
            EitherOf4::C(view! { <span class="meta trouble"><ForeignText text=reason /></span> })
        }
        Details::Known(image) => {
            let at = place.with_value(|place| digest_place(place, &image));
            EitherOf4::D(view! { <Known image=image href=at scale=scale /> })
        }
    };
    view! {
        <li class="row tag" hidden=move || state.with(|state| state.merged)>
            <label class="tick">
                <input type="checkbox" name="select" value=text.clone() aria-label=format!("Select {text} to compare") />
            </label>
            <span class="names">
                <a class="name" href=href data-row="">{text}</a>
                {aliases}
            </span>
            {details}
        </li>
    }
}

fn digest_place(place: &Place, image: &ImageSummary) -> String {
    let reference = Reference::digest(place.repository.clone(), image.digest.clone());
    link::image(&place.prefix, &reference, ImageView::default(), &PlatformLink::none())
}

/// What is known of a tag beyond its name.
#[component]
fn Known(image: ImageSummary, href: String, scale: Memo<StripScale>) -> impl IntoView {
    let kind = image.platform_count.map_or_else(|| image.kind.clone(), platforms_in_words);
    let problem =
        image.problem.clone().map(|problem| view! { <span class="trouble">" · " <ForeignText text=problem /></span> });
    let about = format!("{}, {}", kind_in_words(&image), image.media_type);
    let strip = (!image.layers.is_empty()).then(|| view! { <Strip layers=image.layers scale=scale /> });
    let date = image.created.is_some().then(|| view! { <Date created=image.created /> });
    view! {
        <span class="meta" title=about>{kind} {problem}</span>
        <span class="at">
            <DigestLabel digest=image.digest href=href />
        </span>
        <div class="core">{strip}</div>
        <span class="bytes">{image.size.map(|bytes| view! { <Size bytes=bytes /> })}</span>
        <span class="when">{date}</span>
    }
}
