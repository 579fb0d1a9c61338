//! The field that narrows a list: a form, and live where the script runs.

use leptos::prelude::*;

use super::live_list::Apply;
use crate::app::components::{Glyph, Icon};

/// A filter over a list of names. What is typed is in the address, so that it can be shared and found again.
#[component]
pub(super) fn FilterBar(
    /// What the field says while it is empty, and what it is called: `Filter 42 tags`.
    #[prop(into)]
    label: String,
    /// The filter in force.
    #[prop(into)]
    value: String,
    /// The page's path.
    path: String,
    /// Other members of the page's query that the filter keeps.
    #[prop(optional)]
    keep: Vec<(&'static str, String)>,
    /// Narrows the list at once.
    apply_now: Apply,
    /// Narrows the list once typing has rested.
    apply_later: Apply,
    /// What stands at the field's right.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let field = NodeRef::<leptos::html::Input>::new();
    let (form_name, field_name) = (label.clone(), label.clone());
    let hidden =
        keep.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    let submit = {
        let apply_now = Apply::clone(&apply_now);
        move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            if let Some(field) = field.get_untracked() {
                apply_now(field.value());
            }
        }
    };
    let clear_by_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(field) = field.get_untracked()
            && !field.value().is_empty()
        {
            event.prevent_default();
            field.set_value("");
            apply_now(String::new());
        }
    };
    view! {
        <form class="filterbar" role="search" aria-label=form_name action=path on:submit=submit>
            <Icon glyph=Glyph::Search />
            <input
                node_ref=field
                id="filter"
                name="filter"
                value=value
                placeholder=label
                aria-label=field_name
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="255"
                on:input:target=move |event| apply_later(event.target().value())
                on:keydown=clear_by_key
            />
            {hidden}
            <button class="btn small without-script">"Filter"</button>
            {children.map(|children| children())}
        </form>
    }
}
