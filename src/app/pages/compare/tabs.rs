//! The views of a comparison, as links, each with the number of its differences.

use leptos::prelude::*;

use super::place::Place;
use crate::anatomy::size::{count, plural};
use crate::view::compare::{ComparePage, CompareView};

/// Layers and config.
#[component]
pub(super) fn Tabs(page: ComparePage, place: Place) -> impl IntoView {
    let layers = Some(u64::from(page.layer_differences));
    let config = page.config_differences.map(|counts| counts.total);
    let tabs = [(CompareView::Layers, "Layers", layers), (CompareView::Config, "Config", config)];
    let links = tabs
        .into_iter()
        .map(|(view, label, differences)| {
            let current = (view == place.current_view()).then_some("page");
            let differences = differences.map(|number| {
                view! {
                    " "
                    <span class="count">
                        {count(number)} <span class="sr-only">{format!(" {}", plural(number, "difference"))}</span>
                    </span>
                }
            });
            view! {
                <a href=place.view(view) aria-current=current data-noscroll="">
                    {label}
                    {differences}
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="tabs" aria-label="Views">
            {links}
        </nav>
    }
}
