//! What the script asks of the browser. Called from effects and event handlers only: on the server nothing of it exists.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};

/// Seconds since 1970 by the reader's clock.
pub(super) fn now() -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a clock's milliseconds fit, and parts of a second are dropped"
    )]
    let seconds = (js_sys::Date::now() / 1000.0) as i64;
    seconds
}

/// A value that this browser keeps for this site; nothing where keeping is forbidden.
pub(super) fn kept(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(name).ok()?
}

/// Keeps a value, or forgets it. Where keeping is forbidden, nothing happens.
pub(super) fn keep(name: &str, value: Option<&str>) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = match value {
            Some(value) => storage.set_item(name, value),
            None => storage.remove_item(name),
        };
    }
}

/// Sets or removes an attribute of the document's root.
pub(super) fn set_root_attribute(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

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

/// The element that an event happened in, or the nearest one around it, that a selector describes.
pub(super) fn closest(event: &web_sys::Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

/// Whether an event happened where text is typed.
pub(super) fn is_typing(event: &web_sys::Event) -> bool {
    closest(event, "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]").is_some()
}

/// Copies a text. Pages over plain http have no clipboard of the new kind (Clipboard API §4, "secure contexts"), so there,
/// and wherever the new one refuses, the old command does it.
pub(super) fn copy(text: String) {
    if !window().is_secure_context() {
        copy_by_command(&text);
        return;
    }
    let answer = window().navigator().clipboard().write_text(&text);
    let refused = Closure::once(move |_| copy_by_command(&text));
    // The answer itself is not waited for: the closure is all that is left to do.
    let _ = answer.catch(&refused);
    refused.forget();
}

fn copy_by_command(text: &str) {
    let document = document();
    let Some(body) = document.body() else { return };
    let Ok(area) = document.create_element("textarea") else { return };
    let Ok(area) = area.dyn_into::<HtmlTextAreaElement>() else { return };
    let focused = document.active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    area.set_value(text);
    let _ = area.set_attribute("class", "copied-from");
    let _ = area.set_attribute("aria-hidden", "true");
    if body.append_child(&area).is_err() {
        return;
    }
    area.select();
    if let Some(document) = document.dyn_ref::<web_sys::HtmlDocument>() {
        let _ = document.exec_command("copy");
    }
    area.remove();
    if let Some(focused) = focused {
        let _ = focused.focus();
    }
}

/// Takes `refresh=1` out of the shown address, so that a link copied from it does not ask past the caches.
pub(super) fn forget_refresh() {
    let location = window().location();
    let (Ok(path), Ok(search)) = (location.pathname(), location.search()) else { return };
    let kept: Vec<&str> = search
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("refresh="))
        .collect();
    let rest = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    if rest != search
        && let Ok(history) = window().history()
        && let Ok(state) = history.state()
    {
        let _ = history.replace_state_with_url(&state, "", Some(&format!("{path}{rest}")));
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
