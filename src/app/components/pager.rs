//! From one page of a list to the next.

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::anatomy::size::count;

/// Which part of a list is shown, with links to the parts beside it.
#[component]
pub fn Pager(
    /// How many rows stand before this page.
    before: u64,
    /// How many rows this page has.
    shown: u64,
    /// How many rows there are.
    total: u64,
    /// The page before this one.
    previous: Option<String>,
    /// The page after this one.
    next: Option<String>,
) -> impl IntoView {
    (previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {previous
                    .map(|href| {
                        view! {
                            <a class="btn" rel="prev" href=href>
                                <Icon glyph=Glyph::Previous />
                                "Previous"
                            </a>
                        }
                    })}
                {(shown > 0)
                    .then(|| {
                        view! {
                            <span class="label">
                                {count(before + 1)} "–" {count(before + shown)} " of " {count(total)}
                            </span>
                        }
                    })}
                {next
                    .map(|href| {
                        view! {
                            <a class="btn" rel="next" href=href>
                                "Next"
                                <Icon glyph=Glyph::Next />
                            </a>
                        }
                    })}
            </nav>
        }
    })
}
