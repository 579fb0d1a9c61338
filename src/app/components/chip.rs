//! A small word about a thing.

use leptos::prelude::*;

/// What a chip's colour says beside its word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// As it should be.
    Good,
    /// Worth a look.
    Warning,
    /// Not as it should be.
    Bad,
}

/// A word in a rounded frame.
#[component]
pub fn Chip(
    /// The word.
    #[prop(into)]
    text: Oco<'static, str>,
    /// What its colour says.
    #[prop(optional)]
    tone: Tone,
) -> impl IntoView {
    let class = match tone {
        Tone::Plain => "chip",
        Tone::Good => "chip ok",
        Tone::Warning => "chip warn",
        Tone::Bad => "chip bad",
    };
    view! { <span class=class>{text}</span> }
}
