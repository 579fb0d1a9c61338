//! Something to know about what is shown, and lists with nothing in them.

use leptos::prelude::*;

use super::Tone;

/// A notice above what it speaks of.
#[component]
pub fn NoticeBox(
    /// What its colour says.
    #[prop(optional)]
    tone: Tone,
    /// The words, and links to what can be done.
    children: Children,
) -> impl IntoView {
    let class = match tone {
        Tone::Plain | Tone::Good => "notice",
        Tone::Warning => "notice warn",
        Tone::Bad => "notice bad",
    };
    view! {
        <div class=class role="note">
            {children()}
        </div>
    }
}

/// Stands where a list would be if it had anything.
#[component]
pub fn Nothing(
    /// What there is none of, as a short sentence.
    #[prop(into)]
    title: String,
    /// What to do about it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="card nothing">
            <b>{title}</b>
            <p>{children()}</p>
        </div>
    }
}
