//! Two images side by side.
//!
//! - [`place`]: the page's address, and links from it; [`names`]: what the two sides are called
//! - top: [`heading`], [`platforms`], [`notices`], [`cards`], [`samples`], [`tabs`]
//! - views: [`layers`] ([`pair`], [`verdict`]), [`config`], [`history`]
//! - [`choose`]: where the address does not name two images

mod cards;
mod choose;
mod config;
mod heading;
mod history;
mod layers;
mod names;
mod notices;
mod pair;
mod place;
mod platforms;
mod samples;
mod tabs;
mod verdict;

use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use super::{is_refresh, text_of};
use crate::anatomy::size;
use crate::api;
use crate::app::frame::{PageHead, loaded};
use crate::view::Page;
use crate::view::compare::{CompareContent, ComparePage as Content, CompareQuery, CompareView};
use cards::Cards;
use choose::Choose;
use config::Config;
use heading::Heading;
use layers::Layers;
use names::Names;
use notices::Notices;
use place::Place;
use platforms::EachSide;
use samples::Samples;
use tabs::Tabs;

/// `/-/compare`: the comparison that the address asks for, or a form where it does not name both images.
#[component]
pub fn ComparePage() -> impl IntoView {
    let query = use_query_map().with_untracked(read_query);
    if query.from.is_empty() || query.to.is_empty() {
        return Either::Left(view! { <Choose query=query /> });
    }
    let page = api::compare_images(query.clone());
    Either::Right(loaded(page, move |page: Page<Content>| view! { <Whole page=page.content query=query /> }))
}

/// The query of an address.
fn read_query(members: &ParamsMap) -> CompareQuery {
    let member = |name: &str| text_of(members, name).trim().to_owned();
    CompareQuery {
        from: member("from"),
        to: member("to"),
        platform: member("platform"),
        from_platform: member("from_platform"),
        to_platform: member("to_platform"),
        view: if member("view") == "config" { CompareView::Config } else { CompareView::Layers },
        rows: member("rows").parse().unwrap_or(0),
        refresh: is_refresh(members),
    }
}

/// Everything in `<main>`.
#[component]
fn Whole(page: Content, query: CompareQuery) -> impl IntoView {
    let place = Place::new(&page, query);
    let names = Names::of(&page.from, &page.to);
    let content = match page.content.clone() {
        CompareContent::Layers(layers) => {
            let (differing, has_configs) = (page.layer_differences, page.config_differences.is_some());
            view! {
                <Layers
                    layers=layers
                    differing=differing
                    has_configs=has_configs
                    place=place.clone()
                    names=names.clone()
                />
            }
            .into_any()
        }
        CompareContent::Config(changes) => {
            view! { <Config changes=changes counts=page.config_differences names=names.clone() /> }.into_any()
        }
    };
    view! {
        <PageHead title=names.title() description=description(&page, &names) permalink=page.pinned.clone() style="compare.css" />
        <h1 class="sr-only">{names.title()}</h1>
        <Heading page=page.clone() place=place.clone() />
        <EachSide page=page.clone() place=place.clone() />
        <Notices page=page.clone() />
        <Cards page=page.clone() names=names.clone() />
        <Samples page=page.clone() names=names />
        <Tabs page=page place=place />
        {content}
    }
}

/// The page in a sentence, for link previews.
fn description(page: &Content, names: &Names) -> String {
    let transfer = &page.transfer;
    let (shared, all) = (u64::from(transfer.shared_layers), u64::from(transfer.to.layers));
    format!(
        "{}: {} to pull, {} of {} shared.",
        names.both(),
        size::decimal(transfer.to.pull_bytes),
        size::count(shared),
        size::counted(all, "layer"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &str)]) -> CompareQuery {
        let mut members = ParamsMap::new();
        for (name, value) in pairs {
            members.insert(*name, (*value).to_owned());
        }
        read_query(&members)
    }

    #[test]
    fn the_address_says_what_is_compared() {
        let query = read(&[("from", " a:1 "), ("to", "a:2"), ("view", "config"), ("rows", "100"), ("refresh", "1")]);
        assert_eq!((query.from.as_str(), query.to.as_str()), ("a:1", "a:2"));
        assert_eq!((query.view, query.rows, query.refresh), (CompareView::Config, 100, true));
    }

    #[test]
    fn what_an_address_should_not_say_counts_as_unsaid() {
        let query = read(&[("view", "files"), ("rows", "-1")]);
        assert_eq!(query, CompareQuery::default());
    }
}
