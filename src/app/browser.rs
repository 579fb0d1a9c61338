//! What islands and script ask of the browser. Called from effects and event handlers only: on the server nothing of it
//! exists.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement};

/// Every element that a selector finds, in the order of the page.
pub(super) fn find_all(selector: &str) -> Vec<Element> {
    let Ok(list) = document().query_selector_all(selector) else {
        return Vec::new();
    };
    (0..list.length()).filter_map(|position| list.item(position)?.dyn_into().ok()).collect()
}

/// The first element that a selector finds.
pub(super) fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

/// Lets the browser show another address for this page, without an entry in its history.
pub(super) fn replace_address(address: &str) {
    if let Ok(history) = window().history()
        && let Ok(state) = history.state()
    {
        let _ = history.replace_state_with_url(&state, "", Some(address));
    }
}

/// Positions, among all elements that a selector finds, of those within a screen's height of what is in view.
///
/// Elements without a box (hidden ones, those in closed parts) are not in view.
pub(super) fn positions_in_view(selector: &str) -> Vec<usize> {
    let Some(height) = window().inner_height().ok().and_then(|height| height.as_f64()) else {
        return Vec::new();
    };
    find_all(selector)
        .iter()
        .enumerate()
        .filter(|(_, element)| {
            let place = element.get_bounding_client_rect();
            place.height() > 0.0 && place.bottom() > -height / 2.0 && place.top() < height * 1.5
        })
        .map(|(position, _)| position)
        .collect()
}

/// Whether the pointer or the focus is in an element that a selector finds, so that nothing in it may move.
pub(super) fn is_in_use(selector: &str) -> bool {
    // A device that cannot hover keeps the last touch as its pointer.
    let touched = window().match_media("(hover: none)").ok().flatten().is_some_and(|query| query.matches());
    let hovered = !touched && find(&format!("{selector}:hover")).is_some();
    hovered || find(&format!("{selector}:focus-within")).is_some()
}
