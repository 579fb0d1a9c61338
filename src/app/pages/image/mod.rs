//! What stands at a reference: an image, an index of images, or another artifact.
//!
//! - [`place`]: the page's address, and links from it
//! - top: [`heading`] with [`pull`], [`platforms`], [`identity`], [`notices`], [`tabs`]
//! - views: [`layers`] ([`step`], [`stack`], [`dockerfile`]), [`files`], [`config`] ([`named_values`]), [`raw`], [`artifact`],
//!   [`referrers`], [`states`]

mod artifact;
mod config;
mod dockerfile;
mod files;
mod heading;
mod identity;
mod layers;
mod named_values;
mod notices;
mod place;
mod platforms;
mod pull;
mod raw;
mod referrers;
mod stack;
mod states;
mod step;
mod tabs;

use std::fmt::Write as _;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use super::{is_refresh, text_of};
use crate::anatomy::files::FilePath;
use crate::anatomy::kind::Family;
use crate::anatomy::size;
use crate::anatomy::text::visible_line;
use crate::anatomy::time::Created;
use crate::api;
use crate::app::components::{DigestLabel, NoticeBox, Tone};
use crate::app::frame::{PageHead, loaded};
use crate::oci::{Digest, Platform, Reference};
use crate::view::Page;
use crate::view::address::ImageView;
use crate::view::artifact::ArtifactQuery;
use crate::view::files::FilesQuery;
use crate::view::image::{ImageContent, ImagePage as Content, ImageQuery};
use artifact::Artifact;
use config::Config;
use files::Files;
use heading::Heading;
pub(super) use heading::ReferenceWords;
use identity::IdentityStrip;
use layers::Layers;
pub(super) use named_values::Value;
use notices::NoticesFold;
use place::Place;
pub(super) use place::anchor;
use platforms::{OtherEntries, Platforms};
use raw::Raw;
use referrers::{Referrers, tab_count};
use states::{NoImage, Unreadable};
use tabs::Tabs;

/// The page of a reference in one of its views; every other choice is in the page's query.
#[component]
pub fn ImagePage(
    reference: Reference,
    view: ImageView,
    /// The layer whose files are shown, where it is one alone.
    #[prop(optional_no_strip)]
    layer: Option<Digest>,
    /// The file or directory that is open in the files view.
    #[prop(optional)]
    path: FilePath,
) -> impl IntoView {
    let query = use_query_map().with_untracked(|members| read_query(reference, view, layer, path, members));
    loaded(api::get_image(query.clone()), move |page| view! { <Whole page=page query=query /> })
}

/// The query of an address.
fn read_query(
    reference: Reference,
    view: ImageView,
    layer: Option<Digest>,
    path: FilePath,
    members: &ParamsMap,
) -> ImageQuery {
    let member = |name: &str| text_of(members, name);
    ImageQuery {
        view,
        platform: member("platform"),
        manifest: member("manifest"),
        steps: member("steps").parse().unwrap_or(0),
        dockerfile: member("as") == "dockerfile",
        artifact_type: member("artifact_type"),
        rows: member("rows").parse().unwrap_or(0),
        open: member("open"),
        details: member("details") == "1",
        artifact: ArtifactQuery {
            read: member("read"),
            packages: member("packages"),
            from: member("from").parse().unwrap_or(0),
        },
        files: if view == ImageView::Files { FilesQuery::read(layer, path, member) } else { FilesQuery::default() },
        refresh: is_refresh(members),
        ..ImageQuery::new(reference)
    }
}

/// Everything in `<main>`.
#[component]
fn Whole(page: Page<Content>, query: ImageQuery) -> impl IntoView {
    let place = Place::new(&page.registry.prefix, &page.content.reference, &query);
    let page = page.content;
    let has_platforms = !page.platforms.is_empty();
    let on_raw = matches!(page.content, ImageContent::Raw(_));
    let is_image = is_image(&page);
    let entries = page.platforms.len() + page.other_entries.len();
    let contradiction = page.contradicting_platform.clone().zip(page.platform.clone()).map(|(config, index)| {
        view! {
            <NoticeBox tone=Tone::Warning>
                {format!("The index says that this image is for {index}, its config says {config}. Clients choose by the index.")}
            </NoticeBox>
        }
    });
    let other_platform = query
        .platform
        .parse::<Platform>()
        .ok()
        .zip(page.platform.clone())
        .filter(|(asked, own)| !has_platforms && !asked.matches(own))
        .map(|(asked, own)| {
            view! {
                <NoticeBox tone=Tone::Warning>
                    {format!("The address asks for {asked}. This is no index but one image, for {own}.")}
                </NoticeBox>
            }
        });
    let total = match &page.content {
        ImageContent::Referrers(referrers) => Some(referrers.total),
        _ => None,
    };
    let in_index = page.platforms.iter().map(|card| card.attestations.len()).sum();
    let referrers = tab_count(total, in_index);
    let is_artifact = matches!(page.content, ImageContent::Artifact(_));
    let content = match page.content.clone() {
        ImageContent::Layers(layers) => {
            view! { <Layers layers=layers place=place.clone() total=page.size.unwrap_or(0) /> }.into_any()
        }
        ImageContent::Files(files) => view! { <Files files=*files place=place.clone() /> }.into_any(),
        ImageContent::Config(config) => {
            view! { <Config config=*config page=page.clone() place=place.clone() /> }.into_any()
        }
        ImageContent::Referrers(referrers) => {
            view! { <Referrers referrers=*referrers place=place.clone() is_image=is_image /> }.into_any()
        }
        ImageContent::Raw(documents) => view! { <Raw documents=documents notices=page.notices.clone() /> }.into_any(),
        ImageContent::Artifact(artifact) => view! { <Artifact artifact=*artifact place=place.clone() /> }.into_any(),
        ImageContent::NoImage => view! { <NoImage entries=entries place=place.clone() /> }.into_any(),
        ImageContent::Unreadable(failure) => view! { <Unreadable failure=*failure /> }.into_any(),
    };
    let style = match place.current_view() {
        ImageView::Files => "files.css",
        ImageView::Referrers => "artifacts.css",
        _ if is_artifact => "artifacts.css",
        _ => "",
    };
    view! {
        <PageHead title=title(&page) description=description(&page) permalink=page.permalink.clone() style=style />
        <Heading page=page.clone() place=place.clone() />
        <TagMoved page=page.clone() place=place.clone() />
        {has_platforms.then(|| view! { <Platforms page=page.clone() query=query place=place.clone() /> })}
        <IdentityStrip identity=page.identity.clone() place=place.clone() />
        {contradiction} {other_platform}
        <OtherEntries entries=page.other_entries more=page.more_entries place=place.clone() />
        {(!on_raw).then(|| view! { <NoticesFold notices=page.notices /> })}
        <Tabs place=place is_image=is_image referrers=referrers />
        {content}
    }
}

/// What stands there, and the file of it that is open.
fn title(page: &Content) -> String {
    match &page.content {
        ImageContent::Files(files) if !files.path.is_root() => {
            format!("{} in {}", visible_line(&files.path.readable()), page.reference)
        }
        _ => page.reference.to_string(),
    }
}

/// Whether a container image is shown, by itself or out of an index.
fn is_image(page: &Content) -> bool {
    let other = matches!(page.content, ImageContent::Artifact(_) | ImageContent::NoImage);
    !other && matches!(page.kind.family, Family::Image | Family::Index | Family::Schema1)
}

/// The tag points elsewhere by now than the digest that stands beside it in the address, or is gone.
#[component]
fn TagMoved(page: Content, place: Place) -> impl IntoView {
    let tag = page.reference.tag.clone();
    let (here, there) = (page.reference.digest.clone(), page.tag_moved_to.clone());
    let gone = tag.clone().filter(|_| page.tag_gone).map(|tag| {
        view! {
            <NoticeBox tone=Tone::Warning>
                <span>
                    "There is no tag " <b>{tag.to_string()}</b> " any more. What is shown stands under the digest alone."
                </span>
            </NoticeBox>
        }
    });
    let moved = tag.zip(here).zip(there).map(|((tag, here), there)| {
        let now = place.manifest(&there);
        view! {
            <NoticeBox tone=Tone::Warning>
                <span>
                    <b>{tag.to_string()}</b>
                    " has moved since: it now points at "
                    <DigestLabel digest=there.clone() href=now />
                </span>
                {place.tag_alone().map(|href| view! { <a class="link" href=href>"Open what it points at"</a> })}
                <a class="link" href=place.compare(&here, &there)>
                    "Compare the two"
                </a>
            </NoticeBox>
        }
    });
    view! { {gone} {moved} }
}

/// The page in a sentence, for link previews.
fn description(page: &Content) -> String {
    let mut words = vec![page.kind.label.clone()];
    match page.platforms.as_slice() {
        [] => words.extend(page.platform.as_ref().map(|platform| format!("for {platform}"))),
        platforms => {
            let count = platforms.len() + usize::try_from(page.more_platforms).unwrap_or(0);
            words.push(format!("for {count} platforms"));
        }
    }
    // Writing to a String cannot fail.
    let mut sentence = words.join(" ");
    if let Some(bytes) = page.size {
        let _ = write!(sentence, ", {} compressed", size::decimal(bytes));
    }
    if let Some(layers) = page.layer_count {
        let _ = write!(sentence, " in {}", size::counted(layers.into(), "layer"));
    }
    if let Some(at) = Created::of(page.created.as_deref()).known() {
        let _ = write!(sentence, ", built {}", at.date());
    }
    sentence.push('.');
    sentence
}
