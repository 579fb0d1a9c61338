//! Text that a registry sent: shown as it is, and never as anything else.

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
