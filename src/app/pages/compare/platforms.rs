//! Which platform is compared: one for both sides, or one each.

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::place::{Place, Which};
use crate::app::components::{Chip, ForeignText};
use crate::oci::Platform;
use crate::view::compare::{ComparePage, Side};

/// The platforms that both have, as links. Where there is nothing to choose, the one that is compared.
#[component]
pub(super) fn PlatformChoice(page: ComparePage, place: Place) -> impl IntoView {
    let (from, to) = (page.from.platform.clone(), page.to.platform.clone());
    let is_on = |platform: &Platform| is_present(&page.from, platform) && is_present(&page.to, platform);
    if page.common_platforms.len() > 1 || (page.common_platforms.len() == 1 && !page.common_platforms.iter().all(is_on))
    {
        let links: Vec<_> = page
            .common_platforms
            .iter()
            .map(|platform| (platform.to_string(), place.both_on(platform), is_on(platform)))
            .collect();
        return EitherOf3::A(view! { <Choices name="Platform of both sides" links=links /> });
    }
    match from.or(to).filter(|platform| is_on(platform)) {
        Some(platform) => EitherOf3::B(view! { <Chip text=platform.to_string() /> }),
        None => EitherOf3::C(()),
    }
}

/// A platform for each side: open where the sides are on different ones, or have different ones.
#[component]
pub(super) fn EachSide(page: ComparePage, place: Place) -> impl IntoView {
    let is_worth = page.common_platforms.len() + page.only_from.len() + page.only_to.len() > 1;
    let is_open = !page.only_from.is_empty() || !page.only_to.is_empty() || !is_one_platform(&page);
    is_worth.then(|| {
        view! {
            <details class="eachside fold" open=is_open>
                <summary class="label">"A platform for each side"</summary>
                <dl>
                    <OwnChoice name="From" which=Which::From page=page.clone() place=place.clone() />
                    <OwnChoice name="To" which=Which::To page=page place=place />
                </dl>
            </details>
        }
    })
}

#[component]
fn OwnChoice(name: &'static str, which: Which, page: ComparePage, place: Place) -> impl IntoView {
    let (side, own, label) = match which {
        Which::From => (&page.from, &page.only_from, "Platform of the first side"),
        Which::To => (&page.to, &page.only_to, "Platform of the second side"),
    };
    let link = |platform: &Platform, note: &str| {
        (format!("{platform}{note}"), place.one_on(which, platform), is_present(side, platform))
    };
    let common = page.common_platforms.iter().map(|platform| link(platform, ""));
    let links: Vec<_> = common.chain(own.iter().map(|platform| link(platform, ", on this side only"))).collect();
    let choices = if links.is_empty() {
        Either::Left(view! { <span class="text-muted">"not said"</span> })
    } else {
        Either::Right(view! { <Choices name=label links=links /> })
    };
    view! {
        <dt class="label">{name}</dt>
        <dd>{choices}</dd>
    }
}

/// Choices side by side: words, where each leads, and whether it is the present one. What no address can name is text.
#[component]
fn Choices(name: &'static str, links: Vec<(String, Option<String>, bool)>) -> impl IntoView {
    let links = links
        .into_iter()
        .map(|(words, href, current)| {
            let current = current.then_some("true");
            match href {
                Some(href) => Either::Left(view! {
                    <a href=href aria-current=current data-noscroll="">
                        <ForeignText text=words />
                    </a>
                }),
                None => Either::Right(view! {
                    <span aria-current=current>
                        <ForeignText text=words />
                    </span>
                }),
            }
        })
        .collect_view();
    view! {
        <nav class="seg many" aria-label=name>
            {links}
        </nav>
    }
}

fn is_present(side: &Side, platform: &Platform) -> bool {
    side.platform.as_ref().is_some_and(|present| present.matches(platform))
}

/// Whether both sides are compared on one platform.
fn is_one_platform(page: &ComparePage) -> bool {
    match (&page.from.platform, &page.to.platform) {
        (Some(from), Some(to)) => from.matches(to),
        (from, to) => from.is_none() && to.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::place::tests::page;
    use super::*;

    #[test]
    fn platforms_that_mean_the_same_are_one() {
        for (from, to, is_one) in [
            ("linux/amd64", "linux/amd64", true),
            ("linux/arm64", "linux/arm64/v8", true),
            ("linux/amd64", "linux/arm64", false),
            ("linux/amd64", "", false),
            ("", "", true),
        ] {
            assert_eq!(is_one_platform(&page(from, to)), is_one, "{from} {to}");
        }
    }
}
