//! What the browser does on every page: a few listeners on the whole page, however many buttons and digests it has.

mod clock;
mod copy;
mod keyboard;
mod mark;
mod theme;

use leptos::prelude::window;
use wasm_bindgen::JsCast as _;

use web_sys::{Element, Event};

use super::browser;

/// Starts all of it.
pub(crate) fn start() {
    forget_refresh();
    theme::start();
    keyboard::start();
    mark::start();
    copy::start();
    clock::start();
}

/// The element that an event happened in, or the nearest one around it, that a selector describes.
fn closest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

/// Whether an event happened where text is typed.
fn is_typing(event: &Event) -> bool {
    closest(event, "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]").is_some()
}

/// Takes `refresh=1` out of the shown address, so that a link copied from it does not ask past the caches.
fn forget_refresh() {
    let location = window().location();
    let (Ok(path), Ok(search), Ok(anchor)) = (location.pathname(), location.search(), location.hash()) else { return };
    let kept: Vec<&str> = search
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("refresh="))
        .collect();
    let rest = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    if rest != search {
        browser::replace_address(&format!("{path}{rest}{anchor}"));
    }
}
