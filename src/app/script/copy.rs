//! Buttons that copy a text: `data-copy` holds it, or `data-copy-from` names the element that shows it; `data-address` says
//! that it is a path of this site.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};

use crate::app::browser;

/// How long a button says that it has copied.
const THANKS: Duration = Duration::from_secs(2);
/// The class of a button that has just copied.
const DONE: &str = "done";
/// What finds the place whose text is read out: within a button nothing is.
const SAID: &str = "#said";

/// Listens to all such buttons.
pub(super) fn start() {
    window_event_listener(leptos::ev::click, |event| {
        let Some(button) = super::closest(&event, "[data-copy]") else { return };
        let shown = button.get_attribute("data-copy-from").and_then(|id| document().get_element_by_id(&id));
        let text = match shown {
            Some(element) => element.text_content().unwrap_or_default(),
            None => button.get_attribute("data-copy").unwrap_or_default(),
        };
        let is_address = button.has_attribute("data-address");
        let origin = if is_address { window().location().origin().unwrap_or_default() } else { String::new() };
        copy(format!("{origin}{text}"));
        say(&button, Some("Copied"));
        set_timeout(move || say(&button, None), THANKS);
    });
}

fn say(button: &Element, words: Option<&str>) {
    let _ = button.class_list().toggle_with_force(DONE, words.is_some());
    if let Some(said) = browser::find(SAID) {
        said.set_text_content(words);
    }
}

/// Copies a text. Pages over plain http have no clipboard of the new kind (Clipboard API §4, "secure contexts"), so there,
/// and wherever the new one refuses, the old command does it.
fn copy(text: String) {
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
