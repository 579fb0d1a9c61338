//! The top of an image's page: its name, what it is in a line, and how to take it away.

use leptos::either::Either;
use leptos::prelude::*;

use super::is_image;
use super::place::Place;
use super::pull::PullPopup;
use crate::anatomy::size;
use crate::anatomy::time::Created;
use crate::app::components::{CopyButton, Date, Moment};
use crate::oci::Reference;
use crate::view::image::{ImageContent, ImagePage};

/// Name, line, buttons.
#[component]
pub(super) fn Heading(page: ImagePage, place: Place) -> impl IntoView {
    let name = page.reference.repository.base_name().to_owned();
    let namespace = page.reference.repository.namespace().map(|namespace| {
        let href = place.namespace(namespace);
        view! { <a class="ns" href=href>{format!("{namespace}/")}</a> }
    });
    view! {
        <div class="pagehead">
            <div>
                <h1>
                    {namespace} <a href=place.tags()>{name}</a> <TagAndDigest reference=page.reference.clone() />
                </h1>
                <p class="sub">
                    <Line page=page.clone() />
                </p>
            </div>
            <div class="flex flex-wrap gap-2">
                <PullPopup by_tag=page.pull_by_tag by_digest=page.pull_by_digest />
                <CopyButton text=page.permalink label="Copy link to digest" primary=true address=true />
            </div>
        </div>
    }
}

/// A reference with its parts told apart: `namespace/` quiet, `name` strong, `:tag` coloured.
#[component]
pub(in crate::app::pages) fn ReferenceWords(reference: Reference) -> impl IntoView {
    let repository = &reference.repository;
    let namespace = repository.namespace().map(|namespace| format!("{namespace}/"));
    let name = repository.base_name().to_owned();
    view! {
        {namespace.map(|namespace| view! { <span class="text-faint font-normal">{namespace}</span> })}
        {name}
        <TagAndDigest reference=reference />
    }
}

/// What stands behind the repository's name.
#[component]
fn TagAndDigest(reference: Reference) -> impl IntoView {
    let tag = reference.tag.map(|tag| format!(":{tag}"));
    let digest = reference.digest.map(|digest| {
        let short = format!("@{}:{}", digest.algorithm_name(), digest.short());
        let more = digest.encoded().len() > digest.short().len();
        let short = if more { format!("{short}…") } else { short };
        view! { <span class="text-accent" title=digest.to_string()>{short}</span> }
    });
    view! {
        {tag.map(|tag| view! { <span class="text-accent">{tag}</span> })}
        {digest}
    }
}

/// What is shown: the artifact itself, where an index is only the way to it.
fn kind_of(page: &ImagePage) -> String {
    let chosen = match &page.content {
        ImageContent::Artifact(artifact) => artifact.kind.as_ref(),
        _ => None,
    };
    chosen.unwrap_or(&page.kind).label.clone()
}

/// `Built 2 days ago · 70.5 MB compressed · 7 layers`, as far as it is known.
#[component]
fn Line(page: ImagePage) -> impl IntoView {
    let is_image = is_image(&page);
    let built = match Created::of(page.created.as_deref()) {
        _ if !is_image => Either::Left(kind_of(&page)),
        Created::Known(at) => Either::Right(Either::Left(view! { "Built " <Moment at=at /> })),
        _ => Either::Right(Either::Right(view! { <Date created=page.created.clone() /> })),
    };
    let size = page.size.map(|bytes| {
        let what = if is_image { " compressed" } else { "" };
        view! { " · " <span class="num" title=size::exact(bytes)>{size::decimal(bytes)}</span> {what} }
    });
    let layers = page.layer_count.map(|count| format!(" · {}", size::counted(count.into(), "layer")));
    view! { {built} {size} {layers} }
}
