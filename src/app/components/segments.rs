//! One of a few, as links.

use leptos::prelude::*;

/// One choice.
#[derive(Debug, Clone)]
pub struct Segment {
    /// What it is called.
    pub label: &'static str,
    /// The page with this choice.
    pub href: String,
    /// Whether it is the present one.
    pub current: bool,
}

/// A few choices side by side, the present one marked. The page does not scroll when one is followed.
#[component]
pub fn Segments(
    /// What is chosen, for readers who do not see the page.
    label: &'static str,
    /// The choices.
    segments: Vec<Segment>,
) -> impl IntoView {
    let links = segments
        .into_iter()
        .map(|segment| {
            view! {
                <a href=segment.href aria-current=segment.current.then_some("true") data-noscroll="">
                    {segment.label}
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="seg" aria-label=label>
            {links}
        </nav>
    }
}
