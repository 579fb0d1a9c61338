//! Text that a registry sent: shown as it is, and never as anything else.

use leptos::either::Either;
use leptos::prelude::*;

use crate::anatomy::text::{visible, visible_line};

/// Text from elsewhere. Control characters, and those that would turn the direction of writing, are made visible, and the
/// text's own direction stays within it.
#[component]
pub fn ForeignText(
    /// The text.
    #[prop(into)]
    text: String,
    /// Whether line breaks and tabs are kept, for text whose style shows them.
    #[prop(optional)]
    lines: bool,
) -> impl IntoView {
    let text = if lines { visible(&text) } else { visible_line(&text) }.into_owned();
    view! { <bdi>{text}</bdi> }
}

/// A sentence of our own, in which words between backticks are code. What a registry sent may stand in it.
#[component]
pub fn Prose(
    /// The sentence.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    // One that is not closed is a character like another.
    let closed = text.matches('`').count().is_multiple_of(2);
    let parts = if closed { text.split('`').collect() } else { vec![text.as_str()] };
    parts
        .into_iter()
        .enumerate()
        .filter(|(_, part)| !part.is_empty())
        .map(|(position, part)| {
            let part = view! { <ForeignText text=part /> };
            if position % 2 == 1 { Either::Left(view! { <code>{part}</code> }) } else { Either::Right(part) }
        })
        .collect_view()
}
