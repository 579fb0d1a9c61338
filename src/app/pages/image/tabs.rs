//! The views of an image, as links.

use leptos::prelude::*;

use super::place::Place;
use crate::view::address::ImageView;

/// The tabs. `is_image` decides what the views are called and which there are: an artifact has no config of an image.
#[component]
pub(super) fn Tabs(place: Place, is_image: bool) -> impl IntoView {
    let links = ImageView::ALL
        .into_iter()
        .filter(|view| is_image || *view != ImageView::Config || place.current_view() == ImageView::Config)
        .map(|view| {
            let label = match view {
                ImageView::Layers if is_image => "Layers",
                ImageView::Layers => "Content",
                ImageView::Config => "Config",
                ImageView::Raw => "Raw",
            };
            let current = (view == place.current_view()).then_some("page");
            view! {
                <a href=place.view(view) aria-current=current data-noscroll="">
                    {label}
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
