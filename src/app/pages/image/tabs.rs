//! The views of an image, as links.

use leptos::prelude::*;

use super::place::Place;
use crate::view::address::ImageView;

/// The tabs. `is_image` decides what the views are called and which there are: an artifact has no config of an image.
#[component]
pub(super) fn Tabs(
    place: Place,
    is_image: bool,
    /// How many referrers are known, and what that means, for readers who do not see the page.
    referrers: Option<(String, String)>,
) -> impl IntoView {
    let links = ImageView::ALL
        .into_iter()
        .filter(|view| {
            is_image || !matches!(view, ImageView::Config | ImageView::Files) || *view == place.current_view()
        })
        .map(|view| {
            let label = match view {
                ImageView::Layers if is_image => "Layers",
                ImageView::Layers => "Content",
                ImageView::Files => "Files",
                ImageView::Config => "Config",
                ImageView::Referrers => "Referrers",
                ImageView::Raw => "Raw",
            };
            let count = referrers.clone().filter(|_| view == ImageView::Referrers).map(|(count, meaning)| {
                view! {
                    " "
                    <span class="count">
                        {count} <span class="sr-only">{meaning}</span>
                    </span>
                }
            });
            let current = (view == place.current_view()).then_some("page");
            view! {
                <a href=place.view(view) aria-current=current data-noscroll="">
                    {label}
                    {count}
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
