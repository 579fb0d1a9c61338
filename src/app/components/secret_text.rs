//! Text that a registry sent, with what looks like a secret covered.

use std::ops::Range;

use leptos::prelude::*;

use super::ForeignText;
use crate::anatomy::secrets::{COVER, Stretch, ranges, stretches};

/// [`ForeignText`] whose secrets open when they are asked for, without script too.
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
    /// Where it is shown from. A secret that is cut there stays covered.
    #[prop(optional)]
    start: usize,
    /// Whether it is shown on one line; otherwise its line breaks are kept, for a style that shows them.
    #[prop(optional)]
    one_line: bool,
) -> impl IntoView {
    let secrets = secrets.unwrap_or_else(|| ranges(&text));
    let end = end.unwrap_or(text.len());
    let draw = |stretch| covered_stretch(stretch, !one_line);
    stretches(&text, start..end, &secrets).into_iter().map(draw).collect_view()
}

/// What stands in place of a covered value, with the words that open and close it.
#[component]
pub fn Cover() -> impl IntoView {
    view! {
        <span class="dots" aria-hidden="true">
            {COVER}
        </span>
        <span class="show">"Show"</span>
        <span class="hide">"Hide"</span>
    }
}

/// A stretch of a text: as it is, or covered. `lines` keeps its line breaks.
pub fn covered_stretch(stretch: Stretch<'_>, lines: bool) -> impl IntoView + use<> {
    let text = stretch.text.to_owned();
    if !stretch.secret {
        return view! { <ForeignText text=text lines=lines /> }.into_any();
    }
    // The value is in the page all the same, and in the registry.
    view! {
        <details class="secret inline-block align-top">
            <summary title="Looks like a secret">
                <span class="sr-only">"Looks like a secret"</span>
                <Cover />
            </summary>
            <ForeignText text=text lines=lines />
        </details>
    }
    .into_any()
}
