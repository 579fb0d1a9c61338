//! Text that a registry sent, with what looks like a secret covered.

use std::ops::Range;

use leptos::prelude::*;

use super::ForeignText;
use crate::anatomy::secrets::{COVER, Stretch, ranges, stretches};

/// [`ForeignText`] whose secrets open when they are asked for, without script too. Line breaks are kept.
#[component]
pub fn SecretText(
    /// The text.
    #[prop(into)]
    text: String,
    /// Where it has secrets, for text that is not to be read as a command.
    #[prop(optional)]
    secrets: Option<Vec<Range<usize>>>,
    /// How many bytes of it are shown. A secret that is cut there stays covered.
    #[prop(optional)]
    end: Option<usize>,
) -> impl IntoView {
    let secrets = secrets.unwrap_or_else(|| ranges(&text));
    let end = end.unwrap_or(text.len());
    stretches(&text, 0..end, &secrets).into_iter().map(covered_stretch).collect_view()
}

/// A stretch of a text: as it is, or covered.
pub fn covered_stretch(stretch: Stretch<'_>) -> impl IntoView + use<> {
    let text = stretch.text.to_owned();
    if !stretch.secret {
        return view! { <ForeignText text=text lines=true /> }.into_any();
    }
    // The value is in the page all the same, and in the registry.
    view! {
        <details class="secret inline-block align-top">
            <summary title="Looks like a secret">
                <span class="sr-only">"Looks like a secret"</span>
                <span class="dots" aria-hidden="true">
                    {COVER}
                </span>
                <span class="show">"Show"</span>
                <span class="hide">"Hide"</span>
            </summary>
            <ForeignText text=text lines=true />
        </details>
    }
    .into_any()
}
