//! Two tags to compare.

use leptos::either::Either;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Event, HtmlInputElement};

use crate::app::browser;
use crate::app::components::{Glyph, Icon};
use crate::oci::RepositoryName;
use crate::view::link;

/// What finds the boxes of the list.
const BOXES: &str = "input[name=select]";

/// The ticked tags, in the order of ticking; never more than two. Kept while the list is filtered and sorted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Selection(RwSignal<Vec<String>>);

impl Selection {
    pub(super) fn new() -> Self {
        Self(RwSignal::new(Vec::new()))
    }

    /// A box was ticked or unticked. One listener serves the whole list.
    pub(super) fn changed(self, event: &Event) {
        let Some(field) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        let (tag, ticked) = (field.value(), field.checked());
        self.0.update(|selected| choose(selected, tag, ticked));
    }

    /// Keeps the boxes as the selection is, whatever rows the list has now.
    pub(super) fn show(self) {
        Effect::new(move |_| {
            self.0.with(|selected| {
                for field in browser::find_all(BOXES) {
                    if let Some(field) = field.dyn_ref::<HtmlInputElement>() {
                        field.set_checked(selected.contains(&field.value()));
                    }
                }
            });
        });
    }
}

/// Ticks or unticks a tag. A third one takes the place of the first.
fn choose(selected: &mut Vec<String>, tag: String, ticked: bool) {
    selected.retain(|other| *other != tag);
    if ticked {
        if selected.len() == 2 {
            selected.remove(0);
        }
        selected.push(tag);
    }
}

/// The list has the newer tag first, and what people ask is what comes with it. So the comparison is from the lower of the
/// two to the upper, as without script; in the order of ticking where the list does not show both.
fn lower_first<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    let boxes = browser::find_all(BOXES);
    let place = |tag: &str| {
        boxes.iter().position(|field| field.dyn_ref::<HtmlInputElement>().is_some_and(|field| field.value() == tag))
    };
    match (place(one), place(other)) {
        (Some(upper), Some(lower)) if upper < lower => (other, one),
        _ => (one, other),
    }
}

/// What can be done with the ticked tags.
#[component]
pub(super) fn ActionBar(prefix: String, repository: RepositoryName, selection: Selection) -> impl IntoView {
    move || {
        let selected = selection.0.get();
        let place = format!("{prefix}{repository}");
        let content = match selected.as_slice() {
            [] => return None,
            [only] => Either::Left(view! {
                <span><b>{only.clone()}</b></span>
                <span class="label">"Select one more to compare"</span>
            }),
            [one, other, ..] => {
                let (from, to) = lower_first(one, other);
                let href = link::compare(&format!("{place}:{from}"), &format!("{place}:{to}"));
                Either::Right(view! {
                    <span class="chosen">
                        <b>{from.to_owned()}</b> <Icon glyph=Glyph::Swap /> <b>{to.to_owned()}</b>
                    </span>
                    <a class="btn primary" href=href>"Compare layers"</a>
                })
            }
        };
        Some(view! {
            <div class="actionbar" role="status">
                {content}
                <button type="button" class="btn" on:click=move |_| selection.0.set(Vec::new())>"Clear"</button>
            </div>
        })
    }
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn a_third_tag_takes_the_place_of_the_first() {
        let mut selected = Vec::new();
        for tag in ["a", "b", "c"] {
            choose(&mut selected, tag.to_owned(), true);
        }
        assert_eq!(selected, ["b", "c"]);
        choose(&mut selected, "c".to_owned(), false);
        assert_eq!(selected, ["b"]);
    }
}
