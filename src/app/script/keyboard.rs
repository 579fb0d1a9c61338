//! Keys that work on every page: `/` for the search box, arrows in lists.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

use crate::app::browser;

/// What finds the search box's field.
const SEARCH: &str = "#search";
/// What finds a list's filter field.
const FILTER: &str = "#filter";
/// What a row's own link is marked with; arrows go from one to the next.
const ROW_LINKS: &str = "[data-row]";

/// Listens to the keys of the whole page.
pub(super) fn start() {
    window_event_listener(leptos::ev::keydown, |event| {
        if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let moved = match event.key().as_str() {
            "/" if !super::is_typing(&event) => focus_search(),
            "Escape" => leave_search(&event),
            "ArrowDown" => step(&event, 1),
            "ArrowUp" => step(&event, -1),
            "Home" => jump(&event, <[Element]>::first),
            "End" => jump(&event, <[Element]>::last),
            _ => false,
        };
        if moved {
            event.prevent_default();
        }
    });
}

fn focus_search() -> bool {
    let Some(field) = browser::find(SEARCH) else { return false };
    let Ok(field) = field.dyn_into::<HtmlInputElement>() else { return false };
    field.select();
    field.focus().is_ok()
}

/// Escape in the search box gives the page its focus back.
fn leave_search(event: &KeyboardEvent) -> bool {
    let Some(field) = super::closest(event, SEARCH) else { return false };
    field.dyn_into::<HtmlElement>().is_ok_and(|field| field.blur().is_ok())
}

/// From a row's link to another one, or from the filter to the first.
fn step(event: &KeyboardEvent, by: isize) -> bool {
    if by > 0 && super::closest(event, FILTER).is_some() {
        return jump_to(browser::find_all(ROW_LINKS).iter().find(|link| is_shown(link)));
    }
    let Some(present) = super::closest(event, ROW_LINKS) else { return false };
    let links: Vec<Element> = browser::find_all(ROW_LINKS).into_iter().filter(is_shown).collect();
    let position = links.iter().position(|link| *link == present);
    match position.and_then(|position| position.checked_add_signed(by)) {
        Some(position) => jump_to(links.get(position)),
        // Up from the first row leads back to the filter.
        None => browser::find(FILTER).is_some_and(|field| field.focus().is_ok()),
    }
}

fn jump(event: &KeyboardEvent, pick: fn(&[Element]) -> Option<&Element>) -> bool {
    if super::closest(event, ROW_LINKS).is_none() {
        return false;
    }
    let links: Vec<Element> = browser::find_all(ROW_LINKS).into_iter().filter(is_shown).collect();
    jump_to(pick(&links))
}

fn jump_to(link: Option<&Element>) -> bool {
    link.and_then(|link| link.dyn_ref::<HtmlElement>()).is_some_and(|link| link.focus().is_ok())
}

/// Rows that share another one's row, and rows of closed parts, cannot be gone to.
fn is_shown(link: &Element) -> bool {
    link.closest("[hidden], details:not([open])").is_ok_and(|around| around.is_none())
}
