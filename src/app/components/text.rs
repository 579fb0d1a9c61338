//! Text that a registry sent: shown as it is, and never as anything else.

use leptos::prelude::*;

/// Text from elsewhere. Control characters, and those that would turn the direction of writing, are made visible, and the
/// text's own direction stays within it.
#[component]
pub fn ForeignText(
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <bdi>{text}</bdi> }
}
