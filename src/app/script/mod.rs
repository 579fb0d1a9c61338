//! What the browser does on every page: a few listeners on the whole page, however many buttons and digests it has.

mod clock;
mod copy;
mod keyboard;
mod mark;
mod theme;

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast as _;

use web_sys::{Element, Event};

use super::browser;
use crate::view::base_path;

/// Reads from the page what stands before all paths of this site. Links and calls need it, so it comes before all else.
pub(crate) fn set_base_path() {
    let base = document().document_element().and_then(|root| root.get_attribute("data-base"));
    base_path::set(base.unwrap_or_default());
    let _ = leptos::server_fn::client::try_set_server_url(base_path::in_force());
}

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
    let (Ok(path), Ok(search), Ok(hash)) = (location.pathname(), location.search(), location.hash()) else { return };
    let pairs: Vec<&str> = search.trim_start_matches('?').split('&').collect();
    let kept: Vec<&str> = pairs.iter().copied().filter(|pair| !pair.starts_with("refresh=")).collect();
    if kept.len() < pairs.len() {
        let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
        browser::replace_address(&format!("{path}{query}{hash}"));
    }
}
